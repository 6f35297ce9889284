"""The room the journal takes on the disk: what is forgotten leaves free pages in its file, which are given back here.

A journal is made such that pages can be taken off its end a few at a time (SQLite's auto_vacuum=INCREMENTAL). Where
most of it is free, and where an earlier Cutline made it, it is written anew instead, which is faster then. Both are
transactions: a crash leaves the journal as it was, or done. Others who work with it meanwhile wait, for a moment.
"""

import sqlite3
from contextlib import closing

from cutline.core.journal import Journal

_WORTH_IT = 1 << 20
"""Bytes that are worth the work."""
_AT_ONCE = 500
"""Pages given back in one transaction, so that nobody waits long for their turn."""
_INCREMENTAL = 2
_LATER = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})
"""What passes: somebody else is at it, or the disk is full."""


def size(journal: Journal) -> tuple[int, int]:
    """(bytes of the journal's pages, bytes of those that hold nothing). Raises `JournalError`."""
    (page,), (pages,), (free,) = (
        journal.rows(f"PRAGMA {name}")[0] for name in ("page_size", "page_count", "freelist_count")
    )
    return page * pages, page * free


def shrink(journal: Journal, *, alone: bool) -> None:
    """Give free pages back to the disk, where there are enough of them. Not to be called during a run.

    `alone`: no other run goes on that would have to wait while the whole journal is written anew. Where it cannot be
    done now it is left for the next time. Raises `JournalError`.
    """
    whole, free = size(journal)
    if free < _WORTH_IT:
        return
    with journal.plainly() as db:
        try:
            by_and_by = _value(db, "auto_vacuum") == _INCREMENTAL
            if alone and (2 * free > whole or not by_and_by):
                db.execute("PRAGMA auto_vacuum=INCREMENTAL")
                db.execute("VACUUM")
            elif by_and_by:
                _give_back(db)
            _truncate(db)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _LATER:
                raise


def _give_back(db: sqlite3.Connection) -> None:
    while _value(db, "freelist_count"):
        before = _value(db, "page_count")
        with closing(db.execute(f"PRAGMA incremental_vacuum({_AT_ONCE})")) as steps:
            steps.fetchall()  # a page for each step
        if _value(db, "page_count") >= before:
            return


def _truncate(db: sqlite3.Connection) -> None:
    """Bring the journal's own log into it, which is what makes the file shorter; without waiting for readers."""
    patience = _value(db, "busy_timeout")
    db.execute("PRAGMA busy_timeout=0")
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        db.execute(f"PRAGMA busy_timeout={patience}")


def _value(db: sqlite3.Connection, name: str) -> int:
    value: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value
