"""The disk cache of thumbnails: JPEGs in one SQLite file, keyed by path, modification time, size and side.

One file with 17 KB a picture is written 20 times as fast as a PNG file for each. It holds nothing that cannot be made
again: when the file is damaged it is thrown away, and when it cannot be used there is no cache and no complaint. It
is bounded; what was put in first goes first.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIMIT = 400_000_000  # bytes of pictures: some 20,000
_TRIM_EVERY = 500  # pictures put in
_TABLE = """
CREATE TABLE IF NOT EXISTS thumbnail (
    path BLOB, side INTEGER, mtime INTEGER, size INTEGER, jpeg BLOB,
    PRIMARY KEY (path, side)
)
"""


class Store:
    """Thread-safe; one connection, opened by the first who needs it."""

    def __init__(self, file: Path | None, limit: int = LIMIT) -> None:
        self._file, self._limit = file, limit
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._usable = file is not None
        self._put = 0

    def get(self, path: Path, status: os.stat_result, side: int) -> bytes | None:
        """The JPEG that was kept for the file when it had this modification time and size; or None."""
        with self._open() as connection:
            if connection is None:
                return None
            row = connection.execute(
                "SELECT jpeg FROM thumbnail WHERE path = ? AND side = ? AND mtime = ? AND size = ?",
                (os.fsencode(path), side, status.st_mtime_ns, status.st_size),
            ).fetchone()
            return bytes(row[0]) if row else None
        return None

    def put(self, path: Path, status: os.stat_result, side: int, jpeg: bytes) -> None:
        """Keep `jpeg` for the file as it is now, instead of what was kept for it before."""
        with self._open() as connection:
            if connection is None:
                return
            connection.execute(
                "INSERT OR REPLACE INTO thumbnail VALUES (?, ?, ?, ?, ?)",
                (os.fsencode(path), side, status.st_mtime_ns, status.st_size, jpeg),
            )
            self._put += 1
            if self._put % _TRIM_EVERY == 0:
                self._trim(connection)

    def close(self) -> None:
        """Bound the file and let go of it."""
        with self._open(only_if_open=True) as connection:
            if connection is not None:
                self._trim(connection)
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._usable = None, False

    @contextmanager
    def _open(self, only_if_open: bool = False) -> Iterator[sqlite3.Connection | None]:
        """The connection, or None. What goes wrong inside is a miss; a damaged file is not used again."""
        with self._lock:
            if self._connection is None and self._usable and not only_if_open:
                self._connection = self._connected() or self._connected()  # the first try may clear away a damaged file
                self._usable = self._connection is not None
            try:
                yield self._connection
            except sqlite3.OperationalError:
                return  # locked by another window, or the disk is full: it may go better next time
            except sqlite3.DatabaseError:
                self._clear_away()

    def _connected(self) -> sqlite3.Connection | None:
        assert self._file is not None
        connection = None
        try:
            connection = sqlite3.connect(self._file, timeout=0.2, check_same_thread=False, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")  # it can all be made again
            connection.execute(_TABLE)
            return connection
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
            if not isinstance(error, sqlite3.OperationalError):
                self._clear_away()
            return None

    def _clear_away(self) -> None:
        assert self._file is not None
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        with suppress(OSError):
            for ending in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + ending).unlink(missing_ok=True)

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Where there is more than the limit, drop the oldest until a quarter of it is free."""
        (total,) = connection.execute("SELECT coalesce(sum(length(jpeg)), 0) FROM thumbnail").fetchone()
        if total > self._limit:
            connection.execute(
                "DELETE FROM thumbnail WHERE rowid IN (SELECT rowid FROM (SELECT rowid,"
                " sum(length(jpeg)) OVER (ORDER BY rowid DESC) AS newer FROM thumbnail) WHERE newer > ?)",
                (self._limit * 3 // 4,),
            )
