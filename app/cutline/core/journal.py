"""The journal: what backends answered, and the way back of every write, kept in SQLite.

An answer is committed, durably, before anything else happens with it, so that nothing is paid for twice. It is found
again by the picture's content, not by its file: renamed, moved, copied or already tagged photos cost nothing.

The way back (tables `runs`, `changes`, `files`) is what `core.runs` and `core.changes` keep and `core.undo` uses.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cutline.core.errors import JournalError
from cutline.core.journal_tables import WAY_BACK
from cutline.core.ledger_tables import LEDGERS
from cutline.core.photo import Caption, Credits, Suggestion, printable

_PATIENCE = 20.0  # seconds to wait for another process
_ANSWERS = """
CREATE TABLE answers (
    picture TEXT NOT NULL,
    backend TEXT NOT NULL,
    lang TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    suggestion TEXT NOT NULL,
    answered TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (picture, backend, lang, fingerprint)
) WITHOUT ROWID;
"""
_LOOKS = (
    """
CREATE TABLE looks (
    picture TEXT NOT NULL,
    backend TEXT NOT NULL,
    lang TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    in_group TEXT NOT NULL,
    name TEXT NOT NULL,
    looks TEXT NOT NULL,
    PRIMARY KEY (picture, backend, lang, fingerprint)
)
""",
    "CREATE INDEX looks_of_group ON looks (backend, lang, in_group)",
)
_MIGRATIONS: tuple[tuple[str, ...], ...] = ((_ANSWERS,), WAY_BACK, LEDGERS, _LOOKS)
"""What each version adds to the one before."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What an answer depends on."""

    picture: str
    """Digest of the image data, metadata left out."""
    backend: str
    lang: str
    fingerprint: str = ""
    """What else the backend's answer depends on: model, prompt, file name."""


class Journal:
    """The journal at one path; made if missing. Safe to use from several threads and several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._translated():
            self._db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                self._share()
                self._db.execute("PRAGMA synchronous=FULL")
                self._migrate()
            except BaseException:
                self._db.close()
                raise

    def answer(self, key: AnswerKey) -> Suggestion | None:
        """The answer kept for `key`, or None."""
        with self._lock, self._translated():
            row = self._db.execute(
                "SELECT suggestion FROM answers WHERE (picture, backend, lang, fingerprint) = (?, ?, ?, ?)",
                (key.picture, key.backend, key.lang, key.fingerprint),
            ).fetchone()
        return parsed(row[0]) if row else None

    def keep(self, key: AnswerKey, suggestion: Suggestion) -> None:
        """Keep `suggestion` as the answer for `key`, in place of an older one. On return it is on the disk."""
        with self._lock, self._translated():
            self._db.execute(
                "INSERT OR REPLACE INTO answers (picture, backend, lang, fingerprint, suggestion)"
                " VALUES (?, ?, ?, ?, ?)",
                (key.picture, key.backend, key.lang, key.fingerprint, _dumped(suggestion)),
            )

    def keep_looks(self, key: AnswerKey, group: str, name: str, looks: str) -> None:
        """Keep what the picture of an answer looks like; `group`: what the answer depends on whatever the photo."""
        with self.transaction(durable=False) as db:
            db.execute(
                "INSERT OR REPLACE INTO looks (picture, backend, lang, fingerprint, in_group, name, looks)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key.picture, key.backend, key.lang, key.fingerprint, group, name, looks),
            )

    def kept_looks(self, backend: str, lang: str, group: str) -> list[tuple[str, str, AnswerKey]]:
        """What pictures with answers look like, their names, and the keys of the answers; the newest first."""
        rows = self.rows(
            "SELECT looks, name, picture, fingerprint FROM looks"
            " WHERE backend = ? AND lang = ? AND in_group = ? ORDER BY rowid DESC",
            (backend, lang, group),
        )
        return [(looks, name, AnswerKey(picture, backend, lang, own)) for looks, name, picture, own in rows]

    def mean_cost(self, backend: str) -> tuple[float | None, float | None]:
        """(credits, tokens) that the last answers of a backend cost on average; None where they do not say."""
        rows = self.rows(
            "SELECT avg(json_extract(suggestion, '$.credits.used')),"
            " avg(json_extract(suggestion, '$.details.tokens_used'))"
            " FROM (SELECT suggestion FROM answers WHERE backend = ? AND json_valid(suggestion)"
            " ORDER BY answered DESC LIMIT 200)",
            (backend,),
        )
        return rows[0][0], rows[0][1]

    def close(self) -> None:
        """Let go of the file; later use raises `JournalError`."""
        with self._lock:
            self._db.close()

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """The database within one transaction: on the disk when the block ends, undone when it raises.

        Not `durable`: it outlives this process when the block ends, and a power cut once a durable one has followed.
        One thread of one process at a time is in it: keep it short. Raises `JournalError`.
        """
        with self._lock, self._translated(), self._synchronous("FULL" if durable else "NORMAL"):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def plainly(self) -> Iterator[sqlite3.Connection]:
        """The database without a transaction, for what SQLite does not do within one. Raises `JournalError`."""
        with self._lock, self._translated():
            yield self._db

    @contextmanager
    def _synchronous(self, level: str) -> Iterator[None]:
        if level == "FULL":  # as it is set
            yield
            return
        self._db.execute(f"PRAGMA synchronous={level}")
        try:
            yield
        finally:
            self._db.execute("PRAGMA synchronous=FULL")

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query answers. Raises `JournalError`."""
        with self._lock, self._translated():
            return self._db.execute(query, values).fetchall()

    def _share(self) -> None:
        """Let readers and a writer work side by side. Here SQLite does not wait for another process by itself."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._db.execute("PRAGMA auto_vacuum=INCREMENTAL")  # of a new one; see `journal_room`
                self._db.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _migrate(self) -> None:
        self._db.execute("PRAGMA foreign_keys=ON")
        with self.transaction() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > len(_MIGRATIONS):
                name = printable(str(self._path))
                raise JournalError(f"{name}: was made by a newer Cutline; update Cutline to use it.")
            for statements in _MIGRATIONS[version:]:
                for statement in statements:
                    db.execute(statement)
            db.execute(f"PRAGMA user_version={len(_MIGRATIONS)}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OverflowError) as error:  # a number of more than 64 bits
            raise JournalError(f"{printable(str(self._path))}: the journal cannot be used ({error}).") from error


def _dumped(suggestion: Suggestion) -> str:
    return json.dumps(asdict(suggestion))


def parsed(text: str) -> Suggestion | None:
    """A suggestion as it is kept; None where that is damaged: as good as no answer, the next takes its place."""
    try:
        return _suggestion(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _suggestion(text: str) -> Suggestion:
    values: dict[str, Any] = json.loads(text)
    caption = values.pop("caption")
    credits_ = values.pop("credits")
    return Suggestion(
        caption=Caption(**{**caption, "tags": tuple(caption["tags"])}),
        credits=Credits(**credits_) if credits_ else None,
        **values,
    )
