"""EXIF blocks made by hand: what cameras write, at offsets the tests choose, in both byte orders."""

import random
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ASCII, BYTE, SHORT, LONG, RATIONAL, UNDEFINED = 2, 1, 3, 4, 5, 7
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}

Row = tuple[int, int, bytes]
"""(tag, type, value bytes)"""


def longs(order: str, *values: int) -> bytes:
    return struct.pack(f"{order}{len(values)}I", *values)


def shorts(order: str, *values: int) -> bytes:
    return struct.pack(f"{order}{len(values)}H", *values)


@dataclass
class Builder:
    """Lays a block out piece by piece; `ifd` appends values, then the table, and answers where the table stands."""

    order: str = "<"
    data: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.data += (b"II*\0" if self.order == "<" else b"MM\0*") + bytes(4)

    def put(self, value: bytes) -> int:
        self.data += bytes(len(self.data) % 2)
        at = len(self.data)
        self.data += value
        return at

    def ifd(self, rows: Sequence[Row], following: int = 0, places: Mapping[int, int] | None = None) -> int:
        entries = b""
        for tag, kind, value in rows:
            count = len(value) // SIZES[kind]
            if len(value) <= 4:
                stored = value.ljust(4, b"\0")
            else:
                at = (places or {}).get(tag)
                stored = longs(self.order, self.put(value) if at is None else at)
            entries += struct.pack(self.order + "HHI", tag, kind, count) + stored
        return self.put(struct.pack(self.order + "H", len(rows)) + entries + longs(self.order, following))

    def done(self, ifd0: int) -> bytes:
        struct.pack_into(self.order + "I", self.data, 4, ifd0)
        return bytes(self.data)


MAKER_NOTE = b"NoteMaker\0" + bytes(range(200)) + b"end of note"
THUMBNAIL = b"\xff\xd8\xff\xdb" + bytes(range(1, 120)) + b"\xff\xd9"


def camera(
    order: str = "<",
    extra: Sequence[Row] = (),
    *,
    make: bytes = b"Cutline Works\0",
    maker_note: bytes = MAKER_NOTE,
    thumbnail: bytes = THUMBNAIL,
    trailing: bytes = b"",
) -> bytes:
    """IFD0 with Exif, GPS and Interop IFDs, a maker note and a thumbnail IFD1. `extra` rows go into IFD0."""
    b = Builder(order)
    note = b.put(maker_note)
    interop = b.ifd([(1, ASCII, b"R98\0"), (2, UNDEFINED, b"0100")])
    exif = b.ifd(
        [
            (0x829A, RATIONAL, longs(order, 1, 250)),
            (0x9000, UNDEFINED, b"0232"),
            (0x9003, ASCII, b"2024:07:01 19:30:00\0"),
            (0x927C, UNDEFINED, maker_note),
            (0x9286, UNDEFINED, b"ASCII\0\0\0a user's comment"),
            (0xA005, LONG, longs(order, interop)),
        ],
        places={0x927C: note},
    )
    gps = b.ifd(
        [
            (0, BYTE, b"\2\3\0\0"),
            (1, ASCII, b"N\0"),
            (2, RATIONAL, longs(order, 47, 1, 22, 1, 30, 1)),
            (3, ASCII, b"E\0"),
            (4, RATIONAL, longs(order, 8, 1, 32, 1, 30, 1)),
        ]
    )
    thumb = b.put(thumbnail)
    ifd1 = b.ifd(
        [
            (0x0103, SHORT, shorts(order, 6)),
            (0x0201, LONG, longs(order, thumb)),
            (0x0202, LONG, longs(order, len(thumbnail))),
        ]
    )
    rows: list[Row] = [
        (0x010F, ASCII, make),
        (0x0110, ASCII, b"Model T\0"),
        (0x0112, SHORT, shorts(order, 1)),
        (0x011A, RATIONAL, longs(order, 72, 1)),
        (0x011B, RATIONAL, longs(order, 72, 1)),
        (0x0128, SHORT, shorts(order, 2)),
        (0x0132, ASCII, b"2024:07:01 19:30:00\0"),
        (0x0213, SHORT, shorts(order, 1)),
        (0x8769, LONG, longs(order, exif)),
        (0x8825, LONG, longs(order, gps)),
        *extra,
    ]
    ifd0 = b.ifd(sorted(rows, key=lambda row: row[0]), following=ifd1)
    if trailing:
        b.put(trailing)
    return b.done(ifd0)


def description(text: bytes) -> Row:
    return 0x010E, ASCII, text


def windows(tag: int, text: str) -> Row:
    return tag, BYTE, (text + "\0").encode("utf-16-le")


def canon_note(chance: random.Random) -> bytes:
    """A maker note as Canon's, for byte 8 of a little-endian block: an IFD whose offsets count from byte 0."""
    numbers = {1: 49, 4: 34, 0x12: 28, 0x26: 265, 0x98: 4, 0xA0: 14, 0xAA: 6, 0xE0: 17, 0x4001: 2560, 0x4013: 20}
    texts = {6: b"Canon EOS 6D", 7: b"Firmware Version 1.1.6", 9: b"A. Photographer", 0x95: b"EF24-105mm f/4L IS USM"}
    opaque = {0x0D: 1536, 0x97: 1024, 0x4002: 10_000}
    rows: list[Row] = [(tag, SHORT, shorts("<", 2 * n) + chance.randbytes(2 * n - 2)) for tag, n in numbers.items()]
    rows += [(tag, ASCII, text.ljust(32, b"\0")) for tag, text in texts.items()]
    rows += [(tag, UNDEFINED, chance.randbytes(n)) for tag, n in opaque.items()]
    table, values = shorts("<", len(rows)), b""
    place = 8 + 2 + 12 * len(rows) + 4
    for tag, kind, value in sorted(rows):
        table += struct.pack("<HHII", tag, kind, len(value) // SIZES[kind], place + len(values))
        values += value
    return table + bytes(4) + values


@dataclass(frozen=True)
class SeenIfd:
    """One IFD as an independent, naive reader sees it."""

    offset: int
    rows: tuple[tuple[int, int, int, bytes], ...]
    """(tag, type, count, value bytes)"""
    next: int

    def value(self, tag: int) -> bytes | None:
        return next((value for t, _, _, value in self.rows if t == tag), None)


def ifd(block: bytes, offset: int) -> SeenIfd:
    order = "<" if block[:2] == b"II" else ">"
    (count,) = struct.unpack_from(order + "H", block, offset)
    rows = []
    for n in range(count):
        tag, kind, number, value = struct.unpack_from(order + "HHII", block, offset + 2 + 12 * n)
        size = SIZES.get(kind, 0) * number
        start = value if size > 4 else offset + 2 + 12 * n + 8
        rows.append((tag, kind, number, block[start : start + size]))
    (following,) = struct.unpack_from(order + "I", block, offset + 2 + 12 * count)
    return SeenIfd(offset, tuple(rows), following)


def ifd0(block: bytes) -> SeenIfd:
    return ifd(block, struct.unpack_from("<I" if block[:2] == b"II" else ">I", block, 4)[0])
