"""Camera raw files: read as far as they can be, and never changed; their captions are in sidecars.

    NEF, CR2, ARW, PEF, SRW, ...   TIFF files: the fields of IFD0
    ORF, RW2                       the same, with a number of the maker's own in the header
    RAF                            the JPEG whose place the header tells
    CR3                            boxes, in which IFD0 and the XMP packet have their own

Of others, and of those whose structure cannot be read, nothing is known; that is no error.
"""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from cutline.core.errors import Malformed, Unreadable
from cutline.core.exif_head import RAF, preview_of_raf
from cutline.core.metadata.containers import jpeg, tiff
from cutline.core.metadata.containers.bmff_raw import raw_blocks
from cutline.core.metadata.containers.tiff_ifds import Tiff, shape_of
from cutline.core.metadata.model import BlockName, Layout, Splice
from cutline.core.scan import RAW

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_TIFFS = (b"II*\0", b"MM\0*")
_NUMBERED = (b"IIU\0", b"IIRO", b"IIRS", b"MMOR")
_OTHERS = (RAF[:-1], b"II\x1a\0\0\0HEAPCCDR", b"FOVb", b"\0MRM")
_CANON_AT, _CANON = 8, b"CR\x02"
_CR3 = b"ftypcrx "


def found(head: bytes, path: Path) -> "Raw | None":
    """What takes apart the raw file at `path` that begins with `head`; None: it is none, or a DNG."""
    ending = path.suffix.lower()
    named = ending in RAW and ending != ".dng"
    tells = head.startswith((*_NUMBERED, *_OTHERS)) or head[4:12] == _CR3
    if not tells and head.startswith(_TIFFS):
        tells = named or head.startswith(_CANON, _CANON_AT)
    return Raw(ending[1:] if named else "raw") if tells else None


@dataclass(frozen=True, slots=True)
class Raw:
    """The container of raw files whose names end in `name`; “raw” where that does not tell."""

    name: str

    def parse(self, file: BinaryIO, size: int) -> Layout:
        """The layout of any file: all of it is the picture."""
        why = "is a raw file, the negative, which is never changed"
        return Layout(self.name, _blocks(file, size), frozenset(), {}, ((0, size),), sidecar_only=why)

    def splices(self, layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
        """None, since no block can be new."""
        return []


def _blocks(file: BinaryIO, size: int) -> Mapping[BlockName, bytes]:
    file.seek(0)
    head = file.read(16)
    try:
        if head[4:12] == _CR3:
            return raw_blocks(file, size)
        return _of_jpeg(file, size) if head == RAF else _of_tiff(file, size, head)
    except (Malformed, Unreadable):
        return {}


def _of_tiff(file: BinaryIO, size: int, head: bytes) -> Mapping[BlockName, bytes]:
    mark = (_TIFFS[0] if head[:2] == b"II" else _TIFFS[1]) if head.startswith(_NUMBERED) else head
    shape = shape_of(mark)
    if shape is None:
        return {}
    structure = Tiff(file, size, shape)
    return tiff.homes_of(structure, structure.ifd(structure.first())).blocks()


def _of_jpeg(file: BinaryIO, size: int) -> Mapping[BlockName, bytes]:
    start, length = preview_of_raf(file)
    part = cast("BinaryIO", _Part(file, start, max(min(length, size - start), 0)))
    return jpeg.parse(part, part.seek(0, os.SEEK_END)).blocks


class _Part(io.RawIOBase):
    """A range of a file as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file, self._start, self._length, self._at = file, start, length, 0

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """As of any file."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = max(origin + offset, 0)
        return self._at

    def tell(self) -> int:
        """As of any file."""
        return self._at

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """As of any file."""
        view = memoryview(buffer).cast("B")
        self._file.seek(self._start + self._at)
        data = self._file.read(max(min(len(view), self._length - self._at), 0))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
