"""HEIC, HEIF and AVIF: boxes, in which a table of items says where pictures and metadata stand (ISO/IEC 23008-12).

    ftyp   which formats the file is in
    meta   the items: pictures, tiles, masks; one of type Exif and one of type mime (XMP) describe the picture
    mdat   their bytes
    moov   the tracks of an image sequence

A new block becomes an item of its own (heif_edit); the bytes of pictures are at most moved as they are, and then every
offset in the file follows. There is no place for IPTC. Orientation is a property of the picture (irot, imir): that of
the EXIF block is without meaning here, and stays.
"""

from collections.abc import Mapping
from typing import BinaryIO

from cutline.core.boxes import find
from cutline.core.errors import Unsupported
from cutline.core.metadata.containers import heif_layout
from cutline.core.metadata.containers.heif_edit import edited
from cutline.core.metadata.containers.heif_layout import Parts
from cutline.core.metadata.model import BlockName, Layout, Splice
from cutline.core.sniff import brands

FORMAT = "heif"
_AVIF = frozenset((b"avif", b"avis"))
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_HEIF = frozenset((b"mif1", b"mif2", b"msf1"))
_C2PA = b"uuid" + bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MOST = 4096  # bytes of ftyp that are looked at
_SIGNED = ("The photo carries content credentials (C2PA); they will no longer match once it is changed.",)


def matches(head: bytes) -> bool:
    """Whether a file that begins with `head` is one of these, by its brands."""
    return not brands(head).isdisjoint(_AVIF | _HEIC | _HEIF)


def parse(file: BinaryIO, size: int) -> Layout:
    """The layout of the file, of `size` bytes. Raises `Unreadable`."""
    parts = heif_layout.parts(file, size)
    why = heif_layout.unsafe(file, parts)
    blocks: dict[BlockName, bytes] = {}
    for home in parts.homes:
        blocks.setdefault(home.name, home.block)
    return Layout(
        _format(file, parts),
        blocks,
        frozenset({"exif", "xmp"}),
        {},
        ((0, size),) if why else heif_layout.picture(parts),
        _SIGNED if any(node.type in (_C2PA, b"jumb") for node in parts.top) else (),
        parts,
        why,
    )


def splices(layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What makes the file hold the `new` blocks. Raises `Unsupported` for IPTC and where the file gets too large."""
    parts = layout.parts
    assert isinstance(parts, Parts)
    if "irb" in new:
        raise Unsupported("a HEIF picture has no place for IPTC; use XMP")
    return edited(parts, new)


def _format(file: BinaryIO, parts: Parts) -> str:
    """The name of the format that its brands say it is in."""
    ftyp = find(file, 0, parts.top[0].end, b"ftyp")
    file.seek(0)
    known = brands(file.read(min(ftyp.end, _MOST))) if ftyp else set()
    return "avif" if known & _AVIF else "heic" if known & _HEIC else FORMAT
