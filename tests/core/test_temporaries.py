"""Temporary files: a dead process's are removed, a living one's never."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cutline.core import atomic, temporaries
from cutline.core.temporaries import PREFIX, sweep, temporary

HOLDER = """
import sys
from pathlib import Path
from cutline.core.temporaries import temporary
with temporary(Path(sys.argv[1])) as (name, file):
    file.write(b"half")
    file.flush()
    print(name, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _unswept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporaries, "_swept", {})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_there_within_the_block_only(tmp_path: Path) -> None:
    with temporary(tmp_path) as (name, file):
        file.write(b"x")
        assert name.stat().st_mode & 0o777 == 0o600
        assert names(tmp_path) == [name.name]
    with pytest.raises(KeyError), temporary(tmp_path):
        raise KeyError
    with temporary(tmp_path) as (name, _):
        name.rename(tmp_path / "kept")
    assert names(tmp_path) == ["kept"]


def test_another_process_living_and_dead(tmp_path: Path) -> None:
    words = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = Path(process.stdout.readline().rstrip("\n"))
        sweep(tmp_path)
        assert name.exists()
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    assert name.exists()
    sweep(tmp_path)
    assert name.exists(), "a folder that was just looked at is not listed again"
    temporaries._swept[str(tmp_path)] -= 601
    sweep(tmp_path)
    assert names(tmp_path) == []


def test_what_is_somebody_elses_stays(tmp_path: Path) -> None:
    for name in (".cutline", ".cutline-writer", "a.cutline-write-x"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / f"{PREFIX}folder").mkdir()
    sweep(tmp_path)
    assert len(names(tmp_path)) == 4


def test_without_locks_only_age_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    left = tmp_path / f"{PREFIX}left"
    left.write_bytes(b"half")
    os.utime(left, ns=(0, 0))  # as a photo's that is being written
    sweep(tmp_path)
    assert left.exists(), "somebody may be writing it"
    monkeypatch.setattr(temporaries, "_LONG", -1.0)
    temporaries._swept.clear()
    sweep(tmp_path)
    assert not left.exists()
    with temporary(tmp_path) as (name, _):
        assert name.exists()


def test_a_folder_that_may_not_be_listed_or_is_not_there(tmp_path: Path, mortal: Path) -> None:
    mortal.chmod(0o300)
    for folder in (mortal, tmp_path / "missing"):
        sweep(folder)
    mortal.chmod(0o700)


def test_whatever_is_written_whole_cleans_up_as_photos_do(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}dead").write_bytes(b"half")
    atomic.write_text(tmp_path / "a.txt", "x")
    assert names(tmp_path) == ["a.txt"]
