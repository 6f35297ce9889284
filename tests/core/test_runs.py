"""What is on record of a run, and when; the list of runs; the forgetting of old ones."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from cutline.core import metadata
from cutline.core.errors import Cancelled, CutlineError, DiskError, Rejected
from cutline.core.history import history, known, last_writing_run, prune
from cutline.core.journal import AnswerKey, Journal
from cutline.core.metadata import writing
from cutline.core.photo import FIELDS, Caption, Suggestion
from cutline.core.runs import About, Recorder, recording
from cutline.core.settings import Settings
from helpers import jpeg_files, png_files
from helpers.undoable import CAPTION, OTHER, journal_at, undone, write_run


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with journal_at(tmp_path / "journal.sqlite") as opened:
        yield opened


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_files.jpeg())
    return path


def states(path: Path) -> list[str]:
    db = sqlite3.connect(path.parent / "journal.sqlite")
    found = [state for (state,) in db.execute("SELECT state FROM files ORDER BY id")]
    db.close()
    return found


def test_a_run_is_listed_with_what_it_was_and_what_came_of_it(photo: Path, journal: Journal) -> None:
    before = datetime.now(UTC)
    with recording(journal, About("tag", "imgtags", "de", "fill"), Settings()) as recorder:
        metadata.write(photo, CAPTION, FIELDS, record=recorder.of(photo))
        recorder.count("unchanged")
        recorder.count("unchanged")
        with pytest.raises(Rejected), recorder.failing():
            raise Rejected("no")
        with pytest.raises(Cancelled), recorder.failing():
            raise Cancelled("stop")
    [run] = history(journal)
    assert (run.id, run.command, run.backend, run.lang, run.policy) == (1, "tag", "imgtags", "de", "fill")
    assert (run.written, run.unchanged, run.failed, run.undone) == (1, 2, 1, 0)
    assert run.ended is not None
    times = [datetime.fromisoformat(text) for text in (run.started, run.ended)]
    assert before - timedelta(seconds=1) < times[0] <= times[1] < datetime.now(UTC) + timedelta(seconds=1)
    undone(journal)
    assert [run.undone for run in history(journal)] == [1]


def test_what_writes_nothing_leaves_no_run_but_for_its_counts(photo: Path, journal: Journal) -> None:
    with recording(journal, About("write"), Settings()):
        pass
    assert list(history(journal)) == []
    with recording(journal, About("write"), Settings()) as recorder:
        recorder.count("failed")
    assert [(run.written, run.failed) for run in history(journal)] == [(0, 1)]
    assert last_writing_run(journal) is None
    assert (known(journal, 1), known(journal, 2)) == (True, False)


def test_writing_what_is_there_is_not_recorded(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    write_run(journal, [photo])
    assert [run.id for run in history(journal)] == [1]


def test_a_dry_write_is_not_recorded(photo: Path, journal: Journal) -> None:
    with recording(journal, About("write"), Settings()) as recorder:
        for mode in ("embed", "sidecar"):
            metadata.write(photo, CAPTION, FIELDS, mode=mode, dry_run=True, record=recorder.of(photo))
    assert states(photo) == []
    assert list(history(journal)) == []


def test_done_is_noted_with_the_next_intention_and_at_the_end(tmp_path: Path, photo: Path, journal: Journal) -> None:
    second = tmp_path / "b.jpg"
    second.write_bytes(photo.read_bytes())
    recorder = Recorder(journal, About("write"))
    metadata.write(photo, CAPTION, FIELDS, record=recorder.of(photo))
    assert states(photo) == ["intended"]
    assert [run.written for run in history(journal)] == [1], "the file itself tells"
    metadata.write(second, CAPTION, FIELDS, record=recorder.of(second))
    assert states(photo) == ["done", "intended"]
    recorder.close()
    assert states(photo) == ["done", "done"]


def test_a_photo_written_twice_is_one_photo(photo: Path, journal: Journal) -> None:
    with recording(journal, About("window"), Settings()) as recorder:
        for caption in (CAPTION, OTHER):
            metadata.write(photo, caption, FIELDS, record=recorder.of(photo))
    assert [(run.written, run.undone) for run in history(journal)] == [(1, 0)]
    undone(journal, photo)
    assert [(run.written, run.undone) for run in history(journal)] == [(1, 0)], "half the way back is not back"
    undone(journal, photo)
    assert [(run.written, run.undone) for run in history(journal)] == [(1, 1)]


@pytest.mark.parametrize(("owner", "name"), [(os, "fsync"), (Path, "replace")])
def test_a_write_that_fails_after_its_intention_is_struck_out(
    owner: object, name: str, photo: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(owner, name, full)
    with recording(journal, About("write"), Settings()) as recorder:
        with pytest.raises(DiskError, match="No space"):
            metadata.write(photo, CAPTION, FIELDS, record=recorder.of(photo))
        assert states(photo) == ["intended"]
    assert states(photo) == []
    assert journal.rows("SELECT * FROM changes") == []


def test_a_write_that_does_not_verify_was_never_intended(
    photo: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DiskError("the new file does not hold what was written")

    monkeypatch.setattr(writing, "verify", refuse)
    recorder = Recorder(journal, About("write"))
    with pytest.raises(DiskError):
        metadata.write(photo, CAPTION, FIELDS, record=recorder.of(photo))
    assert states(photo) == []


def test_an_exception_from_outside_leaves_the_intention_to_be_looked_up(
    photo: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace
    old = photo.read_bytes()

    def replace(self: Path, target: Path) -> None:
        real(self, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt), recording(journal, About("write"), Settings()) as recorder:
        metadata.write(photo, CAPTION, FIELDS, record=recorder.of(photo))
    monkeypatch.undo()
    assert states(photo) == ["intended"]
    assert [run.written for run in history(journal)] == [1]
    undone(journal)
    assert photo.read_bytes() == old


def test_a_journal_that_fails_once_loses_nothing(
    tmp_path: Path, photo: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done before is still noted by the next write that can."""
    photos = [tmp_path / f"{n}.jpg" for n in range(3)]
    for path in photos:
        path.write_bytes(photo.read_bytes())
    with recording(journal, About("write"), Settings()) as recorder:
        metadata.write(photos[0], CAPTION, FIELDS, record=recorder.of(photos[0]))
        with monkeypatch.context() as broken:
            broken.setattr("cutline.core.changes.intend", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError()))
            with pytest.raises(DiskError):
                metadata.write(photos[1], CAPTION, FIELDS, record=recorder.of(photos[1]))
        metadata.write(photos[2], CAPTION, FIELDS, record=recorder.of(photos[2]))
    assert states(photo) == ["done", "done"]
    assert [run.written for run in history(journal)] == [2]
    assert photos[1].read_bytes() == photo.read_bytes()


def test_threads_share_a_recorder(tmp_path: Path, photo: Path, journal: Journal) -> None:
    photos = [tmp_path / f"{n}.jpg" for n in range(24)]
    for path in photos:
        path.write_bytes(photo.read_bytes())
    with recording(journal, About("write"), Settings()) as recorder:

        def work(mine: list[Path]) -> None:
            for path in mine:
                metadata.write(path, CAPTION, FIELDS, record=recorder.of(path))

        threads = [threading.Thread(target=work, args=(photos[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [run.written for run in history(journal)] == [24]
    assert set(states(photo)) == {"done"}


def aged(journal: Journal, run: int, days: float) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    with journal.transaction() as db:
        db.execute("UPDATE runs SET started = ? WHERE id = ?", (then, run))


def numbers(journal: Journal) -> list[int]:
    return [run.id for run in history(journal)]


def test_runs_are_forgotten_after_the_days_of_the_settings(photo: Path, journal: Journal) -> None:
    journal.keep(AnswerKey("p", "b", "en"), Suggestion(Caption("paid"), "b"))
    for number in range(3):
        write_run(journal, [photo], Caption(f"title {number}"))
    for run, days in ((1, 30.1), (2, 29.9), (3, 400)):
        aged(journal, run, days)
    write_run(journal, [photo], Caption("last"), settings=Settings(history_days=30))
    assert numbers(journal) == [4, 2]
    assert {run for (run,) in journal.rows("SELECT run FROM changes")} == {2, 4}
    assert len(journal.rows("SELECT * FROM files")) == 2
    assert journal.answer(AnswerKey("p", "b", "en")) is not None
    write_run(journal, [photo], Caption("and one"))
    assert numbers(journal)[0] == 5, "a number is never used again"


def test_the_oldest_runs_make_room_and_the_newest_stays(tmp_path: Path, journal: Journal) -> None:
    photo = tmp_path / "a.png"  # which can hold long titles
    photo.write_bytes(png_files.plain())
    for number in range(6):
        write_run(journal, [photo], Caption(os.urandom(150_000).hex(), f"{number}"), ("title",))
    assert numbers(journal) == [6, 5, 4, 3, 2, 1]
    room = journal.rows(
        "SELECT length(inverse) + length(caption) FROM files f JOIN changes c ON c.id = f.change ORDER BY f.id"
    )
    assert room[1][0] > 100_000
    three = sum(length for (length,) in room[3:]) / 1e6 + 0.01
    prune(journal, 90, three, spare=6)
    assert numbers(journal) == [6, 5, 4]
    prune(journal, 90, 0, spare=6)
    assert numbers(journal) == [6]


def test_a_run_that_may_be_going_on_stays(photo: Path, journal: Journal) -> None:
    for number in range(3):
        write_run(journal, [photo], Caption(f"title {number}"))
    with journal.transaction() as db:
        db.execute("UPDATE runs SET ended = NULL WHERE id <= 2")
    aged(journal, 1, 2)
    prune(journal, 1, 0, spare=3)
    assert numbers(journal) == [3, 2]


def test_the_whole_file_is_read_but_once(photo: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recording costs one reading: what stays is hashed once for both digests."""
    from cutline.core.metadata import recording as module

    fed: list[int] = []
    real = module._feed

    def feed(digest: Any, file: BinaryIO, offset: int, length: int) -> None:
        fed.append(length)
        real(digest, file, offset, length)

    monkeypatch.setattr(module, "_feed", feed)
    write_run(journal, [photo])
    assert 0 < sum(fed) <= photo.stat().st_size


def test_errors_are_one_sentence(photo: Path, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "closed.sqlite")
    journal.close()
    for call in (lambda: list(history(journal)), lambda: prune(journal, 1, 1, spare=1), lambda: known(journal, 1)):
        with pytest.raises(CutlineError) as caught:
            call()
        assert str(caught.value).endswith(".")
