"""Boxes of the ISO base media file format (ISO/IEC 14496-12, 4.2): HEIC, AVIF, and Canon's CR3.

    box: size (32 bits; 1: 64 bits follow; 0: to the end), type (four letters), [16 bytes more where the type is uuid]

Nothing here raises for bad content: what is cut short or larger than what holds it ends the row of boxes.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

MOST = 4096
"""Boxes in a row that are looked at."""


class Box(NamedTuple):
    """Where a box stands, in bytes from the start of the file."""

    type: bytes
    """Four letters; of a `uuid` box those and the 16 bytes that tell what it is."""
    start: int
    """Of its content."""
    end: int

    def within(self, skipped: int = 0) -> tuple[int, int]:
        """Where boxes inside it stand, behind `skipped` bytes of its own."""
        return self.start + skipped, self.end


def boxes(file: BinaryIO, start: int, end: int, most: int = MOST) -> Iterator[Box]:
    """The boxes from `start` to `end`, one after the other, at most `most`."""
    for _ in range(most):
        file.seek(start)
        head = file.read(32)
        size, length = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, length = int.from_bytes(head[8:16], "big"), 16
        size = size or end - start
        name = head[4:8]
        if name == b"uuid":
            name, length = name + head[length : length + 16], length + 16
        if len(head) < length or size < length or start + size > end:
            return
        yield Box(name, start + length, start + size)
        start += size


def find(file: BinaryIO, start: int, end: int, *path: bytes) -> Box | None:
    """The first box that `path` leads to, box in box."""
    found = None
    for name in path:
        found = next((box for box in boxes(file, start, end) if box.type == name), None)
        if found is None:
            return None
        start, end = found.within()
    return found


def content(file: BinaryIO, box: Box, most: int) -> bytes:
    """What is in `box`, at most `most` bytes of it."""
    file.seek(box.start)
    return file.read(min(most, box.end - box.start))
