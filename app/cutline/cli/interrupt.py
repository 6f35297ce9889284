"""Ctrl-C and SIGTERM: the first one asks the run to stop, the second one leaves at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cutline.core.control import Control

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stops(control: Control) -> Iterator[None]:
    """Within the block the first signal cancels `control`; a second one raises `KeyboardInterrupt`."""

    def handle(number: int, frame: object) -> None:
        if control.cancelled:
            raise KeyboardInterrupt
        control.cancel()

    with _handled_by(handle):
        yield


@contextmanager
def raises() -> Iterator[None]:
    """Within the block both signals raise `KeyboardInterrupt`."""

    def handle(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    with _handled_by(handle):
        yield


@contextmanager
def _handled_by(handler: Callable[[int, Any], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread choose
        return
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
