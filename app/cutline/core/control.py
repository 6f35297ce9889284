"""Pause, resume and cancel: the one thing every long job looks at.

A `Control` is shared between the face that holds the buttons and the threads that work. Workers call `checkpoint()`
between steps and `wait()` instead of sleeping; both raise `Cancelled` as soon as the person has stopped the job.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from cutline.core.errors import Cancelled

_LOOK = 0.05  # seconds between looks at whether the job was stopped
_T = TypeVar("_T")


class Control:
    """Thread-safe. Cancelling is final; pausing is not."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._cancelled = False
        self._paused = False

    @property
    def cancelled(self) -> bool:
        """Whether the job was stopped."""
        return self._cancelled

    @property
    def paused(self) -> bool:
        """Whether the job is held."""
        return self._paused

    def cancel(self) -> None:
        """Stop the job: every wait ends at once."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def pause(self) -> None:
        """Hold the job at its next checkpoint."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        """Let a held job go on."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def checkpoint(self) -> None:
        """Return when the job may go on; raise `Cancelled` when it was stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or not self._paused)
        if self._cancelled:
            raise Cancelled("Stopped.")

    def wait(self, seconds: float) -> None:
        """Sleep, at least `seconds` and as long as the job is paused; raise `Cancelled` when it is stopped."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self._cancelled and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
        self.checkpoint()


def left_behind(work: Callable[[], _T], control: Control) -> _T:
    """What `work` gives. It is done in a thread of its own, which is left behind as soon as the job is stopped.

    For what blocks and is of no use to anybody then. Raises what `work` raises, and `Cancelled`.
    """
    done: SimpleQueue[tuple[_T, None] | tuple[None, Exception]] = SimpleQueue()

    def go() -> None:
        try:
            done.put((work(), None))
        except Exception as error:  # noqa: BLE001 - raised by who waits for it
            done.put((None, error))

    threading.Thread(target=go, name="left-behind", daemon=True).start()
    while not control.cancelled:
        with suppress(Empty):
            result, error = done.get(timeout=_LOOK)
            if error is not None:
                raise error
            return result  # type: ignore[return-value]  # of the first kind then
    raise Cancelled("Stopped.")
