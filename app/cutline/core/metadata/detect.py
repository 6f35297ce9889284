"""Which container a file is in: told by its first bytes, of raw files that begin as TIFF files do by its name as well.

A picture in a format that nothing is embedded into has a container too, a closed one: its captions are in a sidecar.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Protocol, cast

from cutline.core.metadata.containers import closed, jpeg, png, webp
from cutline.core.metadata.model import BlockName, Layout, Splice
from cutline.core.scan import RAW

HEAD = 64
"""Bytes of a file that tell its format."""


class Container(Protocol):
    """What takes a file apart and says how it is put together again."""

    def parse(self, file: BinaryIO, size: int) -> Layout:
        """Take the file apart."""

    def splices(self, layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
        """What puts new blocks into it."""


class Format(Container, Protocol):
    """What every module under `containers` offers that stands for one format."""

    FORMAT: str

    def matches(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes is in this format."""


def _as_format(module: ModuleType) -> Format:
    return cast("Format", module)


CONTAINERS = tuple(_as_format(module) for module in (jpeg, png, webp))

_SETTLING: Mapping[str, Callable[[BinaryIO, int, Layout, Mapping[BlockName, bytes]], dict[BlockName, bytes]]] = {
    jpeg.FORMAT: jpeg.settled,
}
_RAW_SIGNATURES = (
    b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"II\x1a\0\0\0HEAPCCDR", b"FOVb", b"\0MRM",
)  # fmt: skip
_TIFF_SIGNATURES = (b"II*\0", b"MM\0*")
_CLOSED = (
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"II+\0", "tiff"), (b"MM\0+", "tiff"), (b"GIF87a", "gif"),
    (b"GIF89a", "gif"), (b"8BPS", "psd"), (b"\xff\x0a", "jpeg xl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jpeg xl"), (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg 2000"),
    (b"\xff\x4f\xff\x51", "jpeg 2000"), (b"qoif", "qoi"), (b"\x76\x2f\x31\x01", "openexr"),
    (b"\xff\xd8\xff\xf7", "jpeg-ls"),
)  # fmt: skip
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})  # bytes: two letters alone are too little to go by
_BRANDS = {
    b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"hevc": "heic",
    b"hevx": "heic", b"heim": "heic", b"heis": "heic", b"mif1": "heif", b"msf1": "heif",
}  # fmt: skip


def container_for(head: bytes, path: Path) -> Container | None:
    """The container of the file at `path`, which begins with these bytes; None: it is no picture we know."""
    if _is_raw(head, path):
        return closed.Closed("raw", "is a raw file, the negative, which is never changed")
    found = next((container for container in CONTAINERS if container.matches(head)), None)
    name = None if found else _closed_name(head)
    return closed.Closed(name, f"is in a format ({name.upper()}) that nothing is embedded into") if name else found


def settled(file: BinaryIO, size: int, layout: Layout, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
    """`new` as the file will hold it, with what its blocks count across the file corrected."""
    settle = _SETTLING.get(layout.format)
    return settle(file, size, layout, new) if settle else dict(new)


def _is_raw(head: bytes, path: Path) -> bool:
    if head.startswith(_RAW_SIGNATURES) or (head[4:8] == b"ftyp" and head[8:12] == b"crx "):
        return True
    ending = path.suffix.lower()
    return ending in RAW and ending != ".dng" and head.startswith(_TIFF_SIGNATURES)


def _closed_name(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    return next((name for signature, name in _CLOSED if head.startswith(signature)), None)
