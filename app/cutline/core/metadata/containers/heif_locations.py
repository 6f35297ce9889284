"""The item location box, iloc (ISO/IEC 14496-12, 8.11.3): which pieces of what hold each item.

    item ─ construction method ─ base offset ─┬─ offset, length
                                              └─ offset, length

How many bytes each kind of number has is said in front of the table. Method 0 counts from the start of the file, 1
from that of idat, 2 from other items.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from cutline.core.errors import Unreadable
from cutline.core.metadata.containers.bmff_boxes import DAMAGED, Numbers

FILE, IDAT = 0, 1
_MOST = 100_000  # pieces
_METHOD = 0x000F


class Extent(NamedTuple):
    """One piece of an item."""

    number: int
    """Which reference it is made by, for method 2."""
    offset: int
    """From the base."""
    length: int
    """In bytes; 0 where lengths have no size: all there is."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where one item stands."""

    item: int
    construction: int
    """16 bits, of which the last four are the method."""
    reference: int
    """0: this file."""
    base: int
    extents: tuple[Extent, ...]

    @property
    def method(self) -> int:
        """The construction method."""
        return self.construction & _METHOD

    @property
    def starts(self) -> list[int]:
        """Where its pieces begin, from what the method counts from."""
        return [self.base + extent.offset for extent in self.extents]

    def moved(self, starts: Sequence[int], by_base: bool) -> "Location":
        """The same with its pieces beginning at `starts`: told by the base if it may be, else by each offset."""
        bases = {self.base + new - old for new, old in zip(starts, self.starts, strict=True)}
        is_told = self.base > 0 or not any(extent.offset for extent in self.extents)
        if by_base and is_told and len(bases) == 1 and min(bases) >= 0:
            return replace(self, base=bases.pop())
        base = self.base if self.base <= min(starts, default=self.base) else 0
        extents = zip(self.extents, starts, strict=True)
        return replace(self, base=base, extents=tuple(e._replace(offset=start - base) for e, start in extents))

    def anew(self, length: int) -> "Location":
        """The same item in one piece of the file, yet to be moved to its place."""
        return replace(self, construction=self.construction & ~_METHOD, base=0, extents=(Extent(0, 0, length),))

    def shortened(self, length: int) -> "Location":
        """The same item, which is in one piece, with less in it."""
        return replace(self, extents=(self.extents[0]._replace(length=length),))


@dataclass(frozen=True, slots=True)
class Locations:
    """The whole table."""

    version: int
    flags: int
    sizes: tuple[int, int, int, int]
    """Bytes of an offset, a length, a base and an index."""
    rows: tuple[Location, ...]
    rest: bytes
    """What stands behind the table."""

    def widened(self, least: int) -> "Locations":
        """The table with offsets and lengths of at least so many bytes, and bases too if it has any."""
        offset, length, base, index = self.sizes
        return replace(self, sizes=(max(offset, least), max(length, least), base and max(base, least), index))

    @property
    def by_base(self) -> bool:
        """Whether this table tells places by the base: then new ones as well, since readers know no other way."""
        return self.sizes[2] > 0 and (self.sizes[0] == 0 or any(row.base for row in self.rows))

    @property
    def length(self) -> int:
        """Bytes of the content of the box."""
        offset, length, base, index = self.sizes
        wide, more = (4 if self.version == 2 else 2), (1 if self.version else 0)
        extents = sum(len(row.extents) for row in self.rows) * (offset + length + more * index)
        return 6 + wide + len(self.rows) * (wide + more * 2 + base + 4) + extents + len(self.rest)

    def packed(self) -> bytes:
        """The content of the box. Raises `OverflowError` for a number that is too large for its size."""
        offset, length, base, index = self.sizes
        wide = 4 if self.version == 2 else 2
        pieces = [
            self.version.to_bytes(1, "big") + self.flags.to_bytes(3, "big"),
            bytes((offset << 4 | length, base << 4 | index)),
            len(self.rows).to_bytes(wide, "big"),
        ]
        for row in self.rows:
            pieces.append(row.item.to_bytes(wide, "big"))
            pieces.append(row.construction.to_bytes(2, "big") if self.version else b"")
            pieces.append(row.reference.to_bytes(2, "big") + row.base.to_bytes(base, "big"))
            pieces.append(len(row.extents).to_bytes(2, "big"))
            for extent in row.extents:
                pieces.append(extent.number.to_bytes(index, "big") if self.version else b"")
                pieces.append(extent.offset.to_bytes(offset, "big") + extent.length.to_bytes(length, "big"))
        return b"".join([*pieces, self.rest])


def parse(data: bytes) -> Locations:
    """The table in the content of an iloc box. Raises `Unreadable`."""
    numbers = Numbers(data)
    version, flags, packed = numbers.number(1), numbers.number(3), numbers.number(2)
    sizes = (packed >> 12, packed >> 8 & 15, packed >> 4 & 15, packed & 15)
    if version > 2 or any(size not in (0, 4, 8) for size in (sizes[:3] if version == 0 else sizes)):
        raise Unreadable(DAMAGED)
    wide, left = 4 if version == 2 else 2, _MOST
    rows = []
    for _ in range(numbers.number(wide)):
        row = _row(numbers, version, wide, sizes, left)
        left -= len(row.extents)
        rows.append(row)
    return Locations(version, flags, sizes, tuple(rows), numbers.rest)


def _row(numbers: Numbers, version: int, wide: int, sizes: tuple[int, int, int, int], most: int) -> Location:
    item = numbers.number(wide)
    construction = numbers.number(2) if version else 0
    reference, base, count = numbers.number(2), numbers.number(sizes[2]), numbers.number(2)
    if count > most:
        raise Unreadable(DAMAGED)
    extents = []
    for _ in range(count):
        number = numbers.number(sizes[3]) if version else 0
        extents.append(Extent(number, numbers.number(sizes[0]), numbers.number(sizes[1])))
    return Location(item, construction, reference, base, tuple(extents))
