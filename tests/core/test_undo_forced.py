"""Undo where another program changed the photo since: only the caption comes back, field by field."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.errors import ChangedMeanwhile
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, Caption, FieldName
from cutline.core.undo import Result
from helpers.crash_photos import KINDS, OLD, decoded, make_photos
from helpers.undoable import journal_at, undone, write_run

ADDED = Caption("Ours", "Our words.", ("old", "ours", "gray", "also ours"), "our alt")
OTHERS = ("theirs",)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with journal_at(tmp_path / "journal.sqlite") as opened:
        yield opened


def by_another(photo: Path, caption: Caption, fields: tuple[FieldName, ...]) -> None:
    """A change that is in no journal."""
    metadata.write(photo, caption, fields)


@pytest.mark.parametrize("name", KINDS)
def test_every_format(name: str, tmp_path: Path, journal: Journal) -> None:
    photo = make_photos(tmp_path / "photos") / name
    by_another(photo, OLD, FIELDS)
    pixels = decoded(photo)
    write_run(journal, [photo], ADDED, mode="auto")
    by_another(photo, Caption(tags=("first", *ADDED.tags, *OTHERS)), ("tags",))
    here = metadata.read(photo)
    [refused] = undone(journal, photo)
    assert isinstance(refused.error, ChangedMeanwhile)
    assert name.split(".")[0] in str(refused.error)
    assert "only its caption" in str(refused.error)
    assert metadata.read(photo).caption == here.caption
    [outcome] = undone(journal, photo, force=True)
    assert outcome.result is Result.UNDONE, outcome.error
    assert metadata.read(photo).caption == Caption(
        OLD.title, OLD.description, ("first", "old", "gray", *OTHERS), OLD.alt_text
    )
    assert decoded(photo) == pixels
    assert metadata.read(photo).sidecar == here.sidecar
    [again] = undone(journal, run=2)
    assert again.result is Result.UNDONE, "what was forced can be undone like any other run"
    assert metadata.read(photo).caption == here.caption


@pytest.mark.parametrize(
    ("before", "after", "now", "expected"),
    [
        (("a",), ("a", "b"), ("a", "b", "c"), ("a", "c")),
        (("a",), ("a", "b"), ("c", "b", "a"), ("c", "a")),
        (("a", "b"), ("b",), ("b", "c"), ("a", "b", "c")),
        (("a", "b", "c"), ("a",), ("a", "d"), ("a", "b", "c", "d")),
        (("a", "b", "c"), (), ("d",), ("a", "b", "c", "d")),
        (("a", "b"), ("b", "a", "c"), ("b", "a", "c"), ("a", "b")),
        (("a", "b"), ("c",), ("c", "b"), ("a", "b")),
        (("a",), ("b",), (), ("a",)),
        ((), ("a", "b"), ("x", "b"), ("x",)),
    ],
)
def test_of_the_tags_only_what_was_written_is_taken_back(
    tmp_path: Path, journal: Journal, before: tuple[str, ...], after: tuple[str, ...], now: tuple[str, ...],
    expected: tuple[str, ...],
) -> None:  # fmt: skip
    photo = make_photos(tmp_path / "photos") / "flat.png"
    by_another(photo, Caption(tags=before), ("tags",))
    write_run(journal, [photo], Caption(tags=after), ("tags",))
    by_another(photo, Caption("theirs", tags=now), ("title", "tags"))
    assert undone(journal, force=True)[0].result is Result.UNDONE
    assert metadata.read(photo).caption == Caption("theirs", tags=expected)


def test_many_changes_are_taken_back_one_after_the_other(tmp_path: Path, journal: Journal) -> None:
    photo = make_photos(tmp_path / "photos") / "captioned.jpg"
    write_run(journal, [photo], Caption("one", tags=("old", "gray", "one")), ("title", "tags"))
    with_two = ("gray", "one", "two")
    write_run(journal, [photo], Caption("two", tags=with_two), ("title", "tags"))
    by_another(photo, Caption(tags=(*with_two, "theirs")), ("tags",))
    assert undone(journal, photo, force=True)[0].result is Result.UNDONE
    assert metadata.read(photo).caption.tags == ("old", "gray", "one", "theirs")
    assert metadata.read(photo).caption.title == "one"
    assert undone(journal, run=1, force=True)[0].result is Result.UNDONE
    assert metadata.read(photo).caption == Caption(OLD.title, OLD.description, ("old", "gray", "theirs"), OLD.alt_text)


def test_a_journal_that_does_not_know_the_tags_puts_back_those_from_before(tmp_path: Path, journal: Journal) -> None:
    photo = make_photos(tmp_path / "photos") / "captioned.png"
    write_run(journal, [photo], Caption(tags=("ours",)), ("tags",))
    with journal.transaction() as db:
        db.execute("UPDATE changes SET caption = json_remove(caption, '$.after')")
    by_another(photo, Caption(tags=("ours", "theirs")), ("tags",))
    assert undone(journal, force=True)[0].result is Result.UNDONE
    assert metadata.read(photo).caption == OLD
