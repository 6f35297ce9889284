"""Temporary files beside what they are to replace, and the removal of those that killed processes left behind.

A living process holds a lock on its temporary file, which the system lets go of however the process dies. So whoever
writes into a folder next can tell the dead ones', and removes them. Where a disk knows no locks, age tells.
"""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

PREFIX = ".cutline-write-"
_LOOK_AGAIN = 600.0
"""Seconds after which a folder is listed once more: large ones take long."""
_LONG = 86_400.0
"""Seconds that nobody works on one file."""
_swept: dict[str, float] = {}


@contextmanager
def temporary(folder: Path, mode: int = 0o600) -> Iterator[tuple[Path, BinaryIO]]:
    """A new locked file in `folder`, open for reading and writing; gone afterwards unless it was renamed.

    `mode`: its permissions, of which the system takes away what the person's mask says. Raises `OSError`.
    """
    while True:
        name = folder / f"{PREFIX}{secrets.token_hex(8)}"
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "w+b") as file:
            if _locked(file) is False or os.fstat(handle).st_nlink == 0:
                continue  # another writer took it for a dead one's before it was locked
            try:
                yield name, file
            finally:
                with suppress(FileNotFoundError):
                    name.unlink()
            return


def sweep(folder: Path) -> None:
    """Remove what killed processes left in `folder`, as far as it may be; does nothing where it just did."""
    now = time.monotonic()
    if now - _swept.get(str(folder), -_LOOK_AGAIN) < _LOOK_AGAIN:
        return
    _swept[str(folder)] = now
    with suppress(OSError):  # whoever writes here will hear of it
        with os.scandir(folder) as entries:
            left = [Path(entry.path) for entry in entries if entry.name.startswith(PREFIX)]
        for name in left:
            with suppress(OSError), name.open("rb") as file:
                if _is_dead(file):
                    name.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename or a removal durable; where that cannot be (Windows, some network disks) nothing is done."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_dead(file: BinaryIO) -> bool:
    locked = _locked(file)
    return time.time() - os.fstat(file.fileno()).st_ctime > _LONG if locked is None else locked


def _locked(file: BinaryIO) -> bool | None:
    """Whether the file could be locked; None: there are no locks here."""
    if sys.platform != "win32":  # there what somebody has open is not removed anyway
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # some network disks
            return None
    return True
