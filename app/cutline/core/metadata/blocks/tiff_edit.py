"""Changing values of IFD0 without moving anything else in the block.

Values that fit where the old ones stand are written there. What does not fit goes into a tail behind the block, and
so does IFD0 itself when it needs more entries; the header is repointed. Maker notes, thumbnails and the other IFDs stay
at their offsets. What is given up is zeroed, unless something else in the block refers to it, so that no removed text
stays in the file. Since the tail holds nothing but IFD0 and our values, the next edit replaces it and adds nothing.
"""

import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import piexif

from cutline.core.metadata.blocks.tiff import Entry, Range, Tree, byte_order, value_of

_EXIF_HEADER = b"Exif\0\0"
_ASCII = 2


@dataclass(frozen=True, slots=True)
class Value:
    """A new value: a TIFF type whose units are one byte, and its bytes."""

    type: int
    data: bytes


Changes = Mapping[int, Value | None]
"""By tag; None removes it."""


def fresh(changes: Changes) -> bytes:
    """A block that holds these values and nothing else; empty when there are none.

    The one thing piexif is asked to write: it loses what it does not know, so no existing block is handed to it.
    """
    ifd0 = {tag: _for_piexif(value) for tag, value in changes.items() if value is not None}
    return piexif.dump({"0th": ifd0})[len(_EXIF_HEADER) :] if ifd0 else b""


def _for_piexif(value: Value) -> bytes:
    """piexif ends a text with a NUL itself; a second one keeps the values behind it on word boundaries (TIFF 6.0)."""
    return value.data[:-1] if value.type == _ASCII and len(value.data) % 2 == 0 else value.data


def rewritten(block: bytes, changes: Changes, ours: Collection[int]) -> bytes:
    """`block` with `changes` made in IFD0; empty when nothing is left in it.

    `ours` are the tags whose values may be moved. Raises `Malformed` where the block cannot be edited safely.
    """
    return _Edit(Tree(block), changes, ours).result()


class _Edit:
    def __init__(self, tree: Tree, changes: Changes, ours: Collection[int]) -> None:
        self._tree, self._changes = tree, changes
        self._order = byte_order(tree.block)
        self._own = [e for e in tree.ifd0.entries if e.tag in ours and not e.inline and tree.alone(e.range)]
        self._tail = self._tail_start()
        self._data = bytearray(tree.block[: self._tail])
        self._appended: list[tuple[int, bytes]] = []  # (index of the entry, value)

    def result(self) -> bytes:
        entries = self._entries()
        if not entries and not self._tree.next_of_ifd0:
            return b""
        ifd0 = self._tree.ifd0
        size = 2 + 12 * len(entries) + 4
        stays = ifd0.offset < self._tail and size <= ifd0.size and self._tree.alone(ifd0.range)
        if ifd0.offset < self._tail and self._tree.alone(ifd0.range):
            self._zero(ifd0.range)
        at = ifd0.offset if stays else self._end()
        if not stays:
            self._data += bytes(size)
            struct.pack_into(self._order + "I", self._data, 4, at)
        for index, value in self._appended:
            entries[index] = entries[index][:8] + struct.pack(self._order + "I", self._end())
            self._data += value
        table = struct.pack(self._order + "H", len(entries)) + b"".join(entries)
        table += struct.pack(self._order + "I", self._tree.next_of_ifd0)
        self._data[at : at + size] = table
        return bytes(self._data)

    def _tail_start(self) -> int:
        """Where the run of our own values and IFD0 begins that ends with the block; its end where there is none."""
        block, ifd0 = self._tree.block, self._tree.ifd0
        movable: list[Range] = [entry.range for entry in self._own]
        if self._tree.alone(ifd0.range):
            movable.append(ifd0.range)
        ends = {end: start for start, end in movable}
        position = len(block)
        while position in ends or (position - 1 in ends and position % 2 == 0 and block[position - 1] == 0):
            position = ends.pop(position) if position in ends else ends.pop(position - 1)
        return position

    def _entries(self) -> list[bytes]:
        """The entries of the new IFD0, in its order; values that are to be appended have no offset yet."""
        kept = [entry for entry in self._tree.ifd0.entries if entry.tag not in self._changes]
        tags = [entry.tag for entry in kept]
        rows: list[Entry | int] = list(kept)
        for tag in sorted(tag for tag, value in self._changes.items() if value is not None):
            where = next((n for n, other in enumerate(tags) if other > tag), len(tags))
            rows.insert(where, tag)
            tags.insert(where, tag)
        for entry in self._own:
            if entry.tag in self._changes and entry.place < self._tail:
                self._zero(entry.range)
        return [self._kept(n, row) if isinstance(row, Entry) else self._new(n, row) for n, row in enumerate(rows)]

    def _kept(self, index: int, entry: Entry) -> bytes:
        if not entry.inline and entry.place >= self._tail:
            self._appended.append((index, value_of(self._tree.block, entry)))
        return entry.raw

    def _new(self, index: int, tag: int) -> bytes:
        value = self._changes[tag]
        assert value is not None
        head = struct.pack(self._order + "HHI", tag, value.type, len(value.data))
        if len(value.data) <= 4:
            return head + value.data.ljust(4, b"\0")
        room = [e for e in self._own if e.tag == tag and e.place < self._tail and e.size >= len(value.data)]
        if not room:
            self._appended.append((index, value.data))
            return head + bytes(4)
        self._data[room[0].place : room[0].place + len(value.data)] = value.data
        return head + struct.pack(self._order + "I", room[0].place)

    def _end(self) -> int:
        """The end of the block so far, on a word boundary (TIFF 6.0, section 2)."""
        self._data += bytes(len(self._data) % 2)
        return len(self._data)

    def _zero(self, gone: Range) -> None:
        self._data[gone[0] : gone[1]] = bytes(gone[1] - gone[0])
