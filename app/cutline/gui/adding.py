"""Paths into photos in the window: scanned in the background, shown as they are found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cutline.core.photo import Photo, printable
from cutline.core.scan import Problem
from cutline.gui.background import Job
from cutline.gui.importing import scan_job
from cutline.gui.photos import PhotoModel


@dataclass
class Found:
    """What adding some paths came to."""

    paths: Sequence[Path]
    new: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)

    def sentence(self) -> str:
        """In one line."""
        parts = [f"{self.new:,} photo{'s' if self.new != 1 else ''} added"]
        if self.known:
            parts.append(f"{self.known:,} here already")
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

    def __init__(self, model: PhotoModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._jobs: dict[Job, Found] = {}

    @property
    def busy(self) -> bool:
        """Whether something is still being scanned."""
        return bool(self._jobs)

    def add(self, paths: Sequence[Path]) -> None:
        """Add the photos at and below `paths`."""
        if not paths:
            return
        job = scan_job(list(paths), True, self)
        self._jobs[job] = Found(list(paths))
        job.items.connect(lambda items: self._take(job, items))
        job.failed.connect(self.failed)
        job.finished.connect(lambda: self._end(job))
        job.start()

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
        if new:
            self.grown.emit()

    def _end(self, job: Job) -> None:
        found = self._jobs.pop(job)
        job.deleteLater()
        self.finished.emit(found)
