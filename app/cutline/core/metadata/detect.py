"""Which container a file is in: told by its first bytes, of raw files that begin as TIFF files do by its name as well.

A picture in a format that nothing is embedded into has a container too, a closed one: its captions are in a sidecar.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Protocol, cast

from cutline.core.metadata.containers import closed, gif, heif, jpeg, png, raw, tiff, webp
from cutline.core.metadata.model import BlockName, Layout, Splice

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


CONTAINERS = tuple(_as_format(module) for module in (jpeg, png, webp, gif, tiff, heif))

_SETTLING: Mapping[str, Callable[[BinaryIO, int, Layout, Mapping[BlockName, bytes]], dict[BlockName, bytes]]] = {
    jpeg.FORMAT: jpeg.settled,
    gif.FORMAT: gif.settled,
    tiff.FORMAT: tiff.settled,
    tiff.DNG: tiff.settled,
}
_CLOSED = (
    (b"8BPS", "psd"), (b"\xff\x0a", "jpeg xl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jpeg xl"), (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg 2000"),
    (b"\xff\x4f\xff\x51", "jpeg 2000"), (b"qoif", "qoi"), (b"\x76\x2f\x31\x01", "openexr"),
    (b"\xff\xd8\xff\xf7", "jpeg-ls"),
)  # fmt: skip
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})  # bytes: two letters alone are too little to go by


def container_for(head: bytes, path: Path) -> Container | None:
    """The container of the file at `path`, which begins with these bytes; None: it is no picture we know."""
    if negative := raw.found(head, path):
        return negative
    found = next((container for container in CONTAINERS if container.matches(head)), None)
    name = None if found else _closed_name(head)
    return closed.Closed(name, f"is in a format ({name.upper()}) that nothing is embedded into") if name else found


def glance(container: Container, file: BinaryIO, size: int) -> Layout:
    """The file taken apart as far as its blocks: all that reading needs, and quicker where the container knows how."""
    look: Callable[[BinaryIO, int], Layout] = getattr(container, "glance", container.parse)
    return look(file, size)


def settled(file: BinaryIO, size: int, layout: Layout, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
    """`new` as the file will hold it, with what its blocks count across the file corrected."""
    settle = _SETTLING.get(layout.format)
    return settle(file, size, layout, new) if settle else dict(new)


def _closed_name(head: bytes) -> str | None:
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    return next((name for signature, name in _CLOSED if head.startswith(signature)), None)
