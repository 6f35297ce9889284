"""Runs: what was written together, recorded as it happens, so that it can be put back together.

    with recording(journal, About("tag", ...), settings) as recorder:
        metadata.write(path, ..., record=recorder.of(path))

A run comes into being with its first write (or, where nothing was written, at its end with what it counted), so that
what only looks or asks leaves no trace. At its end the oldest runs beyond the settings' limits are forgotten.
"""

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cutline.core import changes
from cutline.core.errors import Cancelled, CutlineError, PhotoError
from cutline.core.forgetting import forget
from cutline.core.journal import Journal
from cutline.core.metadata.recording import FileChange, Record, Words
from cutline.core.metadata.undoing import Standing, standing
from cutline.core.settings import Settings


@dataclass(frozen=True, slots=True)
class About:
    """What a run is, in words."""

    command: str
    backend: str = ""
    lang: str = ""
    policy: str = ""


@dataclass(slots=True)
class _Entry:
    """One write to one photo: its change is on record from its first file on."""

    photo: Path
    change: int | None = None


class Recorder:
    """Keeps the way back of one run's writes. Thread-safe."""

    def __init__(self, journal: Journal, about: About) -> None:
        self._journal, self._about, self._started = journal, about, _now()
        self._lock = threading.Lock()
        self._run: int | None = None
        self._ledger: int | None = None
        self._counts: Counter[str] = Counter()
        self._done: list[int] = []
        self._void: list[int] = []

    def go_on_with(self, ledger: int) -> None:
        """Go on with the run of a ledger that was stopped, so that both are undone as one; before anything is written.

        Only where no other run came after it: the newest one is what is undone first. Raises `JournalError`.
        """
        self._ledger = ledger
        sql = (
            "SELECT r.id, r.unchanged FROM ledgers l JOIN runs r ON r.id = l.run"
            " WHERE l.id = ? AND r.id = (SELECT max(id) FROM runs)"
        )
        with self._lock, self._journal.transaction(durable=False) as db:
            for run, unchanged in db.execute(sql, (ledger,)).fetchall():
                db.execute("UPDATE runs SET ended = NULL WHERE id = ?", (run,))
                self._run, self._counts["unchanged"] = run, unchanged

    def of(self, photo: Path) -> Record:
        """What `metadata.write` keeps one write to `photo` with."""
        entry = _Entry(Path(os.path.abspath(photo)))  # noqa: PTH100 - a link keeps its name

        def record(change: FileChange, words: Words) -> AbstractContextManager[None]:
            return self._recorded(entry, change, words)

        return record

    def count(self, what: Literal["unchanged", "failed"]) -> None:
        """Note that a photo came to this."""
        with self._lock:
            self._counts[what] += 1

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Count what goes wrong within the block as a photo's failure, and let it go on."""
        try:
            yield
        except Cancelled:
            raise
        except CutlineError:
            self.count("failed")
            raise

    def close(self) -> int | None:
        """End the run; its id, None where nothing came of it. Raises `DiskError`."""
        with self._lock:
            if self._run is None and not self._counts:
                return None
            with self._journal.transaction() as db:
                run = self._caught_up(db)
                db.execute("UPDATE runs SET ended = ? WHERE id = ?", (_now(), run))
            return run

    @contextmanager
    def _recorded(self, entry: _Entry, change: FileChange, words: Words) -> Iterator[None]:
        file = self._intend(entry, change, words)
        try:
            yield
        except CutlineError:
            if _untouched(change):
                with self._lock:
                    self._void.append(file)
            raise
        with self._lock:
            self._done.append(file)

    def _intend(self, entry: _Entry, change: FileChange, words: Words) -> int:
        with self._lock:
            with self._journal.transaction() as db:
                run, id_ = self._caught_up(db), entry.change
                if id_ is None:
                    id_ = changes.add_change(db, run, _now(), entry.photo, words)
                file = changes.intend(db, id_, change)
            self._run, entry.change = run, id_
            self._done, self._void = [], []
            return file

    def _caught_up(self, db: sqlite3.Connection) -> int:
        """Write down what is not yet: the run itself, what was done or came to nothing, the counts. Its id."""
        run = self._run
        if run is None:
            sql = "INSERT INTO runs (started, command, backend, lang, policy) VALUES (?, ?, ?, ?, ?)"
            about = self._about
            run = db.execute(sql, (self._started, about.command, about.backend, about.lang, about.policy)).lastrowid
            assert run is not None
            db.execute("UPDATE ledgers SET run = ? WHERE id = ?", (run, self._ledger))
        changes.mark(db, self._done, "done")
        changes.forget(db, self._void)
        counts = (self._counts["unchanged"], self._counts["failed"], run)
        db.execute("UPDATE runs SET unchanged = ?, failed = ? WHERE id = ?", counts)
        return run


@contextmanager
def recording(journal: Journal, about: About, settings: Settings) -> Iterator[Recorder]:
    """A recorder for a run that ends with the block, whatever ends it; then old runs are forgotten.

    Raises `DiskError` where the journal cannot be used.
    """
    recorder = Recorder(journal, about)
    try:
        yield recorder
    finally:
        run = recorder.close()
        if run is not None:
            forget(journal, settings, spare=run)


def _untouched(change: FileChange) -> bool:
    try:
        return standing(change) is not Standing.AFTER
    except PhotoError:
        return False  # whoever undoes this looks again


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
