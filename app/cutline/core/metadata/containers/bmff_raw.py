"""Canon's CR3, a raw file made of boxes: the EXIF and XMP blocks it holds, which are read and never changed.

    file ─┬─ moov ─ uuid 85c0b687-... ─ CMT1   IFD0 as a TIFF block of its own
          └─ uuid be7acfcb-...                 the XMP packet

Seen in files of Canon cameras; there is no public standard. What is malformed is not there.
"""

from typing import BinaryIO

from cutline.core.boxes import Box, content, find
from cutline.core.metadata.model import BlockName

_CANON = b"uuid" + bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP = b"uuid" + bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MOST = 1 << 24
"""Bytes of a block that are looked at."""


def raw_blocks(file: BinaryIO, size: int) -> dict[BlockName, bytes]:
    """The blocks of the CR3 file in `file`, of `size` bytes. Raises `OSError`."""
    places: dict[BlockName, Box | None] = {
        "exif": find(file, 0, size, b"moov", _CANON, b"CMT1"),
        "xmp": find(file, 0, size, _XMP),
    }
    found = {name: content(file, box, _MOST) for name, box in places.items() if box is not None}
    return {name: block for name, block in found.items() if block}
