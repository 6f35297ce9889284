"""The photos of a run, for a list: what they said before, what of that was changed, whether it can be put back.

    changes and files of the run (journal) ─ by photo ─> RunPhoto ─ size and time of its files now ─> Fate

No file is read here, so that 10,000 photos are listed in a moment. A size that is another one proves that a file
changed; that it did not is proved when it is put back, byte for byte (`core.undo`).
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from cutline.core import changes
from cutline.core.changes import Change
from cutline.core.journal import Journal
from cutline.core.metadata.recording import Words
from cutline.core.photo import FIELDS

_WHILE = 60.0  # seconds that a write may take
_AT_ONCE = 500  # changes looked through before others have their turn


class Fate(Enum):
    """How a photo stands to what a run wrote into it."""

    STANDING = "it can be put back"
    AGAIN = "a later run wrote to it, which must be undone first"
    CHANGED = "it was changed since"
    TOUCHED = "its size is as it was written, but its time is another one"
    GONE = "one of its files is not there any more"
    UNDONE = "it is as it was before"

    @property
    def open(self) -> bool:
        """Whether there is something to try and put back."""
        return self is not Fate.UNDONE


@dataclass(frozen=True, slots=True)
class RunPhoto:
    """One photo of a run."""

    path: Path
    """As it was named to Cutline, absolute."""
    words: Words
    """What it said before the run, and which fields the run changed."""
    fate: Fate
    later: int | None = None
    """The run that wrote to it after this one, and still stands."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a change, as the journal knows it. Sizes in bytes; before: None where it was made."""

    state: str
    before: int | None
    after: int
    mtime_ns: int
    """Modification time before, which a write keeps unless a setting says otherwise."""
    made: str
    """When it was written; ISO 8601."""

    def has_time(self, mtime_ns: int) -> bool:
        """Whether a modification time is the one it was written with."""
        return mtime_ns == self.mtime_ns or abs(mtime_ns / 1e9 - datetime.fromisoformat(self.made).timestamp()) < _WHILE


def run_photos(journal: Journal, run: int) -> Iterator[RunPhoto]:
    """The photos of a run, in the order they were written. Raises `DiskError`."""
    files, later = _files(journal, run), _later_runs(journal, run)
    for of_photo in changes.of_run(journal, run):
        name = os.fsencode(of_photo[0].photo)
        fate = _fate(name, files.get(name, []))
        again = later.get(name) if fate in (Fate.STANDING, Fate.TOUCHED, Fate.CHANGED) else None
        yield RunPhoto(of_photo[0].named, _words(of_photo), Fate.AGAIN if again else fate, again)


def runs_naming(journal: Journal, text: str) -> set[int]:
    """The runs that wrote to a photo whose path contains `text`, without regard to case. Raises `DiskError`."""
    wanted, found, last = text.casefold(), set[int](), 0
    sql = f"SELECT id, run, named, photo FROM changes WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}"
    while rows := journal.rows(sql, (last,)):
        last = rows[-1][0]
        names = ((run, os.fsdecode(name).casefold()) for _, run, *both in rows if run not in found for name in both)
        found |= {run for run, name in names if wanted in name}
    return found


def _words(oldest_first: Sequence[Change]) -> Words:
    """What several changes of one run come to."""
    names = {name for change in oldest_first for name in change.words.fields}
    tags = next((change.words.tags for change in reversed(oldest_first) if change.words.tags is not None), None)
    return replace(oldest_first[0].words, fields=tuple(name for name in FIELDS if name in names), tags=tags)


def _files(journal: Journal, run: int) -> dict[bytes, list[tuple[Any, ...]]]:
    """Per photo what is on record of its files, the oldest first: path, and what makes a `_File`."""
    sql = (
        "SELECT c.photo, f.path, f.state, f.size_before, f.size_after, f.mtime_ns, c.made"
        " FROM changes c JOIN files f ON f.change = c.id WHERE c.run = ? ORDER BY f.id"
    )
    found: dict[bytes, list[tuple[Any, ...]]] = {}
    for photo, *file in journal.rows(sql, (run,)):
        found.setdefault(photo, []).append(tuple(file))
    return found


def _later_runs(journal: Journal, run: int) -> dict[bytes, int]:
    """Per photo the latest run that wrote to one of its files after this one and is not undone."""
    sql = (
        "SELECT c.photo, max(d.run) FROM changes c JOIN files f ON f.change = c.id"
        " JOIN files g ON g.path = f.path AND g.state <> 'undone' JOIN changes d ON d.id = g.change"
        " WHERE c.run = ?1 AND d.id > c.id AND d.run <> ?1 GROUP BY c.photo"
    )
    return dict(journal.rows(sql, (run,)))


def _fate(photo: bytes, rows: Sequence[tuple[Any, ...]]) -> Fate:
    """The worst that one of a photo's files has come to; each as it was written last."""
    files = {path: _File(*row) for path, *row in rows}
    fates = {_fate_of_file(path, file) for path, file in files.items()}
    if fates != {Fate.UNDONE} and not os.path.lexists(photo):
        return Fate.GONE  # a sidecar that was made may have gone with it
    worst_first = (Fate.GONE, Fate.CHANGED, Fate.TOUCHED, Fate.STANDING)
    return next((fate for fate in worst_first if fate in fates), Fate.UNDONE)


def _fate_of_file(path: bytes, file: _File) -> Fate:
    if file.state == "undone":
        return Fate.UNDONE
    try:
        status = os.stat(path)  # noqa: PTH116 - names are bytes here
    except FileNotFoundError:
        return Fate.STANDING if file.before is None else Fate.GONE  # nothing is left to remove of what was made
    except OSError:
        return Fate.STANDING  # it cannot be looked at: whoever puts it back says why
    if status.st_size == file.after:
        return Fate.STANDING if file.has_time(status.st_mtime_ns) else Fate.TOUCHED
    return Fate.UNDONE if status.st_size == file.before else Fate.CHANGED
