"""The ledger of a run: which photos it was asked to do, and how far each of them is.

    queued ─> asking ─> suggested (answered, not yet written) ─> written | unchanged | skipped | discarded
                 └────> failed, with the reason

It is kept in the journal as it changes. A run that was killed, or had to stop, is *open*: asked for again with the same
order, it goes on where it was. What is done is not touched again, even where its file was changed since; what failed,
and what was being asked at that moment, is asked once more (and an answer that had arrived is found in the journal). A
process holds a lock as long as it works by a ledger, so that nobody takes up what is still going on.

Only answers are worth a wait for the disk; a note here outlives the process at once, and the machine a moment later.
"""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cutline.core import locks
from cutline.core.batch import State
from cutline.core.errors import CutlineError, JournalError
from cutline.core.journal import AnswerKey, Journal
from cutline.core.photo import Photo, printable
from cutline.core.settings import Settings, options

Face = Literal["tag", "window"]
_TO_DO = (State.QUEUED, State.ASKING, State.FAILED, State.CANCELLED)
"""What a run that goes on does again. Suggested photos are in it for the terminal only, which settles them at once."""
_TO_DO_VALUES, _TO_DO_MARKS = tuple(state.value for state in _TO_DO), ",".join("?" * len(_TO_DO))
_GLANCE = 0.5
"""Seconds: longer than anybody holds a lock who only looks whether a run is open."""
_UNDONE = (
    "SELECT 1 FROM ledgers l JOIN changes c ON c.run = l.run JOIN files f ON f.change = c.id"
    " WHERE l.id = ? AND f.state = 'undone' LIMIT 1"
)
_LEFT_OUT = ("base_url", "requests_per_minute", "requests_per_hour", "timeout", "parallel", "credit", "tokens")
"""Ends of the names of settings that change how a backend is reached and what it costs, and not what is asked for."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: two orders that are equal are one run."""

    face: Face
    paths: tuple[Path, ...]
    """As they were named, made absolute."""
    settings: Mapping[str, object]

    @property
    def digest(self) -> str:
        """What tells orders apart."""
        said = (self.face, sorted(os.fsencode(path).hex() for path in self.paths), sorted(self.settings.items()))
        return hashlib.sha256(json.dumps(said, default=list).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Open:
    """A run that was not finished and that nobody works on."""

    id: int
    started: datetime
    settings: Mapping[str, object]
    done: int
    left: tuple[Path, ...]
    """In the order they were to be done."""
    waiting: tuple[Path, ...] = ()
    """Those whose suggestions wait for review; they count as done."""


def ordered(face: Face, paths: Iterable[Path], settings: Settings, **rules: object) -> Order:
    """An order by the settings in force, and by the `rules` of this call."""
    own = f"backends.{settings.backend}."
    names = {"backend", "lang", "policy", "fields", "write", "max_tags", "keep_mtime"}
    kept = {
        option.key: option.value
        for option in options(settings)
        if option.key in names or (option.key.startswith(own) and not option.key.endswith(_LEFT_OUT))
    }
    absolute = tuple(Path(os.path.abspath(path)) for path in paths)  # noqa: PTH100 - a link keeps its name
    return Order(face, absolute, {**kept, **rules})


class Ledger:
    """One run's photos. Use it in a `with`: it holds the lock that tells others that somebody works by it."""

    def __init__(self, journal: Journal, id_: int, lock: int, face: Face, *, continued: bool) -> None:
        self._journal, self._lock, self._face = journal, lock, face
        self.id = id_
        self.continued = continued
        """Whether it goes on with a run that was stopped."""
        self.stopped = False
        """Whether the run had to stop: then what failed last is left to do, too."""
        self.trouble: JournalError | None = None
        """Why nothing more is noted."""

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def done(self) -> frozenset[Path]:
        """The photos this run need not look at again."""
        rows = self._journal.rows(
            "SELECT photo FROM ledger_photos WHERE ledger = ? AND state IN ('written', 'unchanged', 'skipped')",
            (self.id,),
        )
        return frozenset(Path(os.fsdecode(photo)) for (photo,) in rows)

    def note(self, photo: Photo, state: State, error: CutlineError | None = None) -> None:
        """Note how far a photo is."""
        self._set(
            photo.path, "state = ?, code = ?, reason = ?", state.value, error.code if error else "", str(error or "")
        )

    def asking(self, path: Path) -> None:
        """Note that somebody is being asked about the photo at `path`. Thread-safe, as all that notes is."""
        self._set(path, "state = ?, code = '', reason = ''", State.ASKING.value)

    def answered(self, photo: Photo, key: AnswerKey, *, free: bool) -> None:
        """Note which answer is the photo's; it has been kept.

        One that nobody had to be asked for (`free`) is found again anyway, and noted only to wait for review.
        """
        if free and self._face == "tag":
            return
        columns = "state = 'suggested', picture = ?, backend = ?, lang = ?, fingerprint = ?"
        self._set(photo.path, columns, key.picture, key.backend, key.lang, key.fingerprint)

    def _set(self, path: Path, columns: str, *values: str) -> None:
        """Where it cannot be noted, the run goes on all the same: what it costs is the place to go on from."""
        if self.trouble is not None:
            return
        try:
            with self._journal.transaction(durable=False) as db:
                sql = f"UPDATE ledger_photos SET {columns} WHERE ledger = ? AND photo = ?"
                db.execute(sql, (*values, self.id, name_of(path)))
        except JournalError as error:
            self.trouble = error

    def close(self, *, given_up: bool = False) -> None:
        """Let go of it; finished where nothing is left to do, or where the person has `given_up` what is left."""
        if self._lock < 0:
            return
        left = "SELECT 1 FROM ledger_photos WHERE ledger = ? AND state IN ('queued', 'asking', 'cancelled') LIMIT 1"
        if given_up or not (self.stopped or self._journal.rows(left, (self.id,))):
            _end(self._journal, self.id)
        handle, self._lock = self._lock, -1
        locks.let_go(handle, _lock_file(self._journal, self.id))


def opened(journal: Journal, order: Order, photos: Sequence[Photo]) -> Ledger:
    """The ledger of `order`: the open one where there is one, else a new one. Raises `JournalError`.

    One of which something was undone since is given up: who puts photos back and asks again wants them done again.
    """
    for (id_,) in journal.rows(
        "SELECT id FROM ledgers WHERE order_digest = ? AND ended IS NULL ORDER BY id DESC", (order.digest,)
    ):
        lock = _locked(journal, id_)
        if lock is not None and not journal.rows(_UNDONE, (id_,)):
            return _gone_on_with(journal, id_, lock, order.face, photos)
        if lock is not None:
            Ledger(journal, id_, lock, order.face, continued=True).close(given_up=True)
    return begun(journal, order, photos)


def begun(journal: Journal, order: Order, photos: Sequence[Photo]) -> Ledger:
    """A new ledger of `order`, whatever others there are. Raises `JournalError`."""
    with journal.transaction() as db:
        sql = "INSERT INTO ledgers (order_digest, face, settings, started) VALUES (?, ?, ?, ?)"
        id_ = db.execute(sql, (order.digest, order.face, json.dumps(dict(order.settings)), _now())).lastrowid
        assert id_ is not None
        _put(db, id_, photos)
        lock = _locked(journal, id_)
        assert lock is not None  # nobody else knows of it yet
    return Ledger(journal, id_, lock, order.face, continued=False)


def taken_up(journal: Journal, id_: int) -> Ledger | None:
    """The open run `id_`, to go on with; None where it is over, or somebody works by it. Raises `JournalError`."""
    lock = _locked(journal, id_, patience=_GLANCE)
    if lock is None:
        return None
    faces = journal.rows("SELECT face FROM ledgers WHERE id = ? AND ended IS NULL", (id_,))
    if not faces:
        locks.let_go(lock, _lock_file(journal, id_))
        return None
    return _gone_on_with(journal, id_, lock, faces[0][0], ())


def superseded(journal: Journal, ledger: Ledger, photos: Sequence[Photo], face: Face) -> None:
    """Let `photos` leave the older open runs of `face`, since `ledger` does them now; ends those with nothing left.

    Runs that somebody works by stay as they are. Raises `JournalError`.
    """
    for (id_,) in journal.rows(
        "SELECT id FROM ledgers WHERE face = ? AND ended IS NULL AND id <> ?", (face, ledger.id)
    ):
        lock = _locked(journal, id_)
        if lock is None:
            continue
        names = [(id_, name_of(photo.path), *_TO_DO_VALUES) for photo in photos]
        sql = f"DELETE FROM ledger_photos WHERE ledger = ? AND photo = ? AND state IN ({_TO_DO_MARKS})"
        with journal.transaction(durable=False) as db:
            db.executemany(sql, names)
        Ledger(journal, id_, lock, face, continued=True).close()


def _gone_on_with(journal: Journal, id_: int, lock: int, face: Face, photos: Sequence[Photo]) -> Ledger:
    with journal.transaction() as db:
        _put(db, id_, photos)
        db.execute(
            f"UPDATE ledger_photos SET state = 'queued', code = '', reason = '' WHERE ledger = ?"
            f" AND state IN ({_TO_DO_MARKS})",
            (id_, *_TO_DO_VALUES),
        )
    return Ledger(journal, id_, lock, face, continued=True)


def open_runs(journal: Journal, face: Face) -> list[Open]:
    """Runs that were not finished and that nobody works on, the newest first. Raises `JournalError`."""
    found = []
    for id_, settings, started in journal.rows(
        "SELECT id, settings, started FROM ledgers WHERE face = ? AND ended IS NULL ORDER BY id DESC", (face,)
    ):
        lock = _locked(journal, id_)
        if lock is None:
            continue
        locks.let_go(lock, _lock_file(journal, id_))
        rows = journal.rows("SELECT photo, state FROM ledger_photos WHERE ledger = ? ORDER BY position", (id_,))
        left = tuple(Path(os.fsdecode(photo)) for photo, state in rows if state in _TO_DO)
        if left:
            waiting = tuple(Path(os.fsdecode(photo)) for photo, state in rows if state == State.SUGGESTED)
            began, done = datetime.fromisoformat(started), len(rows) - len(left)
            found.append(Open(id_, began, json.loads(settings), done, left, waiting))
    return found


def give_up(journal: Journal, id_: int) -> None:
    """Never offer this run again, unless somebody goes on with it now; its suggestions stay. Raises `JournalError`."""
    lock = _locked(journal, id_, patience=_GLANCE)
    if lock is not None:
        _end(journal, id_)
        locks.let_go(lock, _lock_file(journal, id_))


def _put(db: sqlite3.Connection, id_: int, photos: Sequence[Photo]) -> None:
    """Put photos into a ledger that are not yet in it, behind the others."""
    ((first,),) = db.execute("SELECT coalesce(max(position) + 1, 0) FROM ledger_photos WHERE ledger = ?", (id_,))
    db.executemany(
        "INSERT OR IGNORE INTO ledger_photos (ledger, position, photo, state) VALUES (?, ?, ?, 'queued')",
        ((id_, first + n, name_of(photo.path)) for n, photo in enumerate(photos)),
    )


def _end(journal: Journal, id_: int) -> None:
    with journal.transaction(durable=False) as db:
        db.execute("UPDATE ledgers SET ended = ? WHERE id = ?", (_now(), id_))


def _locked(journal: Journal, id_: int, patience: float = 0) -> int | None:
    """The lock on a ledger; None where somebody holds it, for `patience` seconds. Raises `JournalError`."""
    path, until = _lock_file(journal, id_), time.monotonic() + patience
    try:
        while (handle := locks.attempt(path)) is None and time.monotonic() < until:
            time.sleep(0.01)
    except OSError as error:
        raise JournalError(f"{printable(str(path))}: the lock of a run cannot be made ({error.strerror}).") from error
    return handle


def _lock_file(journal: Journal, id_: int) -> Path:
    return journal.path.with_name(f"run-{id_}.lock")


def name_of(path: Path) -> bytes:
    """What a photo is called in ledgers."""
    return os.fsencode(os.path.abspath(path))  # noqa: PTH100 - a link keeps its name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
