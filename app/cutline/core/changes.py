"""Changes in the journal: one write to one photo, with the way back of every file it replaced or made.

    intended ─ the file is replaced ─> done ─ its old bytes are put back ─> undone

A file is on record before it is touched, so that a run which was killed in between leaves nothing that cannot be
looked up: whether an intended change was made is told by the file itself. That is why only the intention is worth a
wait for the disk; `done` goes with the next one.
"""

import json
import os
import sqlite3
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cutline.core.errors import DiskError
from cutline.core.journal import Journal
from cutline.core.metadata.model import Splice
from cutline.core.metadata.recording import FileChange, FileState, Words
from cutline.core.photo import FIELDS, Caption

_HEAD = struct.Struct("<QQQ")
"""Offset, old length and length of the new bytes of a splice; the new bytes follow."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file's part of a change, as it is on record."""

    id: int
    state: str
    change: FileChange


@dataclass(frozen=True, slots=True)
class Change:
    """One write to one photo."""

    id: int
    run: int
    photo: Path
    """Without links: what tells photos apart."""
    named: Path
    """As it was named to Cutline, made absolute."""
    words: Words


def add_change(db: sqlite3.Connection, run: int, made: str, photo: Path, words: Words) -> int:
    """Put a change without files on record; its id. `photo`: as it was named, absolute."""
    values = (run, made, os.fsencode(os.path.realpath(photo)), os.fsencode(photo), *_words_out(words))
    sql = "INSERT INTO changes (run, made, photo, named, caption, fields) VALUES (?, ?, ?, ?, ?, ?)"
    return _new_id(db.execute(sql, values))


def intend(db: sqlite3.Connection, change: int, file: FileChange) -> int:
    """Put a file of a change on record; its id."""
    before = (file.before.size, file.before.digest) if file.before else (None, None)
    after = (file.after.size, file.after.digest, packed(file.inverse))
    values = (change, os.fsencode(file.path), *before, file.mtime_ns, *after)
    sql = (
        "INSERT INTO files (change, state, path, size_before, digest_before, mtime_ns, size_after, digest_after,"
        " inverse) VALUES (?, 'intended', ?, ?, ?, ?, ?, ?, ?)"
    )
    return _new_id(db.execute(sql, values))


def mark(db: sqlite3.Connection, files: Iterable[int], state: str) -> None:
    """Note how far files are."""
    db.executemany("UPDATE files SET state = ? WHERE id = ?", [(state, file) for file in files])


def forget(db: sqlite3.Connection, files: Iterable[int]) -> None:
    """Strike out files that were not touched after all, and changes that are left without any."""
    for file in files:
        sql = "DELETE FROM files WHERE id = ? RETURNING change"
        for (change,) in db.execute(sql, (file,)).fetchall():
            db.execute("DELETE FROM changes WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM files WHERE change = ?1)",
                       (change,))  # fmt: skip


def standing_of_run(journal: Journal, run: int) -> list[Change]:
    """The changes of a run that are not undone, newest first."""
    return _changes(journal, "c.run = ?", (run,))


def of_run(journal: Journal, run: int) -> Iterator[list[Change]]:
    """All changes of a run, undone or not: photo by photo in the order they were written, each oldest first."""
    sql = "SELECT id, run, photo, named, caption, fields FROM changes WHERE run = ? ORDER BY id"
    by_photo: dict[bytes, list[tuple[Any, ...]]] = {}
    for row in journal.rows(sql, (run,)):
        by_photo.setdefault(row[2], []).append(row)
    for rows in by_photo.values():
        yield [_change(*row) for row in rows]


def standing_of_photo(journal: Journal, photo: Path) -> list[Change]:
    """The changes of a photo (without links) that are not undone, newest first."""
    return _changes(journal, "c.photo = ?", (os.fsencode(photo),))


def standing_change(journal: Journal, change: int) -> Change | None:
    """The change that has this id; None where it is undone."""
    return next(iter(_changes(journal, "c.id = ?", (change,))), None)


def photos_at(journal: Journal, paths: Sequence[Path], run: int | None = None) -> list[list[Path]]:
    """For each of `paths` (files or folders, sidecars too) the photos at and below it that have changes not undone,
    the one written last first; only those of a `run` where one is given."""
    sql = (
        "SELECT c.photo, c.named, f.path, max(c.id) FROM changes c JOIN files f ON f.change = c.id"
        " WHERE f.state <> 'undone' AND (?1 IS NULL OR c.run = ?1) GROUP BY 1, 2, 3 ORDER BY 4 DESC"
    )
    latest: dict[bytes, int] = {}
    names = set()
    for photo, named, file, change in journal.rows(sql, (run,)):
        latest.setdefault(photo, change)
        names |= {(photo, photo), (named, photo), (file, photo)}
    ordered = sorted(names)
    found = []
    for path in paths:
        ways = {os.fsencode(os.path.abspath(path)), os.fsencode(os.path.realpath(path))}  # noqa: PTH100 - links stay
        hits = {photo for way in ways for photo in _at_or_below(ordered, way)}
        newest_first = sorted(hits, key=lambda photo: -latest[photo])
        found.append([Path(os.fsdecode(photo)) for photo in newest_first])
    return found


def _at_or_below(names: Sequence[tuple[bytes, bytes]], way: bytes) -> Iterator[bytes]:
    """What the names (in order, each with what it stands for) at a path and below it stand for."""
    separator = os.fsencode(os.sep)
    folder = way.rstrip(separator) + separator
    for first, is_meant in ((way, way.__eq__), (folder, lambda name: name.startswith(folder))):
        for at in range(bisect_left(names, (first,)), len(names)):
            name, meant = names[at]
            if not is_meant(name):
                break
            yield meant


def files_of(journal: Journal, change: int) -> list[FileRow]:
    """The files of a change that are not put back, in the order they were written. Raises `DiskError`."""
    sql = (
        "SELECT id, state, path, size_before, digest_before, mtime_ns, size_after, digest_after, inverse"
        " FROM files WHERE change = ? AND state <> 'undone' ORDER BY id"
    )
    result = []
    for id_, state, path, size, digest, mtime_ns, size_after, digest_after, inverse in journal.rows(sql, (change,)):
        before = None if digest is None else FileState(size, digest)
        after = FileState(size_after, digest_after)
        file = FileChange(Path(os.fsdecode(path)), before, mtime_ns, after, unpacked(inverse))
        result.append(FileRow(id_, state, file))
    return result


def later_run(journal: Journal, change: Change) -> int | None:
    """The latest run that wrote to one of the change's files after it, and still stands; None: there is none."""
    sql = (
        "SELECT max(c.run) FROM files f JOIN changes c ON c.id = f.change WHERE f.state <> 'undone' AND c.id > ?1"
        " AND f.path IN (SELECT path FROM files WHERE change = ?1)"
    )
    ((run,),) = journal.rows(sql, (change.id,))
    found: int | None = run
    return found


def packed(splices: Sequence[Splice]) -> bytes:
    """Splices as few bytes."""
    heads = (_HEAD.pack(s.offset, s.old_length, len(s.new_bytes)) + s.new_bytes for s in splices)
    return zlib.compress(b"".join(heads))


def unpacked(data: bytes) -> tuple[Splice, ...]:
    """Splices that were `packed`. Raises `DiskError` where the bytes are damaged."""
    result, at = [], 0
    try:
        plain = zlib.decompress(data)
        while at < len(plain):
            offset, old_length, length = _HEAD.unpack_from(plain, at)
            at += _HEAD.size + length
            result.append(Splice(offset, old_length, plain[at - length : at]))
        if at > len(plain):
            raise struct.error
    except (zlib.error, struct.error):
        raise DiskError("The journal is damaged here: the old bytes of this photo cannot be read from it.") from None
    return tuple(result)


def _changes(journal: Journal, where: str, values: Sequence[object]) -> list[Change]:
    sql = (
        f"SELECT c.id, c.run, c.photo, c.named, c.caption, c.fields FROM changes c WHERE {where}"
        " AND EXISTS (SELECT 1 FROM files f WHERE f.change = c.id AND f.state <> 'undone') ORDER BY c.id DESC"
    )
    return [_change(*row) for row in journal.rows(sql, values)]


def _change(id_: int, run: int, photo: bytes, named: bytes, caption: str, fields: str) -> Change:
    return Change(id_, run, Path(os.fsdecode(photo)), Path(os.fsdecode(named)), _words_in(caption, fields))


def _words_out(words: Words) -> tuple[str, str]:
    after = {"after": words.tags} if "tags" in words.fields else {}
    return json.dumps({**asdict(words.before), **after}), ",".join(words.fields)


def _words_in(caption: str, fields: str) -> Words:
    values = json.loads(caption)
    after = values.pop("after", None)
    return Words(
        Caption(**{**values, "tags": tuple(values["tags"])}),
        tuple(n for n in FIELDS if n in fields.split(",")),
        None if after is None else tuple(after),
    )


def _new_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
