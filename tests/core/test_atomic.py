import errno
import os
from pathlib import Path

import pytest

from cutline.core import atomic
from cutline.core.errors import DiskError, ReadOnly


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    atomic.write_text(path, "Zürich")
    assert path.read_text(encoding="utf-8") == "Zürich"
    path.chmod(0o640)
    atomic.write_text(path, "東京")
    assert path.read_text(encoding="utf-8") == "東京"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_changes_nothing_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError, match="No space left"):
        atomic.write_text(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_missing_folder_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="could not be written"):
        atomic.write_text(tmp_path / "missing" / "a.txt", "x")


def test_a_folder_that_may_not_be_written(mortal: Path) -> None:
    mortal.chmod(0o500)
    with pytest.raises(ReadOnly):
        atomic.write_text(mortal / "a.txt", "x")
    mortal.chmod(0o700)
