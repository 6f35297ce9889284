"""Where a camera's own directories stand in a file, found from as few bytes as can be.

    JPEG         segments up to the picture data; APP1 that begins with Exif\\0\\0
    PNG          chunks, skipped by their length; eXIf
    WebP         RIFF chunks, skipped by their length; EXIF
    HEIC, AVIF   the Exif item (see `heif_items`)
    TIFF, DNG and most raw formats   the file is the block
    CR3          boxes CMT1, CMT2 and CMT4 of Canon's uuid in moov: a block for each directory
    RAF          the JPEG whose place the header tells (bytes 84-91)
    MRW          block TTW

A file that is cut short or wrong gives no directories instead of an error; only the file system's own errors pass.
"""

import os
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from cutline.core import heif_items
from cutline.core.boxes import Box, find
from cutline.core.tiff_file import EXIF, GPS, Directory, Tiff

CANON = b"uuid\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"
"""The box of a CR3 file that holds what Canon has to say."""

RAF = b"FUJIFILMCCD-RAW "
MRW = b"\0MRM"

_LARGEST = 64_000_000  # bytes of a block that are looked at
_MOST_PARTS = 4096  # segments, chunks or blocks of a file that are looked at
_EXIF = b"Exif\0\0"


@dataclass(frozen=True, slots=True)
class Directories:
    """A photo's IFD0, Exif IFD and GPS IFD; empty where there is none."""

    ifd0: Directory
    exif: Directory
    gps: Directory


def directories(file: BinaryIO) -> Directories:
    """Those of the picture in `file`, whose values are read as long as it is open. Raises `OSError`."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(16)
    if head[4:12] == b"ftypcrx ":
        return _canon(file, size)
    ifd0 = Tiff(file, _mrw(file)).ifd0 if head.startswith(MRW) else Tiff(file).ifd0
    if not ifd0:
        ifd0 = of_block(_block(file, head, size) or b"").ifd0
    return _of(ifd0)


def of_block(block: bytes) -> Directories:
    """Those in an EXIF block (a TIFF structure)."""
    return _of(Tiff(BytesIO(block)).ifd0)


def preview_of_raf(file: BinaryIO) -> tuple[int, int]:
    """Where the JPEG of a RAF file stands: offset and length in bytes."""
    file.seek(84)
    place = file.read(8)
    return int.from_bytes(place[:4], "big"), int.from_bytes(place[4:], "big")


def _of(ifd0: Directory) -> Directories:
    return Directories(ifd0, ifd0.sub(EXIF), ifd0.sub(GPS))


def _block(file: BinaryIO, head: bytes, size: int) -> bytes | None:
    """The TIFF structure inside the file; None where there is none."""
    if head[:2] == b"\xff\xd8":
        return _jpeg(file, 0)
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _chunks(file, 8, "big", b"eXIf")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _chunks(file, 12, "little", b"EXIF")
    if head[4:8] == b"ftyp":
        return heif_items.exif(file, size)
    return _jpeg(file, preview_of_raf(file)[0]) if head == RAF else None


def _canon(file: BinaryIO, size: int) -> Directories:
    box = find(file, 0, size, b"moov", CANON)
    parts = (None if box is None else find(file, *box.within(), name) for name in (b"CMT1", b"CMT2", b"CMT4"))
    return Directories(*(_at(file, part) for part in parts))


def _at(file: BinaryIO, box: Box | None) -> Directory:
    return Tiff(file, box.start).ifd0 if box else Directory(Tiff(BytesIO()))


def _mrw(file: BinaryIO) -> int:
    """Where the TIFF structure of a Minolta raw file starts: blocks of name, length, data, all numbers big-endian."""
    at = 8
    for _ in range(_MOST_PARTS):
        file.seek(at)
        head = file.read(8)
        if head[:4] == b"\0TTW" or len(head) < 8:
            break
        at += 8 + int.from_bytes(head[4:], "big")
    return at + 8


def _jpeg(file: BinaryIO, start: int) -> bytes | None:
    """ITU-T T.81, annex B: 0xFF, marker, length (its own two bytes counted), payload."""
    file.seek(start + 2)
    for _ in range(_MOST_PARTS):
        marker = file.read(2)
        while marker[1:] == b"\xff":  # fill bytes
            marker = marker[1:] + file.read(1)
        if len(marker) < 2 or marker[0] != 0xFF or marker[1] in (0xD9, 0xDA):
            return None
        length = int.from_bytes(file.read(2), "big") - 2
        if length < 0:
            return None
        if marker[1] == 0xE1:
            payload = file.read(length)
            if payload.startswith(_EXIF):
                return payload[len(_EXIF) :]
        else:
            file.seek(length, os.SEEK_CUR)
    return None


def _chunks(file: BinaryIO, start: int, order: str, wanted: bytes) -> bytes | None:
    """PNG: length, name, data, CRC. WebP: name, length, data, padded to an even length."""
    png = order == "big"
    file.seek(start)
    for _ in range(_MOST_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return None
        name, length = (head[4:], head[:4]) if png else (head[:4], head[4:])
        size = int.from_bytes(length, "big" if png else "little")
        if name == wanted:
            block = file.read(min(size, _LARGEST))
            return block[len(_EXIF) :] if block.startswith(_EXIF) else block
        file.seek(size + 4 if png else size + size % 2, os.SEEK_CUR)
    return None
