"""Long work off the GUI thread: the only module that touches QThread.

    make() ─> items, one by one (worker thread)  ─>  Job, in the GUI thread: items([...]), items([...]), ..., finished()

What is to be done is a Qt-free iterable, made and iterated in the thread. Its items are laid into a queue; the `Job`
takes them out in the GUI thread, as many as there are by then, so that a slow producer is heard of at once and a fast
one cannot flood the window: between two deliveries the window paints and hears the person. Listeners connect to the job
alone. It lives for as long as its thread runs, whoever lets go of it.

A job always ends with `finished`; where the iterable raised, `failed` comes right before it.
"""

import atexit
import time
from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot
from shiboken6 import isValid

_AT_ONCE = 500  # most items in one signal: a listener that takes 20 µs for an item holds the window for 10 ms
_STRETCH = 0.002  # seconds of iterating after which the thread lets go of the interpreter lock
_PAUSE = 0.0001  # seconds; without it a loop that never blocks starves the GUI thread of the lock

Make = Callable[[], Iterable[object]]


class _Worker(QThread):
    """Iterates in its own thread; everything else about it happens in the GUI thread."""

    ready = Signal()

    def __init__(self, make: Make) -> None:
        super().__init__()
        self._make = make
        self.queue: deque[object] = deque()
        self.announced = False
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._iterate()
        except Exception as error:  # noqa: BLE001 - handed to the job, which tells its listeners
            self.error = error

    def _iterate(self) -> None:
        breath = time.perf_counter()
        for item in self._make():
            if self.isInterruptionRequested():
                break
            self.queue.append(item)
            if not self.announced:
                self.announced = True
                self.ready.emit()
            if time.perf_counter() - breath > _STRETCH:
                time.sleep(_PAUSE)
                breath = time.perf_counter()


class Job(QObject):
    """One iterable, iterated in a thread of its own. Use it once, from the GUI thread."""

    items = Signal(list)
    """What the iterable gave since the last time, in order."""
    failed = Signal(object)
    """The exception it raised: a `CutlineError`, or a defect."""
    finished = Signal()
    """The thread has ended and everything has been delivered. Comes exactly once, last."""

    def __init__(self, make: Make, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = False
        self._worker = _Worker(make)
        self._worker.ready.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._worker.finished.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        # Not straight from the worker's signal: events posted while posted events are handled are handled in the same
        # go, so that a fast producer would keep paint events waiting for ever. A timer's turn comes after them.
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._deliver)

    @property
    def running(self) -> bool:
        """Whether it was started and `finished` has not come yet."""
        return self in _jobs

    def start(self) -> None:
        """Begin. The job is kept until its thread has ended."""
        _forget_ended()
        _jobs.add(self)
        self._worker.start()

    def stop(self) -> None:
        """Deliver nothing more and leave the iterable at its next item. One that blocks must be woken by its owner."""
        self._stopped = True
        self._worker.requestInterruption()

    def wait(self, milliseconds: int) -> bool:
        """Wait for the thread to end, at most so long; whether it has. What it gave is delivered later, as always."""
        return self not in _jobs or self._worker.wait(milliseconds)

    @Slot()
    def _wake(self) -> None:
        self._turn.start()

    @Slot()
    def _deliver(self) -> None:
        ended = self._worker.isFinished()  # asked first: what an ended thread gave is in the queue by now
        self._worker.announced = False  # before taking: what comes from now on is announced again
        self._take()
        if self._worker.queue:
            self._turn.start()
        elif ended and self in _jobs:
            self._end()

    def _take(self) -> None:
        queue = self._worker.queue
        if self._stopped:
            queue.clear()
        batch = [queue.popleft() for _ in range(min(_AT_ONCE, len(queue)))]
        if batch:
            self.items.emit(batch)

    def _end(self) -> None:
        self._worker.wait()
        _jobs.discard(self)
        if self._worker.error is not None:
            self.failed.emit(self._worker.error)
        self.finished.emit()


_jobs: set[Job] = set()
"""Every job whose thread may be running: a QThread that is let go of while it runs takes the process with it."""


def _forget_ended() -> None:
    """Let go of the jobs whose owner was deleted before they ended."""
    for job in [job for job in _jobs if not isValid(job) and job._worker.isFinished()]:
        _jobs.discard(job)


def wait_all(milliseconds: int) -> bool:
    """Wait for every job's thread to end, at most so long together; whether all have."""
    deadline = time.monotonic() + milliseconds / 1000
    ended = [job.wait(max(0, round(1000 * (deadline - time.monotonic())))) for job in list(_jobs)]
    return all(ended)


atexit.register(wait_all, 2000)
