"""What a HEIC or AVIF file says beside its pixels: the EXIF item, and the colours of its picture by number.

    meta ─┬─ pitm   which item is the picture
          ├─ iinf ─ infe   number and type of each item; one is of type Exif
          ├─ iloc   where each item's bytes stand: pieces of the file, or of idat
          └─ iprp ─┬─ ipco   properties: colr and others
                   └─ ipma   which item has which properties

ISO/IEC 23008-12 and ISO/IEC 14496-12, 8.11. Decoders hand out less than this: Pillow's AVIF keeps the colours' numbers
to itself, and to know the date nobody should have to read a whole file. What is malformed is not there.
"""

import os
import struct
from io import BytesIO
from typing import BinaryIO, NamedTuple

from cutline.core.boxes import Box, boxes, content, find

_LARGEST = 1 << 20
"""Bytes of one table, or of an EXIF block, that are looked at."""
_MOST = 65_536  # entries of a table


class Colours(NamedTuple):
    """Code points of ITU-T H.273, 8.1 and 8.2."""

    primaries: int
    transfer: int


class _Reader:
    """Numbers, one after the other; struct.error at the end."""

    def __init__(self, data: bytes) -> None:
        self._file = BytesIO(data)

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        raw = self._file.read(size)
        if len(raw) < size:
            raise struct.error("cut short")
        return int.from_bytes(raw, "big")

    def full(self) -> tuple[int, int]:
        """Version and flags of a full box."""
        return self.number(1), self.number(3)


def exif(file: BinaryIO, size: int) -> bytes | None:
    """The EXIF block of a file of `size` bytes, from its TIFF header on; None where there is none. Raises `OSError`."""
    meta = _meta(file, size)
    if meta is None:
        return None
    try:
        number = _item(file, meta, b"Exif")
        data = b"" if number is None else _item_bytes(file, meta, number)
    except struct.error:
        return None
    start = 4 + int.from_bytes(data[:4], "big")
    return data[start:] or None


def colours(file: BinaryIO, size: int) -> Colours | None:
    """How the numbers in the picture of a file of `size` bytes are to be seen; None: it does not say so by numbers."""
    meta = _meta(file, size)
    try:
        return None if meta is None else _colours(file, meta)
    except struct.error:
        return None


def _meta(file: BinaryIO, size: int) -> tuple[int, int] | None:
    box = find(file, 0, size, b"meta")
    return None if box is None else box.within(4)


def _table(file: BinaryIO, meta: tuple[int, int], *path: bytes) -> _Reader:
    box = find(file, *meta, *path)
    return _Reader(b"" if box is None else content(file, box, _LARGEST))


def _item(file: BinaryIO, meta: tuple[int, int], wanted: bytes) -> int | None:
    """The number of the first item of the type `wanted`."""
    iinf = find(file, *meta, b"iinf")
    if iinf is None:
        return None
    version = content(file, iinf, 1)
    for box in boxes(file, *iinf.within(6 if version == b"\0" else 8)):
        infe = content(file, box, 14)
        wide = 4 if infe[:1] == b"\3" else 2
        if box.type == b"infe" and infe[6 + wide : 10 + wide] == wanted:
            return int.from_bytes(infe[4 : 4 + wide], "big")
    return None


def _item_bytes(file: BinaryIO, meta: tuple[int, int], wanted: int) -> bytes:
    """The bytes of the item with the number `wanted`, as iloc says where they are."""
    table = _table(file, meta, b"iloc")
    version, _ = table.full()
    sizes = table.number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2
    for _ in range(min(table.number(wide), _MOST)):
        number = table.number(wide)
        method = table.number(2) & 15 if version else 0
        table.number(2)
        base = table.number(base_size)
        pieces = []
        for _ in range(table.number(2)):
            if version:
                table.number(index_size)
            pieces.append((base + table.number(offset_size), table.number(length_size)))
        if number == wanted:
            return _joined(file, meta, method, pieces)
    return b""


def _joined(file: BinaryIO, meta: tuple[int, int], method: int, pieces: list[tuple[int, int]]) -> bytes:
    idat = find(file, *meta, b"idat") if method == 1 else None
    if method > 1 or (method == 1 and idat is None):
        return b""
    first, size, data = idat.start if idat else 0, file.seek(0, os.SEEK_END), b""
    for offset, length in pieces:
        if first + offset < size:
            file.seek(first + offset)
            data += file.read(min(length, _LARGEST - len(data)))
    return data


def _colours(file: BinaryIO, meta: tuple[int, int]) -> Colours | None:
    ipco = find(file, *meta, b"iprp", b"ipco")
    if ipco is None:
        return None
    pitm = _table(file, meta, b"pitm")
    primary = pitm.number(2 if pitm.full()[0] == 0 else 4)
    properties: list[Box] = list(boxes(file, *ipco.within()))
    own = [properties[index - 1] for index in _indices(file, meta, primary) if 0 < index <= len(properties)]
    said = [content(file, box, 8) for box in own if box.type == b"colr"]
    if any(text[:4] != b"nclx" for text in said):  # an ICC profile says it better
        return None
    return next((Colours(*struct.unpack_from(">HH", text, 4)) for text in said), None)


def _indices(file: BinaryIO, meta: tuple[int, int], item: int) -> list[int]:
    """The places in ipco, from 1, of the properties of `item`."""
    table = _table(file, meta, b"iprp", b"ipma")
    version, flags = table.full()
    wide, mask = (2, 0x7FFF) if flags & 1 else (1, 0x7F)
    for _ in range(min(table.number(4), _MOST)):
        number = table.number(4 if version else 2)
        indices = [table.number(wide) & mask for _ in range(table.number(1))]
        if number == item:
            return indices
    return []
