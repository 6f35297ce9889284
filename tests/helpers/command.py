"""Cutline as a command: in this process, which is fast, or as a process of its own, which is the real thing."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cutline.__main__ import run
from cutline.cli.guard import guarded

TAG_KEYS = ["path", "status", "backend", "cached", "title", "description", "alt_text", "tags", "credits", "error"]
SHOW_KEYS = ["path", "title", "description", "alt_text", "tags", "format", "sidecar"]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({name for name, _ in pairs}) == len(pairs), "a key was given twice"
    return dict(pairs)


def strict_lines(text: str) -> list[dict[str, Any]]:
    """JSON lines, read strictly: ASCII, one object on each line, no key twice, no NaN."""
    assert text.isascii()
    assert text == "" or text.endswith("\n")
    lines = text.split("\n")[:-1]
    records = [json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant) for line in lines]
    assert all(isinstance(record, dict) for record in records)
    return records


@dataclass(frozen=True)
class Result:
    """What a call left behind."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return strict_lines(self.out)

    @property
    def record(self) -> dict[str, Any]:
        (record,) = self.records
        return record

    @property
    def sentence(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        return line


class Cutline:
    """Calls in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Result:
        self._capsys.readouterr()
        status = guarded(partial(run, [str(word) for word in words]))
        out, err = self._capsys.readouterr()
        return Result(status, out, err)


def process(*words: str | Path | bytes, **how: Any) -> subprocess.Popen[str]:
    """Cutline in a process of its own, with pipes."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-m", "cutline", *words], text=True, encoding="utf-8", **pipes | how)


def finished(*words: str | Path | bytes, input_text: str = "", **how: Any) -> Result:
    """What a process of its own left behind."""
    with process(*words, **how) as running:
        out, err = running.communicate(input_text, timeout=60)
    return Result(running.returncode, out or "", err or "")


def mortal(*words: str | Path) -> Result:
    """Like `finished`, without the right of an administrator to write whatever is read-only."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "cutline", *words]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def without_screen() -> dict[str, str]:
    """The environment of a machine without a screen."""
    unseen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in os.environ.items() if name not in unseen}
