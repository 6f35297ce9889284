"""What programs hang behind a JPEG's EOI: only AFCP matters here, since it counts from the beginning of the file.

AFCP (AXS File Concatenation Protocol, FotoStation): ``AXS!`` or ``AXS*`` (big- or little-endian), version, number of
items, and 12 bytes for each item: tag, length, offset. The trailer ends in the mark again, the offset of its beginning,
and 4 bytes more. Other trailers may follow it. Motion photos, Samsung's and Canon's trailers count from their own ends
and need nothing.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_WINDOW = 65_536
"""Bytes at the end of the file in which the end of an AFCP trailer is looked for."""
_ORDERS = {b"AXS!": ">", b"AXS*": "<"}


@dataclass(frozen=True, slots=True)
class Afcp:
    """An AFCP trailer whose offsets are right."""

    start: int
    order: str
    offsets: tuple[tuple[int, int], ...]
    """(place, value) of every offset from the beginning of the file."""


def afcp(file: BinaryIO, size: int) -> Afcp | None:
    """The AFCP trailer of a file; None where there is none, or where it is damaged or stale already."""
    base = max(0, size - _WINDOW)
    file.seek(base)
    window = file.read(_WINDOW)
    for mark, order in _ORDERS.items():
        at = window.rfind(mark)
        if at >= 0 and (found := _ending_at(file, base + at, window[at : at + 12], order)):
            return found
    return None


def _ending_at(file: BinaryIO, end: int, last: bytes, order: str) -> Afcp | None:
    if len(last) < 12:
        return None
    start = struct.unpack_from(order + "I", last, 4)[0]
    file.seek(start)
    head = file.read(12)
    if len(head) < 12 or head[:4] != last[:4] or start >= end:
        return None
    count = struct.unpack_from(order + "H", head, 6)[0]
    directory = file.read(12 * count)
    if start + 12 + 12 * count > end:
        return None
    offsets = [(end + 4, start)]
    for n in range(count):
        value = struct.unpack_from(order + "I", directory, 12 * n + 8)[0]
        offsets.append((start + 12 + 12 * n + 8, value))
    return Afcp(start, order, tuple(offsets))
