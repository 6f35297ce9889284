"""TIFF files taken apart: what stands where, what may not be touched, and what is not changed at all."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cutline.core.errors import Unreadable
from cutline.core.metadata.blocks import exif
from cutline.core.metadata.containers import tiff
from cutline.core.metadata.containers.tiff_blocks import CARRIERS
from cutline.core.metadata.plan import planned
from cutline.core.photo import Caption
from helpers import tiff_files
from helpers.exif_blocks import longs
from helpers.mutants import Counting
from helpers.spliced import parsed, picture, spliced
from helpers.tiff_files import ASCII, BYTE, LONG, LONG8, UNDEFINED, Builder, entry_at, with_number
from helpers.tiff_writes import texts, value, written
from helpers.xmp_packets import PHOTOSHOP


def test_the_picture_is_the_data_of_all_pages_in_order_and_what_decodes_them() -> None:
    data = tiff_files.pages()
    layout = parsed(tiff, data)
    sizes = [length for _, length in layout.picture]
    assert sizes[-9:] == [64] * 4 + [256] + [64] * 4
    offsets = [offset for offset, _ in layout.picture[-9:]]
    assert offsets == sorted(offsets)
    assert all(data[offset : offset + 2] == b"\x10\0" for offset, _ in layout.picture[:2])


def test_strips_that_touch_are_one_range() -> None:
    file = io.BytesIO()
    Image.new("L", (400, 400)).save(file, "TIFF")
    layout = parsed(tiff, file.getvalue())
    assert [length for _, length in layout.picture][-1] == 160_000


@pytest.mark.parametrize("tag", [256, 259, 262])
def test_the_same_data_decoded_otherwise_is_another_picture(tag: int) -> None:
    data = tiff_files.one()
    assert picture(tiff, with_number(data, entry_at(data, tag) + 8, 3, "H")) != picture(tiff, data)


def test_a_little_of_a_large_file_is_read(tmp_path: Path) -> None:
    b = Builder()
    rows = b.strips()
    rows = [row for row in rows if row[0] not in (273, 279)]
    large = 600_000_000
    b.data[:] = b.done(
        b.ifd(tiff_files.ordered(*rows, (273, LONG, b"\0\x10\0\0"), (279, LONG, large.to_bytes(4, "little"))))
    )
    path = tmp_path / "large.tif"
    path.write_bytes(b.data)
    os.truncate(path, large + 0x1000)
    read = 0
    with path.open("rb") as file:

        class Watching(io.RawIOBase):
            def seek(self, offset: int, whence: int = 0, /) -> int:
                return file.seek(offset, whence)

            def read(self, size: int = -1, /) -> bytes:
                nonlocal read
                read += size
                return file.read(size)

        layout = tiff.parse(Watching(), large + 0x1000)  # type: ignore[arg-type]
    assert layout.picture[-1] == (0x1000, large)
    assert read < 1000


def test_a_file_of_nearly_4_gb_gets_a_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "huge.tif"
    path.write_bytes(tiff_files.one())
    os.truncate(path, 2**32 - 100)
    with path.open("rb") as file:
        assert "as large as" in tiff.parse(file, 2**32 - 100).sidecar_only
    path.write_bytes(tiff_files.one(big=True))
    os.truncate(path, 2**32 - 100)
    with path.open("rb") as file:
        assert tiff.parse(file, 2**32 - 100).sidecar_only == ""


def _twice() -> bytes:
    return tiff_files.one("<", (270, ASCII, b"one thing\0"), (270, ASCII, b"another\0"))


def _circle() -> bytes:
    data = tiff_files.pages()
    first = int.from_bytes(data[4:8], "little")
    return data[:-4] + first.to_bytes(4, "little")


@pytest.mark.parametrize("tag", [330, 0x8769])
@pytest.mark.parametrize("order", ["<", ">"])
def test_ifd0_that_another_page_hangs_on_as_well_is_not_moved_away_from_it(order: str, tag: int) -> None:
    b = Builder(order)
    page = b.ifd(tiff_files.ordered(*b.strips(), (tag, LONG, longs(order, 0xABCDEF))))
    data = b.done(b.ifd(b.strips(1), page))
    assert parsed(tiff, data).sidecar_only == "has a directory that stands outside of it"
    ifd0 = data[4:8]
    assert parsed(tiff, data.replace(longs(order, 0xABCDEF), ifd0)).sidecar_only == "has pages that lead in a circle"


def test_ifd0_that_follows_a_sub_ifd_is_not_moved_away_from_it() -> None:
    b = Builder()
    sub = b.ifd(b.strips(1), 0xABCDEF)
    data = b.done(b.ifd(tiff_files.ordered(*b.strips(), (330, LONG, longs("<", sub)))))
    assert parsed(tiff, data).sidecar_only == ""
    led_back = data.replace(longs("<", 0xABCDEF), data[4:8])
    assert parsed(tiff, led_back).sidecar_only == "has pages that lead in a circle"


def _short_strips() -> bytes:
    data = tiff_files.tiled()
    return with_number(data, entry_at(data, 325) + 8, 100_000)


def _without(tag: int) -> Callable[[], bytes]:
    def make() -> bytes:
        data = tiff_files.tiled()
        return with_number(data, entry_at(data, tag), 60_000, "H")

    return make


UNSAFE: dict[str, Callable[[], bytes]] = {
    "has the same field for metadata twice": _twice,
    "has pages that lead in a circle": _circle,
    "ends before its picture does": _short_strips,
    "does not tell how long the data of its picture are": _without(325),
    "does not tell where its picture stands": _without(324),
    "has a directory that stands outside of it": lambda: with_number(
        tiff_files.tiled(), len(tiff_files.tiled()) - 4, 9999
    ),
    "has a directory that is larger than the file": lambda: with_number(
        tiff_files.tiled(), len(tiff_files.tiled()) - 4, 8
    ),
    "ends within a directory": lambda: tiff_files.tiled()[:-2],
}


@pytest.mark.parametrize("why", UNSAFE)
def test_what_cannot_be_changed_safely_is_read_only(why: str) -> None:
    data = UNSAFE[why]()
    layout = parsed(tiff, data)
    assert layout.sidecar_only == why
    assert layout.picture == ((0, len(data)),)


TRAILERS = [b"AXS!" + bytes(8), b"words\xa1\xb2\xc3\xd4", b"cbipcbbl", b"CANON OPTIONAL DATA\0" + bytes(44),
            b"\0\0SEFT", b"~\0\x04\0zmie~\0\0\x06\0\0\0\x40\x10\x04", bytes(6) + b"/NIKON APP"]  # fmt: skip


@pytest.mark.parametrize("trailer", TRAILERS)
def test_nothing_is_put_behind_what_is_found_from_the_end(trailer: bytes) -> None:
    assert "found from its end" in parsed(tiff, tiff_files.one(behind=trailer)).sidecar_only
    assert parsed(tiff, tiff_files.one(behind=trailer + b"!")).sidecar_only == ""


@pytest.mark.parametrize("data", [b"II*\0", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0" + bytes(60)])
def test_a_file_without_a_directory_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        parsed(tiff, data)


def test_directories_that_lie_over_one_another_cost_no_more_than_the_file() -> None:
    b = Builder()
    b.put(bytes(200_000))
    subs = b"".join((8 + 2 * n).to_bytes(4, "little") for n in range(50_000))
    b.data[8:200_000] = b"\xff\x0f" * 99_996
    data = b.done(b.ifd(tiff_files.ordered(*b.strips(), (330, LONG, subs))))
    file = Counting(data)
    assert "more directories" in tiff.parse(file, len(data)).sidecar_only
    assert file.bytes_read < 4 * len(data)


def test_a_chain_of_empty_directories_has_an_end() -> None:
    b = Builder()
    b.data += b"".join(b"\0\0" + (8 + 6 * n).to_bytes(4, "little") for n in range(1, 100_000)) + bytes(6)
    assert "more directories" in parsed(tiff, b.done(b.ifd(b.strips(), following=8))).sidecar_only


def test_a_value_that_fits_is_written_where_it_stood_and_nothing_moves() -> None:
    old = (270, ASCII, b"a description that is longer than the next\0")
    data = tiff_files.one("<", old, (0x9C9B, BYTE, bytes(40)), (0x9C9C, BYTE, bytes(60)), (0x9C9E, BYTE, bytes(60)),
                          (700, BYTE, PHOTOSHOP + b" " * 4000), (33723, LONG, bytes(400)), behind=b"x")  # fmt: skip
    new = written(data)
    assert len(new) == len(data)
    assert new[:8] == data[:8]
    assert b"longer than" not in new
    place = data.index(old[2])
    assert new[place : place + len(old[2])] == b"A description".ljust(len(old[2]), b"\0")


def test_a_value_that_does_not_fit_goes_to_the_end_and_leaves_zeros() -> None:
    data = tiff_files.one("<", (270, ASCII, b"old words\0"), behind=b"odd")
    new = written(data, Caption(description="A much longer description"))
    place = data.index(b"old words")
    assert new[place : place + 10] == bytes(10)
    assert new[len(data) - 3 : len(data)] == b"odd"
    old_ifd0 = int.from_bytes(data[4:8], "little")
    assert not any(new[old_ifd0 : len(data) - 3])


@pytest.mark.parametrize("big", [False, True])
def test_the_next_write_replaces_the_tail(big: bool) -> None:
    data = tiff_files.one(">", big=big, behind=b"x")
    long, short = Caption("T" * 500, "D" * 900), Caption("T", "D")
    first = written(data, long)
    second = written(first, short)
    assert len(second) < len(first)
    third = written(second, long)
    assert len(written(written(third, short), long)) == len(third)
    assert second.startswith(data[:4])


def test_what_another_program_appended_stays() -> None:
    first = written(tiff_files.one()) + b"appended by another program"
    second = written(first, Caption("Another", "thing"))
    assert b"appended by another program" in second
    assert b"A description" not in second
    third = written(written(second), Caption("Another", "thing"))
    assert len(written(written(third), Caption("Another", "thing"))) == len(third)


@pytest.mark.parametrize("shared", ["value", "picture", "table"])
def test_what_something_else_reaches_into_is_not_zeroed(shared: str) -> None:
    b = Builder()
    rows = b.strips()
    words = b.put(b"shared by two\0")
    strip = int.from_bytes(rows[5][2][:4], "little")
    places = {"value": {270: words, 305: words}, "picture": {270: strip}, "table": {}}[shared]
    text = b"shared by two\0" if shared == "value" else bytes(b.data[strip : strip + 14])
    ifd0 = b.ifd(tiff_files.ordered(*rows, (270, ASCII, text), (305, ASCII, text)), places=places)
    if shared == "table":  # a value that stands within the table
        ifd0 = b.ifd(
            tiff_files.ordered(*rows, (270, ASCII, b"words\0"), (305, ASCII, bytes(12))), places={305: len(b.data) + 40}
        )
    data = b.done(ifd0)
    new = written(data)
    assert value(new, 305) == value(data, 305)


def test_an_unsorted_directory_keeps_its_order() -> None:
    b = Builder()
    rows = b.strips()
    data = b.done(b.ifd([*rows[5:], *rows[:5]]))
    new = written(data)
    opened = tiff.opened(io.BytesIO(new), len(new))
    tags = [entry.tag for entry in opened.ifd(opened.first()).entries]
    assert [tag for tag in tags if tag not in CARRIERS] == [row[0] for row in (*rows[5:], *rows[:5])]
    assert CARRIERS - set(tags) == {34377}


@pytest.mark.parametrize("row", [(270, ASCII, b""), (270, 129, "Grüße\0".encode()), (270, BYTE, b"words\0"),
                                 (270, 200, b"?"), (270, LONG8, bytes(16)), (700, BYTE, b""), (33723, LONG, b""),
                                 (33723, LONG, bytes(8)), (34377, BYTE, b"")])  # fmt: skip
@pytest.mark.parametrize("big", [False, True])
def test_odd_forms_of_a_field_are_read_and_replaced(row: tiff_files.Row, big: bool) -> None:
    data = tiff_files.one("<", row, big=big)
    new = written(data)
    assert texts(parsed(tiff, new)) == ("A title", "A description")
    assert exif.read(parsed(tiff, new).blocks["exif"]).description == "A description"
    written(new, Caption())


def test_a_field_that_is_not_to_change_keeps_its_odd_form() -> None:
    data = tiff_files.one("<", (0x9C9C, LONG8, bytes(16)))
    layout = parsed(tiff, data)
    plan = planned(layout, Caption("A title"), ["title"])
    blocks = tiff.settled(io.BytesIO(data), len(data), layout, plan.blocks)
    new = spliced(data, tiff.splices(layout, blocks))
    assert new[entry_at(new, 0x9C9C) + 2 :][:6] == b"\x10\0\2\0\0\0"


@pytest.mark.parametrize(
    "words", [b'{"shape": [3, 4]}\0', b"ImageJ=1.53t\nimages=3\0", b"<?xml version='1.0'?><OME/>\0"]
)
def test_a_description_that_a_program_needs_stays(words: bytes) -> None:
    data = tiff_files.one("<", (270, ASCII, words))
    layout = parsed(tiff, data)
    assert "ImageDescription" in layout.notes[0]
    assert "exif" not in layout.blocks
    new = written(data)
    assert value(new, 270) == words
    assert exif.read(parsed(tiff, new).blocks["exif"]).comment == "A description"
    assert texts(parsed(tiff, new)) == ("A title", "A description")


def test_content_credentials_are_told_of() -> None:
    assert "C2PA" in parsed(tiff, tiff_files.one("<", (52545, UNDEFINED, b"manifest"))).notes[0]
