"""Boxes of ISO base media files, to be changed: each knows what holds it, and how it says its size.

    file ─┬─ ftyp
          ├─ meta ─┬─ iinf, iloc, iref, ...
          │        └─ idat
          └─ mdat, moov, ...

What grows inside a box makes every box around it larger, so an edit names the box that it is made in. ISO/IEC 14496-12,
4.2.
"""

from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.boxes import MOST, boxes
from cutline.core.errors import Unreadable

DAMAGED = "the file is damaged or was cut off; get a complete copy of it"


@dataclass(frozen=True, slots=True)
class Node:
    """Where a box stands, in bytes from the start of the file."""

    type: bytes
    """Four letters; of a `uuid` box those and the 16 bytes that tell what it is."""
    offset: int
    """Of its size."""
    start: int
    """Of its content."""
    end: int
    size_field: int
    """Bytes of the number that is its size: 4 or 8; 0: it says none and goes to the end of what holds it."""
    parent: "Node | None" = None

    @property
    def length(self) -> int:
        """Bytes of its content."""
        return self.end - self.start

    @property
    def path(self) -> "tuple[Node, ...]":
        """The box and what holds it, the innermost first."""
        return (self, *(self.parent.path if self.parent else ()))


def row(file: BinaryIO, start: int, end: int, parent: Node | None = None, most: int = MOST) -> list[Node]:
    """The boxes from `start` to `end`, as far as they are sound."""
    found, offset = [], start
    for box in boxes(file, start, end, most):
        file.seek(offset)
        size = int.from_bytes(file.read(4), "big")
        found.append(Node(box.type, offset, box.start, box.end, {0: 0, 1: 8}.get(size, 4), parent))
        offset = box.end
    return found


def children(file: BinaryIO, node: Node, skipped: int = 0) -> list[Node]:
    """The boxes inside `node`, behind `skipped` bytes of its own."""
    return row(file, node.start + skipped, node.end, node)


def first(nodes: list[Node], name: bytes) -> Node | None:
    """The first box of a type."""
    return next((node for node in nodes if node.type == name), None)


def content(file: BinaryIO, node: Node) -> bytes:
    """All that is in the box."""
    file.seek(node.start)
    return file.read(node.length)


def box(name: bytes, data: bytes) -> bytes:
    """A whole new box. Raises `OverflowError` from 4 GB on."""
    return (len(data) + 8).to_bytes(4, "big") + name + data


class Numbers:
    """The numbers of a table, one after the other. Raises `Unreadable` where it ends too early."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self.at = data, at

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        self.at += size
        if self.at > len(self._data):
            raise Unreadable(DAMAGED)
        return int.from_bytes(self._data[self.at - size : self.at], "big")

    def text(self) -> bytes:
        """Bytes up to a NUL, or to the end."""
        end = self._data.find(b"\0", self.at)
        start, self.at = self.at, len(self._data) if end < 0 else end + 1
        return self._data[start : end if end >= 0 else None]

    @property
    def rest(self) -> bytes:
        """What is left."""
        return self._data[self.at :]
