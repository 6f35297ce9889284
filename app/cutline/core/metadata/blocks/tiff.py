"""The TIFF structure of an EXIF block: a header, chained IFDs, sub-IFDs, and values that stand anywhere in the block.

    II*. or MM.* , offset of IFD0 ─> IFD0 ─next─> IFD1 (thumbnail)
                                      ├─ 0x8769 Exif IFD ─ 0xA005 Interop IFD, 0x927C maker note
                                      └─ 0x8825 GPS IFD

All offsets count from the block's first byte (TIFF 6.0, section 2; EXIF 2.32, section 4.6). `ifd_at` reads one IFD as
leniently as it can; `Tree` walks the whole block and refuses one that cannot be edited safely.
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from cutline.core.errors import Malformed

TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Bytes of one value by TIFF type; 129 is UTF-8 (EXIF 3.0)."""

_SUB_IFDS = (0x8769, 0x8825, 0xA005, 0x014A)
_DATA = ((0x0201, 0x0202), (0x0111, 0x0117))  # (offsets, lengths) of thumbnails and strips
_MAKER_NOTE = 0x927C
_LEADING = frozenset((*_SUB_IFDS, _MAKER_NOTE, *(tag for pair in _DATA for tag in pair)))
_MOST_IFDS = 64
_MOST_ENTRIES = 65_535

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_SIZES = tuple(TYPE_SIZES.get(kind, 0) for kind in range(256))
_COUNT = {order: struct.Struct(order + "H") for order in "<>"}
_NEXT = {order: struct.Struct(order + "I") for order in "<>"}
_ROW = {order: struct.Struct(order + "HHII") for order in "<>"}

Row = tuple[int, int, int, int]
"""(tag, type, number of values, value or its offset), as they stand in an entry"""

Range = tuple[int, int]
"""(start, end) in a block."""


class Entry(NamedTuple):
    """One field of an IFD."""

    tag: int
    type: int
    values: int
    """How many values of its type it holds."""
    raw: bytes
    """The 12 bytes of the entry."""
    place: int
    """Where the value starts: inside the entry when it takes at most 4 bytes."""
    size: int
    """Bytes of the value; 0 where the type is unknown."""

    @property
    def inline(self) -> bool:
        """Whether the value stands in the entry itself."""
        return self.size <= 4

    @property
    def range(self) -> Range:
        """Where the value stands."""
        return self.place, self.place + self.size


@dataclass(frozen=True, slots=True)
class Ifd:
    """One image file directory."""

    offset: int
    entries: tuple[Entry, ...]
    next: int
    """Offset of the IFD after this one; 0 at the end of the chain."""
    size: int
    """Bytes of the table, with the pointer to the next IFD where there is one."""

    @property
    def range(self) -> Range:
        """Where the table stands."""
        return self.offset, self.offset + self.size

    def find(self, tag: int) -> tuple[Entry, ...]:
        """The entries of a tag: none, one, or against the rules more."""
        return tuple(entry for entry in self.entries if entry.tag == tag)


def byte_order(block: bytes) -> str:
    """``<`` or ``>`` for struct; `Malformed` where the block has no TIFF header."""
    order = _ORDERS.get(block[:4])
    if order is None or len(block) < 8:
        raise Malformed("The EXIF block has no TIFF header.")
    return order


def ifd_offset(block: bytes) -> int:
    """Where IFD0 stands."""
    return int(struct.unpack_from(byte_order(block) + "I", block, 4)[0])


def ifd_at(block: bytes, offset: int) -> Ifd:
    """The IFD at `offset`; `Malformed` where its table does not fit in the block. Values may still leave the block."""
    start, end, rows = _table(block, offset)
    entries = tuple(_entry(block, place, *row) for place, row in zip(range(start, end, 12), rows, strict=True))
    pointed = end + 4 <= len(block) and not any(_overlap(e.range, (end, end + 4)) for e in entries if not e.inline)
    following = struct.unpack_from(byte_order(block) + "I", block, end)[0] if pointed else 0
    return Ifd(offset, entries, following, end - offset + 4 * pointed)


def entries_at(block: bytes, offset: int, tags: Collection[int]) -> dict[int, Entry]:
    """The first entry of each of `tags` that the IFD at `offset` has; `Malformed` as `ifd_at`."""
    start, end, rows = _table(block, offset)
    found: dict[int, Entry] = {}
    for place, row in zip(range(start, end, 12), rows, strict=True):
        if row[0] in tags:
            found.setdefault(row[0], _entry(block, place, *row))
    return found


def _table(block: bytes, offset: int) -> tuple[int, int, Iterator[Row]]:
    """Where the entries of the IFD at `offset` begin and end, and what stands in them."""
    order = byte_order(block)
    if not 8 <= offset <= len(block) - 2:
        raise Malformed("An IFD of the EXIF block stands outside it.")
    start = offset + 2
    end = start + 12 * int(_COUNT[order].unpack_from(block, offset)[0])
    if end > len(block):
        raise Malformed("An IFD of the EXIF block is larger than the block.")
    return start, end, _ROW[order].iter_unpack(block[start:end])


def _entry(block: bytes, at: int, tag: int, kind: int, count: int, value: int) -> Entry:
    size = TYPE_SIZES.get(kind, 0) * count
    return Entry(tag, kind, count, block[at : at + 12], value if size > 4 else at + 8, size)


def value_of(block: bytes, entry: Entry) -> bytes:
    """The bytes of a value, as far as they are inside the block."""
    return block[entry.place : entry.place + entry.size]


def numbers(block: bytes, entry: Entry) -> tuple[int, ...]:
    """The value of a SHORT, LONG or IFD entry; empty for other types and for values that leave the block."""
    letter = {3: "H", 4: "I", 13: "I"}.get(entry.type)
    if letter is None or entry.place + entry.size > len(block) or entry.values > _MOST_ENTRIES:
        return ()
    return struct.unpack_from(f"{byte_order(block)}{entry.values}{letter}", block, entry.place)


class Tree:
    """A whole block, walked. `Malformed` where something points out of it or in circles.

    The walk looks at numbers only, for it is a good part of what reading a photo costs; `ifds` is made when asked for.
    """

    def __init__(self, block: bytes) -> None:
        self.block = block
        self.data: list[Range] = []
        """Thumbnails and strips."""
        self.maker_notes: list[Range] = []
        self._nexts: dict[int, int] = {}
        self._entries = 0
        self._walk(ifd_offset(block), chained=True)

    @cached_property
    def ifds(self) -> tuple[Ifd, ...]:
        """Every IFD, the first first."""
        return tuple(ifd_at(self.block, offset) for offset in self._nexts)

    @property
    def ifd0(self) -> Ifd:
        """The first IFD."""
        return self.ifds[0]

    @property
    def next_of_ifd0(self) -> int:
        """The offset of IFD1; 0 where there is none or the pointer dangles."""
        return self.ifd0.next if self.ifd0.next in self._nexts else 0

    def alone(self, wanted: Range) -> bool:
        """Whether exactly one thing in the block stands in this range, so that it may be changed or given up."""
        return wanted[0] >= 8 and sum(_overlap(wanted, other) for other in self._ranges()) == 1

    def _ranges(self) -> Iterator[Range]:
        yield from self.data
        for ifd in self.ifds:
            yield ifd.range
            yield from (entry.range for entry in ifd.entries if not entry.inline)

    def _inside(self, wanted: Range) -> bool:
        return wanted[0] >= 8 and wanted[1] <= len(self.block)

    def _walk(self, offset: int, *, chained: bool) -> None:
        if offset in self._nexts:
            raise Malformed("The IFDs of the EXIF block run in a circle.")
        start, end, rows = _table(self.block, offset)
        self._entries += (end - start) // 12
        if len(self._nexts) >= _MOST_IFDS or self._entries > _MOST_ENTRIES:
            raise Malformed("The EXIF block has more IFDs or entries than a picture can have.")
        leading: list[Entry] = []
        length, pointed = len(self.block), end + 4 <= len(self.block)
        for place, row in zip(range(start, end, 12), rows, strict=True):
            size = _SIZES[row[1]] * row[2] if row[1] < 256 else 0
            if size > 4:
                if not 8 <= row[3] <= length - size:
                    raise Malformed("A value of the EXIF block stands outside it.")
                if row[3] < end + 4 and row[3] + size > end:
                    pointed = False
            if row[0] in _LEADING:
                leading.append(_entry(self.block, place, *row))
        following = _NEXT[byte_order(self.block)].unpack_from(self.block, end)[0] if pointed else 0
        self._nexts[offset] = following
        self._follow(leading)
        if chained and following and self._holds_ifd(following):
            self._walk(following, chained=True)

    def _follow(self, leading: list[Entry]) -> None:
        """Walk the sub-IFDs that the entries of an IFD lead to, and note what else they lead to."""
        for entry in leading:
            if entry.tag in _SUB_IFDS:
                for sub in numbers(self.block, entry):
                    self._walk(sub, chained=False)
            elif entry.tag == _MAKER_NOTE:
                self.maker_notes.append(entry.range)
        for offsets, lengths in _DATA:
            starts = [n for entry in leading if entry.tag == offsets for n in numbers(self.block, entry)]
            if starts:
                self._note_data(starts, [n for e in leading if e.tag == lengths for n in numbers(self.block, e)])

    def _note_data(self, starts: list[int], sizes: list[int]) -> None:
        for start, size in zip(starts, sizes, strict=False):
            if size and not self._inside((start, start + size)):
                raise Malformed("A thumbnail or preview of the EXIF block stands outside it.")
            self.data.append((start, start + size))

    def _holds_ifd(self, offset: int) -> bool:
        """Whether a next-IFD pointer leads to a table; one that dangles is not followed."""
        try:
            _table(self.block, offset)
        except Malformed:
            return False
        return True


def _overlap(one: Range, other: Range) -> bool:
    return one[0] < other[1] and other[0] < one[1]
