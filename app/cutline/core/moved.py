"""Photos that were moved or renamed since they were written: known again by their bytes.

    photo ─ its size, or its sidecar's ─> files on record of that size, gone from their places ─ digest ─> the change

A photo whose recorded place still holds a file is no moved one: what was found is a copy, which is nobody's history.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cutline.core import changes
from cutline.core.changes import Change, FileRow
from cutline.core.errors import PhotoError
from cutline.core.journal import Journal
from cutline.core.metadata import sidecar
from cutline.core.metadata.undoing import Standing, standing
from cutline.core.photo import Photo
from cutline.core.scan import scan


@dataclass(frozen=True, slots=True)
class Moved:
    """A photo that was written at one place and is at another now."""

    change: Change
    """The latest change of it."""
    to: Path

    def followed(self, row: FileRow) -> FileRow:
        """A file of the change where it is now: the photo itself, or the sidecar that is named after it."""
        there, photo = row.change.path, self.change.photo
        if there == photo:
            path = self.to
        elif there.parent == photo.parent and there.name.startswith(photo.stem):
            own = photo.name if there.name.startswith(photo.name) else photo.stem
            now = self.to.name if own == photo.name else self.to.stem
            path = self.to.with_name(now + there.name.removeprefix(own))
        else:
            return row
        return replace(row, change=replace(row.change, path=path))


def moved(journal: Journal, path: Path, run: int | None = None) -> Iterator[Moved]:
    """The photos at and below `path` that Cutline wrote when they were elsewhere; only in `run` where one is given.

    Raises `JournalError`.
    """
    gone = _gone(journal, run)
    for item in scan([path]) if gone else ():
        if isinstance(item, Photo):
            found = _known_again(journal, Path(os.path.realpath(item.path)), gone, run)
            if found is not None:
                yield found


_Gone = dict[tuple[object, ...], list[int]]
"""The changes not undone of files that are not at their places any more, those written last first: by the files' sizes
as they were written, by size and name, and by size and time, so that of twins the right one is found, and at once."""


def _gone(journal: Journal, run: int | None) -> _Gone:
    sql = (
        "SELECT f.size_after, f.path, f.mtime_ns, c.id FROM files f JOIN changes c ON c.id = f.change"
        " WHERE f.state <> 'undone' AND (?1 IS NULL OR c.run = ?1) ORDER BY f.id DESC"
    )
    result: _Gone = {}
    for size, path, mtime_ns, change in journal.rows(sql, (run,)):
        if not os.path.lexists(path):
            for key in _keys(size, os.path.basename(path), mtime_ns):  # noqa: PTH119 - bytes
                result.setdefault(key, []).append(change)
    return result


def _keys(size: int, name: bytes, mtime_ns: int) -> tuple[tuple[object, ...], ...]:
    return (size, name), (size, mtime_ns), (size,)


def _known_again(journal: Journal, photo: Path, gone: _Gone, run: int | None) -> Moved | None:
    """By the photo itself, and by its sidecar where that was written later, or where only that was written."""
    for path in filter(None, (photo, sidecar.find(photo))):
        found = next(_matches(journal, path, photo, gone), None)
        if found is not None:
            return _latest(journal, found) if run is None else found
    return None


def _latest(journal: Journal, found: Moved) -> Moved:
    """The last change of the same photo that is still there to see, in its sidecar at least."""
    for change in changes.standing_of_photo(journal, found.change.photo):
        later = Moved(change, found.to)
        if change.id <= found.change.id:
            break
        if any(_is_at(later.followed(row)) for row in changes.files_of(journal, change.id)):
            return later
    return found


def _matches(journal: Journal, path: Path, photo: Path, gone: _Gone) -> Iterator[Moved]:
    """The changes that left these bytes, with the file at `path`, which is `photo` or beside it."""
    try:
        status = path.stat()
    except OSError:
        return  # it went away at this moment
    keys = _keys(status.st_size, os.fsencode(path.name), status.st_mtime_ns)
    for id_ in (id_ for key in keys for id_ in gone.get(key, ())):
        change = changes.standing_change(journal, id_)
        found = Moved(change, photo) if change else None
        if found and any(_is_at(found.followed(row)) for row in changes.files_of(journal, id_)):
            yield found


def _is_at(row: FileRow) -> bool:
    try:
        return standing(row.change) is Standing.AFTER
    except PhotoError:
        return False
