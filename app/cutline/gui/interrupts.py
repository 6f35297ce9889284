"""Ctrl+C in the terminal and a polite kill close the window as its own button does: nothing is lost, nothing is asked.

Python hears of a signal only when it runs again, and Qt waits without it: the signal's number arrives on a socket that
wakes Qt up.
"""

import signal
import socket
from types import FrameType
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """While it is open, those signals become `arrived` in the GUI thread."""

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._here, self._there = socket.socketpair()
        for end in (self._here, self._there):
            end.setblocking(False)
        self._before: dict[signal.Signals, Any] = {number: signal.signal(number, self._heard) for number in _SIGNALS}
        self._before_fd = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)
        self._numbers: list[int] = []

    def close(self) -> None:
        """Give the signals back to whoever had them."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._here.close()
        self._there.close()

    @property
    def heard(self) -> bool:
        """Whether one has arrived."""
        return bool(self._numbers)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._numbers.append(number)

    def _wake(self) -> None:
        self._here.recv(64)
        self.arrived.emit()
