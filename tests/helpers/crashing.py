"""Cutline as a process that dies, at a chosen step of its work or at a chosen instant.

A nursery process imports Cutline once and forks a child for each call, which takes a few milliseconds; the child runs
the real command line. A step is a call that touches the disk: whatever of `os` does, and every statement to SQLite. A
child that is to die at step n kills itself just before its n-th step, so that all n together leave no gap.
"""

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

_STEPS = (
    "chmod", "chown", "close", "copy_file_range", "fchmod", "fchown", "fsync", "ftruncate", "link", "open", "remove",
    "rename", "replace", "rmdir", "setxattr", "symlink", "truncate", "unlink", "utime", "write",
)  # fmt: skip
_TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    status: int | None
    """Exit status; None: it was killed."""
    steps: int
    """Steps it took; 0 where it was killed."""
    seconds: float
    out: str
    """Its standard output and error."""


class Nursery:
    """Starts children. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._out = folder / "output.txt"
        words = [sys.executable, "-c", "from helpers.crashing import serve; serve()"]
        path = os.pathsep.join([str(_TESTS), os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
        )

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def run(self, home: Path, *words: str | Path, step: int | None = None, seconds: float | None = None) -> Ended:
        """Run `cutline words`, killed at a step or after so many seconds, or to its end."""
        order = {"home": str(home), "words": [str(word) for word in words], "step": step, "seconds": seconds}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({**order, "out": str(self._out)}) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return Ended(**told, out=self._out.read_text(encoding="utf-8"))


def serve() -> None:
    """The nursery: one order a line, one answer a line, until there are no more."""
    _import_all()
    for line in sys.stdin:
        order = json.loads(line)
        began = time.monotonic()
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ours)
            _live(order, theirs)
        os.close(theirs)
        told = _awaited(child, ours, order["seconds"])
        print(json.dumps({**told, "seconds": time.monotonic() - began}), flush=True)


def _import_all() -> None:
    """What children would import each on its own."""
    import cutline.__main__
    import cutline.cli.app
    import cutline.core.backends
    import cutline.core.backends.offline
    import cutline.core.history
    import cutline.core.keys
    import cutline.core.ledger
    import cutline.core.runs
    import cutline.core.tagging
    import cutline.core.undo  # noqa: F401


def _awaited(child: int, ours: int, seconds: float | None) -> dict[str, Any]:
    """Wait for the child, not longer than `seconds`; its pipe ends when it does."""
    ready, _, _ = select.select([ours], [], [], seconds)
    if not ready:
        os.kill(child, signal.SIGKILL)
    said = b""
    while block := os.read(ours, 100):
        said += block
    os.close(ours)
    _, how = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(how) and os.WTERMSIG(how) == signal.SIGKILL
    return {"status": None if killed else os.waitstatus_to_exitcode(how), "steps": int(said or 0)}


def _live(order: dict[str, Any], theirs: int) -> None:
    """The child: run the command, tell the steps, end without any tidying up."""
    status = 70
    try:
        os.environ["CUTLINE_HOME"] = order["home"]
        out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(source, target)
        tell = partial(os.write, theirs)
        steps = _Steps(order["step"])
        steps.watch()
        status = _command(order["words"])
        tell(str(steps.count).encode())
    finally:
        os._exit(status)


def _command(words: Sequence[str]) -> int:
    from cutline.__main__ import run
    from cutline.cli.guard import guarded

    return guarded(partial(run, list(words)))


class _Steps:
    """Counts steps, and dies before the one it is told to die at. Thread-safe."""

    def __init__(self, last: int | None) -> None:
        self._lock, self._last = threading.Lock(), last
        self.count = 0

    def watch(self) -> None:
        """Count what this process does from now on."""
        for name in _STEPS:
            if hasattr(os, name):
                setattr(os, name, self._counted(getattr(os, name)))
        step = self._step

        class Connection(sqlite3.Connection):
            def execute(self, *words: Any) -> sqlite3.Cursor:
                step()
                return super().execute(*words)

            def executemany(self, *words: Any) -> sqlite3.Cursor:
                step()
                return super().executemany(*words)

        sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def counted(*values: Any, **names: Any) -> Any:
            self._step()
            return call(*values, **names)

        return counted

    def _step(self) -> None:
        with self._lock:
            if self.count == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.count += 1
