"""Splices into files: all or nothing, and nothing about the file but its bytes is different afterwards."""

import errno
import fcntl
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from cutline.core import temporaries
from cutline.core.errors import ChangedMeanwhile, DiskError, ReadOnly, Unreadable
from cutline.core.metadata import apply
from cutline.core.metadata.model import Splice

DATA = bytes(range(256)) * 20_000  # five megabytes: many blocks
SPLICES = (Splice(10, 5, b"new bytes"), Splice(4_000_000, 0, b"inserted"), Splice(5_119_990, 10, b""))
RESULT = DATA[:10] + b"new bytes" + DATA[15:4_000_000] + b"inserted" + DATA[4_000_000:5_119_990]


def accept(_: BinaryIO) -> None:
    pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "photo.jpg"
    file.write_bytes(DATA)
    return file


@pytest.fixture(autouse=True)
def _unswept() -> None:
    temporaries._swept.clear()


def write(path: Path, *, verify: apply.Verify = accept, mtime_ns: int | None = None) -> None:
    with path.open("rb") as source:
        apply.applied(path, source, os.fstat(source.fileno()), SPLICES, verify=verify, mtime_ns=mtime_ns)


def untouched(path: Path) -> None:
    assert path.read_bytes() == DATA
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_makes_the_file_hold_the_splices_and_leaves_nothing_behind(path: Path) -> None:
    write(path)
    assert path.read_bytes() == RESULT
    assert [p.name for p in path.parent.iterdir()] == ["photo.jpg"]


class TestKeeps:
    def test_permissions_and_times(self, path: Path) -> None:
        path.chmod(0o4751)
        write(path, mtime_ns=1_400_000_000_987_654_321)
        status = path.stat()
        assert stat.S_IMODE(status.st_mode) == 0o4751
        assert status.st_mtime_ns == 1_400_000_000_987_654_321

    def test_not_the_time_when_asked(self, path: Path) -> None:
        os.utime(path, ns=(0, 1_400_000_000_000_000_000))
        write(path)
        assert path.stat().st_mtime_ns > 1_400_000_000_000_000_000

    def test_a_link_as_a_link(self, path: Path, tmp_path: Path) -> None:
        folder = tmp_path / "links"
        folder.mkdir()
        link, second = folder / "link.jpg", folder / "second.jpg"
        link.symlink_to(Path("..") / path.name)
        second.symlink_to(link)
        write(second)
        assert second.is_symlink()
        assert link.is_symlink()
        assert path.read_bytes() == RESULT
        assert sorted(p.name for p in folder.iterdir()) == ["link.jpg", "second.jpg"]


class TestRefuses:
    def test_a_read_only_file(self, path: Path) -> None:
        path.chmod(0o444)
        with pytest.raises(ReadOnly, match=r"photo\.jpg"):
            write(path)
        untouched(path)

    def test_a_read_only_folder(self, path: Path) -> None:
        path.parent.chmod(0o555)
        try:
            with pytest.raises(ReadOnly, match="folder"):
                write(path)
        finally:
            path.parent.chmod(0o755)
        untouched(path)

    def test_a_file_that_changes_while_it_is_written(self, path: Path) -> None:
        def meddle(_: BinaryIO) -> None:
            path.write_bytes(b"another program's")

        with pytest.raises(ChangedMeanwhile):
            write(path, verify=meddle)
        assert path.read_bytes() == b"another program's"
        assert [p.name for p in path.parent.iterdir()] == [path.name]

    def test_a_file_that_changes_and_looks_as_before(self, path: Path) -> None:
        before = path.stat()

        def meddle(_: BinaryIO) -> None:
            with path.open("rb+") as file:
                file.write(b"x")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

        with pytest.raises(ChangedMeanwhile):
            write(path, verify=meddle)
        assert path.read_bytes() == b"x" + DATA[1:]

    def test_a_file_that_gets_other_permissions_meanwhile(self, path: Path) -> None:
        with pytest.raises(ChangedMeanwhile):
            write(path, verify=lambda _: path.chmod(0o600))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_file_that_changed_since_its_splices_were_made(self, path: Path) -> None:
        with path.open("rb") as source:
            seen = os.fstat(source.fileno())
            with path.open("ab") as other:
                other.write(b"more")
            with pytest.raises(ChangedMeanwhile):
                apply.applied(path, source, seen, SPLICES, verify=accept, mtime_ns=None)
        assert path.read_bytes() == DATA + b"more"

    def test_no_file_because_it_was_read_or_locked(self, path: Path) -> None:
        def look(_: BinaryIO) -> None:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                assert file.read() == DATA

        write(path, verify=look)
        assert path.read_bytes() == RESULT

    def test_a_file_that_was_replaced_while_it_is_written(self, path: Path, tmp_path: Path) -> None:
        def meddle(_: BinaryIO) -> None:
            other = tmp_path / "other"
            other.write_bytes(DATA)
            status = path.stat()
            os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
            other.rename(path)

        with pytest.raises(ChangedMeanwhile):
            write(path, verify=meddle)
        untouched(path)

    def test_a_file_that_is_gone(self, path: Path) -> None:
        with pytest.raises(DiskError, match="nothing was changed"):
            write(path, verify=lambda _: path.unlink())
        assert list(path.parent.iterdir()) == []

    def test_what_does_not_verify(self, path: Path) -> None:
        def refuse(_: BinaryIO) -> None:
            raise Unreadable("no")

        with pytest.raises(Unreadable):
            write(path, verify=refuse)
        untouched(path)

    def test_verify_sees_the_whole_new_file(self, path: Path) -> None:
        def look(file: BinaryIO) -> None:
            file.seek(0)
            assert file.read() == RESULT

        write(path, verify=look)

    def test_a_disk_that_does_not_keep_it(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(DiskError, match="Input/output error"):
            write(path)
        untouched(path)

    def test_without_writing_where_there_is_no_room(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10**9, free=6_000_000))
        monkeypatch.setattr(os, "open", None)  # no file is made
        with pytest.raises(DiskError, match=r"photo\.jpg: .* needs 6\.2 MB .* has 6\.0 MB"):
            write(path)
        untouched(path)

    def test_a_disk_that_is_full_after_all(self, path: Path) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
        try:
            with pytest.raises(DiskError, match="nothing was changed"):
                write(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        untouched(path)


class TestOrder:
    """What stands on the disk before what."""

    def test_the_new_bytes_and_the_verdict_come_before_the_replacing_and_the_folder_after(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done: list[str] = []
        fsync, replace = os.fsync, Path.replace

        def synced(handle: int) -> None:
            fsync(handle)
            status = os.fstat(handle)
            if stat.S_ISDIR(status.st_mode):
                done.append("folder")
            else:
                assert status.st_size == len(RESULT)
                assert status.st_mtime_ns == 1_400_000_000_987_654_321
                done.append("bytes")

        def replaced(name: Path, onto: Path) -> Path:
            done.append("replaced")
            return replace(name, onto)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(Path, "replace", replaced)
        write(path, verify=lambda _: done.append("verified"), mtime_ns=1_400_000_000_987_654_321)
        assert done == ["verified", "bytes", "replaced", "folder"]


class TestLeftovers:
    def test_of_dead_writers_are_removed(self, path: Path) -> None:
        (path.parent / f"{temporaries.PREFIX}dead").write_bytes(b"half a photo")
        (path.parent / "somebody's .cutline-write-up").write_bytes(b"not ours")
        write(path)
        assert sorted(p.name for p in path.parent.iterdir()) == ["photo.jpg", "somebody's .cutline-write-up"]

    def test_of_living_writers_stay(self, path: Path) -> None:
        living = path.parent / f"{temporaries.PREFIX}living"
        with living.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            write(path)
            assert living.exists()

    def test_a_killed_writer_leaves_the_old_photo_and_the_next_one_cleans_up(self, path: Path) -> None:
        script = (
            "import os, signal, sys\n"
            "from pathlib import Path\n"
            "from cutline.core.metadata import apply\n"
            "from cutline.core.metadata.model import Splice\n"
            "def die(file): os.kill(os.getpid(), signal.SIGKILL)\n"
            "path = Path(sys.argv[1])\n"
            "with path.open('rb') as source:\n"
            "    apply.applied(path, source, path.stat(), (Splice(0, 1, b'x'),), verify=die, mtime_ns=None)\n"
        )
        done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
        assert done.returncode == -signal.SIGKILL
        assert path.read_bytes() == DATA
        assert len(list(path.parent.iterdir())) == 2
        write(path)
        assert path.read_bytes() == RESULT
        assert [p.name for p in path.parent.iterdir()] == [path.name]
