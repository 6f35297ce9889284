"""The EXIF block of a file, from as few bytes as can be.

    JPEG   segments up to the picture data; APP1 that begins with Exif\\0\\0
    PNG    chunks, skipped by their length; eXIf
    WebP   RIFF chunks, skipped by their length; EXIF
    TIFF   the file is the block

A file that is cut short or wrong gives no block instead of an error; only the file system's own errors pass.
"""

import os
from pathlib import Path
from typing import BinaryIO

_LARGEST = 64_000_000  # bytes of a TIFF that are looked at
_MOST_PARTS = 4096  # segments or chunks of a file that are looked at
_EXIF = b"Exif\0\0"


def exif_block(path: Path) -> bytes | None:
    """The TIFF structure in the file at `path`; None where there is none. Raises `OSError`."""
    with path.open("rb") as file:
        head = file.read(16)
        file.seek(0)
        if head[:2] == b"\xff\xd8":
            return _jpeg(file)
        if head[:8] == b"\x89PNG\r\n\x1a\n":
            return _chunks(file, 8, "big", b"eXIf")
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _chunks(file, 12, "little", b"EXIF")
        if head[:4] in (b"II*\0", b"MM\0*"):
            return file.read(_LARGEST)
    return None


def _jpeg(file: BinaryIO) -> bytes | None:
    """ITU-T T.81, annex B: 0xFF, marker, length (its own two bytes counted), payload."""
    file.seek(2)
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
