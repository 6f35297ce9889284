"""The way of the bytes into a new file; and room for it, as far as the disk knows."""

import io
import os
import shutil
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from cutline.core.errors import DiskError
from cutline.core.metadata.copying import blocks, copy_spliced, require_room
from cutline.core.metadata.model import Splice
from helpers.spliced import is_sentence, spliced


def disk(monkeypatch: pytest.MonkeyPatch, *, total: int, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=total, free=free))


def test_too_little_says_how_much_is_needed_and_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, total=10**9, free=4_500_000)
    with pytest.raises(DiskError, match=r"a\.jpg: .* needs 8\.0 MB .* has 4\.5 MB") as raised:
        require_room(Path("a.jpg"), Path(), 7_000_000)
    assert is_sentence(raised.value)


def test_a_little_stays_free(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, total=10**9, free=7_000_000)
    with pytest.raises(DiskError):
        require_room(Path("a.jpg"), Path(), 7_000_000)


def test_enough_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, total=10**9, free=8_100_000)
    require_room(Path("a.jpg"), Path(), 7_000_000)


def test_a_disk_that_knows_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, total=0, free=0)
    require_room(Path("a.jpg"), Path(), 7_000_000)


def test_the_real_disk_has_some_room_and_not_any(tmp_path: Path) -> None:
    require_room(Path("a.jpg"), tmp_path, 1000)
    with pytest.raises(DiskError):
        require_room(Path("a.jpg"), tmp_path, 1 << 60)


LONG = bytes(range(251)) * 9_000  # more than four blocks, and no multiple of one
SPLICES = (
    Splice(5, 0, b"new"),
    Splice(700_000, 9, b""),
    Splice(700_100, 1, b"x" * 600_000),
    Splice(len(LONG), 0, b"end"),
)


def copied(tmp_path: Path, splices: tuple[Splice, ...], size: int = len(LONG)) -> bytes:
    (tmp_path / "old").write_bytes(LONG)
    with (tmp_path / "old").open("rb") as source, (tmp_path / "new").open("w+b") as target:
        copy_spliced(source, size, splices, target)
        return (tmp_path / "new").read_bytes()  # all of it is there, before the file is closed


@pytest.mark.parametrize("splices", [SPLICES, (), (Splice(0, len(LONG), b""),)])
def test_what_is_in_no_splice_is_copied(tmp_path: Path, splices: tuple[Splice, ...]) -> None:
    assert copied(tmp_path, splices) == spliced(LONG, splices)


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="no such hint here")
def test_the_disk_is_told_of_every_byte_that_is_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    def hint(handle: int, offset: int, length: int, _: int) -> None:
        assert os.fstat(handle).st_size >= offset + length, "nothing may wait in the process"
        told.append((offset, length))

    monkeypatch.setattr(os, "posix_fadvise", hint)
    result = copied(tmp_path, SPLICES)
    new = sum(len(splice.new_bytes) for splice in SPLICES)
    assert sum(length for _, length in told) == len(result) - new
    assert all(first + length <= then for (first, length), (then, _) in pairwise(told))


def test_a_system_without_that_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fadvise", raising=False)
    assert copied(tmp_path, SPLICES) == spliced(LONG, SPLICES)


def test_a_file_that_became_shorter_is_not_passed_off_as_the_old_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="shorter"):
        copied(tmp_path, (), len(LONG) + 1)


@pytest.mark.parametrize(("offset", "length"), [(0, 0), (0, 10), (3, 5), (3, 100), (20, 5)])
def test_blocks_are_a_range_or_what_of_it_there_is(offset: int, length: int) -> None:
    data = b"0123456789"
    assert b"".join(blocks(io.BytesIO(data), offset, length)) == data[offset : offset + length]
