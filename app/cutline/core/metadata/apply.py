"""Splices into a file: written beside it, checked, and put in its place in one step.

    temporary file ─ copy with splices ─ owner, attributes, mode, times ─ verify ─ fsync ─ replace ─ fsync of the folder

The disk begins with the new file's bytes as they are copied, and is at it while they are looked at and while whoever
keeps the way back writes it down; fsync comes last, when little is left to wait for. A crash at any instant leaves the
old file or the new one. What a killed writer left behind is removed when its folder is next written to: a living one
holds a lock on its temporary file.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import ChangedMeanwhile, ReadOnly
from cutline.core.likeness import make_like
from cutline.core.metadata.copying import copy_spliced, require_room
from cutline.core.metadata.files import shown, writing
from cutline.core.metadata.model import Splice
from cutline.core.metadata.splice import size_after
from cutline.core.patience import patiently
from cutline.core.temporaries import sweep, sync_folder, temporary

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
    status: os.stat_result,
    splices: Sequence[Splice],
    *,
    verify: Verify,
    mtime_ns: int | None,
) -> None:
    """Make the file at `path`, open as `source`, hold its splices (in order of offset).

    `status`: of the file when it was looked at and `splices` were made. `mtime_ns`: the modification time to give it;
    None: now. Raises `ReadOnly`, `DiskError`, `ChangedMeanwhile`, or what `verify` raises; then nothing has changed.
    """
    check_writable(path)
    with writing(path):
        real = real_path(path)
        require_room(path, real.parent, size_after(status.st_size, splices))
        sweep(real.parent)
        with temporary(real.parent) as (name, target):
            copy_spliced(source, status.st_size, splices, target)
            make_like(target, source, status)
            if mtime_ns is not None:
                os.utime(name, ns=(status.st_atime_ns, mtime_ns))
            verify(target)
            os.fsync(target.fileno())
            if not unchanged(status, real.stat()):
                raise ChangedMeanwhile(f"{shown(path)}: another program changed it meanwhile; look at it again.")
            if sys.platform == "win32":  # which renames nothing onto an open file
                target.close()
                source.close()
            patiently(partial(name.replace, real))
        sync_folder(real.parent)


def unchanged(before: os.stat_result, now: os.stat_result) -> bool:
    """Whether `now` is the same file as `before`, and nobody wrote to it, gave it attributes or replaced it between."""
    return (before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns, before.st_ctime_ns) == (
        now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns,
    )  # fmt: skip
