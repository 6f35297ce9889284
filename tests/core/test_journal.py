import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from cutline.core.errors import DiskError
from cutline.core.journal import AnswerKey, Journal
from cutline.core.photo import Caption, Credits, Suggestion

KEY = AnswerKey("abc", "imgtags", "en", "model")
FULL = Suggestion(
    Caption("Zürich", "Zwei\nZeilen 🏔", ("東京", "sea"), "alt"),
    "imgtags",
    "v2",
    "req-1",
    Credits(1.5, 98.0),
    {"colors": {"dominant": "#FF6B35"}, "objects": ["boat"]},
)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.answer(KEY) is None
    journal.keep(KEY, FULL)
    assert journal.answer(KEY) == FULL
    journal.close()


def test_answers_survive_a_restart_and_are_told_apart_by_every_part_of_the_key(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.keep(KEY, FULL)
    journal.close()
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.answer(KEY) == FULL
    for other in (
        AnswerKey("abd", "imgtags", "en", "model"),
        AnswerKey("abc", "offline", "en", "model"),
        AnswerKey("abc", "imgtags", "de", "model"),
        AnswerKey("abc", "imgtags", "en", ""),
    ):
        assert journal.answer(other) is None
    journal.close()


def test_a_fresh_answer_takes_the_place_of_the_old(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.keep(KEY, FULL)
    newer = Suggestion(Caption("New"), "imgtags")
    journal.keep(KEY, newer)
    assert journal.answer(KEY) == newer
    journal.close()


def test_what_is_kept_survives_a_kill(tmp_path: Path) -> None:
    """The answer is on the disk when `keep` returns: a process killed right after it loses nothing."""
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from cutline.core.journal import AnswerKey, Journal\n"
        "from cutline.core.photo import Caption, Suggestion\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "journal.keep(AnswerKey('p', 'b', 'en'), Suggestion(Caption('kept'), 'b'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "journal.sqlite"
    subprocess.run([sys.executable, "-c", program, str(path)], check=False, timeout=60)
    journal = Journal(path)
    kept = journal.answer(AnswerKey("p", "b", "en"))
    journal.close()
    assert kept is not None
    assert kept.caption.title == "kept"


def _keep_many(path: Path, name: str) -> None:
    journal = Journal(path)
    for number in range(50):
        journal.keep(AnswerKey(f"{name}{number}", "b", "en"), Suggestion(Caption(str(number)), "b"))
    journal.close()


def test_two_processes_share_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_keep_many, args=(path, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    journal = Journal(path)
    for name in "ab":
        assert all(journal.answer(AnswerKey(f"{name}{number}", "b", "en")) for number in range(50))
    journal.close()


def test_threads_share_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")

    def keep(name: str) -> None:
        for number in range(50):
            journal.keep(AnswerKey(f"{name}{number}", "b", "en"), FULL)

    threads = [threading.Thread(target=keep, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(journal.answer(AnswerKey(f"{name}{n}", "b", "en")) for name in "abcd" for n in range(50))
    journal.close()


def test_a_file_that_is_no_journal_is_said_plainly(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"this is not a database, however long it is" * 100)
    with pytest.raises(DiskError, match="journal"):
        Journal(path)


def test_a_folder_that_does_not_exist_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="journal"):
        Journal(tmp_path / "missing" / "journal.sqlite")


def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(DiskError, match="newer"):
        Journal(path)


def test_a_closed_journal_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.close()
    with pytest.raises(DiskError):
        journal.answer(KEY)


def test_a_damaged_answer_is_none_and_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    key = AnswerKey("picture", "offline", "en")
    journal = Journal(path)
    shapes = ("[]", "{}", '{"caption": 1, "credits": null}', '{"caption": {"tags": 7}, "credits": {}}')
    for damaged in ("", *shapes, '"text"', "1", "null", "[" * 100_000):
        journal.keep(key, Suggestion(Caption("A pier"), "offline"))
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE answers SET suggestion = ?", (damaged,))
        assert journal.answer(key) is None
    journal.keep(key, Suggestion(Caption("A pier"), "offline"))
    kept = journal.answer(key)
    assert kept is not None
    assert kept.caption.title == "A pier"
    journal.close()
