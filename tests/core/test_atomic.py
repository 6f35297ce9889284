import errno
import os
import stat
from pathlib import Path

import pytest

from cutline.core import atomic
from cutline.core.errors import ChangedMeanwhile, DiskError, ReadOnly


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


class TestLikeTheOldOne:
    def test_a_new_file_has_what_the_mask_leaves(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            atomic.write_text(tmp_path / "a.txt", "x")
            atomic.write_bytes(tmp_path / "b.txt", b"x", new=True)
        finally:
            os.umask(before)
        assert [path.stat().st_mode & 0o7777 for path in sorted(tmp_path.iterdir())] == [0o640] * 2

    def test_mode_and_attributes_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old")
        path.chmod(0o604)
        os.setxattr(path, "user.rating", b"5")
        atomic.write_text(path, "new")
        assert path.stat().st_mode & 0o7777 == 0o604
        assert os.getxattr(path, "user.rating") == b"5"

    @pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator gives files away")
    def test_owner_and_group_stay(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("old")
        os.chown(path, 1234, 5678)
        atomic.write_text(path, "new")
        status = path.stat()
        assert (status.st_uid, status.st_gid) == (1234, 5678)

    def test_the_folder_is_brought_to_the_disk_last(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        done, fsync, replace = [], os.fsync, os.replace

        def synced(handle: int) -> None:
            done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "bytes")
            fsync(handle)

        def replaced(*names: Path) -> None:
            done.append("replaced")
            replace(*names)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(os, "replace", replaced)
        atomic.write_text(tmp_path / "a.txt", "x")
        assert done == ["bytes", "replaced", "folder"]


class TestNew:
    def test_what_is_there_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("theirs")
        with pytest.raises(ChangedMeanwhile, match=r"a\.txt"):
            atomic.write_bytes(path, b"ours", new=True)
        assert path.read_text() == "theirs"
        assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]

    @pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
    def test_on_a_disk_without_second_names(self, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError(number, "not here")

        monkeypatch.setattr(os, "link", refuse)
        path = tmp_path / "a.txt"
        atomic.write_bytes(path, b"first", new=True)
        assert path.stat().st_nlink == 1
        with pytest.raises(ChangedMeanwhile):
            atomic.write_bytes(path, b"second", new=True)
        assert path.read_bytes() == b"first"
        assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]

    def test_any_other_trouble_is_the_disks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "link", refuse)
        with pytest.raises(DiskError, match="No space"):
            atomic.write_bytes(tmp_path / "a.txt", b"x", new=True)
        assert list(tmp_path.iterdir()) == []
