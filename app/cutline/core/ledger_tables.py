"""The journal's tables for runs that can go on where they were stopped. Names are bytes, as in the others."""

_LEDGERS = """
CREATE TABLE ledgers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    order_digest TEXT NOT NULL,
    face TEXT NOT NULL,
    settings TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    run INTEGER
)
"""
_PHOTOS = """
CREATE TABLE ledger_photos (
    ledger INTEGER NOT NULL REFERENCES ledgers(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    photo BLOB NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    picture TEXT,
    backend TEXT,
    lang TEXT,
    fingerprint TEXT,
    PRIMARY KEY (ledger, position)
) WITHOUT ROWID
"""

LEDGERS = (
    _LEDGERS,
    _PHOTOS,
    "CREATE INDEX ledgers_of_order ON ledgers (order_digest)",
    "CREATE UNIQUE INDEX ledger_photos_of_ledger ON ledger_photos (ledger, photo)",
    "CREATE INDEX ledger_photos_of_photo ON ledger_photos (photo, state)",
)
"""A ledger holds what was asked for once, and how far each photo of it is; the key of its answer, once there is one."""
