"""Previews in raw files of every make: found by their structure or by looking, believed only where they are whole."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.raw_preview import Preview, bytes_of, is_cut_short, is_plain, previews, scanned
from helpers import memory, raw_files
from helpers.exif_blocks import LONG, SHORT, Builder, longs, shorts
from helpers.pictures import exif, noise, quarters
from helpers.raw_files import LOSSLESS, jpeg

LARGE = jpeg(quarters((1620, 1080)))
MIDDLE = jpeg(quarters((810, 540)))
SMALL = jpeg(quarters((160, 120)))
"""Of another shape: 4:3, as cameras that take 3:2 put black bars into it."""

STRUCTURED: dict[str, Callable[[], bytes]] = {
    "nef": lambda: raw_files.nef([MIDDLE, LARGE], 8),
    "nef, little-endian": lambda: raw_files.nef([LARGE, MIDDLE], 8, "<"),
    "cr2": lambda: raw_files.cr2(LARGE, SMALL, 8),
    "cr3": lambda: raw_files.cr3(LARGE, MIDDLE, SMALL, 8),
    "rw2": lambda: raw_files.rw2(LARGE, 8),
    "dng": lambda: raw_files.dng(LARGE, 8),
    "dng, big-endian": lambda: raw_files.dng(LARGE, 8, ">"),
}
HIDDEN: dict[str, Callable[[], bytes]] = {
    "orf": lambda: raw_files.orf(LARGE, 8),
    "mrw": lambda: raw_files.mrw(LARGE, 8),
}


def found(data: bytes, finder: Callable[[BytesIO], list[Preview]] = previews) -> list[tuple[tuple[int, int], int]]:
    file = BytesIO(data)
    for preview in (seen := finder(file)):
        whole = bytes_of(file, preview)
        assert whole in data
        with Image.open(BytesIO(whole)) as image:
            image.load()
            assert image.size == preview.size
    return [(preview.size, preview.orientation) for preview in seen]


@pytest.mark.parametrize("kind", STRUCTURED)
def test_the_structure_leads_to_them(kind: str) -> None:
    several = kind.startswith("nef") or kind == "cr3"
    middle = [((810, 540), 8)] if several else []
    assert found(STRUCTURED[kind]()) == [*middle, ((1620, 1080), 8)]


@pytest.mark.parametrize("kind", HIDDEN)
def test_those_in_maker_notes_are_found_by_looking(kind: str) -> None:
    data = HIDDEN[kind]()
    assert found(data) == []
    assert found(data, scanned) == [((1620, 1080), 8)]


def test_fujifilm_says_the_orientation_in_the_jpeg() -> None:
    assert found(raw_files.raf(jpeg(quarters((810, 540)), exif=exif(6)))) == [((810, 540), 6)]


def test_sigma_is_looked_through() -> None:
    assert found(raw_files.x3f(MIDDLE), scanned) == [((810, 540), 1)]


@pytest.mark.parametrize("order", ["<", ">"])
def test_bigtiff(order: str) -> None:
    assert found(raw_files.big_dng(LARGE, order)) == [((1620, 1080), 3)]


@pytest.mark.parametrize("kind", [*STRUCTURED, *HIDDEN])
def test_the_sensor_s_data_are_no_preview_though_they_are_a_jpeg(kind: str) -> None:
    data = (STRUCTURED | HIDDEN)[kind]()
    assert all(size[0] < 2000 for finder in (previews, scanned) for size, _ in found(data, finder))


def test_the_smaller_jpeg_inside_a_jpeg_is_not_counted() -> None:
    whole = jpeg(quarters((810, 540)), exif=exif(1, SMALL))
    assert found(raw_files.x3f(whole), scanned) == [((810, 540), 1)]


def test_one_that_was_turned_already_is_not_turned_again() -> None:
    upright = jpeg(quarters((540, 810)))
    assert found(raw_files.nef([upright], 6)) == [((540, 810), 1)]
    assert found(raw_files.nef([MIDDLE], 6)) == [((810, 540), 6)]


def test_the_raw_file_knows_better_than_its_preview_how_it_was_held() -> None:
    assert found(raw_files.rw2(jpeg(quarters((810, 540)), exif=exif(3)), 6)) == [((810, 540), 6)]


@pytest.mark.parametrize(
    "broken", [LARGE[: len(LARGE) // 2], b"", LARGE[:2], b"\xff\xd8\xff\xd9", LOSSLESS, b"x" * 500]
)
def test_one_that_is_not_whole_is_passed_by(broken: bytes) -> None:
    assert found(raw_files.nef([broken, MIDDLE], 1)) == [((810, 540), 1)]


def test_what_is_filled_up_behind_its_end_is_whole() -> None:
    assert found(raw_files.nef([MIDDLE + bytes(30_000)])) == [((810, 540), 1)]


@pytest.mark.parametrize(("meaning", "shown"), [(6, True), (2, True), (1, True), (34892, False), (52527, False)])
def test_masks_and_linear_sensor_data_packed_as_jpeg_are_no_previews(meaning: int, shown: bool) -> None:
    data = raw_files.dng(MIDDLE)
    row = struct.pack("<HHI", 0x0106, SHORT, 1)
    changed = data.replace(row + shorts("<", 6), row + shorts("<", meaning))
    assert bool(found(changed)) is shown


def test_a_circle_of_directories_is_walked_once() -> None:
    b = Builder("<")
    at = b.ifd([*raw_files.pointer(b, 0x0201, MIDDLE), (0x014A, LONG, longs("<", 8, 8, 8))])
    struct.pack_into("<I", b.data, at + 2 + 3 * 12, at)
    assert found(b.done(at)) == [((810, 540), 1)]


def test_a_thousand_directories_cost_nothing() -> None:
    b = Builder("<")
    following = 0
    for _ in range(1000):
        following = b.ifd([(0x0103, SHORT, shorts("<", 6)), *raw_files.pointer(b, 0x0201, SMALL)], following)
    assert 0 < len(found(b.done(following))) <= 64


@pytest.mark.parametrize("count", [0xFFFFFFFF, 0x40000000, 100_000])
def test_counts_of_millions_take_no_memory(count: int) -> None:
    data = bytearray(raw_files.dng(MIDDLE))
    for tag in (0x014A, 0x0111, 0x0117):
        at = data.find(struct.pack("<HH", tag, LONG))
        struct.pack_into("<I", data, at + 4, count)
    before = memory.peak()
    found(bytes(data))
    assert memory.peak() - before < 30_000_000


def test_a_jpeg_of_endless_beginnings_is_given_up() -> None:
    data = b"FOVb" + b"\xff\xd8\xff\xe0\0\2" * 200_000
    assert found(data, scanned) == []


def test_what_is_searched_across_the_pieces_it_is_read_in() -> None:
    for shift in range(4):
        data = b"FOVb" + bytes((1 << 20) - 6 + shift) + MIDDLE
        assert found(data, scanned) == [((810, 540), 1)]


def test_a_file_that_ends_before_its_sensor_s_data() -> None:
    whole = raw_files.bayer_dng(noise((64, 48)))
    length = struct.pack("<HHI", 0x0117, LONG, 1)
    longer = whole.replace(length + longs("<", 64 * 48 * 2), length + longs("<", 999_999))
    assert longer != whole
    assert not is_cut_short(BytesIO(whole))
    assert is_cut_short(BytesIO(longer))
    assert not is_cut_short(BytesIO(raw_files.rw2(MIDDLE)))
    assert not is_cut_short(BytesIO(raw_files.raf(MIDDLE)))


def test_a_small_picture_in_front_is_told_from_sensor_data() -> None:
    assert is_plain(BytesIO(raw_files.nef([], front=quarters((160, 120)))))
    assert not is_plain(BytesIO(raw_files.nef([], front=quarters((16, 12)))))
    assert not is_plain(BytesIO(raw_files.bayer_dng(noise((128, 96)))))
    assert not is_plain(BytesIO(raw_files.cr2(MIDDLE, SMALL)))


def test_real_files_and_empty_ones(tmp_path: Path) -> None:
    (tmp_path / "a.nef").write_bytes(STRUCTURED["nef"]())
    with (tmp_path / "a.nef").open("rb") as file:
        assert len(previews(file)) == 2
    assert previews(BytesIO()) == scanned(BytesIO()) == []


SMALLER = jpeg(quarters((120, 80)), exif=exif(6))
BASES = {
    "nef": raw_files.nef([SMALLER], 6),
    "cr2": raw_files.cr2(SMALLER, SMALLER),
    "cr3": raw_files.cr3(SMALLER, SMALLER, SMALLER),
    "rw2": raw_files.rw2(SMALLER),
    "orf": raw_files.orf(SMALLER),
    "raf": raw_files.raf(SMALLER),
    "mrw": raw_files.mrw(SMALLER),
    "big": raw_files.big_dng(SMALLER),
}


@pytest.mark.parametrize("kind", BASES)
@settings(max_examples=120, deadline=None)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    cut=st.floats(0, 1),
    early=st.booleans(),
)
def test_whatever_is_in_the_file_previews_stay_inside_it(
    kind: str, flips: list[tuple[float, int]], cut: float, early: bool
) -> None:
    data = bytearray(BASES[kind])
    for where, value in flips:
        data[int(where * (min(len(data), 300) if early else len(data)))] = value
    file = BytesIO(bytes(data[: len(data) - int(cut * 0.5 * len(data))] if cut > 0.5 else data))
    for finder in (previews, scanned):
        for preview in finder(file):
            assert len(bytes_of(file, preview)) == preview.length
            assert preview.orientation in range(1, 9)
    is_cut_short(file)
    is_plain(file)
