"""Thumbnails: the camera's own where it can be trusted, else a scaled decode; upright, in plain bytes."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core import exif_thumbnail
from cutline.core.errors import Unreadable, Unsupported
from cutline.core.thumbnail import Thumb, embedded, thumbnail
from helpers.pictures import BLUE, CORNERS, GREEN, RED, YELLOW, Color, alike, corners, exif, noise, quarters, saved

INSIDE = (YELLOW, BLUE, GREEN, RED)
"""The colours of the embedded thumbnails here: others than the pictures', so that one sees which was taken."""


def jpeg(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()


def photo(
    path: Path, size: tuple[int, int] = (600, 400), small: tuple[int, int] = (160, 107), orientation: int = 1
) -> Path:
    return saved(quarters(size), path, exif=exif(orientation, jpeg(quarters(small, INSIDE))), quality=90)


def colors(thumb: Thumb | None) -> Sequence[Color]:
    assert thumb is not None
    assert len(thumb.rgb) == 3 * thumb.width * thumb.height
    return corners(Image.frombytes("RGB", (thumb.width, thumb.height), thumb.rgb))


@pytest.mark.parametrize("side", [160, 120, 40])
def test_the_embedded_one_is_taken_where_it_is_large_enough(tmp_path: Path, side: int) -> None:
    thumb = thumbnail(photo(tmp_path / "a.jpg"), side)
    assert (thumb.width, thumb.height) == (side, round(side * 107 / 160))
    assert alike(colors(thumb), INSIDE)


def test_one_that_is_too_small_serves_only_until_the_right_one_is_there(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg")
    first, right = embedded(path, 256), thumbnail(path, 256)
    assert first is not None
    assert (first.width, first.height) == (160, 107)
    assert alike(colors(first), INSIDE)
    assert (right.width, right.height) == (256, 171)
    assert alike(colors(right), CORNERS)
    assert embedded(path, 256, at_least=200) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_both_are_upright(tmp_path: Path, orientation: int) -> None:
    path = photo(tmp_path / "a.jpg", orientation=orientation)
    turned = quarters(colors=INSIDE)
    way = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(orientation)
    turned = turned if way is None else turned.transpose(Image.Transpose(way))
    assert alike(colors(embedded(path, 160)), corners(turned))
    large = thumbnail(path, 300)
    assert (large.width > large.height) == (orientation < 5)


@pytest.mark.parametrize("small", [(120, 160), (160, 160), (160, 90), (107, 160), (160, 80)])
def test_one_of_another_shape_is_stale_and_not_believed(tmp_path: Path, small: tuple[int, int]) -> None:
    path = photo(tmp_path / "a.jpg", small=small)
    assert embedded(path, 160) is None
    assert alike(colors(thumbnail(path, 100)), CORNERS)


@pytest.mark.parametrize(("size", "bar"), [((600, 400), (0, 7)), ((800, 450), (0, 15)), ((400, 400), (20, 0))])
def test_the_black_bars_of_cameras_are_cut_off(tmp_path: Path, size: tuple[int, int], bar: tuple[int, int]) -> None:
    barred = Image.new("RGB", (160, 120))
    barred.paste(quarters((160 - 2 * bar[0], 120 - 2 * bar[1]), INSIDE), bar)
    path = saved(quarters(size), tmp_path / "a.jpg", exif=exif(6, jpeg(barred)))
    thumb = embedded(path, 160)
    assert thumb is not None
    assert (thumb.height, thumb.width) == (160 - 2 * bar[0], 120 - 2 * bar[1])
    assert alike(colors(thumb), (GREEN, YELLOW, RED, BLUE), 20)
    edge = thumb.rgb[: 3 * thumb.width]
    assert max(edge) > 100


def test_a_picture_where_bars_should_be_is_of_another_picture(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", small=(160, 120))
    assert embedded(path, 160) is None


def test_one_larger_than_its_picture_is_not_believed(tmp_path: Path) -> None:
    assert embedded(photo(tmp_path / "a.jpg", size=(90, 60)), 160) is None


@pytest.mark.parametrize("damage", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"not a jpeg at all"])
def test_a_damaged_one_is_passed_by(tmp_path: Path, damage: bytes) -> None:
    path = saved(quarters((600, 400)), tmp_path / "a.jpg", exif=block(damage))
    assert embedded(path, 160) is None
    assert alike(colors(thumbnail(path, 100)), CORNERS)


def test_one_cut_short_is_passed_by(tmp_path: Path) -> None:
    whole = jpeg(noise((159, 106)))
    path = saved(quarters((600, 400)), tmp_path / "a.jpg", exif=block(whole[: len(whole) // 2]))
    assert exif_thumbnail.embedded(path) is not None
    assert embedded(path, 160) is None
    assert alike(colors(thumbnail(path, 100)), CORNERS)


def block(thumbnail: bytes, order: Literal["little", "big"] = "big") -> bytes:
    """An EXIF block by hand: an empty IFD0, and an IFD1 that points to `thumbnail`."""

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)

    head = (b"II" if order == "little" else b"MM") + number(42, 2) + number(8, 4)
    entries = ((0x0201, 44), (0x0202, len(thumbnail)))
    ifd1 = number(2, 2) + b"".join(number(t, 2) + number(4, 2) + number(1, 4) + number(v, 4) for t, v in entries)
    return b"Exif\0\0" + head + number(0, 2) + number(14, 4) + ifd1 + number(0, 4) + thumbnail


@pytest.mark.parametrize("order", ["little", "big"])
def test_both_byte_orders(tmp_path: Path, order: Literal["little", "big"]) -> None:
    small = jpeg(quarters((160, 107), INSIDE))
    path = saved(quarters((600, 400)), tmp_path / "a.jpg", exif=block(small, order))
    assert alike(colors(embedded(path, 160)), INSIDE)


@pytest.mark.parametrize("suffix", ["png", "webp", "gif", "tif", "bmp", "avif"])
def test_other_formats_are_decoded(tmp_path: Path, suffix: str) -> None:
    path = saved(quarters((600, 400)), tmp_path / f"a.{suffix}")
    assert embedded(path, 64) is None
    thumb = thumbnail(path, 64)
    assert (thumb.width, thumb.height) == (64, 43)
    assert alike(colors(thumb), CORNERS)


def test_transparency_is_white(tmp_path: Path) -> None:
    path = saved(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), tmp_path / "a.png")
    assert set(thumbnail(path, 20).rgb) == {255}


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("a letter")
    (tmp_path / "b.jxl").write_bytes(b"\xff\x0a" + bytes(100))
    for name, kind in (("a.jpg", Unreadable), ("b.jxl", Unsupported), ("gone.jpg", Unreadable)):
        assert embedded(tmp_path / name, 64) is None
        with pytest.raises(kind, match=name):
            thumbnail(tmp_path / name, 64)


def test_the_bytes_are_what_qt_calls_rgb888(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    thumb = thumbnail(saved(quarters((99, 66)), tmp_path / "a.bmp"), 33)
    image = QImage(thumb.rgb, thumb.width, thumb.height, 3 * thumb.width, QImage.Format.Format_RGB888)
    places = [(thumb.width * x // 4, thumb.height * y // 4) for y in (1, 3) for x in (1, 3)]
    seen = [image.pixelColor(*place) for place in places]
    assert alike([(c.red(), c.green(), c.blue()) for c in seen], CORNERS)


def test_it_prints_without_its_bytes(tmp_path: Path) -> None:
    assert repr(thumbnail(saved(quarters(), tmp_path / "a.bmp"), 24)) == "Thumb(width=24, height=16)"


WHOLE = jpeg(quarters((48, 32)))
BLOCK = block(WHOLE)


@settings(max_examples=300, deadline=None)
@given(
    flips=st.lists(st.tuples(st.integers(0, len(BLOCK) - 1), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, len(BLOCK)),
)
def test_the_parser_survives_whatever_the_block_holds(flips: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(BLOCK)
    for at, value in flips:
        damaged[at] = value
    data = bytes(damaged[: len(BLOCK) - cut])
    segment = b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data
    found = exif_thumbnail.parsed(WHOLE[:2] + segment + WHOLE[2:])
    assert found is None or found.jpeg in data
