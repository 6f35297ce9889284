"""An EXIF block as a careful camera writes it: entries in order, values on even offsets, nothing overlapping.

(EXIF 3.0, 4.5 and 4.6; TIFF 6.0, section 2. The tables of tags and their types are piexif's; the block it would write
itself has values that overlap the sub-directories.)
"""

import struct
from collections.abc import Mapping
from typing import Any

import piexif

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 1, 2, 3, 4, 5, 7
_SUB_IFDS = {"Exif": piexif.ImageIFD.ExifTag, "GPS": piexif.ImageIFD.GPSTag}


def exif_block(blocks: Mapping[str, Any]) -> bytes:
    """`blocks` has the shape of piexif: 0th, Exif, GPS, 1st, thumbnail. The result begins with `Exif\\0\\0`."""
    main = dict(blocks["0th"])
    used = [name for name in _SUB_IFDS if blocks.get(name)]
    main |= {_SUB_IFDS[name]: 0 for name in used}
    at = 8 + len(_directory("0th", main, 8, 0))
    parts = b""
    for name in used:
        main[_SUB_IFDS[name]] = at + len(parts)
        parts += _directory(name, blocks[name], at + len(parts), 0)
    following, last = 0, b""
    if "thumbnail" in blocks:
        following = at + len(parts)
        small = dict(blocks["1st"])
        small |= {piexif.ImageIFD.JPEGInterchangeFormat: 0}
        small |= {piexif.ImageIFD.JPEGInterchangeFormatLength: len(blocks["thumbnail"])}
        small[piexif.ImageIFD.JPEGInterchangeFormat] = following + len(_directory("1st", small, following, 0))
        last = _directory("1st", small, following, 0) + bytes(blocks["thumbnail"])
    return b"Exif\0\0MM\0*\0\0\0\x08" + _directory("0th", main, 8, following) + parts + last


def _directory(name: str, values: Mapping[int, Any], at: int, following: int) -> bytes:
    """One directory that begins at the offset `at`, followed by the values that do not fit into its entries."""
    entries, data = struct.pack(">H", len(values)), b""
    start = at + 2 + 12 * len(values) + 4
    for tag in sorted(values):
        kind = piexif.TAGS["Image" if name in ("0th", "1st") else name][tag]["type"]
        count, raw = _encoded(kind, values[tag])
        if len(raw) > 4:
            entries += struct.pack(">HHII", tag, kind, count, start + len(data))
            data += raw + bytes(len(raw) % 2)
        else:
            entries += struct.pack(">HHI", tag, kind, count) + raw.ljust(4, b"\0")
    return entries + struct.pack(">I", following) + data


def _encoded(kind: int, value: Any) -> tuple[int, bytes]:
    """How many values, and their bytes."""
    if kind == _ASCII:
        raw = str(value).encode() + b"\0"
        return len(raw), raw
    if kind == _UNDEFINED:
        return len(value), bytes(value)
    if kind == _RATIONAL:
        fractions = value if isinstance(value[0], tuple) else (value,)
        return len(fractions), b"".join(struct.pack(">II", *fraction) for fraction in fractions)
    numbers = value if isinstance(value, tuple) else (value,)
    return len(numbers), struct.pack(f">{len(numbers)}{ {_BYTE: 'B', _SHORT: 'H', _LONG: 'I'}[kind] }", *numbers)
