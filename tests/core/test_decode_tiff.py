"""TIFF of the kinds that scanners, cameras and old programs make: its packing makes no difference to the picture."""

import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cutline.core.decode import decoded
from cutline.core.errors import Unreadable
from helpers.exif_blocks import LONG, SHORT, Builder, longs, shorts
from helpers.pictures import CORNERS, GREEN, RED, alike, corners, noise, quarters, saved

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def tiff(image: Image.Image, *, order: str = "<", planar: bool = False, deep: bool = False) -> bytes:
    """An uncompressed RGB TIFF by hand: samples side by side or in planes, of 8 or 16 bits."""
    b, bands = Builder(order), [band.tobytes() for band in image.split()]
    if not planar:
        bands = [bytes(value for pixel in zip(*bands, strict=True) for value in pixel)]
    if deep:
        bands = [struct.pack(f"{order}{len(band)}H", *(value * 257 for value in band)) for band in bands]
    depth = 16 if deep else 8
    rows = [
        (0x0100, LONG, longs(order, image.width)),
        (0x0101, LONG, longs(order, image.height)),
        (0x0102, SHORT, shorts(order, depth, depth, depth)),
        (0x0103, SHORT, shorts(order, 1)),
        (0x0106, SHORT, shorts(order, 2)),
        (0x0111, LONG, longs(order, *(b.put(band) for band in bands))),
        (0x0115, SHORT, shorts(order, 3)),
        (0x0116, LONG, longs(order, image.height)),
        (0x0117, LONG, longs(order, *map(len, bands))),
        (0x011C, SHORT, shorts(order, 2 if planar else 1)),
    ]
    return b.done(b.ifd(rows))


@pytest.mark.parametrize(("deep", "planar"), [(False, False), (False, True), (True, False)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_byte_orders_planes_and_sixteen_bits(tmp_path: Path, order: str, deep: bool, planar: bool) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(quarters(), order=order, planar=planar, deep=deep))
    assert alike(corners(decoded(tmp_path / "a.tif", 96)), CORNERS, 1)


@pytest.mark.parametrize(
    "options",
    [
        {"big_tiff": True},
        {"compression": "jpeg", "quality": 95},
        {"compression": "tiff_lzw"},
        {"compression": "tiff_adobe_deflate"},
        {"compression": "tiff_deflate"},
        {"compression": "packbits"},
        {"compression": "lzma"},
        {"compression": "zstd"},
        {"compression": "tiff_lzw", "strip_size": 300},
    ],
)
def test_every_packing(tmp_path: Path, options: dict[str, Any]) -> None:
    path = saved(quarters(), tmp_path / "a.tif", **options)
    assert path.read_bytes()[2] == (0x2B if "big_tiff" in options else 0x2A)
    assert alike(corners(decoded(path, 96)), CORNERS)
    assert alike(corners(decoded(path, 40)), CORNERS)


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_fax(tmp_path: Path, compression: str) -> None:
    page = quarters(colors=(BLACK, WHITE, WHITE, BLACK)).convert("1")
    path = saved(page, tmp_path / "a.tif", compression=compression)
    assert alike(corners(decoded(path, 96)), (BLACK, WHITE, WHITE, BLACK), 0)


@pytest.mark.parametrize("mode", ["YCbCr", "CMYK", "LAB"])
def test_other_colour_spaces_packed_as_jpeg_or_not(tmp_path: Path, mode: str) -> None:
    if mode == "LAB":
        path = saved(Image.new("LAB", (32, 32), (255, 128, 128)), tmp_path / "a.tif")
        assert alike(corners(decoded(path, 32)), [WHITE] * 4, 3)
        return
    for compression in ("jpeg", "raw"):
        path = saved(quarters().convert(mode), tmp_path / "a.tif", compression=compression, quality=95)
        assert alike(corners(decoded(path, 96)), CORNERS), compression


def test_of_several_pages_the_first_is_taken(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (32, 32), color) for color in (RED, GREEN)]
    for options in ({}, {"compression": "tiff_lzw"}, {"big_tiff": True}):
        path = saved(pages[0], tmp_path / "a.tif", save_all=True, append_images=pages[1:], **options)
        assert alike(corners(decoded(path, 32)), [RED] * 4, 1)


def test_a_kind_that_cannot_be_decoded_says_so(tmp_path: Path) -> None:
    data = bytearray(tiff(noise((16, 16))))
    at = data.index(shorts("<", 8, 8, 8))
    data[at : at + 6] = shorts("<", 10, 10, 10)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(Unreadable, match=r"^a.tif: uses a kind of TIFF that cannot be decoded; convert it to JPEG"):
        decoded(tmp_path / "a.tif", 32)


def test_a_directory_outside_the_file_is_damage_not_a_failing_disk(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II+\0\x08\0\0\0" + b"\xff" * 8 + bytes(100))
    with pytest.raises(Unreadable, match=r"^a.tif: the TIFF file is damaged"):
        decoded(tmp_path / "a.tif", 32)
