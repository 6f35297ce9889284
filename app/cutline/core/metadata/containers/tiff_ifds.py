"""The directories (IFDs) of a TIFF file, read where they stand: of a file of 500 MB a few KB are looked at.

    II or MM, 42 │ 43, where IFD0 stands ─> IFD0 ─next─> IFD1 ─> ...
                                             each a table of entries (tag, type, count, the value or where it stands)

Classic TIFF (TIFF 6.0, section 2) counts in 4 bytes, its entries take 12; BigTIFF, whose number is 43, counts in 8,
its entries take 20. All offsets count from the start of the file.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from cutline.core.errors import Malformed

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
"""Bytes of one value by type; 16 to 18 are BigTIFF's, 129 is UTF-8 (EXIF 3.0)."""

LARGEST = 64_000_000
"""Most bytes of a value that is read."""

_MOST = 32_000_000  # bytes of tables and numbers: a million tiles, or pages
_SHARED = 64_000  # bytes of numbers that the pages of a small file may have in common
_LEAST = 64  # bytes that a table counts as
_NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_BIG = (b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0")
_CLASSIC = (b"II*\0", b"MM\0*")

Range = tuple[int, int]
"""(start, end) in a file."""


class Shape(NamedTuple):
    """How the numbers of a file are laid out."""

    order: str
    """``<`` or ``>`` for struct."""
    big: bool
    """Whether it is a BigTIFF."""
    number: struct.Struct
    """How many entries a directory has."""
    head: struct.Struct
    """An entry's tag, type and count."""
    pointer: struct.Struct
    """An offset; a value that is no longer than this stands in the entry itself."""

    @property
    def first(self) -> int:
        """Where the header says where IFD0 stands."""
        return 8 if self.big else 4

    @property
    def header(self) -> int:
        """Bytes of the header."""
        return 16 if self.big else 8

    @property
    def word(self) -> int:
        """What offsets of values are multiples of (TIFF 6.0, section 2); BigTIFF has values of 8 bytes."""
        return 8 if self.big else 2

    @property
    def largest(self) -> int:
        """Bytes of the largest file of this shape."""
        return (1 << 8 * self.pointer.size) - 1

    def table(self, entries: int) -> int:
        """Bytes of a directory with so many entries."""
        return self.number.size + entries * (self.head.size + self.pointer.size) + self.pointer.size


class Entry(NamedTuple):
    """One field of a directory."""

    tag: int
    type: int
    raw: bytes
    """All bytes of the entry."""
    place: int
    """Where the value starts."""
    size: int
    """Bytes of the value; 0 where the type is unknown."""
    inline: bool
    """Whether the value stands in the entry itself."""

    @property
    def range(self) -> Range:
        """Where the value stands."""
        return self.place, self.place + self.size


class Ifd(NamedTuple):
    """One directory."""

    offset: int
    entries: tuple[Entry, ...]
    next: int
    """Where the directory after this one stands; 0 at the end of the chain."""
    size: int
    """Bytes of the table, with `next` where the file does not end before it."""

    @property
    def range(self) -> Range:
        """Where the table stands."""
        return self.offset, self.offset + self.size

    def find(self, tag: int) -> Entry | None:
        """The first entry of a tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


class Tiff:
    """A TIFF file of `size` bytes. What is read of its tables and numbers is bounded, and by that size too."""

    def __init__(self, file: BinaryIO, size: int, shape: Shape) -> None:
        self.size, self.shape, self._file = size, shape, file
        self._left = min(size + _SHARED, _MOST)

    def read(self, place: int, length: int) -> bytes:
        """Bytes of the file; fewer where it ends."""
        self._file.seek(place)
        return self._file.read(length)

    def first(self) -> int:
        """Where IFD0 stands. Raises `Malformed`."""
        return self._unpacked(self.shape.pointer, self.read(self.shape.first, self.shape.pointer.size))

    def ifd(self, offset: int) -> Ifd:
        """The directory at `offset`. `Malformed` where its table leaves the file; values may."""
        shape = self.shape
        width = shape.head.size + shape.pointer.size
        if not shape.header <= offset < self.size:
            raise Malformed("has a directory that stands outside of it")
        count = self._unpacked(shape.number, self.read(offset, shape.number.size))
        start, length = offset + shape.number.size, count * width
        if start + length > self.size:
            raise Malformed("has a directory that is larger than the file")
        self._spend(max(length, _LEAST))
        table = self.read(start, length + shape.pointer.size)
        entries = tuple(self._entry(table[at : at + width], start + at) for at in range(0, length, width))
        end = table[length:]
        following = self._unpacked(shape.pointer, end) if len(end) == shape.pointer.size else 0
        return Ifd(offset, entries, following, start - offset + len(table))

    def holds(self, wanted: Range) -> bool:
        """Whether a range is inside the file, behind its header."""
        return self.shape.header <= wanted[0] and wanted[1] <= self.size

    def value(self, entry: Entry) -> bytes | None:
        """The bytes of a value; None where they leave the file, or are more than anyone writes."""
        return self.read(entry.place, entry.size) if self.holds(entry.range) and entry.size <= LARGEST else None

    def numbers(self, entry: Entry) -> Iterator[int]:
        """The whole numbers of an entry, as far as they are inside the file; none of other types."""
        if entry.type not in _NUMBERS or not self.holds(entry.range):
            return
        self._spend(entry.size)
        raw = self.read(entry.place, entry.size)
        for (number,) in struct.iter_unpack(self.shape.order + _NUMBERS[entry.type], raw):
            yield number

    def _entry(self, raw: bytes, at: int) -> Entry:
        tag, kind, count = self.shape.head.unpack_from(raw)
        size = SIZES.get(kind, 0) * count
        if size <= self.shape.pointer.size:
            return Entry(tag, kind, raw, at + self.shape.head.size, size, True)
        (place,) = self.shape.pointer.unpack_from(raw, self.shape.head.size)
        return Entry(tag, kind, raw, place, size, False)

    def _unpacked(self, form: struct.Struct, raw: bytes) -> int:
        if len(raw) < form.size:
            raise Malformed("has a directory that stands outside of it")
        return int(form.unpack(raw)[0])

    def _spend(self, length: int) -> None:
        """Tables that lie over one another could otherwise cost many times the file's size."""
        self._left -= length
        if self._left < 0:
            raise Malformed("has more directories, fields or strips than a picture needs")


def shape_of(head: bytes) -> Shape | None:
    """The shape of the TIFF file that begins with `head`, of at least 8 bytes; None: it is none."""
    order = "<" if head[:2] == b"II" else ">"
    letters = ("Q", "HHQ", "Q") if head.startswith(_BIG) else ("H", "HHI", "I")
    if head.startswith((*_BIG, *_CLASSIC)):
        return Shape(order, head.startswith(_BIG), *(struct.Struct(order + each) for each in letters))
    return None
