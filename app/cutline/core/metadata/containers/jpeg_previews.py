"""Previews that cameras hang behind the picture, and the offsets in their maker notes that lead there.

Canon, Casio, Pentax and others write a second JPEG behind EOI and its offset, counted from the EXIF block's TIFF
header, into the maker note. When anything between the two grows, those four bytes have to follow. No table of maker
notes is needed to find them: compressed data holds no ``FF D8 FF``, so a number in the block that leads to one behind
SOS is such an offset.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.metadata.blocks.tiff import byte_order
from cutline.core.metadata.containers.jpeg_offsets import moved
from cutline.core.metadata.model import Splice

_JPEG = b"\xff\xd8\xff"
_MOST = 4_000
"""Numbers that are followed; a block with more of them in range is noise."""


@dataclass(frozen=True, slots=True)
class Block:
    """An EXIF block in its file."""

    data: bytes
    base: int
    """Where its TIFF header stands."""


def following(file: BinaryIO, block: Block, scan: tuple[int, int], changes: Sequence[Splice], new: bytes) -> bytes:
    """`new`, the EXIF block to be written, with every offset of the old one to a preview brought along.

    `scan` is where the first scan begins and where the file ends; `changes` are the splices that put `new` in.
    """
    result = bytearray(new)
    order = byte_order(block.data) + "I"
    base = moved(block.base, changes)
    for place, value in _offsets(file, block, scan):
        target = moved(block.base + value, changes) - base
        if new[place : place + 4] == block.data[place : place + 4]:
            struct.pack_into(order, result, place, target)
    return bytes(result)


def _offsets(file: BinaryIO, block: Block, scan: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """(place, value) of the numbers in the block that lead to a JPEG behind the scan."""
    known: dict[int, bool] = {}
    for place, value in _numbers(block, scan[0] - block.base, scan[1] - block.base):
        if value not in known:
            if len(known) == _MOST:
                return
            file.seek(block.base + value)
            known[value] = file.read(len(_JPEG)) == _JPEG
        if known[value]:
            yield place, value


def _numbers(block: Block, low: int, high: int) -> Iterator[tuple[int, int]]:
    """(place, value) of the 32-bit numbers between `low` and `high`, at even and at odd places.

    Few places have upper bytes as small as those of `high`; they are found without a look at the others, of which
    there are tens of thousands in a maker note.
    """
    order = byte_order(block.data)
    number = struct.Struct(order + "I")
    back = 3 if order == "<" else 0  # where the highest byte of a number stands in it
    for found in re.finditer(_upper_bytes(order, low, high), block.data, re.DOTALL):
        place = found.start() - back
        if 0 <= place <= len(block.data) - number.size:
            (value,) = number.unpack_from(block.data, place)
            if low < value < high:
                yield place, value


def _upper_bytes(order: str, low: int, high: int) -> bytes:
    """A pattern for the highest byte of a number that may be between `low` and `high`; runs of zeros hold none."""
    first = min(high >> 24, 0xFF)
    second = 0xFF if first else high >> 16
    highest = rb"[\x00-\x%02x]" % first
    if order == "<":
        return highest + rb"(?<=[\x00-\x%02x].)" % second + rb"(?<!\x00{3})" * (low > 0xFF)
    return highest + rb"(?=[\x00-\x%02x])" % second + rb"(?!(?<=\x00)\x00\x00)" * (low > 0xFF)
