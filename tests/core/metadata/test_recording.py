"""Changes as values: both digests, the inverse, and how they are kept, for whatever bytes."""

import io
import os
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.changes import packed, unpacked
from cutline.core.errors import ChangedMeanwhile, DiskError, Unreadable
from cutline.core.metadata.model import Splice
from cutline.core.metadata.recording import FileChange, change_of, change_of_file, small_change
from cutline.core.metadata.splice import minimal
from helpers.spliced import spliced


@st.composite
def changed(draw: st.DrawFn) -> tuple[bytes, tuple[Splice, ...]]:
    """A file and splices into it, in order and apart."""
    data = draw(st.binary(max_size=400))
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    splices = [Splice(start, end - start, draw(st.binary(max_size=60))) for start, end in pairs]
    return data, minimal(io.BytesIO(data), splices)


@given(changed(), st.binary(max_size=400))
def test_a_change_knows_the_file_before_and_after_and_the_way_back(
    case: tuple[bytes, tuple[Splice, ...]], other: bytes
) -> None:
    old, splices = case
    new = spliced(old, splices)
    change = change_of(Path("a.jpg"), io.BytesIO(old), 7, splices)
    assert change.is_before(io.BytesIO(old))
    assert change.is_after(io.BytesIO(new))
    assert spliced(new, unpacked(packed(change.inverse))) == old
    assert change.is_before(io.BytesIO(other)) == (other == old)
    assert change.is_after(io.BytesIO(other)) == (other == new)
    assert change.is_after(io.BytesIO(old)) == (old == new)


@given(changed(), st.data())
def test_no_byte_can_differ_unseen(case: tuple[bytes, tuple[Splice, ...]], data: st.DataObject) -> None:
    old, splices = case
    new = spliced(old, splices)
    change = change_of(Path("a.jpg"), io.BytesIO(old), 7, splices)
    for content, says in ((old, change.is_before), (new, change.is_after)):
        if content:
            at = data.draw(st.integers(0, len(content) - 1))
            wrong = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
            assert not says(io.BytesIO(wrong))
            assert not says(io.BytesIO(content + b"\0"))


def _small(tmp_path: Path, old: bytes, new: bytes) -> FileChange:
    path = tmp_path / "a.xmp"
    path.write_bytes(old)
    return small_change(path, old, new)


def test_a_small_file_is_changed_by_what_differs_only(tmp_path: Path) -> None:
    old, new = b"a" * 10_000 + b"old" + b"z" * 10_000, b"a" * 10_000 + b"newer" + b"z" * 10_000
    change = _small(tmp_path, old, new)
    assert change.mtime_ns == (tmp_path / "a.xmp").stat().st_mtime_ns
    assert len(packed(change.inverse)) < 100
    assert spliced(new, change.inverse) == old
    assert change.is_after(io.BytesIO(new))


def test_a_file_that_is_made_has_no_before(tmp_path: Path) -> None:
    change = small_change(tmp_path / "a.xmp", None, b"new")
    assert (change.before, change.inverse) == (None, ())
    assert change.is_after(io.BytesIO(b"new"))
    assert not change.is_before(io.BytesIO(b""))


def test_large_files_are_read_in_blocks(tmp_path: Path) -> None:
    old = bytes(range(256)) * 4000
    splices = (Splice(10, 5, b"x" * 300_000), Splice(600_000, 0, b"inserted"))
    change = change_of(tmp_path / "a.jpg", io.BytesIO(old), 0, splices)
    new = spliced(old, splices)
    assert change.is_before(io.BytesIO(old))
    assert change.is_after(io.BytesIO(new))
    assert spliced(new, change.inverse) == old


def test_a_photo_is_read_without_moving_whoever_else_reads_it(tmp_path: Path) -> None:
    path, splices = tmp_path / "a.jpg", (Splice(3, 2, b"new"),)
    path.write_bytes(b"0123456789")
    with path.open("rb") as source:
        source.seek(4)
        change = change_of_file(path, path.stat(), splices)
        assert source.tell() == 4
    assert change == change_of(path, io.BytesIO(b"0123456789"), path.stat().st_mtime_ns, splices)


def test_a_photo_that_is_no_longer_the_one_that_was_looked_at_is_not_recorded(tmp_path: Path) -> None:
    path, other = tmp_path / "a.jpg", tmp_path / "b.jpg"
    path.write_bytes(b"old")
    seen = path.stat()
    other.write_bytes(b"old")
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.replace(path)
    with pytest.raises(ChangedMeanwhile, match="changed it meanwhile"):
        change_of_file(path, seen, ())
    path.unlink()
    with pytest.raises(Unreadable):
        change_of_file(path, seen, ())


@given(st.binary(max_size=200))
def test_whatever_is_in_a_damaged_journal_is_said_or_harmless(data: bytes) -> None:
    for content in (data, zlib.compress(data)):
        with suppress(DiskError):
            assert all(isinstance(splice, Splice) for splice in unpacked(content))


@pytest.mark.parametrize("cut", [1, 10, 24])
def test_cut_off_splices_are_damaged(cut: int) -> None:
    whole = zlib.decompress(packed((Splice(1, 2, b"some bytes"),)))
    with pytest.raises(DiskError, match="damaged"):
        unpacked(zlib.compress(whole[:-cut]))
