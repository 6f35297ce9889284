"""The one place around the program: whatever goes wrong ends as one sentence and an exit status.

0 all done   1 some photos failed   2 wrong usage   3 the run had to stop   130 interrupted
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TextIO

from cutline.core.errors import Cancelled, ConfigError, CutlineError
from cutline.core.keys import starred
from cutline.core.paths import state_dir
from cutline.core.photo import printable


class Exit(IntEnum):
    """The exit statuses."""

    DONE = 0
    SOME_FAILED = 1
    USAGE = 2
    STOPPED = 3
    INTERRUPTED = 130


def guarded(work: Callable[[], int]) -> int:
    """The exit status of `work`, or the one of what it raised, which is told on standard error."""
    _prepare_streams()
    try:
        status = work()
        sys.stdout.flush()
    except CutlineError as error:
        complain(str(error))
        _let_go(sys.stdout)
        return status_of(error)
    except KeyboardInterrupt:
        complain("Stopped.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _abandon(sys.stdout)
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug: the traceback is for us, the sentence for the person
        complain(f"Cutline made a mistake ({type(error).__name__}); the details are in {_logged(error)}.")
        return Exit.STOPPED
    return status


def status_of(error: CutlineError) -> Exit:
    """The exit status for an error that ended the whole call."""
    if isinstance(error, ConfigError):
        return Exit.USAGE
    return Exit.INTERRUPTED if isinstance(error, Cancelled) else Exit.STOPPED


def complain(sentence: str) -> None:
    """One line on standard error; nothing where nobody listens."""
    with suppress(OSError):
        print(f"cutline: {printable(sentence)}", file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal


def _prepare_streams() -> None:
    """Let every text be printed, on whatever terminal; streams that the caller closed lead nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _let_go(stream: TextIO) -> None:
    """Print what is still to be printed; where that cannot be, the interpreter must not stumble over it at its end."""
    try:
        stream.flush()
    except OSError:
        _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Nobody reads `stream` any more: what is still to be written to it, also at the very end, goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _logged(error: Exception) -> str:
    """The log file, with the traceback of `error` added to it."""
    text = starred("".join(traceback.format_exception(error)))
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    for folder in (state_dir, lambda: Path(tempfile.gettempdir())):
        with suppress(OSError):
            path = folder() / "cutline.log"
            with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(f"{stamp}\n{text}\n")
            return printable(str(path))
    return "no file, because none could be written"
