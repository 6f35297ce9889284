"""Which container a file is in, by its first bytes; and what the picture formats without a container are called."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Protocol, cast

from cutline.core.metadata.containers import jpeg, png, webp
from cutline.core.metadata.model import BlockName, Layout, Splice

HEAD = 64
"""Bytes of a file that tell its format."""


class Container(Protocol):
    """What every module under `containers` offers."""

    FORMAT: str

    def matches(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes is in this container."""

    def parse(self, file: BinaryIO, size: int) -> Layout:
        """Take the file apart."""

    def splices(self, layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
        """What puts new blocks into it."""


def _as_container(module: ModuleType) -> Container:
    return cast("Container", module)


CONTAINERS = tuple(_as_container(module) for module in (jpeg, png, webp))
EMBEDDABLE = "JPEG, PNG and WebP"
"""Their names, for a sentence."""

_RAW = {
    ".3fr": "Hasselblad raw", ".arw": "Sony raw", ".cr2": "Canon raw", ".cr3": "Canon raw", ".crw": "Canon raw",
    ".dcr": "Kodak raw", ".dng": "DNG", ".erf": "Epson raw", ".iiq": "Phase One raw", ".kdc": "Kodak raw",
    ".mrw": "Minolta raw", ".nef": "Nikon raw", ".nrw": "Nikon raw", ".orf": "Olympus raw", ".pef": "Pentax raw",
    ".raf": "Fujifilm raw", ".rw2": "Panasonic raw", ".sr2": "Sony raw", ".srf": "Sony raw", ".srw": "Samsung raw",
    ".x3f": "Sigma raw",
}  # fmt: skip
_SIGNATURES = (
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"II+\0", "BigTIFF"), (b"MM\0+", "BigTIFF"),
    (b"GIF87a", "GIF"), (b"GIF89a", "GIF"), (b"BM", "BMP"), (b"8BPS", "Photoshop (PSD)"),
    (b"FUJIFILMCCD-RAW", "Fujifilm raw"), (b"IIU\0", "Panasonic raw"), (b"IIRO", "Olympus raw"),
    (b"IIRS", "Olympus raw"), (b"MMOR", "Olympus raw"), (b"II\x1a\0\0\0HEAPCCDR", "Canon raw"), (b"FOVb", "Sigma raw"),
    (b"\0MRM", "Minolta raw"), (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"), (b"\xff\x4f\xff\x51", "JPEG 2000"), (b"qoif", "QOI"),
    (b"\x76\x2f\x31\x01", "OpenEXR"), (b"\xff\xd8\xff\xf7", "JPEG-LS"),
)  # fmt: skip
_BRANDS = {
    b"avif": "AVIF", b"avis": "AVIF", b"crx ": "Canon raw", b"heic": "HEIC", b"heix": "HEIC", b"hevc": "HEIC",
    b"hevx": "HEIC", b"heim": "HEIC", b"heis": "HEIC", b"mif1": "HEIF", b"msf1": "HEIF",
}  # fmt: skip


def container_for(head: bytes) -> Container | None:
    """The container of a file that begins with these bytes; None where there is none."""
    return next((container for container in CONTAINERS if container.matches(head)), None)


def settled(file: BinaryIO, size: int, layout: Layout, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
    """`new` with what blocks count across the file corrected; only cameras' JPEG files have such blocks."""
    return jpeg.settled(file, size, layout, new) if layout.format == jpeg.FORMAT else dict(new)


def format_name(head: bytes, path: Path) -> str | None:
    """What a person calls this picture format without a container; None: it is no picture we know."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    name = next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)
    return _RAW.get(path.suffix.lower(), name) if name else None
