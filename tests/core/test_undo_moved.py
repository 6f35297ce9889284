"""Undo of photos that are elsewhere now than when they were written."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.errors import ChangedMeanwhile, Unreadable
from cutline.core.journal import Journal
from cutline.core.photo import Caption
from cutline.core.undo import Result
from helpers import jpeg_files, xmp_packets
from helpers.crash_photos import KINDS, make_photos
from helpers.undoable import CAPTION, OTHER, journal_at, look, undone, write_run


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with journal_at(tmp_path / "journal.sqlite") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_photos(tmp_path / "photos")


def photos_in(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(KINDS)]


def test_a_folder_that_was_renamed_comes_back_whole(folder: Path, journal: Journal) -> None:
    before = look(folder)
    write_run(journal, photos_in(folder), CAPTION, mode="auto")
    write_run(journal, photos_in(folder), OTHER, mode="auto")
    away = folder.with_name("moved") / "deeper"
    away.parent.mkdir()
    folder.rename(away)
    for _ in range(2):
        outcomes = undone(journal, away)
        assert {outcome.result for outcome in outcomes} == {Result.UNDONE}, outcomes
        assert {outcome.path for outcome in outcomes} == set(photos_in(away))
    assert look(away) == before
    [nothing] = undone(journal, away)
    assert nothing.result is Result.UNCHANGED


@pytest.mark.parametrize("name", ["bare.jpg", "beside.jpg", "negative.cr2", "edited.nef", "scan.tif"])
@pytest.mark.parametrize("to", ["Summer.JPG", "elsewhere/x.y"])
def test_a_photo_that_was_renamed_with_its_sidecar(name: str, to: str, folder: Path, journal: Journal) -> None:
    photo = folder / name
    target = (folder / to).with_suffix(photo.suffix)
    target.parent.mkdir(exist_ok=True)
    before = {path.suffix: path.read_bytes() for path in folder.glob(f"{photo.stem}.*")}
    write_run(journal, [photo], mode="auto")
    for path in folder.glob(f"{photo.stem}.*"):
        path.rename(target.with_suffix(path.suffix))
    write_run(journal, [folder / "flat.png"])
    [refused] = undone(journal, photo)
    assert isinstance(refused.error, Unreadable)
    assert photo.name.split(".")[0] in str(refused.error)
    assert "by the name it has now" in str(refused.error)
    assert [o.result for o in undone(journal, target, run=2)] == [Result.UNCHANGED]
    [outcome] = undone(journal, target, run=1)
    assert (outcome.path, outcome.result, outcome.error) == (target, Result.UNDONE, None)
    assert {path.suffix: path.read_bytes() for path in target.parent.glob(f"{target.stem}.*")} == before


def test_a_copy_is_nobodys_history(folder: Path, journal: Journal) -> None:
    photo, copy = folder / "bare.jpg", folder / "copy.jpg"
    write_run(journal, [photo])
    shutil.copy2(photo, copy)
    written = copy.read_bytes()
    assert [o.result for o in undone(journal, copy)] == [Result.UNCHANGED]
    assert copy.read_bytes() == written


def test_a_moved_photo_that_changed_is_not_known_again(folder: Path, journal: Journal) -> None:
    photo, away = folder / "bare.jpg", folder / "away.jpg"
    write_run(journal, [photo])
    photo.rename(away)
    metadata.write(away, Caption("theirs"), ["title"])
    assert [o.result for o in undone(journal, away)] == [Result.UNCHANGED]
    assert metadata.read(away).caption.title == "theirs"


def test_a_moved_photo_whose_sidecar_changed_is_refused(folder: Path, journal: Journal) -> None:
    photo, away = folder / "beside.jpg", folder / "away.jpg"
    write_run(journal, [photo])
    photo.rename(away)
    beside = folder / "away.xmp"
    beside.write_bytes((folder / "beside.xmp").read_bytes() + b"\n")
    state = look(folder)
    [outcome] = undone(journal, away)
    assert isinstance(outcome.error, ChangedMeanwhile)
    assert "away.xmp" in str(outcome.error)
    assert look(folder) == state


def test_a_moved_photo_whose_sidecar_was_written_later_comes_back_step_by_step(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "photos", tmp_path / "elsewhere"
    photo = folder / "a.jpg"
    folder.mkdir()
    photo.write_bytes(jpeg_files.jpeg())
    (folder / "a.xmp").write_bytes(xmp_packets.DARKTABLE)
    before = look(folder)
    with journal_at(tmp_path / "later.sqlite") as journal:
        write_run(journal, [photo])
        write_run(journal, [photo], OTHER, mode="sidecar")
        write_run(journal, [photo])
        folder.rename(elsewhere)
        results = [one.result for _ in range(3) for one in undone(journal, elsewhere)]
    assert results == [Result.UNDONE] * 3
    assert look(elsewhere) == before
