"""Suggestions wait for review until somebody decides, whatever becomes of the program."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cutline.core import ledger, metadata
from cutline.core.batch import State
from cutline.core.errors import Unreadable
from cutline.core.journal import AnswerKey, Journal
from cutline.core.ledger import name_of, opened, ordered
from cutline.core.photo import Caption, Photo, Suggestion
from cutline.core.settings import Settings, changed
from cutline.core.waiting import Waiting, reviewed, suggestion_of, waiting
from helpers.windows import picture

ANSWER = Suggestion(Caption("A title", tags=("one", "two")), "imgtags")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


def answered(journal: Journal, photo: Photo, lang: str = "en", answer: Suggestion = ANSWER) -> AnswerKey:
    """An answer of a run over one photo, which waits."""
    key = AnswerKey(metadata.picture_hash(photo.path), "imgtags", lang, "f")
    journal.keep(key, answer)
    order = ordered("window", [photo.path], changed(Settings(), "lang", lang))
    with opened(journal, order, [photo]) as made:
        made.answered(photo, key, free=False)
    return key


def suggested(journal: Journal, path: Path) -> Suggestion | None:
    answer = waiting(journal).get(name_of(path))
    return suggestion_of(journal, path, answer) if answer else None


def test_a_suggestion_outlives_the_program(tmp_path: Path) -> None:
    a, b = Photo(picture(tmp_path / "a.jpg")), Photo(picture(tmp_path / "b.jpg"))
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    key = answered(journal, a)
    with opened(journal, ordered("window", [b.path], Settings()), [b]) as made:
        made.note(b, State.FAILED, Unreadable("no"))
    journal.close()
    journal = Journal(path)
    assert {name: found.key for name, found in waiting(journal).items()} == {name_of(a.path): key}
    assert suggested(journal, a.path) == ANSWER
    assert ledger.open_runs(journal, "window") == [], "all of it was asked"
    reviewed(journal, [b.path, a.path], "written")
    assert waiting(journal) == {}
    journal.close()


def test_the_latest_suggestion_of_several_waits(journal: Journal, tmp_path: Path) -> None:
    photo = Photo(picture(tmp_path / "a.jpg"))
    newer = replace(ANSWER, caption=Caption("Another title"))
    answered(journal, photo)
    answered(journal, photo, "de", newer)
    assert suggested(journal, photo.path) == newer
    reviewed(journal, [photo.path], "discarded")
    assert waiting(journal) == {}


def test_a_damaged_answer_waits_for_nobody(journal: Journal, tmp_path: Path) -> None:
    photo = Photo(picture(tmp_path / "a.jpg"))
    answered(journal, photo)
    with journal.transaction() as db:
        db.execute("UPDATE answers SET suggestion = '{'")
    assert suggested(journal, photo.path) is None


def test_another_picture_of_the_same_name_has_no_suggestion(journal: Journal, tmp_path: Path) -> None:
    photo = Photo(picture(tmp_path / "a.jpg"))
    answered(journal, photo)
    metadata.write(photo.path, Caption("Title"), {"title"})
    assert suggested(journal, photo.path) == ANSWER, "the same picture with other words"
    picture(photo.path, (200, 10, 10))
    assert suggested(journal, photo.path) is None
    photo.path.unlink()
    assert suggested(journal, photo.path) is None


def test_a_file_that_nobody_touched_since_is_not_looked_into(journal: Journal, tmp_path: Path) -> None:
    photo = Photo(picture(tmp_path / "a.jpg"))
    key = answered(journal, photo)
    later = photo.path.stat().st_ctime + 60
    photo.path.write_bytes(b"no picture, which reading would find out")
    assert suggestion_of(journal, photo.path, Waiting(key, later)) == ANSWER
