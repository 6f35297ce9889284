"""Looking at a new file before it takes the old one's place: taken apart again, and compared with what was meant."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from cutline.core.errors import DiskError, PhotoError
from cutline.core.metadata.detect import Container
from cutline.core.metadata.model import BlockName, Layout, Splice
from cutline.core.metadata.reading import picture_digest
from cutline.core.metadata.splice import Kept, pieces

_BY_OFFSETS = frozenset(("tiff", "dng", "heif"))
"""Formats in which tables lead to the picture's data. A copy may be faithful, and a table lead elsewhere in it."""
_OTHER_PICTURE = "the picture in the new file is not the old one"
_BLOCK = 1 << 17  # small, so that what was just read is still in the processor's cache


def verify(
    container: Container,
    source: BinaryIO,
    result: BinaryIO,
    layout: Layout,
    splices: Sequence[Splice],
    new: Mapping[BlockName, bytes],
) -> None:
    """Raise `DiskError` unless `result` is `source` with `splices`, and holds the blocks of `new` and all others."""
    size = result.seek(0, 2)
    try:
        after = container.parse(result, size)
    except PhotoError as error:
        raise DiskError(f"the new file cannot be read again ({error})") from error
    wanted = {name: block for name, block in {**layout.blocks, **new}.items() if block}
    if {name: block for name, block in after.blocks.items() if block} != wanted:
        raise DiskError("the new file does not hold what was written")
    if sum(length for _, length in after.picture) != sum(length for _, length in layout.picture):
        raise DiskError(_OTHER_PICTURE)
    if layout.format in _BY_OFFSETS and picture_digest(source, layout) != picture_digest(result, after):
        raise DiskError(_OTHER_PICTURE)
    _same_bytes(source, result, splices)


def _same_bytes(source: BinaryIO, result: BinaryIO, splices: Sequence[Splice]) -> None:
    size, position = source.seek(0, 2), 0
    for piece in pieces(splices, size):
        result.seek(position)
        if isinstance(piece, Kept):
            source.seek(piece.offset)
            same = _equal(source, result, piece.length)
            position += piece.length
        else:
            same = result.read(len(piece)) == piece
            position += len(piece)
        if not same:
            raise DiskError("the new file is not a faithful copy of the old one")
    if result.seek(0, 2) != position:
        raise DiskError("the new file has another length than it should")


def _equal(one: BinaryIO, other: BinaryIO, length: int) -> bool:
    while length:
        step = min(_BLOCK, length)
        block = one.read(step)
        if len(block) != step or other.read(step) != block:
            return False
        length -= step
    return True
