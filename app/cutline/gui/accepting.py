"""Accepting: puts what will be written into the files, in the background, one write at a time, in the order asked for.

An order is made up when its turn comes, from what the entry holds then, so that a photo accepted twice is written
twice, each time through the reading that is up to date.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.errors import CutlineError
from cutline.core.photo import Photo
from cutline.gui.background import Job
from cutline.gui.photos import PhotoModel
from cutline.gui.review import changes, planned
from cutline.gui.session import Session
from cutline.gui.writing import Order, Outcome, writing


@dataclass
class Result:
    """What a round of accepting came to."""

    total: int = 0
    written: int = 0
    unchanged: int = 0
    failed: int = 0
    first_error: CutlineError | None = None

    @property
    def done(self) -> int:
        """Photos dealt with so far."""
        return self.written + self.unchanged + self.failed

    def sentence(self) -> str:
        """The round in one line."""
        parts = []
        if self.written:
            parts.append(f"{self.written:,} written")
        if self.unchanged:
            parts.append(f"{self.unchanged:,} with nothing to write")
        if self.failed:
            parts.append(f"{self.failed:,} could not be written")
        return (", ".join(parts) or "Nothing to write") + "."


class Acceptor(QObject):
    """Writes what was accepted."""

    progressed = Signal(object)
    """The `Result` so far."""
    finished = Signal(object)
    """The `Result` of everything accepted since it was last idle."""
    failed = Signal(object)
    settled = Signal(list)
    """Paths of photos that were accepted and into which there is nothing to write."""

    def __init__(self, model: PhotoModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._session = model, session
        self._waiting: list[Photo] = []
        self._agreed: list[object] = []
        self._control = Control()
        self._job: Job | None = None
        self._held = False
        self._result = Result()

    @property
    def busy(self) -> bool:
        """Whether something is being written, or waits to be."""
        return self._job is not None or bool(self._waiting)

    @property
    def left(self) -> int:
        """Photos accepted that are not dealt with yet."""
        return self._result.total - self._result.done if self.busy else 0

    def accept(self, photos: Iterable[Photo]) -> None:
        """Write what is planned for `photos`. Photos whose file has not been read yet are left out."""
        photos = list(photos)
        if not self.busy:
            self._result = Result()
        self._waiting += photos
        self._result.total += len(photos)
        if self._job is None and not self._held:
            self._next_job()

    def hold(self) -> None:
        """Begin nothing for now: what is accepted waits."""
        self._held = True

    def release(self) -> None:
        """Write what was accepted meanwhile."""
        self._held = False
        if self._waiting and self._job is None:
            self._next_job()

    def cancel(self) -> None:
        """Finish the file being written and leave the others as they are."""
        self._waiting.clear()
        self._control.cancel()

    def _next_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        orders = [order for photo in self._waiting if (order := self._order(photo)) is not None]
        self._waiting.clear()
        if self._agreed:
            self.settled.emit(self._agreed)
            self._agreed = []
        if not orders:
            self._job = None
            self.finished.emit(self._result)
            return
        settings, self._control = self._session.settings, Control()
        control, journal = self._control, self._session.journal_file
        self._job = Job(lambda: writing(orders, settings, journal, control), self)
        self._job.items.connect(self._on_items)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._next_job)
        self._job.start()

    def _order(self, photo: Photo) -> Order | None:
        row = self._model.row_of(photo)
        entry = self._model.entry(row) if row is not None else None
        if row is None or entry is None or entry.reading is None:
            self._result.total -= 1
            return None
        settings = self._session.settings
        fields = changes(entry, settings)
        if not fields:
            self._result.unchanged += 1
            self._agreed.append(photo.path)
            self._model.update(row, state=State.UNCHANGED, error=None, edited=None)
            return None
        return Order(photo, planned(entry, settings), fields, entry.reading)

    def _on_items(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, Outcome):
                self._take(item)
        self.progressed.emit(self._result)

    def _take(self, outcome: Outcome) -> None:
        row = self._model.row_of(outcome.order.photo)
        if outcome.error is not None or outcome.reading is None:
            self._result.failed += 1
            self._result.first_error = self._result.first_error or outcome.error
            if row is not None:
                self._model.update(row, state=State.FAILED, error=outcome.error)
            return
        self._result.written += 1
        if row is None:
            return
        entry, now = self._model.entry(row), outcome.reading.caption
        typed_since = entry.edited is not None and entry.edited != outcome.order.caption
        self._model.update(
            row,
            reading=outcome.reading,
            state=State.SUGGESTED if typed_since else State.WRITTEN,
            error=None,
            notes=outcome.notes,
            edited=entry.edited if typed_since else now,
        )
