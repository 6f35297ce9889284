"""One writer at a time: who comes second waits, and is refused where it lasts."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cutline.core import metadata, temporaries
from cutline.core.control import Control
from cutline.core.errors import Cancelled, CutlineError, InUse
from cutline.core.metadata import locking, sidecar
from cutline.core.metadata.locking import locked
from cutline.core.photo import FIELDS, Caption
from cutline.core.undo import Result, Target, undo
from helpers import jpeg_files, xmp_packets
from helpers.undoable import journal_at, undone, write_run

HOLDER = """
import sys
from pathlib import Path
from cutline.core.metadata.locking import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(jpeg_files.jpeg())
    return path


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_PATIENCE", 0.03)


def holder(photo: Path) -> "subprocess.Popen[bytes]":
    """Another process that holds the photo."""
    words = [sys.executable, "-c", HOLDER, str(photo)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def write(photo: Path, title: str = "New", control: Control | None = None) -> None:
    metadata.write(photo, Caption(title), ["title"], control=control)


@pytest.mark.usefixtures("impatient")
def test_another_process_is_refused_until_it_is_let_go_of(photo: Path) -> None:
    before = photo.read_bytes()
    with holder(photo) as process:
        with pytest.raises(InUse, match=r"a\.jpg: another Cutline is writing to it") as refused:
            write(photo)
        assert refused.value.code == "changed_meanwhile"
        assert photo.read_bytes() == before
        assert metadata.read(photo).caption == Caption(), "readers take no lock"
        process.communicate(timeout=20)
    write(photo)
    assert metadata.read(photo).caption.title == "New"
    assert [path.name for path in photo.parent.iterdir()] == ["a.jpg"]


@pytest.mark.usefixtures("impatient")
def test_what_a_killed_process_held_is_free(photo: Path) -> None:
    with holder(photo) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    write(photo)


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


class Telling(Control):
    """Tells when it has to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = threading.Event()

    def wait(self, seconds: float) -> None:
        self.waits.set()
        super().wait(seconds)


def test_who_comes_second_waits(photo: Path) -> None:
    control = Telling()
    with locked(photo):
        thread = in_thread(lambda: write(photo, control=control))
        assert control.waits.wait(20)
        assert metadata.read(photo).caption.title == ""
    thread.join(20)
    assert metadata.read(photo).caption.title == "New"


class Hasty(Control):
    """Is cancelled as soon as it has to wait."""

    def wait(self, seconds: float) -> None:
        self.cancel()
        super().wait(seconds)


def test_waiting_ends_when_it_is_cancelled(photo: Path) -> None:
    before = photo.read_bytes()
    with locked(photo), pytest.raises(Cancelled):
        write(photo, control=Hasty())
    assert photo.read_bytes() == before


def test_who_waited_for_a_replaced_photo_sees_the_new_one(photo: Path) -> None:
    stamp = metadata.read(photo).stamp
    errors: list[str] = []

    def work() -> None:
        try:
            metadata.write(photo, Caption("Second"), ["title"], stamp=stamp)
        except CutlineError as error:
            errors.append(error.code)

    with locked(photo):
        thread = in_thread(work)
        other = photo.with_name("b.jpg")
        other.write_bytes(photo.read_bytes())
        metadata.write(other, Caption("First"), ["title"])
        other.replace(photo)
    thread.join(20)
    assert errors == ["changed_meanwhile"]
    assert metadata.read(photo).caption.title == "First"


@pytest.mark.usefixtures("impatient")
def test_the_sidecar_is_held_too_whichever_photo_it_is_of(tmp_path: Path) -> None:
    one, two, beside = (tmp_path / name for name in ("a.cr2", "a.nef", "a.xmp"))
    for path in (one, two):
        path.write_bytes(b"II*\0\x08\0\0\0" + bytes(20))
    beside.write_bytes(xmp_packets.DARKTABLE)
    assert sidecar.find(one) == sidecar.find(two) == beside
    with locked(one), pytest.raises(InUse), locked(two):
        pass
    with locked(two):
        pass


def test_a_sidecar_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, beside = tmp_path / "a.cr2", tmp_path / "a.xmp"
    photo.write_bytes(b"II*\0\x08\0\0\0" + bytes(20))
    link = os.link

    def late(*names: object, **how: object) -> None:
        if not beside.exists():
            beside.write_bytes(xmp_packets.DARKTABLE)
        link(*names, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(CutlineError) as refused:
        write(photo)
    assert refused.value.code == "changed_meanwhile"
    assert beside.read_bytes() == xmp_packets.DARKTABLE
    write(photo)
    assert sidecar.read(beside).title == "New"


@pytest.mark.usefixtures("impatient")
def test_undo_waits_for_its_turn_as_well(photo: Path, tmp_path: Path) -> None:
    before = photo.read_bytes()
    with journal_at(tmp_path / "journal.sqlite") as journal:
        write_run(journal, [photo])
        with locked(photo):
            for force in (False, True):
                [outcome] = undone(journal, photo, force=force)
                assert isinstance(outcome.error, InUse)
            [outcome] = undo(journal, Target(), Hasty())
            assert outcome.result is Result.CANCELLED
        assert [o.result for o in undone(journal, photo)] == [Result.UNDONE]
    assert photo.read_bytes() == before


@pytest.mark.usefixtures("impatient")
def test_a_dry_run_takes_no_lock(photo: Path) -> None:
    with locked(photo):
        assert metadata.write(photo, Caption("New"), FIELDS, dry_run=True).changed


def test_where_there_are_no_locks_it_goes_on_without(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with locked(photo):
        write(photo)
    assert metadata.read(photo).caption.title == "New"


def test_where_a_lock_would_shut_out_readers_it_goes_on_without(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows shares: what one handle locked, no other may read."""
    inode, held = photo.stat().st_ino, set()
    flock, close, opening = fcntl.flock, os.close, Path.open

    def noted(handle: Any, how: int) -> None:
        flock(handle, how)
        if isinstance(handle, int) and os.fstat(handle).st_ino == inode:
            held.add(handle)

    def closed(handle: int) -> None:
        held.discard(handle)
        close(handle)

    def opened(path: Path, *how: Any, **more: Any) -> Any:
        if held and path == photo:
            refused.append(path)
            raise PermissionError(errno.EACCES, "Permission denied")
        return opening(path, *how, **more)

    refused: list[Path] = []
    monkeypatch.setattr(fcntl, "flock", noted)
    monkeypatch.setattr(os, "close", closed)
    monkeypatch.setattr(Path, "open", opened)
    write(photo)
    assert metadata.read(photo).caption.title == "New"
    assert refused == [photo]
    assert not held


def test_what_is_no_photo_is_left_to_whoever_looks_at_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    began = time.monotonic()
    for path in (pipe, tmp_path, tmp_path / "missing.jpg", tmp_path / "missing" / "a.jpg", Path("a\0b")):
        with locked(path):
            pass
        with pytest.raises(CutlineError):
            write(path)
    assert time.monotonic() - began < 4


def test_a_link_is_the_same_photo(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_PATIENCE", 0.03)
    link = photo.with_name("link.jpg")
    link.symlink_to(photo.name)
    with locked(link), pytest.raises(InUse), locked(photo):
        pass


def test_a_run_that_finds_nothing_to_do_still_cleans_up(photo: Path) -> None:
    temporaries._swept.clear()
    dead = photo.with_name(f"{temporaries.PREFIX}dead")
    dead.write_bytes(b"half")
    assert not metadata.write(photo, Caption(), ["title"]).changed
    assert not dead.exists()
