"""HEIC files for tests, made by libheif through pillow-heif, and changed by hand where it makes no such files."""

import struct
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image


def heic(image: Image.Image, path: Path, **options: Any) -> Path:
    """`image` as a HEIC file at `path`; `options` as pillow-heif has them (exif, xmp, icc_profile, thumbnails, ...)."""
    file = pillow_heif.from_pillow(image)
    file.save(str(path), **{"quality": 90, **options})
    return path


def deep(image: Image.Image, path: Path, bits: int = 10) -> Path:
    """`image` as a HEIC file of 10 or 12 bits a colour."""
    wide = bytearray()
    for value in image.tobytes():
        wide += struct.pack("<H", value * 257 >> (16 - bits) << (16 - bits))
    file = pillow_heif.from_bytes(mode="RGB;16", size=image.size, data=bytes(wide))
    before = pillow_heif.options.SAVE_HDR_TO_12_BIT
    pillow_heif.options.SAVE_HDR_TO_12_BIT = bits == 12
    try:
        file.save(str(path), quality=95)
    finally:
        pillow_heif.options.SAVE_HDR_TO_12_BIT = before
    return path


def renumbered(path: Path, primaries: int, transfer: int) -> Path:
    """The file at `path`, whose colours have numbers (colr, nclx), with these ones instead."""
    data = bytearray(path.read_bytes())
    at = data.index(b"colrnclx")
    struct.pack_into(">HH", data, at + 8, primaries, transfer)
    path.write_bytes(data)
    return path


def turned(path: Path, quarters: int) -> Path:
    """The file at `path`, whose irot box turns it, turned by so many quarters anticlockwise instead."""
    data = bytearray(path.read_bytes())
    data[data.index(b"irot") + 4] = quarters
    path.write_bytes(data)
    return path
