"""Offsets to previews behind the picture: every number in range is found, wherever it stands in the block."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.metadata.containers.jpeg_previews import Block, _numbers

SMALL = st.integers(0, 300).map(lambda n: struct.pack("<I", n))
LARGE = st.integers(0, 2**32 - 1).map(lambda n: struct.pack(">I", n))
LIMIT = st.integers(0, 2**33) | st.integers(0, 1 << 24) | st.integers(0, 300)


def every(order: str, data: bytes, low: int, high: int) -> list[tuple[int, int]]:
    """The same, by looking at each place."""
    found = ((place, struct.unpack_from(order + "I", data, place)[0]) for place in range(len(data) - 3))
    return [(place, value) for place, value in found if low < value < high]


@pytest.mark.parametrize("order", ["<", ">"])
@given(parts=st.lists(st.binary(max_size=9) | SMALL | LARGE | st.integers(1, 40).map(bytes)), low=LIMIT, high=LIMIT)
def test_it_finds_what_looking_at_each_place_finds(order: str, parts: list[bytes], low: int, high: int) -> None:
    data = (b"II*\0\x08\0\0\0" if order == "<" else b"MM\0*\0\0\0\x08") + b"".join(parts)
    assert sorted(_numbers(Block(data, 30), low, high)) == every(order, data, low, high)
