"""The head of a JPEG: its segments up to the frame header, which says how large the picture is and how it is packed.

SOI, segments (0xFF, marker, length, payload), among them APP1 with EXIF, then the frame header SOFn (ITU-T T.81, B.2).
"""

import struct
from dataclasses import dataclass
from io import BytesIO

from cutline.core.tiff_file import ORIENTATION, Directory, Tiff

LONGEST = 256 * 1024
"""Bytes to look at; the frame header of camera files is within 64 KB or so."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DRAWN = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive: what pictures to look at are packed with. Sensor data are lossless (0xC3)."""
_END, _SCAN, _EXIF = 0xD9, 0xDA, 0xE1
_MOST_SEGMENTS = 1000


@dataclass(frozen=True, slots=True)
class Header:
    """What a JPEG says of itself before its picture begins."""

    size: tuple[int, int]
    """Width and height in pixels, lying as it is stored."""
    is_picture: bool
    """Whether it holds a picture to look at: 8 bits, one or three colours, not lossless."""
    exif: bytes
    length: int
    """Bytes up to the end of the frame header: a thumbnail in its EXIF is before that."""

    @property
    def ifd0(self) -> Directory:
        """The first directory of its EXIF; empty where there is none."""
        return Tiff(BytesIO(self.exif)).ifd0

    @property
    def orientation(self) -> int | None:
        """EXIF's Orientation, 1-8."""
        return upright_by(self.ifd0)


def upright_by(ifd0: Directory) -> int | None:
    """EXIF's Orientation in `ifd0`, 1-8; None where it does not say."""
    value = ifd0.number(ORIENTATION)
    return value if value in range(1, 9) else None


def header(data: bytes) -> Header | None:
    """The head of the JPEG that `data` begins with; None where `data` ends before the frame header, or is no JPEG."""
    if data[:2] != b"\xff\xd8":
        return None
    at, exif = 2, b""
    for _ in range(_MOST_SEGMENTS):
        if data[at : at + 1] != b"\xff" or at + 4 > len(data):
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker in _FRAMES and len(body) >= 6:
            depth, height, width, colours = struct.unpack(">BHHB", body[:6])
            drawn = marker in _DRAWN and depth == 8 and colours in (1, 3)
            return Header((width, height), drawn, exif, at + 2 + length) if width and height else None
        if marker == _EXIF and body[:6] == b"Exif\0\0" and not exif:
            exif = body[6:]
        if marker in (_END, _SCAN) or length < 2:
            return None
        at += 2 + length
    return None
