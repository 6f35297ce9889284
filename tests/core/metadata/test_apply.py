"""Splices into files: all or nothing, and nothing about the file but its bytes is different afterwards."""

import errno
import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from cutline.core.errors import ChangedMeanwhile, DiskError, ReadOnly, Unreadable
from cutline.core.metadata import apply
from cutline.core.metadata.model import Splice

DATA = bytes(range(256)) * 20_000  # five megabytes: long enough for the kernel's copy
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
    apply._swept.clear()


def write(path: Path, *, keep_mtime: bool = True) -> None:
    with path.open("rb") as source:
        apply.applied(path, source, SPLICES, keep_mtime=keep_mtime, verify=accept)


def untouched(path: Path) -> None:
    assert path.read_bytes() == DATA
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_makes_the_file_hold_the_splices_and_leaves_nothing_behind(path: Path) -> None:
    write(path)
    assert path.read_bytes() == RESULT
    assert [p.name for p in path.parent.iterdir()] == ["photo.jpg"]


def test_copies_by_hand_where_the_kernel_cannot(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object) -> int:
        raise OSError(errno.EXDEV, "no")

    monkeypatch.setattr(os, "copy_file_range", no, raising=False)
    write(path)
    assert path.read_bytes() == RESULT


@pytest.mark.skipif(not hasattr(os, "copy_file_range"), reason="this kernel copies no ranges")
def test_copies_by_hand_where_the_kernel_stops_half_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = os.copy_file_range, iter([100_001, 0, 70_000, 0])

    def half(source: int, target: int, _: int, offset: int, at: int) -> int:
        count = next(calls)
        return real(source, target, count, offset, at) if count else 0

    monkeypatch.setattr(os, "copy_file_range", half)
    write(path)
    assert path.read_bytes() == RESULT


class TestKeeps:
    def test_permissions_and_times(self, path: Path) -> None:
        path.chmod(0o4751)
        os.utime(path, ns=(1_500_000_000_123_456_789, 1_400_000_000_987_654_321))
        write(path)
        status = path.stat()
        assert stat.S_IMODE(status.st_mode) == 0o4751
        assert status.st_mtime_ns == 1_400_000_000_987_654_321

    def test_not_the_time_when_asked(self, path: Path) -> None:
        os.utime(path, ns=(0, 1_400_000_000_000_000_000))
        write(path, keep_mtime=False)
        assert path.stat().st_mtime_ns > 1_400_000_000_000_000_000

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
    def test_the_owner(self, path: Path) -> None:
        os.chown(path, 1234, 2345)
        write(path)
        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)

    @pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
    def test_extended_attributes(self, path: Path) -> None:
        try:
            os.setxattr(path, "user.xdg.tags", b"old,tags")
        except OSError:
            pytest.skip("this file system has no extended attributes")
        write(path)
        assert os.getxattr(path, "user.xdg.tags") == b"old,tags"

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

        with path.open("rb") as source, pytest.raises(ChangedMeanwhile):
            apply.applied(path, source, SPLICES, keep_mtime=True, verify=meddle)
        assert path.read_bytes() == b"another program's"
        assert [p.name for p in path.parent.iterdir()] == [path.name]

    def test_a_file_that_was_replaced_while_it_is_written(self, path: Path, tmp_path: Path) -> None:
        def meddle(_: BinaryIO) -> None:
            other = tmp_path / "other"
            other.write_bytes(DATA)
            status = path.stat()
            os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
            other.rename(path)

        with path.open("rb") as source, pytest.raises(ChangedMeanwhile):
            apply.applied(path, source, SPLICES, keep_mtime=True, verify=meddle)
        untouched(path)

    def test_what_does_not_verify(self, path: Path) -> None:
        def refuse(_: BinaryIO) -> None:
            raise Unreadable("no")

        with path.open("rb") as source, pytest.raises(Unreadable):
            apply.applied(path, source, SPLICES, keep_mtime=True, verify=refuse)
        untouched(path)

    def test_verify_sees_the_whole_new_file(self, path: Path) -> None:
        def look(file: BinaryIO) -> None:
            file.seek(0)
            assert file.read() == RESULT

        with path.open("rb") as source:
            apply.applied(path, source, SPLICES, keep_mtime=True, verify=look)

    @pytest.mark.parametrize("kernel", [True, False])
    def test_a_disk_with_no_room(self, path: Path, kernel: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        if not kernel:
            monkeypatch.delattr(os, "copy_file_range", raising=False)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, hard))
        try:
            with pytest.raises(DiskError, match="nothing was changed"):
                write(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        untouched(path)


class TestLeftovers:
    def test_of_dead_writers_are_removed(self, path: Path) -> None:
        (path.parent / f"{apply._PREFIX}dead").write_bytes(b"half a photo")
        (path.parent / "somebody's .cutline-write-up").write_bytes(b"not ours")
        write(path)
        assert sorted(p.name for p in path.parent.iterdir()) == ["photo.jpg", "somebody's .cutline-write-up"]

    def test_of_living_writers_stay(self, path: Path) -> None:
        living = path.parent / f"{apply._PREFIX}living"
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
            "    apply.applied(path, source, (Splice(0, 1, b'x'),), keep_mtime=True, verify=die)\n"
        )
        done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
        assert done.returncode == -signal.SIGKILL
        assert path.read_bytes() == DATA
        assert len(list(path.parent.iterdir())) == 2
        write(path)
        assert path.read_bytes() == RESULT
        assert [p.name for p in path.parent.iterdir()] == [path.name]
