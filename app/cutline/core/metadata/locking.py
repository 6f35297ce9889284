"""One Cutline at a time writes to a photo: the others wait a moment, and are refused where it lasts.

The lock is on the photo itself (and on its sidecar, which another photo may share), so that nothing is left behind, and
a process that dies lets go of it. A writer replaces the file, and with it what was locked: whoever waited opens what is
there now, and then sees by the stamp of what it had read that the photo is another one. Readers take no lock.
Where there are no locks, or only such as shut out readers, it goes on without.

Windows renames nothing onto an open file; there the lock is a name that the system knows while a process holds it.
"""

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from cutline.core import locks
from cutline.core.control import Control
from cutline.core.errors import InUse
from cutline.core.metadata import sidecar
from cutline.core.metadata.apply import real_path
from cutline.core.metadata.files import shown
from cutline.core.temporaries import sweep

_PATIENCE = 5.0
"""Seconds to wait for another process: longer than any write to a local disk takes."""
_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.2

_LetGo = Callable[[], None]


@contextmanager
def locked(photo: Path, control: Control | None = None) -> Iterator[None]:
    """Keep other Cutlines, and other threads of this one, from writing to the photo or its sidecar within the block.

    Not to be nested. What cannot be opened is not locked: who writes to it will say why. Raises `InUse` where somebody
    else has it for too long, `Cancelled` where `control` is cancelled meanwhile.
    """
    if "\0" in str(photo):  # no file has such a name
        yield
        return
    deadline = time.monotonic() + _PATIENCE
    wait = control.wait if control else time.sleep
    real = real_path(photo)
    sweep(real.parent)
    with ExitStack() as held:
        held.callback(_acquired(photo, real, deadline, wait))
        beside = sidecar.find(photo)
        if beside is not None:
            held.callback(_acquired(photo, real_path(beside), deadline, wait))
        yield


def _acquired(photo: Path, path: Path, deadline: float, wait: Callable[[float], object]) -> _LetGo:
    """Lock the file at `path`; what lets go of it."""
    pause = _FIRST_WAIT
    while (let_go := _attempt(path)) is None:
        if time.monotonic() > deadline:
            raise InUse(f"{shown(photo)}: another Cutline is writing to it; try again when that is done.")
        wait(pause)
        pause = min(2 * pause, _LONGEST_WAIT)
    return let_go


def _nothing() -> None:
    """What lets go where nothing could be held."""


if sys.platform == "win32":
    import ctypes
    from hashlib import sha256

    _KERNEL = ctypes.WinDLL("kernel32")
    _KERNEL.CreateMutexW.restype = ctypes.c_void_p
    _KERNEL.CreateMutexW.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_wchar_p)
    for _call in (_KERNEL.CloseHandle, _KERNEL.ReleaseMutex):
        _call.argtypes = (ctypes.c_void_p,)
    _KERNEL.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
    _OURS = (0, 0x80)  # WAIT_OBJECT_0; WAIT_ABANDONED: who had it died

    def _attempt(path: Path) -> _LetGo | None:
        """What lets go of the file, which is locked now; None: somebody else has it."""
        known_as = sha256(os.fsencode(os.path.normcase(path))).hexdigest()
        mutex = _KERNEL.CreateMutexW(None, 0, f"Local\\cutline-{known_as}")
        if not mutex:
            return _nothing
        if _KERNEL.WaitForSingleObject(mutex, 0) in _OURS:
            return partial(_let_go, mutex)
        _KERNEL.CloseHandle(mutex)
        return None

    def _let_go(mutex: int) -> None:
        _KERNEL.ReleaseMutex(mutex)
        _KERNEL.CloseHandle(mutex)

else:

    def _attempt(path: Path) -> _LetGo | None:
        """What lets go of the file, which is locked now; None: somebody else has it, or just replaced it."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # no waiting for whoever feeds a pipe
        except (OSError, ValueError):
            return _nothing
        let_go, held = partial(os.close, handle), os.fstat(handle)
        if not stat.S_ISREG(held.st_mode):
            let_go()
            return _nothing
        if not locks.acquire(handle, wait=False) or not _is_at(path, held):
            let_go()
            return None
        if _shuts_out(path):
            let_go()
            return _nothing
        return let_go

    def _shuts_out(path: Path) -> bool:
        """Whether the lock keeps everybody from reading, us too: so it is on Windows shares (man 2 flock, CIFS)."""
        try:
            with path.open("rb", buffering=0) as file:
                file.read(1)
        except PermissionError:
            return True
        except OSError:  # whoever reads the photo will say why
            return False
        return False

    def _is_at(path: Path, held: os.stat_result) -> bool:
        """Whether `path` still names what was opened; true where there is nothing: nobody can lock that."""
        try:
            return os.path.samestat(path.stat(), held)
        except OSError:
            return True
