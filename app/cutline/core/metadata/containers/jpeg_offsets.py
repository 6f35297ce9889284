"""What in a JPEG file counts in bytes from elsewhere, and has to be brought along when something in front of it grows.

MPF (CIPA DC-007, section 5.2.3): an APP2 segment lists the images of the file, each with its length and its offset from
the segment's own TIFF header; the first image is the JPEG file itself, up to its EOI. An AFCP trailer (`jpeg_trailers`)
holds offsets from the beginning of the file.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks.tiff import byte_order, ifd_at, ifd_offset
from cutline.core.metadata.containers.jpeg_trailers import Afcp
from cutline.core.metadata.model import Splice

_ENTRY = 16


@dataclass(frozen=True, slots=True)
class Image:
    """One image MPF lists. All positions are from the beginning of the file."""

    field: int
    """Where its length stands; its offset follows 4 bytes behind."""
    length: int
    start: int
    first: bool
    """Whether it is the first image, whose offset is 0 whatever the header's place."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Everything in one file that counts."""

    mpf_base: int = 0
    mpf_order: str = ">"
    images: tuple[Image, ...] = ()
    afcp: Afcp | None = None


def found(mpf: tuple[int, bytes] | None, afcp: Afcp | None) -> Counters:
    """What counts in a file with this MPF block (its place and bytes) and this trailer."""
    if mpf is None:
        return Counters(afcp=afcp)
    base, block = mpf
    try:
        return Counters(base, byte_order(block), _images(base, block), afcp)
    except Malformed:
        return Counters(afcp=afcp)


def corrections(counters: Counters, changes: Sequence[Splice]) -> list[Splice]:
    """The splices that bring every count in step with `changes`."""
    result: list[Splice] = []
    base = moved(counters.mpf_base, changes)
    for image in counters.images:
        start = moved(image.start, changes)
        length = moved(image.start + image.length, changes) - start if image.length else 0
        new = struct.pack(counters.mpf_order + "II", length, 0 if image.first else start - base)
        old = struct.pack(
            counters.mpf_order + "II", image.length, 0 if image.first else image.start - counters.mpf_base
        )
        if new != old:
            result.append(Splice(image.field, 8, new))
    if counters.afcp:
        for place, value in counters.afcp.offsets:
            if moved(value, changes) != value:
                result.append(Splice(place, 4, struct.pack(counters.afcp.order + "I", moved(value, changes))))
    return result


def moved(position: int, changes: Sequence[Splice]) -> int:
    """Where the byte at `position` stands after `changes`."""
    shift = sum(len(s.new_bytes) - s.old_length for s in changes if s.offset + s.old_length <= position)
    return position + shift


def _images(base: int, block: bytes) -> tuple[Image, ...]:
    order = byte_order(block)
    images = []
    for entry in ifd_at(block, ifd_offset(block)).find(0xB002):
        for place in range(entry.place, min(entry.place + entry.size, len(block)) - _ENTRY + 1, _ENTRY):
            length, offset = struct.unpack_from(order + "II", block, place + 4)
            images.append(Image(base + place + 4, length, base + offset if offset else 0, offset == 0))
    return tuple(images)
