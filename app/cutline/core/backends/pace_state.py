"""What threads and processes that pace themselves together have to know of each other: a few numbers.

Within one process they are in memory. A service that counts requests counts those of every Cutline on this machine, so
for such a service they are in a small file, which is locked for the microseconds it takes to look and to change them.
Their clock is the machine's own, which counts from its start and is the same for all processes; numbers from before a
restart of the machine are told by having been written in the future, and forgotten.
"""

import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import astuple, dataclass
from io import FileIO
from pathlib import Path

from cutline.core import locks

NEVER = float("-inf")
_PACKED = struct.Struct("<7d")
_FUTURE = 7 * 86400.0
"""Seconds ahead of now that no number lies, be the pace as slow as it may: the file is damaged."""


@dataclass(slots=True)
class Pace:
    """All times in seconds on the machine's clock."""

    next: float = NEVER
    """The next free place on the grid."""
    last: float = NEVER
    """When the last request was sent."""
    held: float = NEVER
    """Until when nobody sends."""
    slowness: float = 1.0
    """How much wider than it has to be the grid is."""
    slowed: float = NEVER
    """When that was last changed."""
    patience: float = 0.0
    """Seconds without a refusal after which it is made narrower again."""
    written: float = NEVER
    """When any of this was changed."""


Held = Callable[[], AbstractContextManager[Pace]]
"""The numbers, for one at a time to look at and to change."""


def in_memory() -> Held:
    """Numbers for the threads of this process."""
    pace, lock = Pace(), threading.Lock()

    @contextmanager
    def held() -> Iterator[Pace]:
        with lock:
            yield pace

    return held


def in_file(path: Path, clock: Callable[[], float]) -> Held:
    """Numbers for all processes that name this file; made if missing. Where it cannot be used, each is on its own."""
    lock, known, alone = threading.Lock(), Pace(), False

    @contextmanager
    def held() -> Iterator[Pace]:
        nonlocal alone
        with lock, ExitStack() as opened:
            file = _opened(path, opened)
            before = _read(file, clock()) if file and not alone else astuple(known)
            for name, number in zip(known.__slots__, before, strict=True):
                setattr(known, name, number)
            yield known
            if file and astuple(known) != before:
                known.written = clock()
                alone = not _write(file, astuple(known))

    return held


def _opened(path: Path, stack: ExitStack) -> FileIO | None:
    """The file, locked until the stack is left; None where it cannot be used."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        file = stack.enter_context(FileIO(handle, "r+b"))
    except OSError:
        return None
    stack.enter_context(_locked(handle))
    return file


def _read(file: FileIO, now: float) -> tuple[float, ...]:
    try:
        return _unpacked(file.read(_PACKED.size), now)
    except OSError:
        return astuple(Pace())


def _write(file: FileIO, numbers: tuple[float, ...]) -> bool:
    """Whether they are in the file now; not where the disk is full."""
    try:
        file.seek(0)
        return file.write(_PACKED.pack(*numbers)) == _PACKED.size
    except OSError:
        return False


def _unpacked(data: bytes, now: float) -> tuple[float, ...]:
    fresh = astuple(Pace())
    if len(data) != _PACKED.size:
        return fresh
    numbers = _PACKED.unpack(data)
    times = all(number <= now + _FUTURE for number in numbers[:3]) and max(numbers[1], numbers[4], numbers[6]) <= now
    return numbers if times and 1 <= numbers[3] <= 100 and (numbers[3] == 1 or numbers[5] > 0) else fresh


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    locks.acquire(handle, wait=True)
    try:
        yield
    finally:
        locks.release(handle)
