"""TIFF, BigTIFF and DNG files made by hand, at offsets the tests choose, and some made by Pillow."""

import io
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image

from helpers.exif_blocks import SIZES, longs, shorts
from helpers.jpeg_files import resource
from helpers.png_files import picture

ASCII, BYTE, SHORT, LONG, RATIONAL, UNDEFINED, IFD, LONG8 = 2, 1, 3, 4, 5, 7, 13, 16
SIDE = 16  # pixels of every page

Row = tuple[int, int, bytes]
"""(tag, type, value bytes)"""


@dataclass
class Builder:
    """Lays a file out piece by piece; `ifd` puts values, then the table, and answers where the table stands."""

    order: str = "<"
    big: bool = False
    data: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        mark = b"II" if self.order == "<" else b"MM"
        head = (43, 8, 0) if self.big else (42,)
        self.data += mark + shorts(self.order, *head) + self.pointer(0)

    def pointer(self, value: int) -> bytes:
        return struct.pack(self.order + ("Q" if self.big else "I"), value)

    def put(self, value: bytes) -> int:
        self.data += bytes(-len(self.data) % (8 if self.big else 2))
        at = len(self.data)
        self.data += value
        return at

    def ifd(self, rows: Sequence[Row], following: int = 0, places: Mapping[int, int] | None = None) -> int:
        """`places`: by tag, where a value stands that was put already."""
        entries = b"".join(self.entry(row, (places or {}).get(row[0])) for row in rows)
        count = struct.pack(self.order + ("Q" if self.big else "H"), len(rows))
        return self.put(count + entries + self.pointer(following))

    def entry(self, row: Row, at: int | None = None) -> bytes:
        tag, kind, value = row
        room = 8 if self.big else 4
        size = {**SIZES, LONG8: 8}.get(kind, 1)
        stored = value.ljust(room, b"\0") if len(value) <= room and at is None else b""
        stored = stored or self.pointer(self.put(value) if at is None else at)
        return struct.pack(self.order + ("HHQ" if self.big else "HHI"), tag, kind, len(value) // size) + stored

    def done(self, ifd0: int) -> bytes:
        at = 8 if self.big else 4
        self.data[at : at + len(self.pointer(0))] = self.pointer(ifd0)
        return bytes(self.data)

    def strips(self, seed: int = 0, count: int = 4) -> list[Row]:
        """The rows of a grey page of `SIDE` by `SIDE` pixels, whose strips do not touch."""
        rows = SIDE // count
        starts = [self.put(_grey(SIDE * rows, seed + n) + b"gap!") for n in range(count)]
        return [
            *_basic(self.order, 1),
            (273, LONG, longs(self.order, *starts)),
            (277, SHORT, shorts(self.order, 1)),
            (278, SHORT, shorts(self.order, rows)),
            (279, LONG, longs(self.order, *[SIDE * rows] * count)),
            (282, RATIONAL, longs(self.order, 300, 1)),
            (283, RATIONAL, longs(self.order, 300, 1)),
            (296, SHORT, shorts(self.order, 2)),
        ]

    def tiles(self, seed: int = 0) -> list[Row]:
        """The rows of a page of one tile."""
        start = self.put(_grey(SIDE * SIDE, seed))
        return [
            *_basic(self.order, 1),
            (277, SHORT, shorts(self.order, 1)),
            (322, SHORT, shorts(self.order, SIDE)),
            (323, SHORT, shorts(self.order, SIDE)),
            (324, LONG, longs(self.order, start)),
            (325, LONG, longs(self.order, SIDE * SIDE)),
        ]


def ordered(*rows: Row) -> list[Row]:
    return sorted(rows, key=lambda row: row[0])


def _basic(order: str, compression: int) -> list[Row]:
    values = {256: SIDE, 257: SIDE, 258: 8, 259: compression, 262: 1}
    return [(tag, SHORT, shorts(order, value)) for tag, value in values.items()]


def _grey(length: int, seed: int) -> bytes:
    return bytes((seed * 37 + n * 5) % 256 for n in range(length))


def one(order: str = "<", *extra: Row, big: bool = False, behind: bytes = b"") -> bytes:
    """One page with further rows in IFD0; `behind`: bytes that nothing leads to, at the end."""
    b = Builder(order, big)
    data = b.done(b.ifd(ordered(*b.strips(), *extra)))
    return data + behind


def tiled(order: str = "<", *, big: bool = False) -> bytes:
    b = Builder(order, big)
    return b.done(b.ifd(b.tiles()))


def pages(order: str = "<", count: int = 3, *, big: bool = False) -> bytes:
    """Pages of which the first stands last in the file, each with a description of its own."""
    b, following = Builder(order, big), 0
    for number in reversed(range(count)):
        rows = b.tiles(number) if number == 1 else b.strips(number)
        text = (270, ASCII, b"words of page %d\0" % number) if number else (305, ASCII, b"By hand\0")
        following = b.ifd(ordered(*rows, text), following)
    return b.done(following)


def camera(order: str = "<", *, big: bool = False) -> bytes:
    """One page with Exif, Interop and GPS directories, and a maker note that counts from the start of the file."""
    b = Builder(order, big)
    note = b.put(b"A maker note " + bytes(range(100)))
    interop = b.ifd([(1, ASCII, b"R98\0"), (2, UNDEFINED, b"0100")])
    rows: list[Row] = [(0x9000, UNDEFINED, b"0232"), (0x9003, ASCII, b"2024:07:01 19:30:00\0"),
                       (0x927C, UNDEFINED, b"?" * 113), (0xA005, LONG, longs(order, interop))]  # fmt: skip
    exif = b.ifd(rows, places={0x927C: note})
    gps = b.ifd([(0, BYTE, b"\2\3\0\0"), (1, ASCII, b"N\0"), (2, RATIONAL, longs(order, 47, 1, 22, 1, 30, 1))])
    extra: list[Row] = [
        (271, ASCII, b"Cutline Works\0"), (0x8769, LONG, longs(order, exif)), (0x8825, LONG, longs(order, gps)),
        (270, ASCII, b"words of the camera's own\0"),
    ]  # fmt: skip
    return b.done(b.ifd(ordered(*b.strips(), *extra)))


def dng(order: str = "<") -> bytes:
    """A thumbnail in IFD0, the sensor's data and a JPEG preview in SubIFDs, private data of a maker."""
    b = Builder(order)
    sensor = b.ifd([(254, LONG, longs(order, 0)), *_as_cfa(b.strips(5), order)])
    jpeg = io.BytesIO()
    picture((SIDE, SIDE)).convert("L").save(jpeg, "JPEG")
    start = b.put(jpeg.getvalue())
    rows = [(254, LONG, longs(order, 1)), *_basic(order, 7), (273, LONG, longs(order, start)),
            (277, SHORT, shorts(order, 1)), (278, SHORT, shorts(order, SIDE)),
            (279, LONG, longs(order, len(jpeg.getvalue())))]  # fmt: skip
    preview = b.ifd(rows)
    extra: list[Row] = [
        (254, LONG, longs(order, 1)), (271, ASCII, b"Cutline Works\0"), (272, ASCII, b"Model T\0"),
        (330, LONG, longs(order, sensor, preview)), (50706, BYTE, b"\1\4\0\0"), (50707, BYTE, b"\1\1\0\0"),
        (50708, ASCII, b"Cutline Works Model T\0"), (50740, BYTE, b"Cutline Works\0" + bytes(range(60))),
    ]  # fmt: skip
    return b.done(b.ifd(ordered(*b.strips(), *extra)))


def _as_cfa(rows: list[Row], order: str) -> list[Row]:
    replaced = [row for row in rows if row[0] != 262]
    pattern: list[Row] = [(262, SHORT, shorts(order, 32803)), (33421, SHORT, shorts(order, 2, 2)),
                          (33422, BYTE, b"\0\1\1\2")]  # fmt: skip
    return ordered(*replaced, *pattern)


def dataset(number: int, data: bytes) -> bytes:
    return bytes((0x1C, 2, number)) + len(data).to_bytes(2, "big") + data


RECORDS = dataset(0, b"\0\4") + dataset(5, b"old title") + dataset(80, b"by one") + dataset(120, b"old words of IIM")
SETTINGS = resource(0x03ED, bytes(16))


def photoshop(order: str = "<", *, records: bytes = RECORDS, resources: bytes = SETTINGS, kind: int = LONG) -> bytes:
    """IIM records in 33723, filled up as its type asks, and image resources in 34377; b"": without the field."""
    filled = records + bytes(-len(records) % 4 if kind == LONG else 0)
    extra: list[Row] = [(33723, kind, filled), (34377, BYTE, resources)]
    return one(order, *[row for row in extra if row[2]])


def _saved(*images: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    images[0].save(file, "TIFF", save_all=True, append_images=images[1:], **options)
    return file.getvalue()


FLAVOURS: dict[str, Callable[[], bytes]] = {
    "little-endian": one,
    "big-endian": lambda: one(">"),
    "BigTIFF": lambda: one(big=True),
    "BigTIFF, big-endian": lambda: pages(">", big=True),
    "tiles": tiled,
    "pages": pages,
    "pages, big-endian": lambda: pages(">"),
    "camera": camera,
    "camera, big-endian": lambda: camera(">"),
    "DNG": dng,
    "DNG, big-endian": lambda: dng(">"),
    "odd length": lambda: one(behind=b"of others"),
    "Photoshop": photoshop,
    "Photoshop, big-endian": lambda: photoshop(">", kind=UNDEFINED),
    "records twice": lambda: photoshop(resources=resource(0x0404, RECORDS) + SETTINGS),
    "Pillow": lambda: _saved(picture((40, 30))),
    "Pillow, LZW": lambda: _saved(picture((200, 300)), compression="tiff_lzw"),
    "Pillow, JPEG": lambda: _saved(picture((64, 48)), compression="jpeg"),
    "Pillow, palette": lambda: _saved(picture((40, 30)).quantize(16)),
    "Pillow, pages": lambda: _saved(picture((40, 30)), picture((30, 50)).convert("L"), picture((9, 9))),
}


def with_number(data: bytes, at: int, value: int, letter: str = "I") -> bytes:
    """`data` with a number at `at` set, in its byte order."""
    packed = struct.pack(("<" if data[:2] == b"II" else ">") + letter, value)
    return data[:at] + packed + data[at + len(packed) :]


def entry_at(data: bytes, tag: int) -> int:
    """Where the entry of `tag` in IFD0 of a classic file stands."""
    order = "<" if data[:2] == b"II" else ">"
    ifd0 = int(struct.unpack_from(order + "I", data, 4)[0])
    count = int(struct.unpack_from(order + "H", data, ifd0)[0])
    places = range(ifd0 + 2, ifd0 + 2 + 12 * count, 12)
    return next(at for at in places if struct.unpack_from(order + "H", data, at) == (tag,))
