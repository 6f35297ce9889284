"""What a writer that died leaves on record, and two at once: every photo can be brought back."""

import multiprocessing
import shutil
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.changes import files_of, standing_of_run
from cutline.core.errors import CutlineError, DiskError
from cutline.core.history import history
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, WriteMode
from cutline.core.runs import About, Recorder
from cutline.core.undo import Result
from helpers.undoable import CAPTION, OTHER, Look, everything, journal_at, look, undone, write_run


def forty(folder: Path) -> Path:
    """Forty photos of mixed formats, some with sidecars."""
    kinds = everything(folder)
    number = 0
    while len(list(folder.glob("*.xmp"))) + number < 40 - len(kinds):
        source = kinds[number % len(kinds)]
        shutil.copy2(source, folder / f"{number} more {source.name}")
        number += 1
    for more in list(folder.glob("? more *.png")):
        shutil.copy2(folder / "beside.xmp", more.with_suffix(".xmp"))
    return folder


def photos_in(folder: Path) -> list[Path]:
    """Its photos, without sidecars and what writers are at."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png", ".webp", ".tif"))


def photos_only(folder: Path) -> Look:
    """What is there but for temporary files of the dead."""
    return {name: state for name, state in look(folder).items() if not name.startswith(".cutline-")}


def test_an_intention_without_a_deed_is_no_change(tmp_path: Path) -> None:
    """As if the writer had died between the two: a photo that was not replaced, and one that was."""
    photos = [path for path in everything(tmp_path / "photos") if path.suffix == ".png"][:2]
    before = look(tmp_path / "photos")
    with journal_at(tmp_path / "journal.sqlite") as journal:
        write_run(journal, photos)
        written = photos[1].read_bytes()
        with journal.transaction() as db:
            db.execute("UPDATE files SET state = 'intended'")
            db.execute("UPDATE runs SET ended = NULL")
        undone(journal, photos[0])
        with journal.transaction() as db:
            db.execute("UPDATE files SET state = 'intended'")
        assert photos[1].read_bytes() == written
        [run] = history(journal)
        assert (run.written, run.undone, run.ended) == (1, 0, None)
        results = {o.path: o.result for o in undone(journal)}
        assert results == {photos[0]: Result.UNCHANGED, photos[1]: Result.UNDONE}
        assert look(tmp_path / "photos") == before


def test_a_path_passes_over_a_change_that_was_never_made(tmp_path: Path) -> None:
    photo = everything(tmp_path / "photos")[0]
    before = look(tmp_path / "photos")
    with journal_at(tmp_path / "journal.sqlite") as journal:
        write_run(journal, [photo])
        first = photo.read_bytes()
        write_run(journal, [photo], OTHER)
        photo.write_bytes(first)
        with journal.transaction() as db:
            db.execute("UPDATE files SET state = 'intended' WHERE change = 2")
        assert undone(journal, photo)[0].run == 1
        assert look(tmp_path / "photos") == before


def test_the_intention_is_on_record_before_the_photo_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = everything(tmp_path / "photos")[0]
    before = photo.read_bytes()
    real = Path.replace
    seen = []

    def replace(self: Path, target: Path) -> Path:
        with journal_at(tmp_path / "journal.sqlite") as other:
            [change] = standing_of_run(other, 1)
            seen.append([(row.state, row.change.path.read_bytes() == before) for row in files_of(other, change.id)])
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with journal_at(tmp_path / "journal.sqlite") as journal:
        write_run(journal, [photo])
    assert seen == [[("intended", True)]]


def test_where_the_intention_cannot_be_kept_the_photo_is_not_touched(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    photos = everything(folder)
    before = look(folder)
    journal = Journal(tmp_path / "journal.sqlite")
    recorder = Recorder(journal, About("write"))
    journal.close()
    for path in photos:
        mode: WriteMode = "sidecar" if path.suffix == ".tif" else "embed"
        with pytest.raises(DiskError, match="journal"):
            metadata.write(path, CAPTION, FIELDS, mode=mode, record=recorder.of(path))
    assert look(folder) == before


def _write_half(folder: Path, journal_path: Path, which: int) -> None:
    photos = photos_in(folder)
    with journal_at(journal_path) as journal:
        write_run(journal, photos[which::2])


def _write_all(folder: Path, journal_path: Path, which: int) -> None:
    """Write into every photo, whatever the other one does meanwhile."""
    with journal_at(journal_path) as journal:
        for _ in range(3):
            for path in (path for path in photos_in(folder) if path.suffix in (".png", ".webp")):
                recorder = Recorder(journal, About("write"))
                try:
                    metadata.write(path, (CAPTION, OTHER)[which], FIELDS, record=recorder.of(path))
                except CutlineError as error:
                    assert error.code in ("changed_meanwhile", "unreadable")  # noqa: PT017 - either is an honest end
                recorder.close()


def _undo_all(folder: Path, journal_path: Path, which: int) -> None:
    with journal_at(journal_path) as journal:
        assert all(o.result in ("undone", "unchanged", "failed") for o in undone(journal, run=1))


def both(work: object, *arguments: object) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=work, args=(*arguments, which)) for which in (0, 1)]  # type: ignore[arg-type]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0


def test_two_writers_share_a_journal_and_each_run_can_be_undone(tmp_path: Path) -> None:
    folder = forty(tmp_path / "photos")
    before = look(folder)
    both(_write_half, folder, tmp_path / "journal.sqlite")
    with journal_at(tmp_path / "journal.sqlite") as journal:
        assert len(list(history(journal))) == 2
        for run in (1, 2):
            assert {o.result for o in undone(journal, run=run)} == {Result.UNDONE}
    assert look(folder) == before


def test_two_writers_of_the_same_photos_can_both_be_undone(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    everything(folder)
    before = look(folder)
    both(_write_all, folder, tmp_path / "journal.sqlite")
    with journal_at(tmp_path / "journal.sqlite") as journal:
        results = {Result.UNDONE}
        while Result.UNDONE in results:
            results = {o.result for o in undone(journal, folder)}
            assert results <= {Result.UNDONE, Result.UNCHANGED}
    assert photos_only(folder) == before


def test_two_undoers_do_not_harm_each_other(tmp_path: Path) -> None:
    folder = forty(tmp_path / "photos")
    before = look(folder)
    with journal_at(tmp_path / "journal.sqlite") as journal:
        write_run(journal, photos_in(folder))
    both(_undo_all, folder, tmp_path / "journal.sqlite")
    with journal_at(tmp_path / "journal.sqlite") as journal:
        undone(journal, run=1)
        assert all(run.undone == run.written for run in history(journal))
    assert photos_only(folder) == before
