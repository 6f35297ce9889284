"""Two Cutlines at once on the same photos: nothing is lost, nothing is damaged, and both can be undone."""

import json
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from cutline.core import metadata
from cutline.core.metadata import sidecar
from cutline.core.undo import Result
from helpers import command
from helpers.crash_photos import make_photos
from helpers.undoable import journal_at, look, undone

TESTS = Path(__file__).parents[2]
PROGRAM = """
import sys
from functools import partial
from cutline.__main__ import run
from cutline.cli.guard import guarded
which, rounds, *photos = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(rounds)):
    words = ["write", "--policy", "merge", "--json", "--tag", f"{which}{number}", *photos]
    guarded(partial(run, ["undo", "--json", *photos] if which == "undo" else words))
"""


def both(rounds: int, ones: list[Path], others: list[Path], second: str = "b") -> dict[str, list[dict[str, object]]]:
    """Let two processes write at the same time, each its own tags (or the `second` undo); what they said."""
    processes = {}
    for which, photos in (("a", ones), (second, others)):
        words = [sys.executable, "-c", PROGRAM, which, str(rounds), *map(str, photos)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        processes[which] = subprocess.Popen(words, text=True, **pipes)  # type: ignore[call-overload]
    for process in processes.values():
        assert process.stdout.readline() == "ready\n"
    for process in processes.values():
        process.stdin.write("\n")
        process.stdin.flush()
    said = {which: process.communicate(timeout=100)[0] for which, process in processes.items()}
    return {which: [json.loads(line) for line in text.splitlines()] for which, text in said.items()}


def require_nothing_lost(said: dict[str, list[dict[str, object]]], photos: int, rounds: int) -> int:
    """Every tag that was written is there, and what was not written says why; how many were."""
    written = 0
    for which, records in said.items():
        assert len(records) == photos * rounds
        for number, record in enumerate(records):
            if record["status"] == "written":
                written += 1
                tags = metadata.read(Path(str(record["path"]))).caption.tags
                assert f"{which}{number // photos}" in tags, record
            else:
                error = record["error"]
                assert isinstance(error, dict)
                assert error["code"] == "changed_meanwhile", record
    return written


def undo_all(folder: Path, journal_path: Path) -> None:
    with journal_at(journal_path) as journal:
        results = {Result.UNDONE}
        while Result.UNDONE in results:
            outcomes = undone(journal, folder)
            results = {outcome.result for outcome in outcomes}
            # two photos with one sidecar take turns as they were written, which is not always one after the other
            failed = [str(outcome.error) for outcome in outcomes if outcome.result is Result.FAILED]
            assert all(error.endswith("undo that first.") for error in failed), failed


def test_the_same_photos(tmp_path: Path, cutline_home: Path) -> None:
    folder = make_photos(tmp_path / "photos")
    before = look(folder)
    photos = sorted(path for path in folder.iterdir() if path.suffix != ".xmp")
    said = both(5, photos, photos)
    written = require_nothing_lost(said, len(photos), 5)
    assert written > len(photos) * 5, "most of them get through"
    for path in photos:
        if path.suffix in (".jpg", ".png", ".webp", ".gif"):
            with Image.open(path) as image:
                image.load()
    undo_all(folder, cutline_home / "state" / "journal.sqlite")
    assert look(folder) == before


def test_two_raw_photos_with_one_sidecar(tmp_path: Path, cutline_home: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    pairs = [(folder / f"{n}.cr2", folder / f"{n}.nef") for n in range(12)]
    for path in (path for pair in pairs for path in pair):
        path.write_bytes(b"II*\0\x08\0\0\0" + bytes(20))
    before = look(folder)
    said = both(4, [one for one, _ in pairs], [other for _, other in pairs])
    assert require_nothing_lost(said, 12, 4) > 48
    assert len(list(folder.iterdir())) == 36, "one sidecar for each pair, and nothing else"
    assert {sidecar.find(one) for one, _ in pairs} == {sidecar.find(other) for _, other in pairs}
    undo_all(folder, cutline_home / "state" / "journal.sqlite")
    assert look(folder) == before


def test_a_raw_photo_and_its_jpeg(tmp_path: Path, cutline_home: Path) -> None:
    folder = make_photos(tmp_path / "photos")
    raw, jpeg = folder / "beside.cr2", folder / "beside.jpg"
    raw.write_bytes(b"II*\0\x08\0\0\0" + bytes(20))
    before = look(folder)
    said = both(6, [raw, jpeg], [jpeg, raw])
    assert require_nothing_lost(said, 2, 6) > 12, said
    assert not set(metadata.read(raw).caption.tags) ^ set(sidecar.read(folder / "beside.xmp").tags or ())
    undo_all(folder, cutline_home / "state" / "journal.sqlite")
    assert look(folder) == before


def test_one_writes_while_the_other_undoes(tmp_path: Path, cutline_home: Path) -> None:
    folder = make_photos(tmp_path / "photos")
    before = look(folder)
    photos = sorted(path for path in folder.iterdir() if path.suffix != ".xmp")
    said = both(4, photos, photos, "undo")
    assert "written" in {record["status"] for record in said["a"]}
    assert said["undo"]
    assert {record["status"] for record in said["undo"]} <= {"undone", "unchanged", "failed"}
    for record in said["a"] + said["undo"]:
        error = record["error"]
        assert error is None or (isinstance(error, dict) and error["code"] == "changed_meanwhile"), record
    undo_all(folder, cutline_home / "state" / "journal.sqlite")
    assert look(folder) == before


def test_two_commands_as_a_person_starts_them(tmp_path: Path) -> None:
    folder = make_photos(tmp_path / "photos")
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    commands = [command.process("write", "--tag", tag, folder, env=environment) for tag in ("one", "two")]
    for running in commands:
        _, err = running.communicate(timeout=100)
        assert running.returncode == 0, err
    assert {"one", "two"} <= set(metadata.read(folder / "bare.jpg").caption.tags)
