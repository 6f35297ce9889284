"""Journals of every age open, and keep what was paid for."""

import multiprocessing
import sqlite3
from pathlib import Path

from cutline.core.history import history
from cutline.core.journal import _MIGRATIONS, AnswerKey, Journal
from cutline.core.photo import Caption, Credits, Suggestion
from helpers.undoable import everything, journal_at, undone, write_run

FIRST = """
CREATE TABLE answers (
    picture TEXT NOT NULL,
    backend TEXT NOT NULL,
    lang TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    suggestion TEXT NOT NULL,
    answered TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (picture, backend, lang, fingerprint)
) WITHOUT ROWID;
INSERT INTO answers (picture, backend, lang, fingerprint, suggestion) VALUES ('p', 'imgtags', 'en', '',
'{"caption": {"title": "Paid", "description": "", "tags": ["sea"], "alt_text": ""}, "backend": "imgtags", "model": "",
  "request_id": "r", "credits": {"used": 1.0, "remaining": 9.0}, "details": {}}');
PRAGMA user_version = 1;
"""
PAID = Suggestion(Caption("Paid", tags=("sea",)), "imgtags", "", "r", Credits(1.0, 9.0))


def first_version(path: Path) -> Path:
    """A journal as the first version made it, with an answer in it."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=WAL")
    db.executescript(FIRST)
    db.close()
    return path


def tables(path: Path) -> tuple[int, list[str]]:
    db = sqlite3.connect(path)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    names = [name for (name,) in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
    db.close()
    return version, names


def test_a_journal_of_the_first_version_is_upgraded_and_works(tmp_path: Path) -> None:
    path = first_version(tmp_path / "journal.sqlite")
    [photo, *_] = everything(tmp_path / "photos")
    before = photo.read_bytes()
    with journal_at(path) as journal:
        assert journal.answer(AnswerKey("p", "imgtags", "en")) == PAID
        write_run(journal, [photo])
    with journal_at(path) as journal:
        assert journal.answer(AnswerKey("p", "imgtags", "en")) == PAID
        assert [run.written for run in history(journal)] == [1]
        undone(journal)
    assert photo.read_bytes() == before


def test_an_upgraded_journal_is_the_same_as_a_new_one(tmp_path: Path) -> None:
    old = first_version(tmp_path / "old.sqlite")
    for path in (old, tmp_path / "new.sqlite"):
        Journal(path).close()
    assert tables(old)[0] == tables(tmp_path / "new.sqlite")[0] == len(_MIGRATIONS)
    plain = [[" ".join(sql.split()) for sql in tables(path)[1]] for path in (old, tmp_path / "new.sqlite")]
    assert plain[0] == plain[1]


def _open(path: Path) -> None:
    Journal(path).close()


def test_two_processes_upgrade_it_once(tmp_path: Path) -> None:
    path = first_version(tmp_path / "journal.sqlite")
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_open, args=(path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert tables(path)[0] == len(_MIGRATIONS)
