"""A TIFF structure read where it stands in a file: of a raw file of 60 MB a few KB are looked at.

    header ─> IFD0 ─next─> IFD1 ─> ...       each a table of (tag, type, count, value or where it stands)
               └─ tags that point to further directories: Exif, GPS, SubIFDs

TIFF 6.0, section 2; BigTIFF (8-byte offsets); and what raw formats made of the header: Olympus (RO, RS) and Panasonic
(0x55) changed its number only. Nothing here raises for bad content: what is cut short, points outside or is absurdly
large is not there. Only the file system's own errors pass.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

ORIENTATION, SUB_IFDS, EXIF, GPS = 0x0112, 0x014A, 0x8769, 0x8825

_ASCII = 2
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
"""Bytes of one value by type."""
_WHOLE = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_FRACTIONS = {5: "II", 10: "ii"}

_CLASSIC, _BIG = frozenset({0x2A, 0x55, 0x4F52, 0x5352}), 0x2B
_MOST_ENTRIES, _MOST_NUMBERS, _MOST_IFDS = 4096, 1024, 32
_LONGEST_TEXT = 1000


class _Shape(NamedTuple):
    """How directories are laid out, as struct has it."""

    number: str
    entry: str
    pointer: str


_SHAPES = {False: _Shape("H", "HHI4s", "I"), True: _Shape("Q", "HHQ8s", "Q")}


class Field(NamedTuple):
    """One entry of a directory."""

    type: int
    place: int
    """Where its value starts, in bytes from the start of the file."""
    size: int
    """Bytes of the value."""


class Tiff:
    """The TIFF structure that starts at `base` of `file`, its offsets count from there; for one thread."""

    def __init__(self, file: BinaryIO, base: int = 0) -> None:
        self.base, self._file = base, file
        self.size = file.seek(0, os.SEEK_END)
        head = self.read(base, 16)
        self.order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
        number = struct.unpack_from(f"{self.order}H", head, 2)[0] if self.order and len(head) >= 8 else 0
        big = number == _BIG and len(head) == 16
        self._shape = _SHAPES[big]
        first = struct.unpack_from(self.order + self._shape.pointer, head, 8 if big else 4) if number else (0,)
        self._first = first[0] if big or number in _CLASSIC else 0

    @property
    def ifd0(self) -> "Directory":
        """The first directory; empty where there is none."""
        return self.at(self._first)

    def read(self, place: int, size: int) -> bytes:
        """Bytes of the file, `place` counted from its start; fewer where it ends."""
        if place >= self.size:
            return b""
        self._file.seek(place)
        return self._file.read(min(size, self.size - place))

    def at(self, offset: int) -> "Directory":
        """The directory at `offset`; an empty one where none can be there."""
        count_letter, entry_letters, pointer = (self.order + letters for letters in self._shape)
        wide, each = struct.calcsize(count_letter), struct.calcsize(entry_letters)
        start = self.base + offset + wide
        head = self.read(start - wide, wide) if offset >= 8 else b""
        count = struct.unpack(count_letter, head)[0] if len(head) == wide else _MOST_ENTRIES + 1
        length = count * each
        table = self.read(start, length + struct.calcsize(pointer)) if count <= _MOST_ENTRIES else b""
        if len(table) < length or count > _MOST_ENTRIES:
            return Directory(self)
        fields: dict[int, Field] = {}
        for number, (tag, kind, values, value) in enumerate(struct.iter_unpack(entry_letters, table[:length])):
            size, room = _SIZES.get(kind, 0) * values, len(value)
            place = start + (number + 1) * each - room
            if size > room:
                place = self.base + struct.unpack(pointer, value)[0]
            if size and place + size <= self.size:
                fields.setdefault(tag, Field(kind, place, size))
        end = table[length:]
        following = struct.unpack(pointer, end)[0] if len(end) == struct.calcsize(pointer) else 0
        return Directory(self, fields, following)


class Directory:
    """One IFD. What is missing or malformed is None, empty text, or no numbers."""

    def __init__(self, tiff: Tiff, fields: dict[int, Field] | None = None, following: int = 0) -> None:
        self.tiff, self.fields, self._following = tiff, fields or {}, following

    def __bool__(self) -> bool:
        return bool(self.fields)

    @property
    def next(self) -> "Directory":
        """The directory after this one in the chain; empty at its end."""
        return self.tiff.at(self._following)

    def text(self, tag: int) -> str:
        """An ASCII field (often UTF-8 in practice) up to its first NUL, without control characters."""
        field = self.fields.get(tag)
        if field is None or field.type != _ASCII or field.size > _LONGEST_TEXT:
            return ""
        text = self.tiff.read(field.place, field.size).split(b"\0", 1)[0].decode("utf-8", "replace")
        return " ".join("".join(c if c.isprintable() and c != "\ufffd" else " " for c in text).split())

    def numbers(self, tag: int) -> tuple[int, ...]:
        """The values of a field of whole numbers; none where there are too many to mean anything."""
        return self._values(tag, _WHOLE, _MOST_NUMBERS)

    def number(self, tag: int) -> int | None:
        """The first value of a field of whole numbers."""
        return next(iter(self.numbers(tag)), None)

    def rationals(self, tag: int) -> tuple[float | None, ...]:
        """The values of a RATIONAL field, at most three; None for those that are no number."""
        values = self._values(tag, _FRACTIONS, 3)
        return tuple(n / d if d else None for n, d in zip(values[::2], values[1::2], strict=True))

    def rational(self, tag: int) -> float | None:
        """The first value of a RATIONAL field."""
        return next(iter(self.rationals(tag)), None)

    def sub(self, tag: int) -> "Directory":
        """The directory that `tag` points to."""
        return self.tiff.at(self.number(tag) or 0)

    def walk(self) -> Iterator["Directory"]:
        """This directory, those after it and the SubIFDs of each, none twice, at most 32."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            ifd = waiting.pop(0)
            yield ifd
            for offset in (*ifd.numbers(SUB_IFDS), ifd._following):
                if offset not in seen and len(seen) < _MOST_IFDS:
                    seen.add(offset)
                    waiting += [found] if (found := self.tiff.at(offset)) else []

    def _values(self, tag: int, letters: dict[int, str], most: int) -> tuple[int, ...]:
        field = self.fields.get(tag)
        if field is None or field.type not in letters or field.size > most * _SIZES[field.type]:
            return ()
        count = field.size // _SIZES[field.type]
        raw = self.tiff.read(field.place, field.size)
        return struct.unpack(self.tiff.order + letters[field.type] * count, raw)
