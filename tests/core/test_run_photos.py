"""The photos of a run as a list: what was changed, and what can be done about it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.changes import of_run
from cutline.core.journal import Journal
from cutline.core.photo import Caption, FieldName
from cutline.core.run_photos import Fate, RunPhoto, run_photos, runs_naming
from cutline.core.runs import About, recording
from cutline.core.settings import Settings
from cutline.core.undo import Result
from helpers.pictures import quarters
from helpers.undoable import CAPTION, OTHER, everything, journal_at, undone, write_run

TITLE: tuple[FieldName, ...] = ("title",)
BOTH: tuple[FieldName, ...] = ("title", "tags")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with journal_at(tmp_path / "journal.sqlite") as made:
        yield made


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "photos" / f"{name}.jpg" for name in ("a", "b", "c")]
    paths[0].parent.mkdir()
    for path in paths:
        quarters().save(path)
    return paths


def listed(journal: Journal, run: int = 1) -> dict[str, RunPhoto]:
    return {photo.path.name: photo for photo in run_photos(journal, run)}


def fates(journal: Journal, run: int = 1) -> list[Fate]:
    return [photo.fate for photo in run_photos(journal, run)]


def test_every_photo_is_listed_as_it_was_written(tmp_path: Path, journal: Journal) -> None:
    photos = everything(tmp_path / "photos")
    write_run(journal, photos)
    found = list(run_photos(journal, 1))
    assert [photo.path for photo in found] == photos
    assert {photo.fate for photo in found} == {Fate.STANDING}
    by_name = {photo.path.name: photo for photo in found}
    assert by_name["bare.jpg"].words.before == Caption()
    assert by_name["bare.jpg"].words.fields == ("title", "description", "tags", "alt_text")
    assert by_name["bare.jpg"].words.tags == CAPTION.tags
    undone(journal)
    assert set(fates(journal)) == {Fate.UNDONE}
    assert [photo.path for photo in run_photos(journal, 1)] == photos
    assert list(run_photos(journal, 7)) == []


def test_what_became_of_the_files_since_is_told(photos: list[Path], journal: Journal) -> None:
    write_run(journal, photos)
    photos[0].unlink()
    photos[1].write_bytes(photos[1].read_bytes() + b"x")
    assert fates(journal) == [Fate.GONE, Fate.CHANGED, Fate.STANDING]
    assert [fate.open for fate in fates(journal)] == [True] * 3
    assert [o.result for o in undone(journal)].count(Result.FAILED) == 2, "what is told is what undo will say"
    assert fates(journal) == [Fate.GONE, Fate.CHANGED, Fate.UNDONE]
    assert not fates(journal)[2].open


@pytest.mark.parametrize("keep_mtime", [True, False])
def test_a_file_of_another_time_may_have_changed(photos: list[Path], journal: Journal, keep_mtime: bool) -> None:
    os.utime(photos[0], (1e9, 1e9))
    write_run(journal, photos, keep_mtime=keep_mtime)
    assert fates(journal) == [Fate.STANDING] * 3
    os.utime(photos[0], (1.1e9, 1.1e9))
    os.utime(photos[1], (1.1e9, 1.1e9))
    assert fates(journal) == [Fate.TOUCHED, Fate.TOUCHED, Fate.STANDING]
    assert {o.result for o in undone(journal)} == {Result.UNDONE}


def test_what_a_later_run_wrote_to_is_told_until_that_is_undone(photos: list[Path], journal: Journal) -> None:
    write_run(journal, photos)
    write_run(journal, photos[:1], OTHER)
    write_run(journal, photos[:2], CAPTION)
    first = listed(journal)
    assert [(name, photo.fate, photo.later) for name, photo in first.items()] == [
        ("a.jpg", Fate.AGAIN, 3),
        ("b.jpg", Fate.STANDING, None),
        ("c.jpg", Fate.STANDING, None),
    ], "b.jpg said it already, so that the third run changed nothing in it"
    undone(journal, run=3)
    assert listed(journal)["a.jpg"].later == 2
    undone(journal, run=2)
    assert fates(journal) == [Fate.STANDING] * 3


def test_a_sidecar_that_was_made_and_is_gone_is_no_loss_but_its_photo_is(photos: list[Path], journal: Journal) -> None:
    write_run(journal, photos, mode="sidecar")
    photos[0].with_suffix(".xmp").unlink()
    photos[1].unlink()
    assert fates(journal) == [Fate.STANDING, Fate.GONE, Fate.STANDING]


def test_a_file_put_back_by_hand_is_as_before(photos: list[Path], journal: Journal) -> None:
    before = photos[0].read_bytes()
    write_run(journal, photos[:1])
    photos[0].write_bytes(before)
    assert fates(journal) == [Fate.UNDONE]


def test_a_photo_written_twice_in_a_run_is_one(photos: list[Path], journal: Journal) -> None:
    with recording(journal, About("write"), Settings()) as recorder:
        metadata.write(photos[0], Caption("One"), TITLE, record=recorder.of(photos[0]))
        metadata.write(photos[0], Caption("Two", tags=("x",)), BOTH, record=recorder.of(photos[0]))
    [photo] = run_photos(journal, 1)
    assert photo.words.before == Caption()
    assert photo.words.fields == ("title", "tags")
    assert photo.words.tags == ("x",)
    assert [len(changes) for changes in of_run(journal, 1)] == [2]


def test_names_that_are_no_text_and_links(tmp_path: Path, journal: Journal) -> None:
    odd = tmp_path / os.fsdecode(b"Latin \xe9\n.jpg")
    quarters().save(tmp_path / "plain.jpg")
    (tmp_path / "plain.jpg").rename(odd)
    link = tmp_path / "link.jpg"
    link.symlink_to(odd)
    write_run(journal, [link])
    [photo] = run_photos(journal, 1)
    assert (photo.path, photo.fate) == (link, Fate.STANDING)
    assert runs_naming(journal, "LATIN") == {1}
    assert runs_naming(journal, "Link.JPG") == {1}


def test_runs_are_found_by_name_and_folder_in_any_script(photos: list[Path], journal: Journal) -> None:
    umlaut = photos[0].with_name("Zürich ÄÖ.jpg")
    photos[0].rename(umlaut)
    write_run(journal, [umlaut])
    write_run(journal, photos[1:])
    assert runs_naming(journal, "zürich äö") == {1}
    assert runs_naming(journal, "B.JPG") == {2}
    assert runs_naming(journal, "/photos/") == {1, 2}
    assert runs_naming(journal, "nowhere") == set()
