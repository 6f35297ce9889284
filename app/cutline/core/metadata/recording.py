"""What is written down of a file before it is replaced: enough to put it back, byte for byte, and to know that it is.

    the file as it is ─ digest ─┐
    its splices ─ digest ───────┼─> FileChange ─> record ─> the file is replaced
    their inverse ──────────────┘

A digest is the SHA-256 of the whole file: that of the file as it is tells a photo which came back from one that did
not, that of the file as it will be tells one that another program changed since. The new file's is worked out from the
old file and the splices, without reading what is being written.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cutline.core.metadata.apply import real_path
from cutline.core.metadata.files import reading
from cutline.core.metadata.model import Splice
from cutline.core.metadata.splice import Kept, inverse, minimal, pieces
from cutline.core.photo import Caption, FieldName

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileState:
    """A file's content, as far as it takes to know it again."""

    size: int
    digest: bytes
    """SHA-256 of all its bytes."""


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
    """What makes the file as it will be the file as it was."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a write means, for a person who wants only that undone."""

    before: Caption
    """What the photo said, all carriers reconciled."""
    fields: tuple[FieldName, ...]
    """The fields that say something else afterwards."""


Record = Callable[[FileChange, Words], AbstractContextManager[None]]
"""Keeps a change for good on entering, while the file is still as it was, and takes note on leaving that it was made.
Raises `DiskError` where it cannot be kept; then the file must not be touched."""
Replacing = Callable[[Path, "bytes | None", bytes], AbstractContextManager[None]]
"""Surrounds the replacing of a small file: its path, its old content (None: there was none), its new content."""


@contextmanager
def unrecorded(path: Path, old: bytes | None, new: bytes) -> Iterator[None]:
    """The `Replacing` that keeps nothing."""
    yield


def photo_change(path: Path, source: BinaryIO, mtime_ns: int, splices: Sequence[Splice]) -> FileChange:
    """The change that `splices` (in order of offset) make to the photo at `path`, open as `source`."""
    with reading(path):
        back = inverse(source, splices)
        return FileChange(real_path(path), state_of(source), mtime_ns, _state_after(source, splices), back)


def small_change(path: Path, old: bytes | None, new: bytes) -> FileChange:
    """The change of a file from `old` to `new`; None: it is made."""
    after = FileState(len(new), sha256(new).digest())
    if old is None:
        return FileChange(real_path(path), None, 0, after, ())
    file = io.BytesIO(old)
    back = inverse(file, minimal(file, [Splice(0, len(old), new)]))
    with reading(path):
        mtime_ns = path.stat().st_mtime_ns
    return FileChange(real_path(path), FileState(len(old), sha256(old).digest()), mtime_ns, after, back)


def state_of(file: BinaryIO) -> FileState:
    """The state of an open file; reads all of it."""
    digest = sha256()
    size = file.seek(0, 2)
    _feed(digest.update, file, Kept(0, size))
    return FileState(size, digest.digest())


def _state_after(source: BinaryIO, splices: Sequence[Splice]) -> FileState:
    digest, size = sha256(), 0
    for piece in pieces(splices, source.seek(0, 2)):
        if isinstance(piece, Kept):
            _feed(digest.update, source, piece)
            size += piece.length
        else:
            digest.update(piece)
            size += len(piece)
    return FileState(size, digest.digest())


def _feed(update: Callable[[bytes], None], file: BinaryIO, kept: Kept) -> None:
    left = kept.length
    file.seek(kept.offset)
    while left and (block := file.read(min(_BLOCK, left))):
        update(block)
        left -= len(block)
