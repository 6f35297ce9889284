"""Locks on open files, which the system lets go of when a process dies, however it dies.

They are advice: only Cutlines look at them. A disk without locks (some network ones) is treated as if nobody else were
there.
"""

import os
import sys
from contextlib import suppress

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
