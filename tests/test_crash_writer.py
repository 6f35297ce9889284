"""Cutline killed at every step of its work, and at random instants: each photo is the old or the new one, whole, and
undo brings everything back.

In the ordinary tests steps and instants are drawn by lot for some seconds; CUTLINE_CRASHES=500 takes every step and as
many instants as make at least that many deaths.
"""

import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import pytest

from cutline.core.history import RunRecord, history
from cutline.core.temporaries import PREFIX
from helpers.crash_photos import KINDS, decoded, make_photos
from helpers.crashing import Ended, Nursery
from helpers.undoable import Look, journal_at, look

ALL = int(os.environ.get("CUTLINE_CRASHES", "0"))
SECONDS = 4.0
WRITE = ("write", "--title", "Neuer Titel", "--description", "東京\nzweite Zeile", "--alt-text", "ein See",
         *(word for n in range(20) for word in ("--tag", f"tag {n}")))  # fmt: skip
TAG = ("tag", "--policy", "replace", "--fields", "title,description,tags")


class Death(TypedDict, total=False):
    """When a child dies."""

    step: int
    seconds: float


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as opened:
        yield opened


@dataclass
class Stage:
    """A folder of photos, what it was, and what a whole run makes of it."""

    nursery: Nursery
    root: Path
    command: tuple[str, ...]
    homes: int = 0
    old: Look = field(init=False)
    new: Look = field(init=False)
    whole: Ended = field(init=False)

    def __post_init__(self) -> None:
        make_photos(self.origin)
        self.old = look(self.origin)
        self.restore()
        self.whole = self.run()
        assert self.whole.status == self.well, self.whole.out
        self.new = look(self.folder)
        assert sum(self.new[name][0] != self.old.get(name, (b"",))[0] for name in self.new) > 10

    @property
    def well(self) -> int:
        """The exit status of a whole run: there is no raw picture in the raw photos, so nobody can ask about them."""
        return 0 if self.command[0] == "write" else 1

    @property
    def origin(self) -> Path:
        return self.root / "origin"

    @property
    def folder(self) -> Path:
        return self.root / "photos"

    @property
    def home(self) -> Path:
        return self.root / f"home {self.homes}"

    def restore(self) -> None:
        """All as it was, and a Cutline that was never run."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.origin, self.folder)
        shutil.rmtree(self.home, ignore_errors=True)
        self.homes += 1

    def run(self, *, step: int | None = None, seconds: float | None = None) -> Ended:
        return self.nursery.run(self.home, *self.command, self.folder, step=step, seconds=seconds)

    def undo(self, *words: str, step: int | None = None, seconds: float | None = None) -> Ended:
        return self.nursery.run(self.home, "undo", *words, step=step, seconds=seconds)

    def history(self) -> list[RunRecord]:
        path = self.home / "state" / "journal.sqlite"
        if not path.exists():
            return []
        with journal_at(path) as journal:
            return list(history(journal))

    def require_halves(self) -> None:
        """Every file is the old one, with its time, or the new one; nothing is there that is neither."""
        for name, (data, mtime_ns) in self.without_temporaries().items():
            if name in self.old and data == self.old[name][0]:
                assert mtime_ns == self.old[name][1], name
            else:
                assert data == self.new[name][0], name

    def require_all_back(self) -> None:
        for run in self.history():
            undone = self.undo("--run", str(run.id))
            assert undone.status == 0, undone.out
        assert self.without_temporaries() == self.old
        assert all(run.written == run.undone for run in self.history())

    def require_new_run(self) -> None:
        """The next run works, and leaves none of the dead one's temporary files."""
        again = self.run()
        assert again.status == self.well, again.out
        assert not [path.name for path in self.folder.iterdir() if path.name.startswith(PREFIX)]
        self.require_halves()
        if self.command[0] == "write":  # a run of `tag` goes on where it was, whatever was undone meanwhile
            assert {name: data for name, (data, _) in look(self.folder).items()} == {
                name: data for name, (data, _) in self.new.items()
            }

    def without_temporaries(self) -> Look:
        return {name: state for name, state in look(self.folder).items() if not name.startswith(PREFIX)}


def deaths(steps: int, seconds: float, seed: int) -> Iterator[Death]:
    """Where to die: every step once and instants in addition; without CUTLINE_CRASHES some of them, by lot."""
    chance = random.Random(seed)
    at_steps = [Death(step=n) for n in range(steps)]
    instants = max(ALL // 3 - steps, steps // 4)
    everything: list[Death] = [
        *at_steps,
        *(Death(seconds=chance.uniform(0, seconds)) for _ in range(instants)),
    ]
    chance.shuffle(everything)
    deadline = time.monotonic() + SECONDS
    for number, death in enumerate(everything):
        if ALL or number < 3 or time.monotonic() < deadline:
            yield death


def test_every_kind_of_photo_decodes_the_same_before_and_after(nursery: Nursery, tmp_path: Path) -> None:
    stage = Stage(nursery, tmp_path, WRITE)
    for name in KINDS:
        assert decoded(stage.folder / name) == decoded(stage.origin / name)
        assert any(stage.new[beside][0] != stage.old.get(beside, (b"",))[0] for beside in stage.new if
                   beside == name or beside.split(".")[0] == name.split(".")[0])  # fmt: skip
    stage.restore()
    assert stage.run().status == 0
    assert {name: data for name, (data, _) in look(stage.folder).items()} == {
        name: data for name, (data, _) in stage.new.items()
    }, "the same words make the same bytes"
    stage.require_all_back()
    assert look(stage.folder) == stage.old


@pytest.mark.parametrize("command", [WRITE, TAG], ids=["write", "tag"])
def test_a_writer_that_dies_leaves_whole_photos_and_the_way_back(
    nursery: Nursery, tmp_path: Path, command: tuple[str, ...]
) -> None:
    stage = Stage(nursery, tmp_path, command)
    died = number = 0
    for number, death in enumerate(deaths(stage.whole.steps, stage.whole.seconds, 1), 1):
        stage.restore()
        died += stage.run(**death).status is None
        stage.require_halves()
        if number % 2:
            stage.require_all_back()
        stage.require_new_run()
        stage.require_all_back()
        assert look(stage.folder) == stage.old
    assert died > 0
    print(f"{died} writers died in {number} runs of {stage.whole.steps} steps")


def test_an_undo_that_dies_is_taken_up_by_the_next(nursery: Nursery, tmp_path: Path) -> None:
    stage = Stage(nursery, tmp_path, WRITE)
    whole = stage.undo()
    assert whole.status == 0
    died = runs = 0
    for death in deaths(whole.steps, whole.seconds, 2):
        stage.restore()
        assert stage.run().status == 0
        runs += 1
        died += stage.undo("--run", "1", **death).status is None
        stage.require_halves()
        stage.require_all_back()
        stage.require_new_run()
    assert died > 0
    print(f"{died} undoers died in {runs} runs of {whole.steps} steps")
