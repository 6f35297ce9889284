"""`cutline undo` and `cutline history`, as a person calls them, on real photos."""

import json
import os
import re
import signal
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.journal import Journal
from cutline.core.photo import Caption, FieldName
from helpers.command import Cutline, finished, mortal, process, strict_lines
from helpers.little_photos import jpeg
from helpers.undoable import Look, everything, look

UNDO_KEYS = ["path", "status", "run", "title", "description", "alt_text", "tags", "error"]
DESCRIPTION: tuple[FieldName, ...] = ("description",)
RUN_KEYS = [
    "id", "started", "ended", "command", "backend", "lang", "policy", "written", "unchanged", "failed", "undone",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "photos"
    for number in range(3):
        path.mkdir(exist_ok=True)
        os.utime(jpeg(path / f"{number}.jpg"), ns=(10**18, 10**18 + number))
    return path


def test_tag_write_history_undo_each_in_a_process_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    photos = [path for path in everything(folder) if path.suffix != ".tif"]
    (folder / "scan.tif").unlink()
    before = look(folder)
    assert finished("tag", str(folder), "--lang", "de").status == 0
    tagged = look(folder)
    assert finished("write", str(folder), "--title", "Zürich", "--alt-text", "alt").status == 0
    assert look(folder) not in (before, tagged)

    runs = finished("history", "--json")
    assert (runs.status, runs.err) == (0, "")
    assert [list(run) for run in runs.records] == [RUN_KEYS] * 2
    assert [(r["id"], r["command"], r["written"], r["undone"]) for r in runs.records] == [
        (2, "write", len(photos), 0),
        (1, "tag", len(photos), 0),
    ]
    assert [runs.records[1][name] for name in ("backend", "lang", "policy")] == ["offline", "de", "merge"]

    back = finished("undo", "--json")
    assert back.status == 0
    assert [list(record) for record in back.records] == [UNDO_KEYS] * len(photos)
    assert {(r["status"], r["run"], r["error"]) for r in back.records} == {("undone", 2, None)}
    assert all("Zürich" not in r["title"] for r in back.records)
    assert look(folder) == tagged

    again = finished("undo")
    assert (again.status, again.out) == (0, "")
    assert "--run" in again.sentence
    assert look(folder) == tagged

    assert finished("undo", "--run", "1").status == 0
    assert look(folder) == before
    assert [r["undone"] for r in finished("history", "--json").records] == [len(photos)] * 2


def test_paths_go_back_step_by_step(cutline: Cutline, folder: Path) -> None:
    states = [look(folder)]
    for title in ("one", "two"):
        cutline("write", folder, "--title", title)
        states.append(look(folder))
    one, others = folder / "1.jpg", {"0.jpg", "2.jpg"}

    def mixed(state: Look) -> Look:
        return {name: (states[2] if name in others else state)[name] for name in state}

    assert cutline("undo", one, "--json").record["title"] == "one"
    assert look(folder) == mixed(states[1])
    assert cutline("undo", one, "--json").record["run"] == 1
    assert look(folder) == mixed(states[0])
    nothing = cutline("undo", one, "--json")
    assert (nothing.status, nothing.record["status"]) == (0, "unchanged")
    assert look(folder) == mixed(states[0])
    assert cutline("undo", folder).status == 0
    assert cutline("undo", folder).status == 0
    assert look(folder) == states[0]


def test_run_and_path(cutline: Cutline, folder: Path) -> None:
    before = look(folder)
    cutline("write", folder, "--title", "one")
    result = cutline("undo", "--run", "1", folder / "0.jpg", folder / "2.jpg", "--json")
    assert [r["path"] for r in result.records] == [str(folder / "0.jpg"), str(folder / "2.jpg")]
    after = look(folder)
    assert {name for name in before if after[name] == before[name]} == {"0.jpg", "2.jpg"}


def test_what_changed_since_is_refused_and_the_others_go_on(cutline: Cutline, folder: Path) -> None:
    before = look(folder)
    cutline("write", folder, "--title", "ours", "--tag", "pier")
    changed = folder / "1.jpg"
    metadata.write(changed, Caption(description="another program's"), DESCRIPTION)
    result = cutline("undo", "--json")
    assert result.status == 1
    errors = {Path(r["path"]).name: r["error"] for r in result.records}
    assert (errors["0.jpg"], errors["2.jpg"]) == (None, None)
    assert errors["1.jpg"]["code"] == "changed_meanwhile"
    assert look(folder)["0.jpg"] == before["0.jpg"]
    told = cutline("undo")
    assert told.status == 1
    assert re.search(r"^failed +\S+1\.jpg +was changed since .* caption .*\.$", told.out, re.MULTILINE)
    assert re.search(r"^1 photo: 1 failed\. “--force” puts back the captions", told.out, re.MULTILINE)

    forced = cutline("undo", "--force", "--json")
    assert (forced.status, forced.record["status"]) == (0, "undone")
    assert metadata.read(changed).caption == Caption(description="another program's")
    assert [(r["command"], r["written"], r["undone"]) for r in cutline("history", "--json").records] == [
        ("undo --force", 1, 0),
        ("write", 3, 3),
    ]


def test_sidecars_that_were_made_are_removed(cutline: Cutline, folder: Path) -> None:
    before = look(folder)
    cutline("write", folder, "--title", "beside", "--write", "sidecar")
    assert len(look(folder)) == 6
    assert cutline("undo").status == 0
    assert look(folder) == before


def test_dry_runs_and_what_only_looks_leave_no_trace(cutline: Cutline, folder: Path, tmp_path: Path) -> None:
    cutline("tag", folder, "--dry-run")
    cutline("show", folder)
    cutline("write", tmp_path / "nowhere", "--title", "x")
    result = cutline("history", "--json")
    assert (result.status, result.out) == (0, "")
    assert "Nothing was written yet" in result.err
    assert cutline("undo").status == 0


def test_counts_of_every_kind(cutline: Cutline, folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"no picture")
    cutline("write", folder / "0.jpg", "--title", "x")
    cutline("write", folder, "--title", "x")
    cutline("tag", folder, "--policy", "fill", "--fields", "title")
    cutline("tag", folder, "--policy", "replace")
    cutline("tag", folder, "--policy", "replace")
    counts = [[r[name] for name in ("written", "unchanged", "failed")] for r in cutline("history", "--json").records]
    assert counts == [[0, 3, 1], [3, 0, 1], [0, 0, 1], [2, 1, 1], [1, 0, 0]]
    cutline("undo")
    told = cutline("history")
    assert told.err == ""
    lines = told.out.splitlines()
    assert re.match(r" +5  \d{4}-\d\d-\d\d \d\d:\d\d  tag \(offline, en, replace\): ", lines[0])
    assert lines[1].endswith("tag (offline, en, replace): 3 photos written, 1 failed, 3 undone")
    assert lines[-1].endswith("write: 1 photo written")


def test_the_demo_can_be_undone(cutline: Cutline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cutline.cli.screen.there", lambda: False)
    assert cutline("demo", tmp_path / "demo").status == 0
    assert cutline("history", "--json").record["command"] == "demo"
    result = cutline("undo", tmp_path / "demo")
    assert result.status == 0
    assert "undone" in result.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("undo --run 7", "no run 7"),
        ("undo --run last", "--run"),
        ("undo --nonsense", "--nonsense"),
        ("undo --run 99999999999999999999999", "no run"),
        ("history here", "here"),
        ("history --set history_days=0", "1 to 36500 days"),
        ("write . --title x --set history_megabytes=0", "1 to 100000 MB"),
    ],
)
def test_wrong_usage_is_one_sentence_and_2(cutline: Cutline, line: str, said: str) -> None:
    result = cutline(*line.split())
    assert (result.status, result.out) == (2, "")
    assert said in result.sentence


def test_an_empty_path_is_wrong_usage(cutline: Cutline) -> None:
    assert "empty" in cutline("undo", "").sentence


def test_help_says_which_changes_are_meant(cutline: Cutline) -> None:
    text = " ".join(cutline("undo", "--help").out.split())
    for words in ("last run that wrote anything", "--run ID", "one change further back", "--force", "byte for byte"):
        assert words in text


@pytest.mark.needs("setpriv")
def test_what_is_read_only_is_refused(folder: Path) -> None:
    assert finished("write", str(folder), "--title", "x").status == 0
    state = look(folder)
    folder.chmod(0o555)
    try:
        result = mortal("undo", "--json")
    finally:
        folder.chmod(0o755)
    assert result.status == 1
    assert {r["error"]["code"] for r in result.records} == {"read_only"}
    assert look(folder) == state


def test_a_missing_photo_is_one_sentence(cutline: Cutline, folder: Path) -> None:
    cutline("write", folder, "--title", "x")
    (folder / "1.jpg").rename(folder / "away.jpg")
    result = cutline("undo", "--json")
    assert result.status == 1
    [error] = [r["error"] for r in result.records if r["error"]]
    assert error["code"] == "unreadable"
    assert "moved or deleted" in error["message"]


def test_names_that_are_no_text_go_there_and_back(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / os.fsdecode(b"\xe9\n.jpg"))
    before = photo.read_bytes()
    cutline("write", photo, "--title", "x")
    record = cutline("undo", photo, "--json").record
    assert (record["path"], record["status"]) == (str(photo), "undone")
    assert photo.read_bytes() == before
    cutline("write", photo, "--title", "x")
    assert r"\n.jpg" in cutline("undo").out


def test_settings_forget_old_runs(cutline: Cutline, folder: Path, cutline_home: Path) -> None:
    for title in ("one", "two"):
        cutline("write", folder, "--title", title)
    journal = Journal(cutline_home / "state" / "journal.sqlite")
    with journal.transaction() as db:
        db.execute("UPDATE runs SET started = '2001-01-01T00:00:00.000+00:00' WHERE id = 1")
    journal.close()
    cutline("write", folder, "--title", "three", "--set", "history_days=36500")
    assert [r["id"] for r in cutline("history", "--json").records] == [3, 2, 1]
    cutline("write", folder, "--title", "four")
    assert [r["id"] for r in cutline("history", "--json").records] == [4, 3, 2]
    assert cutline("undo", "--run", "1").status == 2


def test_an_interrupted_undo_says_so_and_can_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):
        jpeg(folder / f"{number}.jpg")
    before = look(folder)
    assert finished("write", str(folder), "--title", "x").status == 0
    with process("undo", "--json") as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert "Traceback" not in err
    assert running.returncode in (0, 130)
    records = [json.loads(first), *strict_lines(out)]
    assert len(records) == 300
    assert {r["status"] for r in records} <= {"undone", "cancelled"}
    assert finished("undo").status == 0
    assert look(folder) == before


def test_a_renamed_folder_and_a_renamed_photo_are_undone_by_their_new_names(cutline: Cutline, folder: Path) -> None:
    before = look(folder)
    cutline("write", folder, "--title", "one")
    away = folder.rename(folder.with_name("away"))
    (away / "1.jpg").rename(away / "new name.jpg")
    gone = cutline("undo")
    assert gone.status == 1
    assert gone.out.count("by the name it has now") == 3
    one = cutline("undo", away / "new name.jpg", "--json")
    assert (one.status, one.record["status"], one.record["title"]) == (0, "undone", "")
    assert cutline("undo", away).status == 0
    (away / "new name.jpg").rename(away / "1.jpg")
    assert look(away) == before
