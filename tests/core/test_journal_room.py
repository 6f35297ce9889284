"""The journal's file gets smaller when runs are forgotten, and nothing else is."""

import multiprocessing
import os
import sqlite3
import time
from pathlib import Path

import pytest

from cutline.core import forgetting, journal_room, ledger
from cutline.core.backends.offline import create as offline
from cutline.core.errors import JournalError
from cutline.core.history import history
from cutline.core.journal import AnswerKey, Journal
from cutline.core.journal_room import shrink, size
from cutline.core.metadata.model import Splice
from cutline.core.metadata.recording import FileChange, FileState, Words
from cutline.core.photo import Caption, Photo, Suggestion
from cutline.core.runs import About, recording
from cutline.core.settings import Settings
from helpers import png_files
from helpers.undoable import journal_at, undone, write_run

KEY = AnswerKey("p", offline.__module__, "en")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.png"  # which can hold long titles
    path.parent.mkdir()
    path.write_bytes(png_files.plain())
    return path


def fill(journal: Journal, photo: Path, runs: int) -> None:
    """Runs that leave half a megabyte each, of a photo that is not there any more."""
    for _ in range(runs):
        one_run(journal, photo.with_name("gone.png"))


def one_run(journal: Journal, photo: Path, settings: Settings | None = None) -> None:
    state, back = FileState(1, bytes(32)), (Splice(0, 0, os.urandom(500_000)),)
    change = FileChange(photo, state, 0, state, back)
    with (
        recording(journal, About("write"), settings or Settings()) as recorder,
        recorder.of(photo)(change, Words(Caption(), ())),
    ):
        pass


def on_disk(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


def damage(path: Path) -> list[tuple[str]]:
    db = sqlite3.connect(path)
    found = db.execute("PRAGMA integrity_check").fetchall()
    db.close()
    return found


def test_forgotten_runs_leave_the_disk(tmp_path: Path, photo: Path) -> None:
    path, before = tmp_path / "journal.sqlite", photo.read_bytes()
    with journal_at(path) as journal:
        journal.keep(KEY, Suggestion(Caption("paid"), "b"))
        fill(journal, photo, 12)
        full = on_disk(path)
        assert full > 5_000_000
        write_run(journal, [photo], Caption("last"), settings=Settings(history_megabytes=2))
        assert on_disk(path) < 2_200_000
        pages, free = size(journal)
        assert free == 0
        assert pages == path.stat().st_size
        assert journal.answer(KEY) is not None
    assert damage(path) == [("ok",)]
    with journal_at(path) as journal:
        standing = [run.id for run in history(journal)]
        assert standing[0] == 13
        assert len(standing) == 4
        assert undone(journal)[0].result == "undone"
    assert photo.read_bytes() == before


def made_by_an_earlier_one(path: Path) -> None:
    """A journal whose pages cannot be taken off its end."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE t (x)")
    db.execute("DROP TABLE t")
    db.close()
    Journal(path).close()


def auto_vacuum(path: Path) -> int:
    with journal_at(path) as journal:
        value: int = journal.rows("PRAGMA auto_vacuum")[0][0]
        return value


def test_an_earlier_journal_is_written_anew_once_when_nobody_else_is_at_it(tmp_path: Path, photo: Path) -> None:
    path = tmp_path / "journal.sqlite"
    made_by_an_earlier_one(path)
    assert auto_vacuum(path) == 0
    with journal_at(path) as journal:
        fill(journal, photo, 6)
        with journal.transaction() as db:
            db.execute("UPDATE runs SET ended = NULL WHERE id = 6")
        write_run(journal, [photo], Caption("seven"), settings=Settings(history_megabytes=1))
        assert size(journal)[1] > 1_000_000, "run 6 may be going on in another process"
        with journal.transaction() as db:
            db.execute("UPDATE runs SET ended = started WHERE id = 6")
        write_run(journal, [photo], Caption("eight"), settings=Settings(history_megabytes=1))
        assert size(journal)[1] == 0
    assert on_disk(path) < 1_600_000
    assert auto_vacuum(path) == 2
    assert damage(path) == [("ok",)]
    new = tmp_path / "new.sqlite"
    Journal(new).close()
    assert auto_vacuum(new) == 2


def test_it_is_left_for_later_where_another_process_holds_it(tmp_path: Path, photo: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with journal_at(path) as journal:
        fill(journal, photo, 8)
        with journal.transaction() as db:
            db.execute("DELETE FROM runs WHERE id < 8")
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM runs").fetchall()
        full, began = path.stat().st_size, time.monotonic()
        shrink(journal, alone=False)
        assert time.monotonic() - began < 10, "a reader is not waited for"
        assert path.stat().st_size == full
        reader.execute("COMMIT")
        reader.close()
    assert on_disk(path) < full / 3
    assert damage(path) == [("ok",)]


def test_a_closed_journal_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.close()
    with pytest.raises(JournalError):
        shrink(journal, alone=True)


def _work(path: Path, photo: Path, which: int) -> None:
    with journal_at(path) as journal:
        write_run(journal, [photo], Caption(f"{which}"))
        for _ in range(12):
            one_run(journal, photo.with_name("gone.png"), Settings(history_megabytes=4))
        write_run(journal, [photo], Caption(f"{which} again"))


@pytest.mark.parametrize("early", [False, True])
def test_two_processes_write_and_shrink_at_once(tmp_path: Path, photo: Path, early: bool) -> None:
    path = tmp_path / "journal.sqlite"
    if early:
        made_by_an_earlier_one(path)
        with journal_at(path) as journal:
            fill(journal, photo, 12)
    other = photo.with_name("b.png")
    other.write_bytes(png_files.plain())
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_work, args=(path, which, number)) for number, which in enumerate((photo, other))]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert damage(path) == [("ok",)]
    with journal_at(path) as journal:
        assert len(undone(journal, photo, other)) == 2


class TestAnswers:
    """What was paid for is forgotten only where a setting says so."""

    @pytest.fixture
    def journal(self, tmp_path: Path, photo: Path) -> Journal:
        journal = Journal(tmp_path / "journal.sqlite")
        for name, days in (("old", 40), ("new", 20), ("waiting", 40)):
            key = AnswerKey(name, "b", "en")
            journal.keep(key, Suggestion(Caption(name), "b"))
            journal.keep_looks(key, "group", name, "0")
            with journal.transaction() as db:
                sql = "UPDATE answers SET answered = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?) WHERE picture = ?"
                db.execute(sql, (f"-{days} days", name))
        order = ledger.ordered("window", [photo], Settings())
        with ledger.opened(journal, order, [Photo(photo)]) as opened:
            opened.answered(Photo(photo), AnswerKey("waiting", "b", "en"), free=False)
        return journal

    def left(self, journal: Journal, settings: Settings) -> set[str]:
        forgetting.forget(journal, settings, spare=0)
        names = {name for (name,) in journal.rows("SELECT picture FROM answers")}
        assert names == {name for (name,) in journal.rows("SELECT picture FROM looks")}
        journal.close()
        return names

    def test_they_stay(self, journal: Journal) -> None:
        assert self.left(journal, Settings(history_days=1, history_megabytes=1)) == {"old", "new", "waiting"}

    def test_a_setting_ends_them_but_not_what_waits_for_review(self, journal: Journal) -> None:
        assert self.left(journal, Settings(answers_days=30)) == {"new", "waiting"}

    def test_ledgers_go_with_the_runs(self, journal: Journal) -> None:
        with journal.transaction() as db:
            db.execute("UPDATE ledgers SET started = '2001-01-01', ended = '2001-01-01'")
            db.execute("UPDATE ledger_photos SET state = 'written'")
        forgetting.forget(journal, Settings(), spare=0)
        assert journal.rows("SELECT * FROM ledgers") == []
        journal.close()


def test_a_crash_in_the_midst_of_shrinking_harms_nothing(tmp_path: Path, photo: Path) -> None:
    """The process ends without closing anything, between two of the steps that give pages back."""
    path = tmp_path / "journal.sqlite"
    with journal_at(path) as journal:
        fill(journal, photo, 8)
        write_run(journal, [photo], Caption("x"))
        with journal.transaction() as db:
            db.execute("DELETE FROM runs WHERE id < 9")
        _, free = size(journal)
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_shrink_and_die, args=(path,))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert damage(path) == [("ok",)]
    with journal_at(path) as journal:
        assert 0 < size(journal)[1] < free
        shrink(journal, alone=True)
        assert size(journal)[1] == 0
        assert undone(journal)[0].result == "undone"


def _shrink_and_die(path: Path) -> None:
    journal_room._AT_ONCE = 50
    real, calls = journal_room._value, iter(range(1000))

    def value(db: sqlite3.Connection, name: str) -> int:
        if next(calls) == 9:
            os._exit(9)
        return real(db, name)

    journal_room._value = value
    with journal_at(path) as journal:
        shrink(journal, alone=False)
