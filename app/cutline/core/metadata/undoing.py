"""Putting one file back: only from exactly what was written into it, only to exactly what it was.

The inverse splices go through the same way as every write: a temporary file, verified (here: by the digest of the file
as it was), put in place in one step. A file that was made is removed.
"""

import os
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import ChangedMeanwhile, DiskError, Unreadable
from cutline.core.metadata.apply import applied, check_writable, unchanged
from cutline.core.metadata.files import opened, reading, shown, writing
from cutline.core.metadata.recording import FileChange
from cutline.core.temporaries import sync_folder


class Standing(Enum):
    """How a file stands to a change that was made, or was to be made, to it."""

    AFTER = "as it was written"
    BEFORE = "as it was before"
    OTHER = "something else"
    MISSING = "not there"


def standing(change: FileChange) -> Standing:
    """How the file stands now. Raises `Unreadable` where it cannot be looked at."""
    if not os.path.lexists(change.path):
        return Standing.BEFORE if change.before is None else Standing.MISSING
    with opened(change.path) as (file, _), reading(change.path):
        if change.is_after(file):
            return Standing.AFTER
        return Standing.BEFORE if change.is_before(file) else Standing.OTHER


def require_undoable(change: FileChange) -> Standing:
    """AFTER or BEFORE. Raises `Unreadable` where the file is gone, `ChangedMeanwhile` where it is another one."""
    found = standing(change)
    if found is Standing.MISSING:
        raise missing(change.path)
    if found is Standing.OTHER:
        raise ChangedMeanwhile(
            f"{shown(change.path)}: was changed since Cutline wrote it, so its old bytes would destroy that change; "
            "only its caption can be put back."
        )
    return found


def missing(path: Path) -> Unreadable:
    """The error for a file that is not where it was written."""
    return Unreadable(
        f"{shown(path)}: there is no such file any more; it was moved or deleted since it was written. "
        "Undo it by the name it has now, or put it back in its place."
    )


def put_back(change: FileChange) -> None:
    """Make the file what it was, its modification time too.

    Raises `Unreadable`, `ChangedMeanwhile`, `ReadOnly` or `DiskError`; then nothing has changed.
    """
    if change.before is None:
        _remove(change)
        return
    with opened(change.path) as (file, status):
        if not change.is_after(file):
            raise ChangedMeanwhile(f"{shown(change.path)}: was changed at this moment; look at it again.")

        def look(result: BinaryIO) -> None:
            if not change.is_before(result):
                raise DiskError(f"{shown(change.path)}: did not become what it was before; nothing was changed.")

        applied(change.path, file, status, change.inverse, verify=look, mtime_ns=change.mtime_ns)


def _remove(change: FileChange) -> None:
    path = change.path
    with opened(path) as (file, status), reading(path):
        still_ours = change.is_after(file)
    check_writable(path)
    with writing(path):
        if not still_ours or not unchanged(status, path.stat()):
            raise ChangedMeanwhile(f"{shown(path)}: was changed at this moment; look at it again.")
        path.unlink()
        sync_folder(path.parent)
