"""What a new file takes over: owner, permissions, attributes, access lists; and nothing its folder gave it."""

import os
import stat
import struct
from pathlib import Path

import pytest

from cutline.core.likeness import make_like

pytestmark = pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 1, 2, 4, 16, 32
NOBODY = 0xFFFFFFFF


def access_list(group: int, reader: int) -> bytes:
    """An access list: the owner may write, the group has `group`, user 4321 has `reader`, others nothing."""
    rows = ((USER_OBJ, 6, NOBODY), (USER, reader, 4321), (GROUP_OBJ, group, NOBODY), (MASK, 6, NOBODY),
            (OTHER, 0, NOBODY))  # fmt: skip
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)


def put(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError:
        pytest.skip(f"this file system keeps no {name}")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    return path


def likened(old: Path) -> Path:
    """A new file beside `old`, made like it."""
    new = old.with_name("new")
    with old.open("rb") as source, new.open("w+b") as target:
        make_like(target, source, os.fstat(source.fileno()))
    return new


def test_permissions_also_the_unusual_ones(old: Path) -> None:
    old.chmod(0o6751)
    assert stat.S_IMODE(likened(old).stat().st_mode) == 0o6751


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_owner_and_group(old: Path) -> None:
    os.chown(old, 1234, 2345)
    old.chmod(0o4751)
    status = likened(old).stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 2345, 0o4751)


def test_what_may_not_be_given_away_is_kept_by_who_writes(mortal: Path) -> None:
    old = mortal / "old"
    old.write_bytes(b"old")
    with old.open("rb") as source, (mortal / "new").open("w+b") as target:
        status = list(os.fstat(source.fileno()))
        status[stat.ST_UID] = status[stat.ST_GID] = 0
        make_like(target, source, os.stat_result(status))
    assert (mortal / "new").stat().st_uid == old.stat().st_uid


def test_extended_attributes(old: Path) -> None:
    put(old, "user.xdg.tags", b"old,tags")
    put(old, "user.empty", b"")
    new = likened(old)
    assert os.getxattr(new, "user.xdg.tags") == b"old,tags"
    assert os.getxattr(new, "user.empty") == b""


def test_an_access_list_whoever_is_in_it(old: Path) -> None:
    old.chmod(0o640)
    put(old, ACCESS, access_list(group=4, reader=6))
    new = likened(old)
    assert os.getxattr(new, ACCESS) == os.getxattr(old, ACCESS)
    assert new.stat().st_mode == old.stat().st_mode


def test_no_access_that_the_folder_would_give(old: Path) -> None:
    old.chmod(0o640)
    put(old.parent, DEFAULT, access_list(group=6, reader=6))
    new = old.with_name("inherits")
    new.touch()
    assert ACCESS in os.listxattr(new)
    assert ACCESS not in os.listxattr(likened(old))
    assert stat.S_IMODE(likened(old).stat().st_mode) == 0o640


def test_somebodys_data_that_cannot_be_kept_is_said(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(old, "user.note", b"mine")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "setxattr", full)
    with pytest.raises(OSError, match="No space"):
        likened(old)


def test_a_disk_without_attributes(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: object) -> list[str]:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "listxattr", unknown)
    old.chmod(0o604)
    assert stat.S_IMODE(likened(old).stat().st_mode) == 0o604
