"""EXIF and colour numbers of HEIC and AVIF, against pillow-heif and ExifTool; and whatever else may stand there."""

import json
import struct
import subprocess
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core import heif_items
from cutline.core.heif_items import Colours
from helpers import memory, profiles
from helpers.heif_files import heic, renumbered
from helpers.pictures import exif, quarters, saved
from helpers.raw_files import box


def read(path: Path) -> tuple[bytes | None, Colours | None]:
    with path.open("rb") as file:
        size = path.stat().st_size
        return heif_items.exif(file, size), heif_items.colours(file, size)


def test_the_exif_item(tmp_path: Path) -> None:
    assert read(heic(quarters(), tmp_path / "a.heic", exif=exif()))[0] == exif()[6:]
    path = saved(quarters(), tmp_path / "a.avif", exif=exif())
    with Image.open(path) as image:
        assert read(path)[0] == image.info["exif"].removeprefix(b"Exif\0\0")


def test_the_exif_item_among_many_tiles(tmp_path: Path) -> None:
    path = heic(quarters((700, 500)), tmp_path / "a.heic", exif=exif(6), tile_size=64, thumbnails=[128])
    block = read(path)[0]
    assert block is not None
    assert block in pillow_heif.open_heif(str(path)).info["exif"]


def test_files_without(tmp_path: Path) -> None:
    assert read(heic(quarters(), tmp_path / "a.heic", save_nclx_profile=False)) == (None, None)
    (tmp_path / "b.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    assert read(tmp_path / "b.heic") == (None, None)
    (tmp_path / "c.heic").touch()
    assert read(tmp_path / "c.heic") == (None, None)


def test_colours_by_number(tmp_path: Path) -> None:
    path = heic(quarters(), tmp_path / "a.heic")
    assert read(path)[1] == Colours(1, 13)
    assert read(renumbered(path, 9, 16))[1] == Colours(9, 16)
    told = pillow_heif.open_heif(str(path)).info["nclx_profile"]
    assert (told["color_primaries"], told["transfer_characteristics"]) == (9, 16)


def test_a_profile_says_it_better(tmp_path: Path) -> None:
    path = heic(quarters(), tmp_path / "a.heic", icc_profile=profiles.swapped())
    assert b"colrprof" in path.read_bytes()
    assert read(path)[1] is None


@pytest.mark.needs("exiftool")
def test_exiftool_reads_the_same(tmp_path: Path) -> None:
    path = renumbered(heic(quarters(), tmp_path / "a.heic", exif=exif()), 12, 13)
    command = ["exiftool", "-json", "-n", "-Make", "-ColorPrimaries", "-TransferCharacteristics", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    block, colours = read(path)
    assert colours == (told["ColorPrimaries"], told["TransferCharacteristics"])
    assert block is not None
    assert told["Make"].encode() in block


def by_hand(version: int, method: int, *, pieces: int = 1, base: int = 0, wide: bool = False) -> bytes:
    """A file with an Exif item and nothing else, its place told in iloc of the `version`."""
    payload = struct.pack(">I", 6) + b"Exif\0\0" + exif()[6:]
    number = struct.pack(">I" if wide else ">H", 7)
    infe = box(b"infe", bytes([3 if wide else 2, 0, 0, 0]), number, bytes(2), b"Exif\0")
    iinf = box(b"iinf", bytes(6 - 2), struct.pack(">H", 1), infe)
    ftyp, idat = box(b"ftyp", b"heic", bytes(4), b"mif1"), box(b"idat", payload) if method == 1 else b""

    def whole(start: int) -> bytes:
        sizes = b"\x44\x40" if base else b"\x44\x00"
        entry = (struct.pack(">I", 7) if version == 2 else struct.pack(">H", 7)) + struct.pack(">H", method) * (
            version > 0
        )
        entry += bytes(2) + (struct.pack(">I", base) if base else b"") + struct.pack(">H", pieces)
        step = len(payload) // pieces
        for piece in range(pieces):
            length = len(payload) - step * piece if piece == pieces - 1 else step
            entry += struct.pack(">II", start - base + step * piece, length)
        count = struct.pack(">I" if version == 2 else ">H", 1)
        iloc = box(b"iloc", bytes([version, 0, 0, 0]), sizes, count, entry)
        return ftyp + box(b"meta", bytes(4), iinf, iloc, idat)

    return whole(0) if method == 1 else whole(len(whole(base)) + 8) + box(b"mdat", payload)


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize("base", [0, 20])
def test_every_way_to_say_where_an_item_is(version: int, pieces: int, base: int) -> None:
    data = by_hand(version, 0, pieces=pieces, base=base, wide=version == 2)
    assert heif_items.exif(BytesIO(data), len(data)) == exif()[6:]


def test_an_item_inside_the_meta_box() -> None:
    data = by_hand(1, 1)
    assert heif_items.exif(BytesIO(data), len(data)) == exif()[6:]


def test_an_item_made_of_other_items_is_not_followed() -> None:
    data = by_hand(1, 2)
    assert heif_items.exif(BytesIO(data), len(data)) is None


BASE = by_hand(0, 0)


def test_a_length_of_four_billion_takes_no_memory() -> None:
    at = BASE.index(b"\x44\x00")
    data = BASE[: at + 14] + b"\xff\xff\xff\xff" + BASE[at + 18 :]
    before = memory.peak()
    heif_items.exif(BytesIO(data), len(data))
    assert memory.peak() - before < 10_000_000


def made() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "AVIF", exif=exif())
    return file.getvalue()


AVIF = made()


@settings(max_examples=400, deadline=None)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    cut=st.floats(0, 1),
    which=st.sampled_from([BASE, AVIF]),
)
def test_whatever_is_in_the_file(flips: list[tuple[float, int]], cut: float, which: bytes) -> None:
    data = bytearray(which)
    for where, value in flips:
        data[int(where * len(data))] = value
    kept = bytes(data[: max(1, round(len(data) * min(1.0, cut * 2)))])
    heif_items.exif(BytesIO(kept), len(kept))
    heif_items.colours(BytesIO(kept), len(kept))
