"""A long run, killed again and again: every photo ends written once, and nothing is paid for twice.

``CUTLINE_SOAK=10000`` makes it as long as a real one, with twenty kills.
"""

import os
from pathlib import Path

import pytest

from helpers.command import Cutline
from helpers.soak import KEY, PARALLEL, soak

PHOTOS = int(os.environ.get("CUTLINE_SOAK", "240"))
KILLS = 20 if PHOTOS >= 2000 else 5


def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(
    cutline: Cutline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", KEY)
    folder = tmp_path / "photos"
    result = soak(folder, PHOTOS, KILLS)
    assert result.kills == KILLS
    assert result.damaged == []
    assert result.without_words == []
    assert result.left_behind == []
    assert result.charged_twice <= PARALLEL * result.kills
    assert {name: times for name, times in result.standing_changes.items() if times > 1} == {}
    print(f"{result.charged_twice} charged twice, {result.requests / PHOTOS:.2f} requests a photo")
    before_undo = {path.name for path in folder.iterdir()}
    assert cutline("undo").status == 0
    assert {path.name for path in folder.iterdir()} == before_undo
