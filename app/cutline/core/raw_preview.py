"""The JPEGs that a camera puts into its raw files: the picture as it was on the camera's screen, ready to be shown.

    TIFF-like (NEF, CR2, ARW, DNG, PEF, SRW, RW2, ...)   every directory, its chain and its SubIFDs: offset and length
        in tags 0x0201 and 0x0202, or one strip packed as JPEG, or the JPEG as the value of tag 0x002E (Panasonic)
    CR3   box PRVW of one of Canon's uuids, THMB of the other, and the first sample of each track of JPEGs
    RAF   offset and length in the header
    others, and those that hide theirs in maker notes (ORF, MRW, X3F, ...)   whatever looks like a JPEG in the file

A find is believed only where a JPEG header of a picture to look at stands there, and where it ends as a JPEG does:
sensor data are (lossless) JPEGs as well. Everything is bounded: directories, boxes, finds, and bytes looked through.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from cutline.core.boxes import Box, boxes, content, find
from cutline.core.exif_head import CANON, RAF, directories, preview_of_raf
from cutline.core.jpeg_head import LONGEST, header, upright_by
from cutline.core.tiff_file import Directory, Tiff

_PREVIEWS = b"uuid\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16"

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_TAIL = 65_536
"""Bytes in which a JPEG must end; cameras fill up what they reserved."""
_LARGEST = 250_000_000  # bytes of a preview
_FARTHEST = 500_000_000  # bytes of a file that are looked through
_MOST = 64  # places that are looked at
_PIECE = 1 << 20
_LEAST_SIDE = 100  # pixels
_SHAPE = 0.03
"""How far the shape of a preview may differ from that of the largest: 3:2 in 4:3 with black bars is another."""

_WIDTH, _HEIGHT, _PACKING, _MEANING = 0x0100, 0x0101, 0x0103, 0x0106
_STRIPS, _STRIP_SIZES, _JPEG, _JPEG_SIZE, _PANASONIC = 0x0111, 0x0117, 0x0201, 0x0202, 0x002E
_TILES, _TILE_SIZES = 0x0144, 0x0145
_ELSEWHERE = 0xFFFFFFFF  # Panasonic's strips, which another tag leads to
_AS_JPEG = (6, 7)
_SHOWN = (None, 1, 2, 6)  # grey, RGB, YCbCr: neither sensor data nor a mask


class Preview(NamedTuple):
    """A whole JPEG in a raw file."""

    start: int
    """Bytes from the start of the file."""
    length: int
    """In bytes."""
    size: tuple[int, int]
    """Width and height in pixels, lying as it is stored."""
    orientation: int
    """EXIF's Orientation of the raw file, 1-8; 1 where the preview is upright already."""


def previews(file: BinaryIO) -> list[Preview]:
    """The previews that the structure of a raw `file` leads to, smallest first. Raises `OSError`."""
    return _believed(file, _places(file))


def scanned(file: BinaryIO) -> list[Preview]:
    """As `previews`, whatever the structure: what looks like a JPEG anywhere in the `file`."""
    return _believed(file, _jpegs(file))


def bytes_of(file: BinaryIO, preview: Preview) -> bytes:
    """The JPEG file that `preview` is."""
    return Tiff(file).read(preview.start, preview.length)


def is_cut_short(file: BinaryIO) -> bool:
    """Whether a TIFF-like raw `file` ends before the strips and tiles that its directories tell of."""
    tiff = Tiff(file)
    for ifd in tiff.ifd0.walk():
        for starts, sizes in (_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES):
            for start, size in zip(ifd.numbers(starts), ifd.numbers(sizes), strict=False):
                if start != _ELSEWHERE and start + size > tiff.size:
                    return True
    return False


def is_plain(file: BinaryIO) -> bool:
    """Whether a raw `file` begins with an uncompressed picture of a size worth showing."""
    ifd0 = Tiff(file).ifd0
    sides = ifd0.number(_WIDTH) or 0, ifd0.number(_HEIGHT) or 0
    return ifd0.number(_PACKING) == 1 and ifd0.number(_MEANING) in _SHOWN and max(sides) >= _LEAST_SIDE


def _believed(file: BinaryIO, places: Iterable[tuple[int, int]]) -> list[Preview]:
    ifd0 = directories(file).ifd0
    main = _largest(ifd0)
    found: dict[int, Preview] = {}
    for number, (start, length) in enumerate(places):
        if number < _MOST and start not in found and (preview := _looked_at(file, start, length, ifd0, main)):
            found[start] = preview
    ordered = sorted(found.values(), key=lambda preview: preview.size[0] * preview.size[1])
    return [preview for preview in ordered if _alike(preview.size, ordered[-1].size)]


def _looked_at(file: BinaryIO, start: int, length: int, ifd0: Directory, main: tuple[int, int]) -> Preview | None:
    """The preview that stands there; None: what stands there is none, or not all of it."""
    if not 0 < length <= _LARGEST:
        return None
    file.seek(start)
    head = header(file.read(min(length, LONGEST)))
    if head is None or not head.is_picture or max(head.size) < _LEAST_SIDE:
        return None
    file.seek(start + max(0, length - _TAIL))
    tail = file.read(min(length, _TAIL))
    if _END not in tail or len(tail) < min(length, _TAIL):
        return None
    turned = upright_by(ifd0) or head.orientation or 1
    upright_already = turned > 4 and (head.size[0] < head.size[1]) != (main[0] < main[1]) and main[0] > 0
    return Preview(start, length, head.size, 1 if upright_already else turned)


def _largest(ifd0: Directory) -> tuple[int, int]:
    """Width and height of the largest picture a TIFF structure tells of, which is the sensor's."""
    sizes = ((ifd.number(_WIDTH) or 0, ifd.number(_HEIGHT) or 0) for ifd in ifd0.walk())
    return max(sizes, key=lambda size: size[0] * size[1])


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    (width, height), (full_width, full_height) = sorted(one), sorted(other)
    return abs(width * full_height - height * full_width) <= _SHAPE * width * full_height + full_height


def _places(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Offset and length of what the file's structure says is a JPEG, or may be one."""
    size = file.seek(0, 2)
    file.seek(0)
    first = file.read(16)
    if first[4:8] == b"ftyp":
        yield from _in_boxes(file, size)
    elif first == RAF:
        yield preview_of_raf(file)
    else:
        for ifd in Tiff(file).ifd0.walk():
            yield from _in_directory(ifd)


def _in_directory(ifd: Directory) -> Iterator[tuple[int, int]]:
    base = ifd.tiff.base
    for start, length in zip(ifd.numbers(_JPEG)[:1], ifd.numbers(_JPEG_SIZE)[:1], strict=False):
        yield base + start, length
    strips, sizes = ifd.numbers(_STRIPS), ifd.numbers(_STRIP_SIZES)
    if len(strips) == len(sizes) == 1 and ifd.number(_PACKING) in _AS_JPEG and ifd.number(_MEANING) in _SHOWN:
        yield base + strips[0], sizes[0]
    if (value := ifd.fields.get(_PANASONIC)) is not None:
        yield value.place, value.size


def _in_boxes(file: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    places = [find(file, 0, size, b"moov", CANON, b"THMB")]
    if outer := find(file, 0, size, _PREVIEWS):
        places.append(find(file, *outer.within(8), b"PRVW"))
    for box in places:
        at = content(file, box, 64).find(_START) if box else -1
        if box and at >= 0:
            yield box.start + at, box.end - box.start - at
    if moov := find(file, 0, size, b"moov"):
        for trak in boxes(file, *moov.within()):
            if trak.type == b"trak" and (table := find(file, *trak.within(), b"mdia", b"minf", b"stbl")):
                yield from _first_sample(file, table)


def _first_sample(file: BinaryIO, table: Box) -> Iterator[tuple[int, int]]:
    """Where the first sample of a track is (ISO/IEC 14496-12, 8.7.3 and 8.7.5)."""
    sizes, wide, narrow = (find(file, *table.within(), name) for name in (b"stsz", b"co64", b"stco"))
    chunks = wide or narrow
    if sizes is None or chunks is None:
        return
    size, start = content(file, sizes, 16), content(file, chunks, 16)
    length = int.from_bytes(size[4:8], "big") or int.from_bytes(size[12:16], "big")
    yield int.from_bytes(start[8 : 16 if wide else 12], "big"), length


def _jpegs(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Offset and length of whatever begins as a JPEG of a picture does, none inside another."""
    at = 0
    for _ in range(_MOST):
        at = _search(file, _START, at)
        if at < 0:
            return
        file.seek(at)
        head = header(file.read(LONGEST))
        end = _search(file, _END, at + head.length) if head and head.is_picture else -1
        if end >= 0:
            yield at, end + len(_END) - at
        at = end if end >= 0 else at + len(_START)


def _search(file: BinaryIO, wanted: bytes, start: int) -> int:
    """Where `wanted` is found first, from `start` on; -1: nowhere."""
    while start < _FARTHEST:
        file.seek(start)
        piece = file.read(_PIECE)
        at = piece.find(wanted)
        if at >= 0:
            return start + at
        if len(piece) < _PIECE:
            return -1
        start += _PIECE - len(wanted) + 1
    return -1
