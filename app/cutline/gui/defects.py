"""Defects: what nobody foresaw is written into the log with its traceback, and said to the person in one sentence."""

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from types import TracebackType

from cutline.core.keys import starred
from cutline.core.paths import state_dir

_LOG = logging.getLogger("cutline.gui")


class _Starring(logging.Formatter):
    """Lets no key into the log, whatever a message or a traceback quotes."""

    def format(self, record: logging.LogRecord) -> str:
        return starred(super().format(record))


def open_log() -> logging.Handler:
    """Send the log to cutline.log in the state folder; the handler, to be closed at the end."""
    handler = RotatingFileHandler(
        state_dir() / "cutline.log", maxBytes=500_000, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Starring("%(asctime)s %(levelname)s %(message)s"))
    _LOG.addHandler(handler)
    _LOG.propagate = False
    return handler


def close_log(handler: logging.Handler) -> None:
    """Undo `open_log`."""
    _LOG.removeHandler(handler)
    handler.close()
    _LOG.propagate = True


def log(error: BaseException) -> None:
    """Write `error` with its traceback into the log."""
    _LOG.error("defect", exc_info=error)


def install(say: Callable[[object], None]) -> Callable[[], None]:
    """Have every exception that nobody handles logged and said through `say`; answers how to undo that."""
    before, before_thread = sys.excepthook, threading.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            before(kind, error, trace)
            return
        say(error)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log(args.exc_value)

    def undo() -> None:
        sys.excepthook, threading.excepthook = before, before_thread

    sys.excepthook, threading.excepthook = hook, thread_hook
    return undo
