"""Real photos of every kind, written and put back through a real journal."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import metadata
from cutline.core.backends.offline import create as offline
from cutline.core.batch import Answer, State
from cutline.core.control import Control
from cutline.core.errors import ChangedMeanwhile, ConfigError, JournalError, ReadOnly, Unreadable
from cutline.core.history import history
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, Caption, Photo, Suggestion
from cutline.core.runs import About, Recorder
from cutline.core.settings import Settings
from cutline.core.tagging import Rules, Tagger
from cutline.core.undo import Result, Target, undo
from helpers import jpeg_files
from helpers.undoable import CAPTION, OTHER, everything, journal_at, look, undone, write_run


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with journal_at(tmp_path / "journal.sqlite") as opened:
        yield opened


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(jpeg_files.jpeg(jpeg_files.icc()))
    return path


@pytest.mark.parametrize("keep_mtime", [True, False])
def test_every_format_comes_back_byte_for_byte_after_a_restart(tmp_path: Path, keep_mtime: bool) -> None:
    folder = tmp_path / "photos"
    photos = everything(folder)
    for number, path in enumerate(sorted(folder.iterdir())):
        os.utime(path, ns=(10**18, 10**18 + 1001 * number))
    before = look(folder)
    with journal_at(tmp_path / "journal.sqlite") as journal:
        write_run(journal, photos, keep_mtime=keep_mtime)
    written = look(folder)
    assert all(written[path.name] != before[path.name] for path in photos if path.suffix != ".tif")
    assert written["beside.xmp"][0] != before["beside.xmp"][0]
    assert "scan.xmp" in written
    with journal_at(tmp_path / "journal.sqlite") as journal:
        outcomes = undone(journal)
    assert {outcome.result for outcome in outcomes} == {Result.UNDONE}
    assert [outcome.path for outcome in outcomes] == photos[::-1]
    assert look(folder) == before


@pytest.mark.parametrize("keep_mtime", [True, False])
def test_sidecar_runs_come_back_too(tmp_path: Path, keep_mtime: bool, journal: Journal) -> None:
    folder = tmp_path / "photos"
    photos = everything(folder)
    before = look(folder)
    write_run(journal, photos, mode="sidecar", keep_mtime=keep_mtime)
    write_run(journal, photos, OTHER, mode="sidecar")
    assert len(look(folder)) > len(before)
    assert {outcome.result for outcome in undone(journal, run=2)} == {Result.UNDONE}
    assert {outcome.result for outcome in undone(journal, run=1)} == {Result.UNDONE}
    assert look(folder) == before


def test_alone_it_undoes_the_last_run_and_then_nothing_more(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    middle = look(photo.parent)
    write_run(journal, [photo], OTHER)
    assert [o.result for o in undone(journal)] == [Result.UNDONE]
    assert look(photo.parent) == middle
    assert undone(journal) == []
    assert look(photo.parent) == middle


def test_paths_go_one_change_further_back_with_every_call(photo: Path, journal: Journal) -> None:
    states = [look(photo.parent)]
    for number in range(3):
        write_run(journal, [photo], Caption(f"title {number}"))
        states.append(look(photo.parent))
    for state in states[-2::-1]:
        [outcome] = undone(journal, photo)
        assert outcome.result is Result.UNDONE
        assert look(photo.parent) == state
    [outcome] = undone(journal, photo)
    assert outcome.result is Result.UNCHANGED
    assert "nothing" in outcome.notes[0]


def test_a_run_that_wrote_twice_into_a_photo_is_undone_as_a_whole(photo: Path, journal: Journal) -> None:
    before = look(photo.parent)
    with_two = write_run(journal, [photo, photo], OTHER)
    assert with_two is not None
    write_run(journal, [photo], CAPTION)
    [outcome] = undone(journal)
    assert outcome.result is Result.UNDONE
    assert undone(journal, run=1)[0].result is Result.UNDONE
    assert look(photo.parent) == before


def test_a_folder_and_a_sidecar_name_the_photos_they_are_about(tmp_path: Path, journal: Journal) -> None:
    folder = tmp_path / "photos"
    photos = everything(folder)
    before = look(folder)
    write_run(journal, photos)
    (tmp_path / "photos and more").mkdir()
    assert [o.result for o in undone(journal, tmp_path / "photos and more")] == [Result.UNCHANGED]
    assert [o.path.name for o in undone(journal, folder / "beside.xmp")] == ["beside.jpg"]
    assert [o.path.name for o in undone(journal, folder / "scan.tif", folder / "scan.tif")] == ["scan.tif"]
    assert len(undone(journal, folder)) == len(photos) - 2
    assert look(folder) == before


def test_a_name_that_is_nowhere_is_a_mistake(tmp_path: Path, journal: Journal) -> None:
    write_run(journal, everything(tmp_path))
    [outcome] = undone(journal, tmp_path / "mistyped.jpg")
    assert outcome.result is Result.FAILED
    assert "mistyped.jpg: there is no such file" in str(outcome.error)


def test_run_and_paths_together(tmp_path: Path, journal: Journal) -> None:
    one, two = (tmp_path / name for name in ("1.jpg", "2.jpg"))
    for path in (one, two):
        path.write_bytes(jpeg_files.jpeg())
    old = two.read_bytes()
    write_run(journal, [one, two])
    written = one.read_bytes()
    write_run(journal, [one], OTHER)
    assert [(o.path, o.result) for o in undone(journal, two, run=1)] == [(two, Result.UNDONE)]
    assert [o.result for o in undone(journal, two, run=2)] == [Result.UNCHANGED]
    assert two.read_bytes() == old
    assert metadata.read(one).caption == OTHER
    assert [o.result for o in undone(journal, one, run=2)] == [Result.UNDONE]
    assert one.read_bytes() == written


def test_an_older_run_is_refused_while_a_later_one_stands_on_it(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    write_run(journal, [photo], OTHER)
    state = look(photo.parent)
    [outcome] = undone(journal, run=1)
    assert isinstance(outcome.error, ChangedMeanwhile)
    assert "run 2" in str(outcome.error)
    assert look(photo.parent) == state


def test_what_changed_since_is_refused_and_the_others_go_on(tmp_path: Path, journal: Journal) -> None:
    folder = tmp_path / "photos"
    photos = everything(folder)
    before = look(folder)
    write_run(journal, photos)
    changed = folder / "camera.jpg"
    data = bytearray(changed.read_bytes())
    data[-10] ^= 1  # of the same size and time
    time = changed.stat().st_mtime_ns
    changed.write_bytes(data)
    os.utime(changed, ns=(time, time))
    sidecar = folder / "beside.xmp"
    sidecar.write_bytes(sidecar.read_bytes() + b"\n")
    held = (folder / "beside.jpg").read_bytes()
    outcomes = {o.path.name: o for o in undone(journal)}
    refused = {name: o.error for name, o in outcomes.items() if o.result is not Result.UNDONE}
    assert set(refused) == {"camera.jpg", "beside.jpg"}
    for error in refused.values():
        assert isinstance(error, ChangedMeanwhile)
        assert "only its caption can be put back" in str(error)
        assert str(error).endswith(".")
    assert changed.read_bytes() == bytes(data)
    assert (folder / "beside.jpg").read_bytes() == held, "a photo goes back with its sidecar or not at all"
    after = look(folder)
    assert all(after[name] == before[name] for name in before if name not in (*refused, "beside.xmp"))


def test_force_puts_back_only_what_was_written(photo: Path, journal: Journal) -> None:
    metadata.write(photo, Caption("Mine", "words", ("sea",), "alt"), FIELDS)
    write_run(journal, [photo], Caption("Theirs", "words", ("sea", "pier"), "alt"))
    metadata.write(photo, Caption(description="another program's", alt_text="other"), ("description", "alt_text"))
    foreign = look(photo.parent)
    [outcome] = undone(journal, photo, force=True)
    assert outcome.result is Result.UNDONE
    assert "only the caption" in outcome.notes[0]
    assert metadata.read(photo).caption == Caption("Mine", "another program's", ("sea",), "other")
    assert [(run.command, run.written, run.undone) for run in history(journal)] == [
        ("undo --force", 1, 0),
        ("write", 1, 1),
    ]
    assert [o.result for o in undone(journal)] == [Result.UNDONE]
    assert look(photo.parent) == foreign


def test_force_reaches_sidecars_and_what_was_written_in_many_steps(tmp_path: Path, journal: Journal) -> None:
    scan = next(path for path in everything(tmp_path) if path.name == "scan.tif")
    write_run(journal, [scan], Caption("first"), ("title",))
    write_run(journal, [scan, scan], Caption("second", "text"), ("title", "description"))
    sidecar = tmp_path / "scan.xmp"
    sidecar.write_bytes(sidecar.read_bytes() + b"\n")
    assert [o.result for o in undone(journal, run=2, force=True)] == [Result.UNDONE]
    text = sidecar.read_bytes()
    assert b"first" in text
    assert b"second" not in text
    assert b"text" not in text


def test_force_leaves_bytes_that_can_come_back_to_come_back(photo: Path, journal: Journal) -> None:
    before = look(photo.parent)
    write_run(journal, [photo])
    [outcome] = undone(journal, force=True)
    assert (outcome.result, outcome.notes) == (Result.UNDONE, ())
    assert look(photo.parent) == before


def test_a_photo_that_is_gone_is_said_and_can_come_back_later(photo: Path, journal: Journal) -> None:
    before = look(photo.parent)
    write_run(journal, [photo])
    away = photo.with_name("moved.jpg")
    photo.rename(away)
    for force in (False, True):
        [outcome] = undone(journal, force=force)
        assert isinstance(outcome.error, Unreadable)
        assert "no such file" in str(outcome.error)
    away.rename(photo)
    assert undone(journal, photo)[0].result is Result.UNDONE
    assert look(photo.parent) == before


def test_a_created_sidecar_that_somebody_removed_is_no_obstacle(tmp_path: Path, journal: Journal) -> None:
    scan = next(path for path in everything(tmp_path) if path.name == "scan.tif")
    write_run(journal, [scan])
    (tmp_path / "scan.xmp").unlink()
    [outcome] = undone(journal, scan)
    assert outcome.result is Result.UNCHANGED
    assert "already" in outcome.notes[0]


def test_a_photo_and_its_sidecar_are_put_back_together_or_not_at_all(tmp_path: Path, journal: Journal) -> None:
    everything(tmp_path / "photos")
    photo = tmp_path / "photos" / "beside.jpg"
    write_run(journal, [photo])
    state = look(photo.parent)
    photo.chmod(0o444)
    [outcome] = undone(journal)
    assert isinstance(outcome.error, ReadOnly)
    assert look(photo.parent) == state
    photo.chmod(0o644)
    assert [o.result for o in undone(journal)] == [Result.UNDONE]


def test_what_is_read_only_is_refused_as_in_write(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    state = look(photo.parent)
    photo.parent.chmod(0o555)
    try:
        [outcome] = undone(journal)
    finally:
        photo.parent.chmod(0o755)
    assert isinstance(outcome.error, ReadOnly)
    assert look(photo.parent) == state


def test_a_link_stays_a_link_and_both_names_mean_the_photo(tmp_path: Path, photo: Path, journal: Journal) -> None:
    before = look(photo.parent)
    links = tmp_path / "links"
    links.mkdir()
    link = links / "link.jpg"
    link.symlink_to(photo)
    for name in (link, photo):
        write_run(journal, [link], OTHER)
        [outcome] = undone(journal, name)
        assert (outcome.path, outcome.result) == (link, Result.UNDONE)
        assert look(photo.parent) == before
        assert link.is_symlink()


def test_a_sidecar_that_is_a_link_stays_one(tmp_path: Path, journal: Journal) -> None:
    everything(tmp_path / "photos")
    real = tmp_path / "kept.xmp"
    beside = tmp_path / "photos" / "beside.xmp"
    beside.rename(real)
    beside.symlink_to(real)
    before = look(tmp_path / "photos"), real.read_bytes()
    write_run(journal, [tmp_path / "photos" / "beside.jpg"])
    assert beside.is_symlink()
    assert real.read_bytes() != before[1]
    assert [o.result for o in undone(journal)] == [Result.UNDONE]
    assert (look(tmp_path / "photos"), real.read_bytes()) == before
    assert beside.is_symlink()


def test_names_that_are_no_text(tmp_path: Path, journal: Journal) -> None:
    photo = tmp_path / os.fsdecode(b"latin \xe9\n.jpg")
    photo.write_bytes(jpeg_files.jpeg())
    before = photo.read_bytes()
    write_run(journal, [photo])
    [outcome] = undone(journal, photo)
    assert (outcome.path, outcome.result) == (photo, Result.UNDONE)
    assert photo.read_bytes() == before


def test_extended_attributes_and_permissions_stay_as_they_are_now(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    photo.chmod(0o600)
    undone(journal)
    assert photo.stat().st_mode & 0o777 == 0o600


def test_a_run_there_is_not_is_wrong_usage(journal: Journal) -> None:
    with pytest.raises(ConfigError, match="no run 7"):
        undone(journal, run=7)


def test_an_empty_journal_has_nothing_to_undo(journal: Journal) -> None:
    assert undone(journal) == []


def test_a_damaged_record_is_that_photos_failure(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    with journal.transaction() as db:
        db.execute("UPDATE files SET inverse = x'00'")
    state = look(photo.parent)
    [outcome] = undone(journal)
    assert outcome.error is not None
    assert (outcome.error.code, "damaged" in str(outcome.error)) == ("disk", True)
    assert look(photo.parent) == state


def test_a_wrong_record_is_stopped_by_the_digest(photo: Path, journal: Journal) -> None:
    write_run(journal, [photo])
    with journal.transaction() as db:
        db.execute("UPDATE files SET digest_before = zeroblob(32)")
    state = look(photo.parent)
    [outcome] = undone(journal)
    assert outcome.error is not None
    assert outcome.error.code == "disk"
    assert look(photo.parent) == state


def test_cancelling_leaves_the_rest_for_later(tmp_path: Path, journal: Journal) -> None:
    folder = tmp_path / "photos"
    photos = everything(folder)
    before = look(folder)
    write_run(journal, photos)
    control, results = Control(), []
    for outcome in undo(journal, Target(), control):
        results.append(outcome.result)
        if len(results) == 2:
            control.cancel()
    assert results == [Result.UNDONE] * 2 + [Result.CANCELLED] * (len(photos) - 2)
    assert len(undone(journal)) == len(photos) - 2
    assert look(folder) == before


def test_what_a_service_was_paid_for_is_written_even_where_the_journal_fails(tmp_path: Path, photo: Path) -> None:
    """Its answer is kept nowhere else; everything after it is refused."""
    second = photo.with_name("b.png")
    Image.new("RGB", (9, 9)).save(second)
    old = second.read_bytes()
    journal = Journal(tmp_path / "closed.sqlite")
    recorder = Recorder(journal, About("tag"))
    with closing(offline(Settings(), lambda: None)) as backend:
        tagger = Tagger(backend, journal, Settings(), Rules(fresh=True), recorder)
        reading = metadata.read(second)
        journal.close()
        answer = Answer(Suggestion(CAPTION, "paid"), token=reading)
        with pytest.raises(JournalError):
            tagger.settle(Photo(second), answer, Control())
        assert second.read_bytes() == old, "a kept answer waits for a journal that can keep the way back"
        settled = tagger.settle(Photo(photo), tagger.answer(Photo(photo), Control()), Control())
    assert settled.state is State.WRITTEN
    assert any("not kept" in note for note in settled.notes)
    assert metadata.read(photo).caption == settled.caption
