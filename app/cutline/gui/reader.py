"""Looking into the files of selected photos, in the background, so that the inspector can show what is in them."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.photo import Photo
from cutline.gui.asking import Looked, looking
from cutline.gui.background import Job
from cutline.gui.photos import PhotoModel
from cutline.gui.review import rebased
from cutline.gui.session import Session


class Reader(QObject):
    """Reads files that are wanted; what is wanted last replaces what was wanted before and is not read yet."""

    failed = Signal(object)

    def __init__(self, model: PhotoModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._session = model, session
        self._waiting: list[Photo] = []
        self._control = Control()
        self._job: Job | None = None

    def want(self, photos: Iterable[Photo]) -> None:
        """Read the files of `photos`, whatever is known about them."""
        self._control.cancel()
        self._waiting = list(photos)
        if self._job is None:
            self._next_job()

    def cancel(self) -> None:
        """Read nothing more."""
        self.want(())

    def _next_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job = None
        if not self._waiting:
            return
        photos, self._waiting = self._waiting, []
        self._control = control = Control()
        self._job = Job(lambda: looking(photos, control), self)
        self._job.items.connect(self._on_items)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._next_job)
        self._job.start()

    def _on_items(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, Looked):
                self._take(item)

    def _take(self, looked: Looked) -> None:
        row = self._model.row_of(looked.photo)
        if row is None:
            return
        entry = self._model.entry(row)
        if looked.error is None:
            edited = rebased(entry, self._session.settings, looked.reading, entry.suggestion)
            self._model.update(row, reading=looked.reading, edited=edited)
        elif entry.state not in (State.QUEUED, State.ASKING):
            self._model.update(row, state=State.FAILED, error=looked.error)
