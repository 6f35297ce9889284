"""Paths into photos in the window: scanned in the background, shown as they are found.

Those whose suggestion waits for review from earlier on get it back.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cutline.core.batch import State
from cutline.core.photo import Photo, printable
from cutline.core.scan import Problem
from cutline.gui.background import Job
from cutline.gui.importing import scan_job
from cutline.gui.photos import PhotoModel
from cutline.gui.restoring import Restored
from cutline.gui.review import changes, rebased
from cutline.gui.session import Session


@dataclass
class Found:
    """What adding some paths came to."""

    paths: Sequence[Path]
    new: int = 0
    known: int = 0
    waiting: int = 0
    """Those whose suggestion waits for review."""
    problems: list[Problem] = field(default_factory=list)

    def sentence(self) -> str:
        """In one line."""
        parts = [f"{self.new:,} photo{'s' if self.new != 1 else ''} added"]
        if self.known:
            parts.append(f"{self.known:,} here already")
        if self.waiting:
            parts.append(f"{self.waiting:,} to review from earlier on")
        return ", ".join(parts) + "."

    def trouble(self) -> str:
        """What a person must know of; empty where all went well."""
        if self.problems:
            more = f" ({len(self.problems) - 1:,} more could not be added.)" if len(self.problems) > 1 else ""
            return f"{self.problems[0].error}{more}"
        if not self.new and not self.known:
            where = f"“{printable(self.paths[0].name)}”" if len(self.paths) == 1 else "what you added"
            return f"There are no photos in {where}; add pictures, or a folder that holds some."
        return ""


class Adding(QObject):
    """Adds paths to the model; several at once are no trouble."""

    grown = Signal()
    finished = Signal(object)
    """What one call of `add` came to: `Found`."""
    failed = Signal(object)

    def __init__(self, model: PhotoModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._session = model, session
        self._jobs: dict[Job, Found] = {}

    @property
    def busy(self) -> bool:
        """Whether something is still being scanned."""
        return bool(self._jobs)

    def add(self, paths: Sequence[Path]) -> Found | None:
        """Add the photos at and below `paths`; what `finished` will be told of, None where there is nothing to do."""
        if not paths:
            return None
        absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - a link keeps its name
        job = scan_job(absolute, True, self, self._session.journal_file)
        self._jobs[job] = found = Found(list(paths))
        job.items.connect(lambda items: self._take(job, items))
        job.failed.connect(self.failed)
        job.finished.connect(lambda: self._end(job))
        job.start()
        return found

    def cancel(self) -> None:
        """Look for no more photos."""
        for job in self._jobs:
            job.stop()

    def _take(self, job: Job, items: list[object]) -> None:
        found = self._jobs[job]
        photos = [item for item in items if isinstance(item, Photo)]
        new = self._model.add(photos)
        found.new += new
        found.known += len(photos) - new
        found.problems += [item for item in items if isinstance(item, Problem)]
        found.waiting += sum(self._restore(item) for item in items if isinstance(item, Restored))
        if new:
            self.grown.emit()

    def _restore(self, item: Restored) -> bool:
        """Whether a photo has its suggestion back: one about which nothing newer is known."""
        row = self._model.row_of(item.photo)
        if row is None or self._model.entry(row).state is not None:
            return False
        entry, settings = self._model.entry(row), self._session.settings
        edited = rebased(entry, settings, item.reading, item.suggestion)
        after = replace(entry, reading=item.reading, suggestion=item.suggestion, edited=edited)
        state = State.SUGGESTED if changes(after, settings) else State.UNCHANGED
        self._model.update(
            row, state=state, reading=item.reading, suggestion=item.suggestion, edited=edited, cached=True,
            notes=item.notes, error=None,
        )  # fmt: skip
        return state is State.SUGGESTED

    def _end(self, job: Job) -> None:
        found = self._jobs.pop(job)
        job.deleteLater()
        self.finished.emit(found)
