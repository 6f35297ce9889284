"""The journal's tables for the way back. Names are bytes: not every file name is text."""

_RUNS = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    ended TEXT,
    command TEXT NOT NULL,
    backend TEXT NOT NULL,
    lang TEXT NOT NULL,
    policy TEXT NOT NULL,
    unchanged INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
)
"""
_CHANGES = """
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    made TEXT NOT NULL,
    photo BLOB NOT NULL,
    named BLOB NOT NULL,
    caption TEXT NOT NULL,
    fields TEXT NOT NULL
)
"""
_FILES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    change INTEGER NOT NULL REFERENCES changes(id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('intended', 'done', 'undone')),
    path BLOB NOT NULL,
    size_before INTEGER,
    digest_before BLOB,
    mtime_ns INTEGER NOT NULL,
    size_after INTEGER NOT NULL,
    digest_after BLOB NOT NULL,
    inverse BLOB NOT NULL
)
"""

WAY_BACK = (
    _RUNS,
    _CHANGES,
    _FILES,
    "CREATE INDEX changes_of_run ON changes (run)",
    "CREATE INDEX changes_of_photo ON changes (photo)",
    "CREATE INDEX files_of_change ON files (change)",
    "CREATE INDEX files_of_path ON files (path)",
)
"""Version 2 of the journal: a run holds changes (one write to one photo), a change the files it replaced or made."""
