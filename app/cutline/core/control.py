"""Pause, resume and cancel: the one thing every long job looks at.

A `Control` is shared between the face that holds the buttons and the threads that work. Workers call `checkpoint()`
between steps and `wait()` instead of sleeping; both raise `Cancelled` as soon as the person has stopped the job.
"""

import threading
import time

from cutline.core.errors import Cancelled


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
