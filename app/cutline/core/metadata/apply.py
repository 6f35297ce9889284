"""Splices into a file: written beside it, checked, and put in its place in one step.

    temporary file ─ copy with splices ─ owner, mode, attributes, times ─ fsync ─ verify ─ replace ─ fsync of the folder

The head is spliced in memory; the long ranges between splices are copied by the kernel. A crash at any instant leaves
the old file or the new one. What a killed writer left behind is removed when its folder is next written to: a living
one holds a lock on its temporary file.
"""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import ChangedMeanwhile, ReadOnly
from cutline.core.metadata.files import shown, writing
from cutline.core.metadata.model import Splice
from cutline.core.metadata.splice import Kept, pieces

if sys.platform != "win32":
    import fcntl

_PREFIX = ".cutline-write-"
_BLOCK = 1 << 20
_NO_KERNEL_COPY = frozenset({errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF})
_swept: set[str] = set()

Verify = Callable[[BinaryIO], None]
"""Looks at the new file before it takes the old one's place; raises a `CutlineError` to stop that."""


def check_writable(path: Path) -> None:
    """Raise `ReadOnly` where the file or its folder may not be written, for root too."""
    with writing(path):
        real = real_path(path)
        if not real.stat().st_mode & 0o222 or not os.access(real, os.W_OK):
            raise ReadOnly(f"{shown(path)}: the file is read-only; change its permissions.")
        folder = real.parent
        if not folder.stat().st_mode & 0o222 or not os.access(folder, os.W_OK):
            raise ReadOnly(f"{shown(path)}: its folder is read-only; change the folder's permissions.")


def real_path(path: Path) -> Path:
    """What a link points to: the link stays a link, the file it names is written."""
    return Path(os.path.realpath(path))


def applied(
    path: Path,
    source: BinaryIO,
    splices: Sequence[Splice],
    *,
    keep_mtime: bool,
    verify: Verify,
    mtime_ns: int | None = None,
) -> None:
    """Make the file at `path`, open as `source`, hold its splices (in order of offset).

    `mtime_ns`: the modification time to give it; None: the one it has. Raises `ReadOnly`, `DiskError`,
    `ChangedMeanwhile`, or what `verify` raises; then nothing has changed.
    """
    check_writable(path)
    with writing(path):
        real = real_path(path)
        before = os.fstat(source.fileno())
        _sweep(real.parent)
        with _temporary(real.parent) as (name, target):
            for piece in pieces(splices, before.st_size):
                if isinstance(piece, Kept):
                    _copy(source, target, piece)
                else:
                    target.write(piece)
            target.flush()
            _dress(source, target, before)
            verify(target)
            if keep_mtime:
                os.utime(name, ns=(before.st_atime_ns, before.st_mtime_ns if mtime_ns is None else mtime_ns))
            os.fsync(target.fileno())
            if not _same(before, real.stat()):
                raise ChangedMeanwhile(f"{shown(path)}: another program changed it meanwhile; look at it again.")
            if sys.platform == "win32":  # which renames nothing onto an open file
                target.close()
                source.close()
            name.replace(real)
        sync_folder(real.parent)


def _same(before: os.stat_result, now: os.stat_result) -> bool:
    return (before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns) == (
        now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns,
    )  # fmt: skip


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new locked file in `folder`, open for reading and writing; gone afterwards unless it was renamed."""
    while True:
        name = folder / f"{_PREFIX}{secrets.token_hex(8)}"
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "w+b") as file:
            if not _lock(file) or os.fstat(handle).st_nlink == 0:
                continue  # another writer took it for a dead one's before it was locked
            try:
                yield name, file
            finally:
                with suppress(FileNotFoundError):
                    name.unlink()
            return


def _lock(file: BinaryIO) -> bool:
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a network disk without locks
            return True
    return True


def _sweep(folder: Path) -> None:
    """Remove what killed writers left in `folder`; once for each folder, since large ones take long to list."""
    if str(folder) in _swept:
        return
    _swept.add(str(folder))
    with os.scandir(folder) as entries:
        left = [Path(entry.path) for entry in entries if entry.name.startswith(_PREFIX)]
    for name in left:
        with suppress(OSError), name.open("rb") as file:
            if _lock(file):
                name.unlink()


def _copy(source: BinaryIO, target: BinaryIO, kept: Kept) -> None:
    """Copy a range to the end of `target`: by the kernel where it is long and the kernel can, else in blocks."""
    target.flush()
    offset, left = kept.offset, kept.length
    if hasattr(os, "copy_file_range") and left >= _BLOCK:
        copied = _kernel_copy(source, target, offset, left)
        offset, left = offset + copied, left - copied
    source.seek(offset)
    while left:
        block = source.read(min(_BLOCK, left))
        if not block:
            raise OSError(errno.EIO, "the file became shorter while it was copied")
        target.write(block)
        left -= len(block)


def _kernel_copy(source: BinaryIO, target: BinaryIO, offset: int, length: int) -> int:
    """How many bytes the kernel copied; the position of `target` is behind them."""
    at, copied = target.tell(), 0
    try:
        while copied < length:
            done = os.copy_file_range(source.fileno(), target.fileno(), length - copied, offset + copied, at + copied)
            if not done:
                break
            copied += done
    except OSError as error:
        if error.errno not in _NO_KERNEL_COPY:
            raise
    target.seek(at + copied)
    return copied


def _dress(source: BinaryIO, target: BinaryIO, before: os.stat_result) -> None:
    """Give the new file the old one's owner, attributes and permissions."""
    if sys.platform == "win32":
        return
    handle = target.fileno()
    with suppress(PermissionError):  # only root may give files away; the group may still go through
        os.fchown(handle, -1, before.st_gid)
        os.fchown(handle, before.st_uid, -1)
    if hasattr(os, "listxattr"):
        _copy_attributes(source.fileno(), handle)
    os.fchmod(handle, stat.S_IMODE(before.st_mode))


def _copy_attributes(source: int, target: int) -> None:
    try:
        names = os.listxattr(source)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return
        raise
    for name in names:
        try:
            os.setxattr(target, name, os.getxattr(source, name))
        except OSError:
            if name.startswith("user."):  # somebody's data; the kernel's own (security., trusted.) it sets itself
                raise


def sync_folder(folder: Path) -> None:
    """Make a rename or a removal durable; where that cannot be (Windows, some network disks) nothing is done."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
