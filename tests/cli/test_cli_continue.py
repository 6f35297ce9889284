"""`cutline tag` asked for again after it was stopped: goes on where it was, and leaves alone what it did."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import metadata, paths
from cutline.core.errors import JournalError
from cutline.core.journal import Journal
from cutline.core.ledger import Ledger
from cutline.core.photo import FIELDS, Caption, Photo
from helpers.command import Cutline, Result, process
from helpers.imagedescriber_service import ImagedescriberService
from helpers.little_photos import jpeg
from helpers.service import late, silent, status

KEY = "sk-0123456789"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImagedescriberService]:
    monkeypatch.setenv("CUTLINE_IMAGEDESCRIBER_KEY", KEY)
    with ImagedescriberService(KEY) as service:
        yield service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    for number in range(4):
        jpeg(made / f"{number}.jpg", 60 + number, 40)
    return made


def tag(cutline: Cutline, service: ImagedescriberService, *words: str | Path) -> Result:
    section = "backends.imagedescriber"
    fast = (f"base_url={service.base_url}", "requests_per_minute=0", "parallel=1")
    sets = [word for setting in fast for word in ("--set", f"{section}.{setting}")]
    return cutline("tag", "--backend", "imagedescriber", "--json", *sets, *words)


def statuses(result: Result) -> dict[str, str]:
    return {Path(record["path"]).name: record["status"] for record in result.records}


def stopped(cutline: Cutline, service: ImagedescriberService, *words: str | Path, after: int = 2) -> Result:
    """A run that had to stop when its credits were gone."""
    service.credits_left = after
    result = tag(cutline, service, *words)
    assert result.status == 3
    service.credits_left = 100
    return result


def test_what_is_done_is_left_alone_even_where_it_was_changed_since(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    stopped(cutline, service, folder, "--policy", "replace")
    mine = Caption("My own title", "My own words", ("mine",))
    metadata.write(folder / "0.jpg", mine, FIELDS)
    result = tag(cutline, service, folder, "--policy", "replace")
    assert (result.status, result.records[0]["cached"], result.records[0]["title"]) == (0, True, mine.title)
    assert statuses(result) == {"0.jpg": "unchanged", "1.jpg": "unchanged", "2.jpg": "written", "3.jpg": "written"}
    assert metadata.read(folder / "0.jpg").caption == mine
    assert "Going on with the run that was stopped: 2 of 4 photos are done." in result.err


def test_once_it_is_done_the_same_command_is_a_new_run(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    stopped(cutline, service, folder, "--policy", "replace")
    tag(cutline, service, folder, "--policy", "replace")
    metadata.write(folder / "0.jpg", Caption("My own title"), FIELDS)
    result = tag(cutline, service, folder, "--policy", "replace")
    assert statuses(result)["0.jpg"] == "written"
    assert "Going on" not in result.err
    assert len(service.requests) == 4 + 1, "one was refused for want of credits"


def test_a_run_that_asks_everything_anew_does_not_ask_twice_for_what_it_did(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    tag(cutline, service, folder)
    stopped(cutline, service, folder, "--fresh", after=3)
    before = len(service.requests)
    result = tag(cutline, service, folder, "--fresh")
    assert result.status == 0
    assert len(service.requests) == before + 1


def test_another_command_begins_anew(cutline: Cutline, service: ImagedescriberService, folder: Path) -> None:
    stopped(cutline, service, folder)
    result = tag(cutline, service, folder, "--policy", "fill")
    assert "Going on" not in result.err
    assert result.status == 0


def test_what_failed_is_tried_again_and_what_is_new_joins(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    service.faults += [status(400)]
    service.credits_left = 1
    first = tag(cutline, service, folder)
    assert statuses(first) == {"0.jpg": "failed", "1.jpg": "written", "2.jpg": "failed", "3.jpg": "cancelled"}
    service.credits_left = 100
    jpeg(folder / "00.jpg", 99, 40)
    result = tag(cutline, service, folder)
    assert result.status == 0
    assert statuses(result) == {"1.jpg": "unchanged"} | dict.fromkeys(("0.jpg", "00.jpg", "2.jpg", "3.jpg"), "written")


def test_a_dry_run_is_no_run_to_go_on_with(cutline: Cutline, service: ImagedescriberService, folder: Path) -> None:
    stopped(cutline, service, folder, "--dry-run")
    result = tag(cutline, service, folder)
    assert statuses(result) == {f"{n}.jpg": "written" for n in range(4)}
    assert "Going on" not in result.err


def test_where_nothing_can_be_noted_the_run_goes_on_and_says_so(
    cutline: Cutline, service: ImagedescriberService, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Ledger, photo: Photo, columns: str, *values: str) -> None:
        self.trouble = JournalError("journal.sqlite: the journal cannot be used (disk I/O error).")

    monkeypatch.setattr(Ledger, "_set", fails)
    result = tag(cutline, service, folder)
    assert (result.status, set(statuses(result).values())) == (0, {"written"})
    assert "How far the run is could not be noted: journal.sqlite" in result.err


def test_no_lock_is_left_behind(cutline: Cutline, service: ImagedescriberService, folder: Path) -> None:
    stopped(cutline, service, folder)
    tag(cutline, service, folder)
    assert not list(paths.state_dir().glob("*.lock"))
    journal = Journal(paths.state_dir() / "journal.sqlite")
    assert journal.rows("SELECT count(*) FROM ledgers WHERE ended IS NULL") == [(0,)]
    journal.close()


def digests(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def runs(cutline: Cutline) -> list[tuple[object, object]]:
    return [(record["written"], record["failed"]) for record in cutline("history", "--json").records]


def test_a_run_that_went_on_is_one_run_and_undone_as_one(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    before = digests(folder)
    stopped(cutline, service, folder)
    assert runs(cutline) == [(2, 1)]
    tag(cutline, service, folder)
    assert runs(cutline) == [(4, 0)]
    assert digests(folder) != before
    assert cutline("undo").status == 0
    assert digests(folder) == before


def test_a_run_that_was_killed_and_went_on_is_undone_as_one(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    before, section = digests(folder), "backends.imagedescriber"
    sets = [f"{section}.base_url={service.base_url}", f"{section}.requests_per_minute=0", f"{section}.parallel=1"]
    words = ["tag", "--backend", "imagedescriber", "--json", str(folder)]
    words += [word for setting in sets for word in ("--set", setting)]
    service.faults += [late(0), late(0), silent()]
    with process(*words) as running:
        assert running.stdout is not None
        assert "written" in running.stdout.readline()
        running.kill()
        running.communicate(timeout=20)
    service.faults.clear()
    assert cutline(*words).status == 0
    assert len(runs(cutline)) == 1
    assert cutline("undo").status == 0
    assert digests(folder) == before


def test_a_run_after_which_another_one_wrote_is_not_gone_on_with_in_the_history(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    stopped(cutline, service, folder)
    assert cutline("write", folder / "3.jpg", "--title", "Mine").status == 0
    between = digests(folder)
    tag(cutline, service, folder)
    assert runs(cutline) == [(2, 0), (1, 0), (2, 1)]
    assert cutline("undo").status == 0
    assert digests(folder) == between


def test_what_was_undone_is_done_again(cutline: Cutline, service: ImagedescriberService, folder: Path) -> None:
    stopped(cutline, service, folder)
    assert cutline("undo").status == 0
    result = tag(cutline, service, folder)
    assert "Going on" not in result.err
    assert statuses(result) == {f"{n}.jpg": "written" for n in range(4)}
    assert len(service.requests) == 4 + 1, "their answers are kept"
