"""GIF: a screen, then extensions and images in the order in which they are played (GIF89a specification).

    GIF89a │ screen, global colour table │ NETSCAPE2.0 loop │ XMP │ graphic control, image │ ... │ 3B │ bytes of others

An extension is a label and a row of sub-blocks ``length data``, ended by an empty one. XMP is an application extension
whose packet is no such row (XMP part 3, section 1.1.2): a reader that knows nothing of it takes every character for a
length, and wherever that leads it, 258 descending bytes behind the packet lead it to the end. Packets that their writer
did put into sub-blocks are read as well, and leave in the standard's form. GIF has no place for EXIF and IPTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.errors import Unreadable, Unsupported
from cutline.core.metadata.containers.in_step import followed
from cutline.core.metadata.model import BlockName, Layout, Splice

FORMAT = "gif"
TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
"""What stands behind a packet and leads every reader to the end of the extension."""

_SIGNATURES = (b"GIF87a", b"GIF89a")
_VERSION = 4  # offset of the digit that tells GIF87a from GIF89a
_SCREEN = 6  # offset of the logical screen descriptor
_SCREEN_END = 13
_EXTENSION, _IMAGE, _END, _STRAY = 0x21, 0x2C, 0x3B, 0x00
_APPLICATION, _COMMENT = 0xFF, 0xFE
_XMP = b"XMP DataXMP"
_C2PA = b"C2PA_GIF"
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_OPENING = b"\x21\xff\x0b" + _XMP
_PACKET_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MOST = 1000  # XMP extensions
_MOST_RANGES = 100_000  # stretches of picture between what is none
_WINDOW = 1 << 16
_SIGNED = ("The photo carries content credentials (C2PA); they will no longer match once it is changed.",)
_CUT = "the file is damaged or was cut off"


@dataclass(frozen=True, slots=True)
class Home:
    """One extension that carries a packet."""

    packet: bytes
    offset: int
    """Of its introducer."""
    length: int
    """Of the whole extension, with its terminator."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where things stand."""

    homes: tuple[Home, ...]
    place: int
    """Where a new extension goes: behind those of applications that lead the file, in front of the first image."""
    is_87a: bool
    """Whether the version is the one that knows no extensions."""


def matches(head: bytes) -> bool:
    """Whether a file that begins with `head` is a GIF."""
    return head.startswith(_SIGNATURES)


def parse(file: BinaryIO, size: int) -> Layout:
    """The layout of the GIF in `file`, of `size` bytes. Raises `Unreadable` or `Unsupported`."""
    walk = _Walk(file, size)
    walk.whole()
    blocks: dict[BlockName, bytes] = {"xmp": walk.homes[0].packet} if walk.homes else {}
    parts = Parts(tuple(walk.homes), walk.place, walk.is_87a)
    return Layout(FORMAT, blocks, frozenset({"xmp"}), {}, tuple(walk.picture), _SIGNED if walk.is_signed else (), parts)


def splices(layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What makes the file hold the `new` blocks. Raises `Unsupported` for any but XMP."""
    parts = layout.parts
    assert isinstance(parts, Parts)
    if set(new) - {"xmp"}:
        raise Unsupported("a GIF picture has no place for EXIF and IPTC; use XMP")
    block = new.get("xmp")
    if block is None or block == layout.blocks.get("xmp", b""):
        return []
    changes = [] if parts.homes else [Splice(parts.place, 0, extension(block))]
    for home in parts.homes:
        after = block and followed("xmp", parts.homes[0].packet, block, home.packet)
        if after != home.packet:
            changes.append(Splice(home.offset, home.length, extension(after.strip(b"\x00")) if after else b""))
    version = [Splice(_VERSION, 1, b"9")] if block and parts.is_87a else []
    return [*version, *changes]


def settled(file: BinaryIO, size: int, layout: Layout, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
    """`new` without the NULs around a packet, which would end the extension in the middle."""
    return {name: block.strip(b"\x00") for name, block in new.items()}


def extension(packet: bytes) -> bytes:
    """The whole application extension of a `packet`. Raises `Unsupported` for one that a GIF cannot hold."""
    if b"\x00" in packet:
        raise Unsupported("the XMP packet holds a zero byte, which ends it in a GIF; write to a sidecar instead")
    return _OPENING + packet + TRAILER


class _Walk:
    """One pass over the file, in windows of 64 KB."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._base, self._window = 0, b""
        self.picture: list[tuple[int, int]] = []
        self.homes: list[Home] = []
        self.is_87a = False
        self.is_signed = False
        self.place = 0

    def whole(self) -> None:
        """Walk to the end mark, to something that is no block, or to the end of a file that lacks the mark."""
        head = self._read(0, _SCREEN_END)
        if not matches(head):
            raise Unreadable("the file is no GIF file")
        self.is_87a = head.startswith(_SIGNATURES[0])
        at = _SCREEN_END + _table(head[10])
        self._is_picture(_SCREEN, at)
        has_image = False
        while at < self._size and (kind := self._byte(at)) in (_EXTENSION, _IMAGE, _STRAY):
            if not self.place and not self._leads(kind, at):
                self.place = at
            at = self._block(kind, at)
            has_image = has_image or kind == _IMAGE
        if not has_image:
            raise Unreadable("the file holds no picture, only the beginning of a GIF file")

    def _leads(self, kind: int, at: int) -> bool:
        return kind == _EXTENSION and self._byte(at + 1) in (_APPLICATION, _COMMENT)

    def _block(self, kind: int, start: int) -> int:
        """Look at the block at `start`; where the next one begins."""
        if kind == _STRAY:
            return start + 1
        if kind == _IMAGE:
            data = start + 10 + _table(self._byte(start + 9)) + 1
            end = self._behind(data)
            self._is_picture(start, end)
            return end
        return self._extension(start)

    def _extension(self, start: int) -> int:
        label, first = self._read(start + 1, 2)
        end = self._behind(start + 2)
        name = self._read(start + 3, first) if (label, first) == (_APPLICATION, len(_XMP)) else b""
        if name == _XMP:
            self._is_home(start, end)
        elif name.startswith(_C2PA):
            self.is_signed = True
        elif label not in (_APPLICATION, _COMMENT) or name in _LOOPS:
            self._is_picture(start, end)
        return end

    def _is_home(self, start: int, end: int) -> None:
        if len(self.homes) == _MOST:
            raise Unsupported(f"the picture holds more than {_MOST:,} XMP packets")
        body = start + len(_OPENING)
        self.homes.append(Home(_packet(self._read(body, end - body)), start, end - start))

    def _is_picture(self, start: int, end: int) -> None:
        if end > self._size:
            raise Unreadable(_CUT)
        if self.picture and sum(self.picture[-1]) == start:
            start = self.picture.pop()[0]
        if len(self.picture) == _MOST_RANGES:
            raise Unsupported("the file has more extensions than a GIF file can sensibly have")
        self.picture.append((start, end - start))

    def _behind(self, at: int) -> int:
        """The offset behind the empty sub-block that ends the row of them at `at`."""
        while length := self._byte(at):
            at += 1 + length
        return at + 1

    def _byte(self, at: int) -> int:
        inside = at - self._base
        if not 0 <= inside < len(self._window):
            self._base, self._window, inside = at, self._read(at, min(_WINDOW, max(self._size - at, 1))), 0
        return self._window[inside]

    def _read(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        data = self._file.read(length)
        if len(data) < length:
            raise Unreadable(_CUT)
        return data


def _table(flags: int) -> int:
    """Bytes of the colour table that `flags` of a screen or an image announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _packet(body: bytes) -> bytes:
    """The packet in an extension's `body`, which goes from behind the identifier to behind the terminator."""
    if body.endswith(TRAILER):
        return body[: -len(TRAILER)]
    pieces, at = [], 0
    while length := body[at]:
        pieces.append(body[at + 1 : at + 1 + length])
        at += 1 + length
    joined = b"".join(pieces)
    return joined if joined.lstrip(b" \t\r\n").startswith(_PACKET_STARTS) else body[:-1]
