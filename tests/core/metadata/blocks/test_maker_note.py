import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import exif, maker_note
from cutline.core.photo import Caption
from helpers.exif_blocks import SIZES, camera, ifd0

AT = 8  # where the note stands in a camera's block
HEADERS = (b"", b"AOC\0\0\0", b"OLYMP\0\1\0", b"OLYMPUS\0II\3\0", b"Nikon\0\2\0\0\0")


def note(
    order: str = "<", header: bytes = b"", origin: int = AT, move: dict[int, int] | None = None, values: int = 6
) -> bytes:
    """A header, a table of values of 20 bytes and two inline ones, and the values; `move` puts some elsewhere."""
    size = 2 + 12 * (values + 2) + 4
    table = struct.pack(order + "H", values + 2) + struct.pack(order + "HHII", 1, 3, 1, 7)
    for n in range(values):
        place = AT + len(header) + size + 20 * n + (move or {}).get(n, 0)
        table += struct.pack(order + "HHII", 16 + n, 7, 20, (place - origin) % 2**32)
    table += struct.pack(order + "HHII", 99, 4, 1, 2**31) + bytes(4)
    return header + table + b"".join(bytes((65 + n,)) * 20 for n in range(values))


def is_astray(data: bytes, order: str = "<") -> bool:
    return maker_note.astray(camera(order, maker_note=data), (AT, AT + len(data)))


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("block_order", ["<", ">"])
def test_values_are_followed_whatever_header_order_and_origin(header: bytes, order: str, block_order: str) -> None:
    for origin in (0, AT, AT + len(header)):
        assert not is_astray(note(order, header, origin), block_order)
        assert is_astray(note(order, header, origin, move={2: 100_000}), block_order)


def test_a_value_behind_the_note_but_in_the_block_is_well() -> None:
    data = note(origin=0, values=20)
    assert not maker_note.astray(camera(maker_note=data), (AT, AT + 300))


def test_a_value_in_the_blocks_header_is_astray() -> None:
    assert is_astray(note(origin=0, move={0: -AT - 2 - 12 * 8 - 4 + 3}))


def test_a_value_that_ends_behind_the_block_is_astray_to_the_byte() -> None:
    room = len(camera(maker_note=note())) - AT - 2 - 12 * 8 - 4 - 20
    assert not is_astray(note(origin=0, move={0: room}))
    assert is_astray(note(origin=0, move={0: room + 1}))


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"no table in this one", bytes(300), b"\xff" * 300, b"NoteMaker\0" + bytes(range(200))]
)
def test_a_note_without_a_table_is_left_alone(data: bytes) -> None:
    assert not is_astray(data)


def test_a_note_most_of_which_leads_anywhere_is_not_understood() -> None:
    assert not is_astray(note(origin=0, move=dict.fromkeys(range(5), 2**24)))


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_block_with_a_note_that_points_out_of_it_stays_as_it_is(order: str) -> None:
    block = camera(order, maker_note=note(order, origin=0, move={1: 50_000}))
    assert not exif.editable(block)
    assert exif.read(block).title is None
    with pytest.raises(Malformed, match="maker note"):
        exif.edit(block, Caption("title"), ["title"])


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_block_with_a_sound_note_is_edited_and_the_note_stays_where_it_is(order: str) -> None:
    data = note(order, HEADERS[1], origin=0)
    block = camera(order, maker_note=data)
    new = exif.edit(block, Caption("a title"), ["title"])
    assert new[AT : AT + len(data)] == data
    assert ifd0(new).value(0x9C9B) == "a title\0".encode("utf-16-le")


entries = st.tuples(st.integers(0, 65535), st.sampled_from([*SIZES, 0, 77]), st.integers(0, 2**32 - 1),
                    st.integers(0, 2**32 - 1))  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(HEADERS), st.lists(entries, max_size=30), st.binary(max_size=100), st.integers(0, 400))
def test_any_note_is_answered(header: bytes, rows: list[tuple[int, int, int, int]], rest: bytes, length: int) -> None:
    table = struct.pack("<H", len(rows)) + b"".join(struct.pack("<HHII", *row) for row in rows)
    block = camera(maker_note=header + table + rest)
    assert maker_note.astray(block, (AT, AT + length)) in (True, False)
    assert maker_note.astray(block, (len(block) - 3, len(block) + length)) is False
