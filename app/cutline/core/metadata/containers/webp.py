"""WebP: RIFF chunks ``fourcc size data`` padded to even (RFC 9649, section 2).

EXIF and XMP stand behind the image data and are announced by bits of the VP8X chunk. A simple file (VP8 or VP8L alone)
gets a VP8X chunk when it is given metadata. Chunks of others and bytes behind the RIFF stay as they are. WebP has no
place for IPTC.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.errors import Unreadable, Unsupported
from cutline.core.metadata.containers.in_step import followed
from cutline.core.metadata.containers.webp_canvas import ALPHA, HEAD, canvas, vp8x
from cutline.core.metadata.model import BlockName, Layout, Splice

FORMAT = "webp"
_IMAGE = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))
_BLOCKS: dict[bytes, BlockName] = {b"EXIF": "exif", b"XMP ": "xmp", b"XMP\x00": "xmp"}
_FOURCC: dict[BlockName, bytes] = {"exif": b"EXIF", "xmp": b"XMP "}
_BITS: dict[BlockName, int] = {"exif": 0x08, "xmp": 0x04}
_EXIF_PREFIX = b"Exif\x00\x00"
_EXTRA = {b"ALPH": ALPHA, b"ANIM": 0x02}
_LARGEST = 0xFFFFFFFE - 8
_MOST = 1000  # chunks that carry our blocks
_FIRST = 12  # offset of the first chunk
_MISPLACED = "has its VP8X chunk in the wrong place; with another one in front it could not be decoded any more"
_CUT = "The WebP picture is cut short; get a complete copy of it."


@dataclass(frozen=True, slots=True)
class Home:
    """One chunk that carries a block."""

    name: BlockName
    block: bytes
    offset: int
    """Of the fourcc."""
    length: int
    """Of the whole chunk with its padding."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where things stand."""

    homes: tuple[Home, ...]
    flags: int | None
    """The VP8X flags; None in a simple file."""
    canvas: tuple[int, int, int]
    """Flags, width and height for the VP8X chunk that a simple file needs for metadata."""
    image_end: int
    """Behind the last image chunk."""
    end: int
    """Behind the last chunk."""
    missing_pad: bool
    """Whether the last chunk lacks its padding byte."""
    riff_size: int
    """As the file says it."""


def matches(head: bytes) -> bool:
    """Whether a file that begins with `head` is a WebP."""
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def parse(file: BinaryIO, size: int) -> Layout:
    """The layout of the WebP in `file`, of `size` bytes. Raises `Unreadable` or `Unsupported`."""
    walk = _Walk(file, size)
    parts = walk.parts()
    blocks: dict[BlockName, bytes] = {}
    for home in parts.homes:
        blocks.setdefault(home.name, home.block)
    why = _MISPLACED if walk.is_misplaced else ""
    picture = ((0, size),) if why else tuple(walk.picture)
    return Layout(FORMAT, blocks, frozenset(_BITS), {}, picture, tuple(walk.notes), parts, why)


def splices(layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What makes the file hold the `new` blocks. Raises `Unsupported` for IPTC, or where the file gets too large."""
    parts = layout.parts
    assert isinstance(parts, Parts)
    if "irb" in new:
        raise Unsupported("A WebP picture has no place for IPTC; use XMP.")
    changes = _changes(parts, new)
    if not changes:
        return []
    _pad(parts, changes)
    present = {home.name for home in parts.homes if new.get(home.name, home.block)}
    _announce(parts, changes, present | {name for name, block in new.items() if block})
    riff_size = parts.end - 8 + sum(len(new_bytes) - length for length, new_bytes in changes.values())
    if riff_size > _LARGEST:
        raise Unsupported("The WebP picture would become larger than the format allows (4 GB).")
    if riff_size != parts.riff_size:
        changes[4] = (4, riff_size.to_bytes(4, "little"))
    return [Splice(offset, length, new_bytes) for offset, (length, new_bytes) in sorted(changes.items())]


def chunk(fourcc: bytes, data: bytes) -> bytes:
    """A whole chunk, padded."""
    return fourcc + len(data).to_bytes(4, "little") + data + b"\x00" * (len(data) % 2)


_Changes = dict[int, tuple[int, bytes]]
"""Offset -> (length, new bytes)."""


def _changes(parts: Parts, new: Mapping[BlockName, bytes]) -> _Changes:
    """The chunks replaced, removed and inserted."""
    changes: _Changes = {}
    for name, block in new.items():
        homes = [home for home in parts.homes if home.name == name]
        for home in homes:
            other = block and followed(name, homes[0].block, block, home.block)
            if not block or other != home.block:
                changes[home.offset] = (home.length, chunk(_FOURCC[name], other) if other else b"")
    for name in _FOURCC:
        if new.get(name) and all(home.name != name for home in parts.homes):
            at = _place(parts, name)
            length, behind = changes.get(at, (0, b""))
            added = chunk(_FOURCC[name], new[name])
            changes[at] = (length, added + behind if length else behind + added)
    return changes


def _place(parts: Parts, name: BlockName) -> int:
    """Where a new chunk goes: behind the image data, XMP also behind EXIF."""
    before = [home.offset + home.length for home in parts.homes if (home.name, name) == ("exif", "xmp")]
    return max([parts.image_end, *before])


def _pad(parts: Parts, changes: _Changes) -> None:
    """Add the padding byte that the last chunk lacks, unless that chunk is replaced."""
    if parts.missing_pad and all(offset + length < parts.end for offset, (length, _) in changes.items() if length):
        length, present = changes.get(parts.end, (0, b""))
        changes[parts.end] = (length, b"\x00" + present)


def _announce(parts: Parts, changes: _Changes, present: Collection[BlockName]) -> None:
    """Make the VP8X flags say which blocks are `present`."""
    bits = sum(_BITS[name] for name in present)
    if parts.flags is None:
        if bits:
            flags, width, height = parts.canvas
            changes[_FIRST] = _before(changes.get(_FIRST), vp8x(flags | bits, width, height))
    elif parts.flags & 0x0C != bits:
        changes[_FIRST + 8] = (1, bytes(((parts.flags & ~0x0C) | bits,)))


def _before(change: tuple[int, bytes] | None, data: bytes) -> tuple[int, bytes]:
    length, present = change or (0, b"")
    return length, data + present


class _Walk:
    """One pass over the chunks; of the image data only the headers are read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self.picture: list[tuple[int, int]] = []
        self.notes: list[str] = []
        self.is_misplaced = False
        self._homes: list[Home] = []
        self._flags: int | None = None
        self._canvas = (0, 0)
        self._extra = 0
        self._image_end = 0

    def parts(self) -> Parts:
        """Walk to the end of the RIFF. Raises `Unreadable`."""
        self._file.seek(0)
        head = self._file.read(_FIRST)
        if len(head) < _FIRST or not matches(head):
            raise Unreadable("This is not a WebP picture.")
        riff_size = int.from_bytes(head[4:8], "little")
        if riff_size + 8 > self._size + 1:
            raise Unreadable(_CUT)
        limit = min(riff_size + 8, self._size)
        end, missing = self._chunks(limit)
        if riff_size + 8 > self._size and not missing:
            raise Unreadable(_CUT)
        if not self._image_end:
            raise Unreadable("The WebP picture holds no image data.")
        if self._flags is None and self._canvas == (0, 0):
            raise Unreadable("The WebP picture is damaged: it is animated, but says nothing of its size.")
        canvas = (self._extra, *self._canvas)
        return Parts(tuple(self._homes), self._flags, canvas, self._image_end, end, missing, riff_size)

    def _chunks(self, limit: int) -> tuple[int, bool]:
        """(Where the chunks end, whether the last one's padding byte is missing). A rest too short for one is left."""
        offset = _FIRST
        while limit - offset >= 8:
            self._file.seek(offset)
            header = self._file.read(8)
            fourcc, length = header[:4], int.from_bytes(header[4:], "little")
            data_end = offset + 8 + length
            if len(header) < 8 or data_end > limit:
                raise Unreadable(_CUT)
            end = min(data_end + length % 2, limit)
            self._look(fourcc, offset, length, end)
            if data_end + length % 2 > limit:
                return limit, True
            offset = end
        return limit, False

    def _look(self, fourcc: bytes, offset: int, length: int, end: int) -> None:
        if fourcc in _IMAGE:
            self.picture.append((offset, length + 8))
            self._image_end = end
            self._extra |= _EXTRA.get(fourcc, 0)
        if fourcc in (b"VP8 ", b"VP8L") and self._flags is None and self._canvas == (0, 0):
            width, height, alpha = canvas(fourcc, self._file.read(min(length, HEAD)))
            self._canvas = (width, height)
            self._extra |= ALPHA if alpha else 0
        elif fourcc == b"VP8X" and offset != _FIRST:
            self.is_misplaced |= self._flags is None
        elif fourcc == b"VP8X":
            if length < 10:
                raise Unreadable("The WebP picture is damaged: its VP8X chunk is too short.")
            self._flags = self._file.read(1)[0]
        elif fourcc in _BLOCKS:
            block = self._file.read(length).removeprefix(_EXIF_PREFIX)
            self._homes.append(Home(_BLOCKS[fourcc], block, offset, end - offset))
            if len(self._homes) > _MOST:
                raise Unsupported(f"The WebP picture holds more than {_MOST:,} metadata blocks.")
        elif fourcc == b"ICCP":
            self._extra |= 0x20
        elif fourcc == b"C2PA":
            self.notes.append(
                "The picture carries Content Credentials (C2PA): their signature will not cover what is changed."
            )
