"""The small picture a camera puts into a JPEG's EXIF, found without decoding anything: some 0.1 ms.

    SOI, segments up to the frame header ─> APP1 “Exif” ─> TIFF header ─> IFD0 (Orientation) ─> IFD1 (offset, length)

It is a JPEG of usually 160 x 120 pixels. It is believed only where its shape is the picture's: an editor that cropped
or turned the picture without renewing it left one that must not be shown. Cameras that take 3:2 put black bars above
and below it: `Embedded.box` says what is between them, and whoever decodes it looks whether they are black.
(EXIF 3.0, 4.5.8 and 4.6; JPEG: ITU-T T.81, B.2.)
"""

import struct
from dataclasses import dataclass
from math import ceil
from pathlib import Path

_HEAD = 256 * 1024
"""Bytes to look at; the frame header of camera files is within 64 KB or so."""

_LEAST_SHARE = 0.7
"""Bars that take more than the rest are no bars of a camera: 16:9 in 4:3 leaves 0.75."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION, _OFFSET, _LENGTH = 0x0112, 0x0201, 0x0202


@dataclass(frozen=True, slots=True)
class Embedded:
    """A thumbnail as it is in the file."""

    jpeg: bytes
    size: tuple[int, int]
    """Width and height in pixels, lying as it is stored."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom of what has the picture's shape; outside, there are bars or nothing."""
    orientation: int
    """EXIF's Orientation of picture and thumbnail, 1-8."""


@dataclass(frozen=True, slots=True)
class _Header:
    size: tuple[int, int]
    exif: bytes


def embedded(path: Path) -> Embedded | None:
    """The thumbnail in the EXIF of the JPEG at `path`; None: none, none that can be trusted, or no JPEG.

    Raises `OSError` where the file cannot be read.
    """
    with path.open("rb") as file:
        return parsed(file.read(_HEAD))


def parsed(data: bytes) -> Embedded | None:
    """As `embedded`, of the first bytes of a file."""
    header = _header(data)
    if header is None or not header.exif:
        return None
    try:
        orientation, jpeg = _first_ifds(header.exif)
    except (struct.error, IndexError):
        return None
    inner = _header(jpeg)
    box = inner and _box(inner.size, header.size)
    return Embedded(jpeg, inner.size, box, orientation) if inner and box else None


def _header(data: bytes) -> _Header | None:
    """Size and EXIF block of a JPEG, from its segments up to the frame header."""
    if data[:2] != b"\xff\xd8":
        return None
    at, exif = 2, b""
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker in _FRAMES and len(body) >= 5:
            height, width = struct.unpack(">HH", body[1:5])
            return _Header((width, height), exif) if width and height else None
        if marker == 0xE1 and body[:6] == b"Exif\0\0" and not exif:
            exif = body[6:]
        if marker in (0xD9, 0xDA) or length < 2:
            return None
        at += 2 + length
    return None


def _first_ifds(exif: bytes) -> tuple[int, bytes]:
    """Orientation of IFD0 and thumbnail of IFD1 in the TIFF-shaped block `exif`."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1, b""
    (first,) = struct.unpack_from(order + "I", exif, 4)
    main, following = _ifd(exif, first, order)
    orientation = main.get(_ORIENTATION, 1)
    small, _ = _ifd(exif, following, order) if following else ({}, 0)
    start, length = small.get(_OFFSET, 0), small.get(_LENGTH, 0)
    inside = start > 0 and 0 < length <= len(exif) - start
    return (orientation if 1 <= orientation <= 8 else 1), (exif[start : start + length] if inside else b"")


def _ifd(exif: bytes, at: int, order: str) -> tuple[dict[int, int], int]:
    """Single SHORT and LONG values of the directory at `at`, and where the next one is (0: nowhere)."""
    (count,) = struct.unpack_from(order + "H", exif, at)
    values: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from(order + "HHI", exif, entry)
        if number == 1 and kind in (3, 4):
            (values[tag],) = struct.unpack_from(order + ("H" if kind == 3 else "I"), exif, entry + 8)
    following = exif[at + 2 + 12 * count : at + 6 + 12 * count]
    return values, struct.unpack(order + "I", following)[0] if len(following) == 4 else 0


def _box(small: tuple[int, int], large: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Where in a thumbnail of the size `small` a picture of the size `large` must be; None: it cannot be of it."""
    (width, height), (full_width, full_height) = small, large
    if width > full_width or height > full_height:
        return None
    fit_width = min(width, height * full_width / full_height)
    fit_height = min(height, width * full_height / full_width)
    if width - fit_width <= 1 and height - fit_height <= 1:  # rounded
        return 0, 0, width, height
    if fit_width < _LEAST_SHARE * width or fit_height < _LEAST_SHARE * height:
        return None
    left, top = ceil((width - fit_width) / 2), ceil((height - fit_height) / 2)
    return left, top, width - left, height - top
