"""Bytes from an old file into a new one: whether there is room for them, and their way there.

They go in large blocks, and the disk begins with each at once. The kernel's own copying (copy_file_range) is slower: a
change in front of the picture moves all of it by some odd number of bytes, and then the kernel goes page by page; nor
can old and new file share space on the disk then.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from cutline.core.errors import DiskError
from cutline.core.metadata.files import shown
from cutline.core.metadata.model import Splice
from cutline.core.metadata.splice import Kept, pieces

if TYPE_CHECKING:
    from io import BufferedReader

_BLOCK = 1 << 19
_RESERVE = 1 << 20
"""Bytes that stay free: for the folder's own entries and whoever else writes."""


def require_room(path: Path, folder: Path, size: int) -> None:
    """Raise `DiskError` where the new file for `path`, of `size` bytes, does not fit into `folder`, as far as the disk
    says."""
    disk = shutil.disk_usage(folder)
    if disk.total and disk.free < size + _RESERVE:  # some network disks know of nothing, not even of their size
        needed, free = _megabytes(size + _RESERVE), _megabytes(disk.free)
        raise DiskError(
            f"{shown(path)}: the new file needs {needed} of free space beside the old one, and the disk has {free}; "
            "make room first."
        )


def copy_spliced(source: BinaryIO, size: int, splices: Sequence[Splice], target: BinaryIO) -> None:
    """Write `source`, of `size` bytes, to the empty `target`, with `splices` (in order of offset) applied."""
    for piece in pieces(splices, size):
        if isinstance(piece, Kept):
            _copy(source, target, piece)
        else:
            target.write(piece)
    target.flush()


def blocks(file: BinaryIO, offset: int, length: int) -> Iterator[memoryview]:
    """A range of a file in order, or what of it there is; each block is good until the next one is asked for."""
    reader = cast("BufferedReader", file)
    reader.seek(offset)
    block = memoryview(bytearray(min(_BLOCK, length)))  # one for all: new memory costs as much as the copying
    while length and (got := reader.readinto(block[:length])):
        yield block[:got]
        length -= got


def _copy(source: BinaryIO, target: BinaryIO, kept: Kept) -> None:
    end = target.tell() + kept.length
    for block in blocks(source, kept.offset, kept.length):
        target.write(block)
        _start_writing(target, len(block))
    if target.tell() != end:
        raise OSError(errno.EIO, "the file became shorter while it was copied")


def _start_writing(target: BinaryIO, length: int) -> None:
    """Let the disk begin with the last `length` bytes while the next ones are copied.

    Linux does so when it is told that memory need not keep them; what is on its way to the disk, it keeps.
    """
    if hasattr(os, "posix_fadvise"):
        target.flush()
        os.posix_fadvise(target.fileno(), target.tell() - length, length, os.POSIX_FADV_DONTNEED)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
