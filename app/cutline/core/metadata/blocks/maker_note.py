"""What a camera's maker note points to: the values of its directory, as far as it has one.

Most maker notes are a short header and one IFD, in the byte order of the block or in the other, whose offsets count
from the block's TIFF header, from the note's beginning or from a TIFF header of its own. None of that is written down
in the note. It is guessed: of all the places where a table can be read, and all origins, those by which most values
come to stand within the note, or else behind it. Programs that moved a note without knowing all this left offsets that
lead anywhere.
"""

import struct
from collections.abc import Iterator

from cutline.core.metadata.blocks.tiff import TYPE_SIZES, Range, byte_order

_HEADERS = (0, 6, 8, 10, 12, 14, 16, 18, 20, 26, 28)
"""Where tables and TIFF headers stand in the notes of all makers (bytes from the note's beginning)."""
_HEADER = 8  # bytes of the block
_LONGEST = 200  # entries of a table
_TYPES = frozenset(TYPE_SIZES) - {129}
_OTHER = {"<": ">", ">": "<"}

_Table = tuple[Range, ...]
"""(offset, size) of the values that do not stand in the table itself."""


def astray(block: bytes, note: Range) -> bool:
    """Whether a value of the maker note at `note` stands outside the block, or in its header.

    Such a value comes to life, as whatever it then leads to, when the block grows or its first bytes change. False for
    a note that is not understood.
    """
    note = note[0], min(note[1], len(block))
    behind = note[0], len(block)
    best: list[Range] = []
    score = (0, 0)
    for values in _guesses(block, note):
        inside = _inside(values, note)
        if inside == len(values):
            return False
        now = (inside, 0) if inside else (0, _inside(values, behind))
        if now > score:
            best, score = values, now
    understood = 2 * _inside(best, behind) >= len(best)
    return understood and any(start < _HEADER or end > len(block) for start, end in best)


def _guesses(block: bytes, note: Range) -> Iterator[list[Range]]:
    """Where the values stand by each table that can be read, and from each origin; the TIFF header first."""
    for table in _tables(block, note):
        for origin in (0, *(note[0] + header for header in _HEADERS)):
            yield [(origin + offset, origin + offset + size) for offset, size in table]


def _tables(block: bytes, note: Range) -> Iterator[_Table]:
    order = byte_order(block)
    for header in _HEADERS:
        for each in (order, _OTHER[order]):
            if table := _table(block, note, note[0] + header, each):
                yield table


def _table(block: bytes, note: Range, at: int, order: str) -> _Table:
    """The table at `at`; empty where none stands there."""
    if at + 2 > note[1]:
        return ()
    (count,) = struct.unpack_from(order + "H", block, at)
    end = at + 2 + 12 * count
    if not 0 < count <= _LONGEST or end > note[1]:
        return ()
    entries = list(struct.iter_unpack(order + "HHII", block[at + 2 : end]))
    tags = [tag for tag, _, _, _ in entries]
    if len(set(tags)) < len(tags) or any(kind not in _TYPES for _, kind, _, _ in entries):
        return ()
    sizes = [(offset, TYPE_SIZES[kind] * number) for _, kind, number, offset in entries]
    return tuple((offset, size) for offset, size in sizes if size > 4)


def _inside(values: list[Range], wanted: Range) -> int:
    """How many of the values stand in a range."""
    return sum(wanted[0] <= start and end <= wanted[1] for start, end in values)
