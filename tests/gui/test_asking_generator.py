"""The generators behind the window, without Qt: asking, looking, writing, exporting, the catalogue."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.errors import Cancelled, ConfigError, JournalError, Unreadable
from cutline.core.history import history
from cutline.core.journal import Journal
from cutline.core.paths import state_dir
from cutline.core.photo import FIELDS, Caption, Photo
from cutline.core.settings import Settings
from cutline.core.undo import Result, Target, undo
from cutline.gui.asking import Asked, Asking, looking
from cutline.gui.catalog import cards
from cutline.gui.exporting import exporting
from cutline.gui.writing import Order, Outcome, writing
from helpers.windows import picture, pictures, with_settings

SETTINGS = Settings()


def ask(*paths: Path, settings: Settings = SETTINGS, control: Control | None = None) -> list[Asked]:
    journal = state_dir() / "journal.sqlite"
    return list(Asking([Photo(path) for path in paths], settings, journal, control or Control()))


def ends(asked: list[Asked]) -> dict[str, State]:
    return {one.step.photo.path.name: one.step.state for one in asked if one.step.state is not State.ASKING}


def test_a_suggestion_comes_with_the_reading_it_was_made_over(tmp_path: Path) -> None:
    (path,) = pictures(tmp_path, "harbour.jpg")
    asked = ask(path)
    assert [one.step.state for one in asked] == [State.ASKING, State.SUGGESTED]
    assert asked[0].reading is None
    assert asked[1].reading == metadata.read(path)
    assert asked[1].step.suggestion is not None


def test_what_the_file_says_already_is_nothing_to_review(tmp_path: Path) -> None:
    (path,) = pictures(tmp_path, "harbour.jpg")
    suggestion = ask(path)[-1].step.suggestion
    assert suggestion is not None
    metadata.write(path, suggestion.caption, ("title", "description", "tags"))
    again = ask(path)[-1].step
    assert again.state is State.UNCHANGED
    assert again.cached
    assert ask(path, settings=with_settings(policy="fill"))[-1].step.state is State.SKIPPED


def test_nothing_is_written_whatever_the_policy(tmp_path: Path) -> None:
    path = picture(tmp_path / "harbour.jpg")
    metadata.write(path, Caption("Mine", "Mine", ("mine",)), FIELDS)
    before = path.read_bytes()
    assert ends(ask(path, settings=with_settings(policy="replace"))) == {"harbour.jpg": State.SUGGESTED}
    assert path.read_bytes() == before


def test_one_bad_file_does_not_end_the_run(tmp_path: Path) -> None:
    good = picture(tmp_path / "good.png")
    (tmp_path / "bad.jpg").write_text("no picture")
    found = ends(ask(tmp_path / "bad.jpg", good, tmp_path / "gone.jpg"))
    assert found == {"bad.jpg": State.FAILED, "good.png": State.SUGGESTED, "gone.jpg": State.FAILED}


def test_a_language_that_the_backend_does_not_speak_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="xx"):
        ask(picture(tmp_path / "a.jpg"), settings=with_settings(lang="xx", backend="imagedescriber"))


def test_a_run_that_is_cancelled_before_it_begins_asks_nothing(tmp_path: Path) -> None:
    control = Control()
    control.cancel()
    assert set(ends(ask(*pictures(tmp_path, "a.jpg", "b.jpg"), control=control)).values()) == {State.CANCELLED}


def test_looking_says_what_is_there_and_what_cannot_be_read(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    found = list(looking([Photo(path), Photo(tmp_path / "gone.jpg")], Control()))
    assert found[0].reading == metadata.read(path)
    assert isinstance(found[1].error, Unreadable)
    assert found[1].reading is None


def test_looking_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    control = Control()
    looked = looking([Photo(path) for path in pictures(tmp_path, "a.jpg", "b.jpg")], control)
    next(looked)
    control.cancel()
    assert list(looked) == []


def order(path: Path, caption: Caption, *fields: str) -> Order:
    return Order(Photo(path), caption, tuple(name for name in FIELDS if name in fields), metadata.read(path))


def write(orders: list[Order], settings: Settings = SETTINGS, control: Control | None = None) -> Iterator[Outcome]:
    return writing(orders, settings, state_dir() / "journal.sqlite", control or Control())


def test_only_the_fields_of_the_order_are_written(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    metadata.write(path, Caption("Old", "Keep", ("keep",), "Keep"), FIELDS)
    (outcome,) = writing(
        [order(path, Caption("New", "No", ("no",), "No"), "title")], SETTINGS, tmp_path / "journal.sqlite", Control()
    )
    assert outcome.error is None
    assert outcome.reading == metadata.read(path)
    assert metadata.read(path).caption == Caption("New", "Keep", ("keep",), "Keep")


def test_typed_texts_are_tidied_and_tags_are_not_touched(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    typed = Caption("  two\nlines ", "one \r\ntwo\x00", ("#kept as it is",), " alt ")
    (outcome,) = write([order(path, typed, *FIELDS)])
    assert outcome.reading is not None
    assert outcome.reading.caption == Caption("two lines", "one\ntwo", ("#kept as it is",), "alt")


def test_the_modification_time_is_kept_as_the_settings_say(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    os.utime(path, ns=(10**18, 10**18))
    list(write([order(path, Caption("One"), "title")]))
    assert path.stat().st_mtime_ns == 10**18
    list(
        writing(
            [order(path, Caption("Two"), "title")],
            with_settings(keep_mtime=False),
            tmp_path / "journal.sqlite",
            Control(),
        )
    )
    assert path.stat().st_mtime_ns != 10**18


def test_a_file_that_vanished_is_an_outcome_and_the_next_one_is_written(tmp_path: Path) -> None:
    first, second = pictures(tmp_path, "a.jpg", "b.jpg")
    orders = [order(first, Caption("A"), "title"), order(second, Caption("B"), "title")]
    first.unlink()
    outcomes = list(write(orders))
    assert outcomes[0].error is not None
    assert "a.jpg" in str(outcomes[0].error)
    assert metadata.read(second).caption.title == "B"


def test_writing_ends_after_the_file_it_is_at(tmp_path: Path) -> None:
    paths = pictures(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    control = Control()
    done = write([order(path, Caption("X"), "title") for path in paths], control=control)
    next(done)
    control.cancel()
    assert list(done) == []
    assert [metadata.read(path).caption.title for path in paths] == ["X", "", ""]


def test_an_export_that_is_cancelled_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("before")
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        list(exporting("csv", [Photo(picture(tmp_path / "a.jpg"))], output, control))
    assert output.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".jpg"] == ["out.csv"]


def test_the_catalogue_names_every_backend_and_the_local_ones_first() -> None:
    found = list(cards(SETTINGS))
    assert {"offline", "imagedescriber", "imgtags"} <= {card.id for card in found}
    assert found[0].id == "offline"
    assert all(card.name and card.info is not None and not card.trouble for card in found)


def test_what_the_window_wrote_can_be_undone(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "photos", "a.jpg", "b.png", "c.webp")
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    kept = tmp_path / "journal.sqlite"
    outcomes = list(writing([order(path, Caption("X"), "title") for path in paths], SETTINGS, kept, Control()))
    assert [outcome.error for outcome in outcomes] == [None] * 3
    with closing(Journal(kept)) as journal:
        (run,) = history(journal)
        assert (run.command, run.written, run.failed) == ("window", 3, 0)
        results = [undone.result for undone in undo(journal, Target(), Control())]
    assert results == [Result.UNDONE] * 3
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before


def test_where_the_journal_can_keep_no_way_back_nothing_is_written(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    before = path.read_bytes()
    (state_dir() / "journal.sqlite").write_bytes(b"no database " * 500)
    with pytest.raises(JournalError, match="journal"):
        list(write([order(path, Caption("X"), "title")]))
    assert path.read_bytes() == before
