"""What is written down of a file before it is replaced: enough to put it back, byte for byte, and to know that it is.

    the file as it is ─┐
    its splices ───────┴─> FileChange: their inverse, both digests ─> record ─> the file is replaced

Both digests are SHA-256 of a whole file, its bytes in an order of their own: first all that the change leaves alone,
then what it replaces. What is left alone is the same before and after, so that one reading of the old file gives both;
with the lengths known, each is as good a proof as one in plain order.
"""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cutline.core.errors import ChangedMeanwhile
from cutline.core.metadata.apply import real_path, unchanged
from cutline.core.metadata.copying import blocks
from cutline.core.metadata.files import opened, reading, shown
from cutline.core.metadata.model import Splice
from cutline.core.metadata.splice import Kept, inverse, minimal, pieces, size_after
from cutline.core.photo import Caption, FieldName

if TYPE_CHECKING:
    from hashlib import _Hash


@dataclass(frozen=True, slots=True)
class FileState:
    """A file's content, as far as it takes to know it again."""

    size: int
    digest: bytes
    """SHA-256 of all its bytes, those that are replaced last."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that is to be replaced, or made."""

    path: Path
    """Without links."""
    before: FileState | None
    """None: there is no such file, and undoing removes it."""
    mtime_ns: int
    """Modification time of the file before; 0 where there is none."""
    after: FileState
    inverse: tuple[Splice, ...]
    """What makes the file as it will be the file as it was; in order of offset."""

    def is_after(self, file: BinaryIO) -> bool:
        """Whether the open file holds what was written; reads all of it where its size is right."""
        return _holds(file, self.after, self.inverse)

    def is_before(self, file: BinaryIO) -> bool:
        """Whether the open file holds what it held before; reads all of it where its size is right."""
        return self.before is not None and _holds(file, self.before, _turned(self.inverse))


@dataclass(frozen=True, slots=True)
class Words:
    """What a write means, for a person who wants only that undone."""

    before: Caption
    """What the photo said, all carriers reconciled."""
    fields: tuple[FieldName, ...]
    """The fields that say something else afterwards."""
    tags: tuple[str, ...] | None = None
    """The tags it says afterwards; None: they are not known."""


Record = Callable[[FileChange, Words], AbstractContextManager[None]]
"""Keeps a change for good on entering, while the file is still as it was, and takes note on leaving that it was made.
Raises `DiskError` where it cannot be kept; then the file must not be touched."""
Replacing = Callable[[Path, "bytes | None", bytes], AbstractContextManager[None]]
"""Surrounds the replacing of a small file: its path, its old content (None: there was none), its new content."""


@contextmanager
def unrecorded(path: Path, old: bytes | None, new: bytes) -> Iterator[None]:
    """The `Replacing` that keeps nothing."""
    yield


def change_of_file(path: Path, status: os.stat_result, splices: Sequence[Splice]) -> FileChange:
    """The change that `splices` make to the photo at `path`, of which `status` was taken when they were made.

    Reads it through a handle of its own, so that it can be written meanwhile. Raises `Unreadable`, `ChangedMeanwhile`.
    """
    with opened(path) as (file, now):
        if not unchanged(status, now):
            raise ChangedMeanwhile(f"{shown(path)}: another program changed it meanwhile; look at it again.")
        return change_of(path, file, status.st_mtime_ns, splices)


def change_of(path: Path, source: BinaryIO, mtime_ns: int, splices: Sequence[Splice]) -> FileChange:
    """The change that `splices` (in order of offset) make to the file at `path`, open as `source`."""
    with reading(path):
        size = source.seek(0, 2)
        old = _digest_of_kept(source, size, splices)
        new = old.copy()
        back = inverse(source, splices)
        for there, then in zip(back, splices, strict=True):
            old.update(there.new_bytes)
            new.update(then.new_bytes)
        before, after = FileState(size, old.digest()), FileState(size_after(size, splices), new.digest())
        return FileChange(real_path(path), before, mtime_ns, after, back)


def small_change(path: Path, old: bytes | None, new: bytes) -> FileChange:
    """The change of a file from `old` to `new`; None: it is made."""
    if old is None:
        return FileChange(real_path(path), None, 0, FileState(len(new), sha256(new).digest()), ())
    with reading(path):
        mtime_ns = path.stat().st_mtime_ns
    file = io.BytesIO(old)
    return change_of(path, file, mtime_ns, minimal(file, [Splice(0, len(old), new)]))


def _holds(file: BinaryIO, state: FileState, splices: Sequence[Splice]) -> bool:
    """Whether the file is in `state`, where `splices` (only their places count) say what is last in its digest."""
    size = file.seek(0, 2)
    if size != state.size:
        return False
    digest = _digest_of_kept(file, size, splices)
    for splice in splices:
        _feed(digest, file, splice.offset, splice.old_length)
    return digest.digest() == state.digest


def _turned(splices: Sequence[Splice]) -> tuple[Splice, ...]:
    """Places of what `splices` put in, in the file as it is then; without the bytes that would take it out."""
    result, shift = [], 0
    for splice in splices:
        result.append(Splice(splice.offset + shift, len(splice.new_bytes), b""))
        shift += len(splice.new_bytes) - splice.old_length
    return tuple(result)


def _digest_of_kept(file: BinaryIO, size: int, splices: Sequence[Splice]) -> "_Hash":
    digest = sha256()
    places = [Splice(splice.offset, splice.old_length, b"") for splice in splices]
    for piece in pieces(places, size):
        assert isinstance(piece, Kept)
        _feed(digest, file, piece.offset, piece.length)
    return digest


def _feed(digest: "_Hash", file: BinaryIO, offset: int, length: int) -> None:
    for block in blocks(file, offset, length):
        digest.update(block)
