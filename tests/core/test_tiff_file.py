"""TIFF structures read in place: both orders, both widths, odd headers, and structures that lie."""

import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.tiff_file import Tiff
from helpers import memory
from helpers.exif_blocks import ASCII, LONG, RATIONAL, SHORT, Builder, camera, longs, shorts
from helpers.raw_files import big_dng


class Counting(BytesIO):
    """A file that counts the bytes read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


@pytest.mark.parametrize("order", ["<", ">"])
def test_directories_and_values(order: str) -> None:
    ifd0 = Tiff(BytesIO(camera(order))).ifd0
    exif, gps = ifd0.sub(0x8769), ifd0.sub(0x8825)
    assert (ifd0.text(0x010F), ifd0.number(0x0112), exif.text(0x9003)) == ("Cutline Works", 1, "2024:07:01 19:30:00")
    assert exif.rational(0x829A) == 1 / 250
    assert gps.rationals(2) == (47, 22, 30)
    assert ifd0.next.number(0x0103) == 6
    assert not ifd0.next.next
    assert (ifd0.text(0xFFFF), ifd0.number(0xFFFF), ifd0.numbers(0xFFFF), ifd0.rational(0xFFFF)) == ("", None, (), None)


def test_a_structure_inside_a_file() -> None:
    ifd0 = Tiff(BytesIO(b"x" * 100 + camera() + b"y" * 50), 100).ifd0
    assert ifd0.text(0x010F) == "Cutline Works"
    assert ifd0.sub(0x8769).text(0x9003) == "2024:07:01 19:30:00"


@pytest.mark.parametrize("order", ["<", ">"])
def test_bigtiff(order: str) -> None:
    ifd0 = Tiff(BytesIO(big_dng(b"preview", order))).ifd0
    assert (ifd0.text(0x010F), ifd0.number(0x0112), ifd0.number(0x0117)) == ("Halden", 3, 7)


@pytest.mark.parametrize("mark", [b"IIRO", b"IIRS", b"II\x55\0", b"II*\0"])
def test_what_raw_formats_made_of_the_header(mark: bytes) -> None:
    assert Tiff(BytesIO(mark + camera()[4:])).ifd0.text(0x010F) == "Cutline Works"


@pytest.mark.parametrize(
    "data", [b"", b"II", b"II*\0", b"II*\0\0\0\0\0", b"II\x01\0\x08\0\0\0", b"XX*\0\x08\0\0\0\0\0"]
)
def test_what_is_none_is_empty(data: bytes) -> None:
    ifd0 = Tiff(BytesIO(data)).ifd0
    assert not ifd0
    assert not ifd0.next
    assert len(list(ifd0.walk())) == 1


def test_little_is_read_of_a_large_file() -> None:
    file = Counting(camera() + bytes(20_000_000))
    assert Tiff(file).ifd0.sub(0x8769).text(0x9003)
    assert file.taken < 2000


def test_the_first_of_two_fields_counts_and_a_value_outside_is_none() -> None:
    b = Builder("<")
    rows = [(0x0100, SHORT, shorts("<", 1)), (0x0100, SHORT, shorts("<", 2)), (0x010F, ASCII, b"x" * 9)]
    ifd0 = Tiff(BytesIO(b.done(b.ifd(rows, places={0x010F: 10_000})))).ifd0
    assert ifd0.numbers(0x0100) == (1,)
    assert 0x010F not in ifd0.fields


def test_values_that_are_too_many_are_none() -> None:
    b = Builder("<")
    rows = [(0x0111, LONG, bytes(4 * 1025)), (0x0117, LONG, bytes(4 * 1024)), (0x829A, RATIONAL, longs("<", *range(8)))]
    ifd0 = Tiff(BytesIO(b.done(b.ifd(rows)))).ifd0
    assert ifd0.numbers(0x0111) == ()
    assert len(ifd0.numbers(0x0117)) == 1024
    assert ifd0.rationals(0x829A) == ()


def test_zero_over_zero_is_no_number() -> None:
    b = Builder("<")
    ifd0 = Tiff(BytesIO(b.done(b.ifd([(0x9206, RATIONAL, longs("<", 1, 0, 1, 2))])))).ifd0
    assert ifd0.rationals(0x9206) == (None, 0.5)


def test_a_walk_meets_each_directory_once() -> None:
    b = Builder("<")
    inner = b.ifd([(0x0100, SHORT, shorts("<", 3))])
    second = b.ifd([(0x0100, SHORT, shorts("<", 2)), (0x014A, LONG, longs("<", inner, inner, 5))])
    first = b.ifd([(0x0100, SHORT, shorts("<", 1)), (0x014A, LONG, longs("<", second))], second)
    walked = [ifd.number(0x0100) for ifd in Tiff(BytesIO(b.done(first))).ifd0.walk()]
    assert walked == [1, 2, 3]


BASES = (camera("<"), camera(">"), big_dng(b"preview"))


@settings(max_examples=400, deadline=None)
@given(
    which=st.sampled_from(BASES),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 400),
)
def test_whatever_is_in_it(which: bytes, flips: list[tuple[float, int]], cut: int) -> None:
    data = bytearray(which)
    for where, value in flips:
        data[int(where * len(data))] = value
    tiff = Tiff(BytesIO(bytes(data[: max(0, len(data) - cut)])))
    for ifd in tiff.ifd0.walk():
        for tag, field in ifd.fields.items():
            assert 0 <= field.place <= field.place + field.size <= tiff.size
            ifd.numbers(tag)
            ifd.rationals(tag)
            ifd.sub(tag)
            assert ifd.text(tag).isprintable()


def test_an_absurd_count_takes_no_memory() -> None:
    head = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1 << 62)
    before = memory.peak()
    assert not Tiff(BytesIO(head + bytes(1000))).ifd0
    assert memory.peak() - before < 5_000_000
