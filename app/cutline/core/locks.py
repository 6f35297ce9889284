"""Locks on open files, which the system lets go of when a process dies, however it dies.

They are advice: only Cutlines look at them. A disk without locks (some network ones) is treated as if nobody else were
there.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def acquire(handle: int, *, wait: bool) -> bool:
        """Lock an open file for this handle alone; False where somebody else has it and `wait` is not asked for."""
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def release(handle: int) -> None:
        """Let others have it."""
        os.lseek(handle, 0, os.SEEK_SET)
        with suppress(OSError):  # where there are no locks
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def acquire(handle: int, *, wait: bool) -> bool:
        """Lock an open file for this handle alone; False where somebody else has it and `wait` is not asked for."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        except OSError:  # no locks here
            return True
        return True

    def release(handle: int) -> None:
        """Let others have it."""
        with suppress(OSError):  # where there are no locks
            fcntl.flock(handle, fcntl.LOCK_UN)


def attempt(path: Path) -> int | None:
    """The file `path`, made where it is missing, open and locked; to be let go of with `let_go`.

    None: somebody else has it, or took it away just now. Raises `OSError` where there can be no such file.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(FileNotFoundError):
        if acquire(handle, wait=False) and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    os.close(handle)
    return None


def let_go(handle: int, path: Path) -> None:
    """Take the locked file away, while nobody else can have it, and let go of it."""
    if sys.platform == "win32":  # nothing that is open goes away there
        os.close(handle)
    with suppress(OSError):
        path.unlink()
    if sys.platform != "win32":
        os.close(handle)


@contextmanager
def named(path: Path, wait: Callable[[], object]) -> Iterator[None]:
    """Hold the lock that the file `path` stands for within the block; `wait` is called while somebody else has it.

    Where there can be no such file, it goes on without.
    """
    try:
        while (handle := attempt(path)) is None:
            wait()
    except OSError:
        yield
        return
    try:
        yield
    finally:
        let_go(handle, path)
