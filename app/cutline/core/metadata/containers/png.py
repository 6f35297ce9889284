"""PNG and APNG: a row of chunks ``length type data crc`` (PNG third edition, section 5).

XMP and EXIF are chunks of their own. New ones stand before the image data; those that are there are edited where they
are. Chunks of others, broken checksums and bytes behind IEND stay as they are. Old homes of the same blocks (see
`png_text`) are read where there is no standard one, and kept in step: XMP moves into the standard chunk, EXIF and IPTC
stay in their raw profiles.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.errors import Unreadable, Unsupported
from cutline.core.metadata.containers.in_step import followed
from cutline.core.metadata.containers.png_text import ROOM, STANDARD, Form, interesting, packed, taken
from cutline.core.metadata.model import BlockName, Layout, Splice

FORMAT = "png"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PICTURE = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT"))
_IMAGE_STARTS = frozenset((b"IDAT", b"acTL", b"fcTL", b"fdAT"))
_MOST = 1000  # chunks that carry our blocks
_HEAD = 96  # bytes of a text chunk that tell whose it is: a keyword has at most 79


@dataclass(frozen=True, slots=True)
class Home:
    """One chunk that carries a block."""

    name: BlockName
    form: Form
    block: bytes
    offset: int
    """Of the chunk's length field."""
    length: int
    """Of the whole chunk: length, type, data, CRC."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where things stand."""

    homes: tuple[Home, ...]
    """The chunks that carry our blocks; of each block the one that is read comes first."""
    insert_at: int
    """Where the image data begins."""


def matches(head: bytes) -> bool:
    """Whether a file that begins with `head` is a PNG."""
    return head.startswith(_SIGNATURE)


def parse(file: BinaryIO, size: int) -> Layout:
    """The layout of the PNG in `file`, of `size` bytes. Raises `Unreadable` or `Unsupported`."""
    walk = _Walk(file, size)
    walk.chunks()
    homes = sorted(walk.homes, key=lambda home: (not home.form.standard, home.form.profile is not None))
    blocks: dict[BlockName, bytes] = {}
    for home in homes:
        blocks.setdefault(home.name, home.block)
    holds: frozenset[BlockName] = frozenset((*STANDARD, *blocks))
    return Layout(
        FORMAT, blocks, holds, {}, tuple(walk.picture), tuple(walk.notes), Parts(tuple(homes), walk.insert_at)
    )


def splices(layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What makes the file hold the `new` blocks. Raises `Unsupported` for IPTC where the file has no home for it."""
    parts = layout.parts
    assert isinstance(parts, Parts)
    result: list[Splice] = []
    added = b""
    for name, block in new.items():
        homes = [home for home in parts.homes if home.name == name]
        result += _changes(homes, block)
        if block and not homes:
            added += chunk(*packed(_new_form(name), block))
    if added:
        result.append(Splice(parts.insert_at, 0, added))
    return sorted(result, key=lambda splice: splice.offset)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A whole chunk."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def _new_form(name: BlockName) -> Form:
    if name not in STANDARD:
        raise Unsupported("A PNG has no place for IPTC; use XMP.")
    return STANDARD[name]


def _changes(homes: list[Home], block: bytes) -> list[Splice]:
    """The splices that bring the chunks of one block to `block`; the first is edited, the others follow."""
    result = []
    for home in homes:
        other = block and followed(home.name, homes[0].block, block, home.block)
        idle = home is not homes[0] and (home.form.broken or not home.block)
        if block and (idle or other == home.block):
            continue
        form = _standardised(home) if home is homes[0] else home.form
        result.append(Splice(home.offset, home.length, chunk(*packed(form, other)) if other else b""))
    return result


def _standardised(home: Home) -> Form:
    """The form in which the first home of a block is written: as the standard says, but for raw profiles of EXIF and
    IPTC. Beside those no standard chunk is put, since whoever reads both would take every field for two.

    Raises `Unsupported` for a raw profile that cannot be unpacked.
    """
    if home.form.standard or (home.form.profile is not None and home.name != "xmp"):
        return home.form
    if home.name not in STANDARD:
        raise Unsupported("The raw IPTC profile of this PNG is damaged and stays as it is; use XMP.")
    return STANDARD[home.name]


class _Walk:
    """One pass over the chunks; of the image data only the headers are read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self.homes: list[Home] = []
        self.picture: list[tuple[int, int]] = []
        self.notes: list[str] = []
        self.insert_at = 0
        self._room = ROOM

    def chunks(self) -> None:
        """Walk to IEND. Raises `Unreadable` or `Unsupported`."""
        self._file.seek(0)
        if self._file.read(8) != _SIGNATURE:
            raise Unreadable("This is not a PNG picture.")
        offset, kind = 8, b""
        seen: set[bytes] = set()
        while kind != b"IEND":
            self._file.seek(offset)
            header = self._file.read(8)
            length, kind = int.from_bytes(header[:4]), header[4:]
            if len(header) < 8 or offset + length + 12 > self._size:
                raise Unreadable("The PNG picture is cut short; get a complete copy of it.")
            if not kind.isalpha() or (not seen and kind not in (b"IHDR", b"CgBI")):
                raise Unreadable("The PNG picture is damaged: its chunks cannot be followed.")
            self._look(kind, offset, length)
            seen.add(kind)
            offset += length + 12
        if b"IDAT" not in seen or b"IHDR" not in seen:
            raise Unreadable("The PNG picture holds no image data.")

    def _look(self, kind: bytes, offset: int, length: int) -> None:
        if kind in _IMAGE_STARTS and not self.insert_at:
            self.insert_at = offset
        if kind in _PICTURE:
            self._add_picture(offset, length + 12)
        elif kind == b"caBX":
            self.notes.append(
                "The picture carries Content Credentials (C2PA): their signature will not cover what is changed."
            )
        elif kind in (b"eXIf", b"tEXt", b"zTXt", b"iTXt"):
            head = self._file.read(min(length, _HEAD))
            if interesting(kind, head):
                data = head + self._file.read(length - len(head))
                self._add_home(*taken(kind, data, self._room), offset, length + 12)

    def _add_home(self, name: BlockName, form: Form, block: bytes, offset: int, length: int) -> None:
        self.homes.append(Home(name, form, block, offset, length))
        self._room -= len(block)
        if len(self.homes) > _MOST:
            raise Unsupported(f"The PNG picture holds more than {_MOST:,} metadata blocks.")

    def _add_picture(self, offset: int, length: int) -> None:
        if self.picture and sum(self.picture[-1]) == offset:
            offset, length = self.picture[-1][0], self.picture[-1][1] + length
            self.picture.pop()
        self.picture.append((offset, length))
