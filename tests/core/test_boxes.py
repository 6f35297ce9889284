"""ISO boxes: every way to say a length, paths into them, and lengths that lie."""

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.boxes import MOST, Box, boxes, content, find
from helpers.raw_files import box


def told(data: bytes) -> list[Box]:
    return list(boxes(BytesIO(data), 0, len(data)))


def test_boxes_in_a_row() -> None:
    assert told(box(b"ftyp", b"heic") + box(b"free") + box(b"mdat", b"abc")) == [
        (b"ftyp", 8, 12),
        (b"free", 20, 20),
        (b"mdat", 28, 31),
    ]


def test_a_length_of_64_bits_and_one_to_the_end() -> None:
    wide = struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd"
    assert told(wide + struct.pack(">I4s", 0, b"last") + b"xyz") == [(b"mdat", 16, 20), (b"last", 28, 31)]


def test_a_uuid_box_is_told_by_all_of_its_name() -> None:
    name = b"uuid" + bytes(range(16))
    assert told(box(name, b"data")) == [(name, 24, 28)]


def test_a_path() -> None:
    data = box(b"free") + box(b"moov", box(b"trak", b"x"), box(b"udta", box(b"meta", b"found")))
    file = BytesIO(data)
    found = find(file, 0, len(data), b"moov", b"udta", b"meta")
    assert found is not None
    assert content(file, found, 100) == b"found"
    assert content(file, found, 2) == b"fo"
    assert find(file, 0, len(data), b"moov", b"meta") is None
    assert find(file, 0, len(data)) is None


@pytest.mark.parametrize(
    "lie",
    [b"\0\0\0\7free", b"\0\0\0\xfffree", b"\0\0\0\1free\0\0\0\0\0\0\0\4", b"\0\0\0\1fre", b"\0\0\0\x0cuuid", b"\0"],
)
def test_a_length_that_lies_ends_the_row(lie: bytes) -> None:
    assert told(box(b"ftyp", b"heic") + lie) == [(b"ftyp", 8, 12)]


def test_a_million_boxes_are_not_all_looked_at() -> None:
    assert len(told(box(b"free") * 100_000)) == MOST


HEADS = st.builds(
    lambda size, kind, body: size.to_bytes(4, "big") + kind + body,
    st.integers(0, 40),
    st.sampled_from([b"free", b"meta", b"uuid"]),
    st.binary(max_size=32),
)


@given(st.lists(HEADS, max_size=6).map(b"".join), st.binary(max_size=9))
def test_any_bytes_stay_inside(row: bytes, tail: bytes) -> None:
    data = row + tail
    end = 0
    for one in told(data):
        assert end <= one.start <= one.end <= len(data)
        end = one.end
