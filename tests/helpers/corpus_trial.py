"""One photo of a corpus, written to, looked at from all sides, and put back.

    copy ─ look ─ write ─ checks that only look ─ write again ─ clear ─ undo ─> Verdict

A check is a function from a `Trial` to the faults it found, each a few words for the person who reads the report.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cutline.core import metadata
from cutline.core.control import Control
from cutline.core.errors import CutlineError
from cutline.core.journal import Journal
from cutline.core.metadata.model import Written
from cutline.core.photo import FIELDS, Caption
from cutline.core.runs import About, recording
from cutline.core.settings import Settings
from cutline.core.undo import Result, Target, undo
from helpers.corpus_exiftool import ExifTool, Said
from helpers.corpus_photos import format_of, frames, safe_name

CAPTION = Caption(
    "Quetzalcóatl über Zürich",
    "Popocatépetl 東京の夜 😀 עברית, العربية\nsecond line with a flag 🇨🇭",
    ("Xochimilco", "北京 夜景", "Ñandú", "Москва", *(f"Tlalocan {n}" for n in range(40))),
    "Huitzilopochtli beside a lake, Ελλάδα 😀",
)
"""Words that stand in no photo by chance."""

MTIME_NS = 1_234_567_890_123_456_700
_MOST_UNDOS = 10

Write = Callable[..., Written]
Check = Callable[["Trial"], list[str]]


@dataclass(slots=True)
class Look:
    """A photo at one moment."""

    data: bytes
    frames: list[str] | None
    said: Said


@dataclass(frozen=True, slots=True)
class Lab:
    """What trials are made with."""

    folder: Path
    exiftool: ExifTool
    journal: Journal
    write: Write = metadata.write

    def look(self, path: Path) -> Look:
        """The photo at `path` as it is now."""
        return Look(path.read_bytes(), frames(path), self.exiftool.said(path))


@dataclass(slots=True)
class Trial:
    """One photo's copy, and what was done to it."""

    lab: Lab
    path: Path
    before: Look
    old: Caption
    written: Written
    after: Look

    def write(self, caption: Caption) -> Written:
        """Write to the copy, so that it can be undone."""
        return _recorded(self.lab, self.path, caption)

    def undo_all(self) -> list[str]:
        """Undo every write; what was said where that failed."""
        for _ in range(_MOST_UNDOS):
            for outcome in undo(self.lab.journal, Target(paths=(self.path,)), Control()):
                if outcome.result is not Result.UNDONE:
                    return [str(outcome.error)] if outcome.error else []
        return ["there is no end to it"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one photo."""

    path: Path
    format: str
    decoded: bool
    refused: str = ""
    """Why nothing was written; empty where something was."""
    sidecar: str = ""
    """Why it went into a sidecar; empty where it was embedded."""
    faults: Mapping[str, list[str]] = field(default_factory=dict)
    """By check: what was wrong. Without those that found nothing."""


def tried(photo: Path, lab: Lab, checks: Mapping[str, Check]) -> Verdict:
    """The verdict on a copy of the file at `photo`."""
    path = lab.folder / safe_name(photo)
    path.write_bytes(photo.read_bytes())
    os.utime(path, ns=(MTIME_NS, MTIME_NS))
    decoded = frames(path) is not None
    try:
        reading = metadata.read(path)
        before = lab.look(path)
        written = _recorded(lab, path, CAPTION)
    except CutlineError as error:
        return Verdict(photo, format_of(photo), decoded, refused=str(error).removeprefix(f"{path}: "))
    trial = Trial(lab, path, before, reading.caption, written, lab.look(path))
    aside = written.sidecar is not None and not written.splices
    used = {name: check for name, check in checks.items() if not aside or name in ("pixels", "undo")}
    faults = {name: found for name, check in used.items() if (found := check(trial))}
    why = next((note for note in written.notes if "sidecar" in note), "there was one") if aside else ""
    return Verdict(photo, format_of(photo), decoded, sidecar=why, faults=faults)


def _recorded(lab: Lab, path: Path, caption: Caption) -> Written:
    with recording(lab.journal, About("write", policy="replace"), Settings()) as recorder:
        return lab.write(path, caption, FIELDS, record=recorder.of(path))
