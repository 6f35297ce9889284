"""Camera raw files made in code: laid out as the cameras do it, with previews of the tests' own."""

import struct
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from helpers.exif_blocks import ASCII, BYTE, LONG, RATIONAL, SHORT, UNDEFINED, Builder, Row, longs, shorts
from helpers.pictures import noise

SRATIONAL = 10
MAKE: Row = (0x010F, ASCII, b"Halden\0")
MODEL: Row = (0x0110, ASCII, b"Works 1\0")
TAKEN = b"2024:06:12 18:30:05\0"

LOSSLESS = (
    b"\xff\xd8\xff\xc3\x00\x0e\x0e\x10\x00\x18\x00\x02\x01\x11\x00\x02\x11\x00"
    b"\xff\xda\x00\x0a\x02\x01\x00\x02\x00\x01\x00\x00" + b"\x5a\x77" * 300 + b"\xff\xd9"
)
"""What a sensor's data look like in CR2 and DNG: a JPEG (SOF3, 14 bits) that is no picture to look at, 6144 x 4096."""


def jpeg(image: Image.Image, **options: object) -> bytes:
    """`image` as a JPEG file."""
    file = BytesIO()
    image.save(file, "JPEG", **{"quality": 92, **options})
    return file.getvalue()


def pointer(builder: Builder, tag: int, value: bytes) -> list[Row]:
    """The rows of a preview by offset and length: `tag` and the one after it."""
    order = builder.order
    return [(tag, LONG, longs(order, builder.put(value))), (tag + 1, LONG, longs(order, len(value)))]


def _exif(builder: Builder, rows: Sequence[Row] = ()) -> Row:
    order = builder.order
    all_rows = [(0x829A, RATIONAL, longs(order, 1, 250)), (0x9003, ASCII, TAKEN), *rows]
    return 0x8769, LONG, longs(order, builder.ifd(sorted(all_rows, key=lambda row: row[0])))


def _size(order: str, width: int, height: int) -> list[Row]:
    return [(0x0100, LONG, longs(order, width)), (0x0101, LONG, longs(order, height))]


def _sensor(builder: Builder, width: int = 6000, height: int = 4000) -> int:
    """A directory of sensor data: a colour filter array of 14 bits, packed in the camera's own way."""
    order, data = builder.order, b"\x31\x92\x7e" * 500
    rows = [
        *_size(order, width, height),
        (0x0103, SHORT, shorts(order, 34713)),
        (0x0106, SHORT, shorts(order, 32803)),
        (0x0111, LONG, longs(order, builder.put(data))),
        (0x0117, LONG, longs(order, len(data))),
    ]
    return builder.ifd(rows)


def _plain(builder: Builder, image: Image.Image) -> list[Row]:
    """The rows of an uncompressed RGB picture."""
    order, data = builder.order, image.tobytes()
    return [
        *_size(order, *image.size),
        (0x0102, SHORT, shorts(order, 8, 8, 8)),
        (0x0103, SHORT, shorts(order, 1)),
        (0x0106, SHORT, shorts(order, 2)),
        (0x0111, LONG, longs(order, builder.put(data))),
        (0x0115, SHORT, shorts(order, 3)),
        (0x0116, LONG, longs(order, image.height)),
        (0x0117, LONG, longs(order, len(data))),
    ]


def _done(builder: Builder, rows: Sequence[Row], following: int = 0) -> bytes:
    return builder.done(builder.ifd(sorted(rows, key=lambda row: row[0]), following))


def nef(previews: Sequence[bytes], orientation: int = 1, order: str = ">", front: Image.Image | None = None) -> bytes:
    """A small RGB picture (`front`) in IFD0; SubIFDs with the JPEGs, and one with the sensor's data."""
    b = Builder(order)
    subs = [b.ifd([(0x0103, SHORT, shorts(order, 6)), *pointer(b, 0x0201, preview)]) for preview in previews]
    rows = [
        *(_plain(b, front) if front else ()),
        MAKE,
        MODEL,
        (0x0112, SHORT, shorts(order, orientation)),
        (0x014A, LONG, longs(order, *subs, _sensor(b))),
        _exif(b),
    ]
    return _done(b, rows)


def cr2(preview: bytes, thumbnail: bytes, orientation: int = 1) -> bytes:
    """The JPEG as the one strip of IFD0, the thumbnail in IFD1, the sensor's data as a lossless JPEG in IFD3."""
    b = Builder("<")
    b.put(b"CR\2\0" + bytes(4))
    lossless = [
        *_size("<", 6000, 4000),
        (0x0103, SHORT, shorts("<", 6)),
        (0x0111, LONG, longs("<", b.put(LOSSLESS))),
        (0x0117, LONG, longs("<", len(LOSSLESS))),
    ]
    ifd3 = b.ifd(lossless)
    ifd2 = b.ifd(_plain(b, noise((30, 20))), following=ifd3)
    ifd1 = b.ifd(pointer(b, 0x0201, thumbnail), following=ifd2)
    rows = [
        *_size("<", 6000, 4000),
        (0x0103, SHORT, shorts("<", 6)),
        MAKE,
        MODEL,
        (0x0111, LONG, longs("<", b.put(preview))),
        (0x0112, SHORT, shorts("<", orientation)),
        (0x0117, LONG, longs("<", len(preview))),
        _exif(b),
    ]
    return _done(b, rows, ifd1)


def rw2(preview: bytes, orientation: int = 1) -> bytes:
    """Panasonic: a TIFF file by the number 0x55, the JPEG as the value of tag 0x002E, strips that are elsewhere."""
    b = Builder("<")
    rows = [
        (0x0002, SHORT, shorts("<", 4000)),
        (0x002E, UNDEFINED, preview),
        MAKE,
        MODEL,
        (0x0111, LONG, b"\xff\xff\xff\xff"),
        (0x0112, SHORT, shorts("<", orientation)),
        (0x0117, LONG, longs("<", 9)),
        _exif(b),
    ]
    return b"II\x55\0" + _done(b, rows)[4:]


def orf(preview: bytes, orientation: int = 1) -> bytes:
    """Olympus: a TIFF file by the letters RO; the JPEG is in the maker note, to which no ordinary tag leads."""
    b = Builder("<")
    note = b"OLYMPUS\0II\3\0" + bytes(20) + preview + bytes(40)
    rows = [*_size("<", 4640, 3472), MAKE, MODEL, (0x0112, SHORT, shorts("<", orientation))]
    return b"IIRO" + _done(b, [*rows, _exif(b, [(0x927C, UNDEFINED, note)])])[4:]


def raf(preview: bytes) -> bytes:
    """Fujifilm: offset and length of the JPEG at byte 84, then the sensor's data."""
    head = b"FUJIFILMCCD-RAW 0201FF129502X100\0".ljust(84, b"\0")
    return head + struct.pack(">II", 148, len(preview)) + bytes(56) + preview + b"\x13\x57" * 800


def box(name: bytes, *parts: bytes) -> bytes:
    """An ISO box; `name` is four letters, of a uuid box with its 16 bytes behind."""
    data = name[4:] + b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + name[:4] + data


_CANON = b"uuid" + bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW = b"uuid" + bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")


def cr3(large: bytes, middle: bytes, small: bytes, orientation: int = 1) -> bytes:
    """Canon: THMB and the TIFF blocks CMT1 and CMT2 in moov, PRVW behind it, a track of one JPEG in mdat."""
    ifd0, exif = Builder("<"), Builder("<")
    cmt1 = ifd0.done(ifd0.ifd([MAKE, MODEL, (0x0112, SHORT, shorts("<", orientation))]))
    cmt2 = exif.done(exif.ifd([(0x829A, RATIONAL, longs("<", 1, 250)), (0x9003, ASCII, TAKEN)]))
    thumb = box(b"THMB", struct.pack(">IHHII", 0, 160, 120, len(small), 0), small)
    about = box(_CANON, box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00"), box(b"CMT1", cmt1), box(b"CMT2", cmt2), thumb)
    ftyp = box(b"ftyp", b"crx ", struct.pack(">I", 1), b"crx isom")
    preview = box(_PREVIEW, bytes(8), box(b"PRVW", struct.pack(">IHHHHI", 0, 1, 1620, 1080, 1, len(middle)), middle))

    def moov(at: int) -> bytes:
        tracks = [_track(at, len(large)), _track(at + len(large), len(LOSSLESS))]
        return box(b"moov", about, *tracks)

    start = len(ftyp) + len(moov(0)) + len(preview) + 8
    return ftyp + moov(start) + preview + box(b"mdat", large, LOSSLESS)


def _track(start: int, length: int) -> bytes:
    sizes = box(b"stsz", struct.pack(">III", 0, 0, 1), struct.pack(">I", length))
    places = box(b"co64", struct.pack(">IIQ", 0, 1, start))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"minf", box(b"stbl", sizes, places))))


def mrw(preview: bytes, orientation: int = 1) -> bytes:
    """Minolta: blocks, of which TTW is a TIFF structure; the JPEG somewhere in the maker note."""
    b = Builder(">")
    exif = _exif(b, [(0x927C, UNDEFINED, b"MLT0" + preview)])
    ttw = _done(b, [MAKE, MODEL, (0x0112, SHORT, shorts(">", orientation)), exif])
    blocks = struct.pack(">4sI", b"\0PRD", 24) + bytes(24) + struct.pack(">4sI", b"\0TTW", len(ttw)) + ttw
    return struct.pack(">4sI", b"\0MRM", len(blocks)) + blocks + b"\x12\x34" * 500


def x3f(preview: bytes) -> bytes:
    """Sigma: sections, of which one holds a JPEG; here without the directory at the end."""
    return b"FOVb\0\0\2\0" + bytes(100) + b"SECi" + bytes(24) + preview + b"SECd" + bytes(60)


def dng(preview: bytes, orientation: int = 1, order: str = "<") -> bytes:
    """A small RGB picture in IFD0; in SubIFDs the sensor's data, and the JPEG as one strip."""
    b = Builder(order)
    strip = [
        (0x00FE, LONG, longs(order, 1)),
        (0x0103, SHORT, shorts(order, 7)),
        (0x0106, SHORT, shorts(order, 6)),
        (0x0111, LONG, longs(order, b.put(preview))),
        (0x0117, LONG, longs(order, len(preview))),
    ]
    subs = [_sensor(b), b.ifd(strip)]
    rows = [
        *_plain(b, noise((120, 80))),
        MAKE,
        MODEL,
        (0x0112, SHORT, shorts(order, orientation)),
        (0x014A, LONG, longs(order, *subs)),
        (0xC612, BYTE, b"\1\4\0\0"),
        _exif(b),
    ]
    return _done(b, rows)


def big_dng(preview: bytes, order: str = "<") -> bytes:
    """A BigTIFF (8-byte offsets) whose IFD0 has the JPEG as its one strip."""

    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack(order + "HHQ", tag, kind, count) + value.ljust(8, b"\0")

    start = 16 + 8 + 6 * 20 + 8
    table = [
        entry(0x0103, SHORT, 1, shorts(order, 7)),
        entry(0x0106, SHORT, 1, shorts(order, 6)),
        entry(0x010F, ASCII, 7, b"Halden\0"),
        entry(0x0111, 16, 1, struct.pack(order + "Q", start)),
        entry(0x0112, SHORT, 1, shorts(order, 3)),
        entry(0x0117, 16, 1, struct.pack(order + "Q", len(preview))),
    ]
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HHHQ", 43, 8, 0, 16)
    return head + struct.pack(order + "Q", len(table)) + b"".join(table) + bytes(8) + preview


def bayer_dng(image: Image.Image, orientation: int = 1) -> bytes:
    """`image` as a sensor with a Bayer pattern (RGGB) of 16 bits saw it: DNG 1.4, uncompressed, without any preview."""
    b, (width, height) = Builder("<"), image.size
    linear = image.point([round(65535 * (value / 255) ** 2.2) >> 8 for value in range(256)] * 3)
    red, green, blue = (band.tobytes() for band in linear.split())
    rows = bytearray()
    for y in range(height):
        pair = (red, green) if y % 2 == 0 else (green, blue)
        for x in range(width):
            rows += struct.pack("<H", pair[x % 2][y * width + x] * 257)
    matrix = (32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570)  # XYZ to linear sRGB, in 1/10,000
    tags = [
        (0x00FE, LONG, longs("<", 0)),
        *_size("<", width, height),
        (0x0102, SHORT, shorts("<", 16)),
        (0x0103, SHORT, shorts("<", 1)),
        (0x0106, SHORT, shorts("<", 32803)),
        MAKE,
        MODEL,
        (0x0111, LONG, longs("<", b.put(bytes(rows)))),
        (0x0112, SHORT, shorts("<", orientation)),
        (0x0115, SHORT, shorts("<", 1)),
        (0x0116, LONG, longs("<", height)),
        (0x0117, LONG, longs("<", len(rows))),
        (0x828D, SHORT, shorts("<", 2, 2)),
        (0x828E, BYTE, b"\0\1\1\2"),
        (0xC612, BYTE, b"\1\4\0\0"),
        (0xC614, ASCII, b"Halden Works 1\0"),
        (0xC621, SRATIONAL, struct.pack("<18i", *(part for value in matrix for part in (value, 10000)))),
        (0xC628, RATIONAL, longs("<", 1, 1, 1, 1, 1, 1)),
        (0xC65A, SHORT, shorts("<", 21)),
        _exif(b),
    ]
    return _done(b, tags)
