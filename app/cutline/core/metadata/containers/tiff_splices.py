"""Changing fields of IFD0 while everything else in the file stays at its place.

    header │ ... picture, other pages, values ... │ tail: IFD0, values that found no room

A value that fits where the old one stands is written there. Others go into a tail at the end of the file, and so does
IFD0 when it needs more entries; the header is repointed. What is given up is zeroed, unless something else reaches into
it, so that no removed text stays. The tail holds nothing but IFD0 and our values: the next change replaces it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cutline.core.metadata.blocks.tiff_edit import Value
from cutline.core.metadata.containers.tiff_ifds import SIZES, Entry, Ifd, Range, Shape
from cutline.core.metadata.model import Splice


@dataclass(frozen=True, slots=True)
class Place:
    """Where IFD0 and its fields for metadata stand."""

    shape: Shape
    size: int
    """Bytes of the file."""
    ifd0: Ifd
    values: Mapping[int, Value]
    """Of the fields for metadata."""
    own: frozenset[Range]
    """The table, and those of these values, that nothing else reaches into."""
    tail: int
    """Where the run of them begins that ends with the file; its end where there is none."""


def changed(place: Place, wanted: Mapping[int, Value | None]) -> list[Splice]:
    """What puts the `wanted` values into the file; None: the field goes."""
    return _Change(place, wanted).splices() if wanted else []


class _Change:
    def __init__(self, place: Place, wanted: Mapping[int, Value | None]) -> None:
        self._place, self._shape, self._wanted = place, place.shape, wanted
        self._filled: dict[Range, bytes] = {}  # by range: what stands there from now on, NULs behind it
        self._tail = bytearray()

    def splices(self) -> list[Splice]:
        place, ifd0 = self._place, self._place.ifd0
        rows = self._rows()
        size = self._shape.table(len(rows))
        free = ifd0.range in place.own and ifd0.offset < place.tail
        stays = free and size <= ifd0.size
        at = ifd0.offset if stays else self._appended(bytes(size))
        table = self._shape.number.pack(len(rows))
        table += b"".join(row.raw if isinstance(row, Entry) else self._entry(*row) for row in self._moved(rows))
        table += self._shape.pointer.pack(ifd0.next)
        if free:
            self._filled[ifd0.range] = table if stays else b""
        if not stays:
            self._tail[at - place.tail : at - place.tail + size] = table
            pointer = self._shape.first, self._shape.first + self._shape.pointer.size
            self._filled[pointer] = self._shape.pointer.pack(at)
        filled = [Splice(at, end - at, data.ljust(end - at, b"\0")) for (at, end), data in sorted(self._filled.items())]
        return [*filled, Splice(place.tail, place.size - place.tail, bytes(self._tail))]

    def _rows(self) -> list[Entry | tuple[int, Value]]:
        """The entries of the new IFD0, in its order."""
        rows: list[Entry | tuple[int, Value]] = [e for e in self._place.ifd0.entries if e.tag not in self._wanted]
        for tag, value in sorted(self._wanted.items()):
            if value is not None:
                after = (n for n, row in enumerate(rows) if row[0] > tag)
                rows.insert(next(after, len(rows)), (tag, value))
        for entry in self._place.ifd0.entries:
            if entry.tag in self._wanted and self._is_free(entry):
                self._filled[entry.range] = b""
        return rows

    def _moved(self, rows: list[Entry | tuple[int, Value]]) -> list[Entry | tuple[int, Value]]:
        """The rows, those whose values stood in the old tail as new ones."""
        return [
            (row.tag, self._place.values[row.tag]) if isinstance(row, Entry) and self._is_in_tail(row) else row
            for row in rows
        ]

    def _entry(self, tag: int, value: Value) -> bytes:
        head = self._shape.head.pack(tag, value.type, len(value.data) // SIZES.get(value.type, 1))
        room = self._shape.pointer.size
        if len(value.data) <= room:
            return head + value.data.ljust(room, b"\0")
        old = self._place.ifd0.find(tag)
        if old is None or not self._is_free(old) or len(value.data) > old.size:
            return head + self._shape.pointer.pack(self._appended(value.data))
        self._filled[old.range] = value.data
        return head + self._shape.pointer.pack(old.place)

    def _is_free(self, entry: Entry) -> bool:
        """Whether the value's place in front of the tail may be given up or filled anew."""
        return not entry.inline and entry.range in self._place.own and entry.place < self._place.tail

    def _is_in_tail(self, entry: Entry) -> bool:
        return not entry.inline and entry.place >= self._place.tail

    def _appended(self, data: bytes) -> int:
        """Put `data` at the end of the tail; where it stands in the file."""
        self._tail += bytes(-(self._place.tail + len(self._tail)) % self._shape.word)
        at = self._place.tail + len(self._tail)
        self._tail += data
        return at
