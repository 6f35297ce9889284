"""The way back: the old bytes of photos, put back from the journal.

    target ─> photos, the one written last first ─> per photo its changes, newest first ─> look, put back, note

A photo is only put back from exactly the bytes that Cutline wrote, and to exactly the bytes that were there, which both
digests prove; one that changed since is refused and the others go on. All files of a change (the photo and its sidecar)
are looked at before the first is touched. What was put back is noted afterwards: a run of undo that was killed in
between finds the photo as it was before, and notes it then. A photo that was moved is known again by its bytes where
it is named at its new place.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cutline.core import changes
from cutline.core.changes import Change, FileRow
from cutline.core.control import Control
from cutline.core.errors import Cancelled, ChangedMeanwhile, ConfigError, CutlineError, Unreadable
from cutline.core.forced import put_words_back
from cutline.core.history import known, last_writing_run
from cutline.core.journal import Journal
from cutline.core.metadata.apply import check_writable
from cutline.core.metadata.files import shown
from cutline.core.metadata.locking import locked
from cutline.core.metadata.undoing import Standing, missing, put_back, require_undoable, standing
from cutline.core.moved import Moved, moved
from cutline.core.runs import Recorder


class Result(StrEnum):
    """What became of a photo."""

    UNDONE = "undone"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Undone:
    """One photo's outcome."""

    path: Path
    result: Result
    run: int | None = None
    """Whose changes these were."""
    notes: tuple[str, ...] = ()
    error: CutlineError | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be put back.

    Neither run nor paths: the last run that wrote anything; once it is undone, nothing more. `run`: that run. `paths`:
    of each photo at or below them the latest change that is not undone, one further back with every call; together
    with `run` those photos of that run.
    """

    run: int | None = None
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    """A photo, and what of it is to be undone, newest first."""

    named: Path
    changes: tuple[Change, ...]
    moved: Moved | None = None
    """Where it is now, if elsewhere than when it was written."""

    def files_of(self, journal: Journal, change: Change) -> list[FileRow]:
        """The files of one of the changes, where they are now."""
        rows = changes.files_of(journal, change.id)
        return [self.moved.followed(row) for row in rows] if self.moved else rows


def undo(journal: Journal, target: Target, control: Control, forced: Recorder | None = None) -> Iterator[Undone]:
    """Put back what `target` says; one outcome per photo, as each is done.

    With `forced`, which records it, a photo that changed since gets back its caption instead: title, description, tags
    and alt text as far as the change touched them. Raises `ConfigError` for a run there is not, `DiskError` where the
    journal cannot be used.
    """
    if target.run is not None and not known(journal, target.run):
        raise ConfigError(f"There is no run {target.run}; see “cutline history”.")
    for job in _jobs(journal, target):
        if isinstance(job, Undone):
            yield job
        elif control.cancelled:
            cancelled = Cancelled("Stopped before it was put back.")
            yield Undone(job.named, Result.CANCELLED, job.changes[0].run, error=cancelled)
        else:
            yield _undone(journal, job, control, forced)


def _jobs(journal: Journal, target: Target) -> Iterator[_Job | Undone]:
    run = target.run
    if target.paths:
        yield from _jobs_at(journal, target.paths, run)
        return
    if run is None:
        run = last_writing_run(journal)
    if run is not None:
        yield from _by_photo(changes.standing_of_run(journal, run))


def _jobs_at(journal: Journal, paths: Sequence[Path], run: int | None) -> Iterator[_Job | Undone]:
    seen: set[Path] = set()
    for path, photos in zip(paths, changes.photos_at(journal, paths, run), strict=True):
        if not photos:
            yield from _moved_jobs(journal, path, run)
        for photo in photos:
            if photo in seen:
                continue
            seen.add(photo)
            standing_changes = changes.standing_of_photo(journal, photo)
            if run is not None:
                standing_changes = [change for change in standing_changes if change.run == run]
            elif len(standing_changes) > 1:
                standing_changes = [_latest(journal, standing_changes)]
            yield from _by_photo(standing_changes)


def _moved_jobs(journal: Journal, path: Path, run: int | None) -> Iterator[_Job | Undone]:
    found = None
    for found in moved(journal, path, run):
        yield _Job(found.to, (found.change,), found)
    if found is None and not os.path.lexists(path):
        nowhere = Unreadable(f"{shown(path)}: there is no such file or folder, and nothing of it is on record.")
        yield Undone(path, Result.FAILED, run, error=nowhere)
    elif found is None:
        of_run = "" if run is None else f" in run {run}"
        yield Undone(path, Result.UNCHANGED, run, (f"Cutline wrote nothing here{of_run} that is not undone.",))


def _by_photo(listed: Sequence[Change]) -> Iterator[_Job]:
    by_photo: dict[Path, list[Change]] = {}
    for change in listed:
        by_photo.setdefault(change.photo, []).append(change)
    for of_photo in by_photo.values():
        yield _Job(of_photo[0].named, tuple(of_photo))


def _latest(journal: Journal, newest_first: Sequence[Change]) -> Change:
    """The latest change that was really made: a killed run may have left one that was not."""
    return next((change for change in newest_first[:-1] if _made(journal, change)), newest_first[-1])


def _made(journal: Journal, change: Change) -> bool:
    try:
        files = changes.files_of(journal, change.id)
        return any(file.state != "intended" or standing(file.change) is not Standing.BEFORE for file in files)
    except CutlineError:
        return True  # undoing it will say what is wrong


def _undone(journal: Journal, job: _Job, control: Control, forced: Recorder | None) -> Undone:
    run, touched = job.changes[0].run, False
    for number, change in enumerate(job.changes):
        try:
            with locked(job.moved.to if job.moved else change.named, control):
                touched |= _change_undone(journal, job, change)
        except Cancelled as error:
            return Undone(job.named, Result.CANCELLED, run, error=error)
        except CutlineError as error:
            if forced is not None and isinstance(error, ChangedMeanwhile | Unreadable):
                return _forced(journal, job, job.changes[number:], forced)
            return Undone(job.named, Result.FAILED, run, error=_explained(journal, change, error))
    if touched:
        return Undone(job.named, Result.UNDONE, run)
    return Undone(job.named, Result.UNCHANGED, run, ("It was already as it was before.",))


def _change_undone(journal: Journal, job: _Job, change: Change) -> bool:
    """Put all files of a change back, the one written last first; whether any had to be."""
    rows, photo = job.files_of(journal, change), job.moved.to if job.moved else change.photo
    if not os.path.lexists(photo):  # a sidecar that was made is not gone for good then: it went with its photo
        raise missing(photo)
    files = [(file, require_undoable(file.change)) for file in rows]
    for file, found in files:
        if found is Standing.AFTER:
            check_writable(file.change.path)
    for file, found in reversed(files):
        if found is Standing.AFTER:
            put_back(file.change)
        _note(journal, [file])
    return any(found is Standing.AFTER for _, found in files)


def _forced(journal: Journal, job: _Job, left: Sequence[Change], recorder: Recorder) -> Undone:
    run = job.changes[0].run
    try:
        files = [file for change in left for file in changes.files_of(journal, change.id)]
        embedded = any(file.change.path == change.photo for change in left for file in files)
        notes = put_words_back(job.named, [change.words for change in left], recorder, embedded=embedded)
        _note(journal, files)
    except CutlineError as error:
        return Undone(job.named, Result.FAILED, run, error=error)
    return Undone(job.named, Result.UNDONE, run, notes)


def _note(journal: Journal, files: Sequence[FileRow]) -> None:
    with journal.transaction() as db:
        changes.mark(db, [file.id for file in files], "undone")


def _explained(journal: Journal, change: Change, error: CutlineError) -> CutlineError:
    """A clearer word where it was Cutline itself that wrote again."""
    later = changes.later_run(journal, change) if isinstance(error, ChangedMeanwhile) else None
    if later is None or later == change.run:
        return error
    return ChangedMeanwhile(f"{shown(change.named)}: run {later} wrote to it after run {change.run}; undo that first.")
