"""Putting photos back, from wish to result: runs it in the background and shows at once what the files say again.

A photo that was put back is what it was before it was accepted: its suggestion, where one is held, waits for review
again. Words that were typed and are in no file stay as they were typed.
"""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.metadata.model import Reading
from cutline.gui.background import Job
from cutline.gui.photos import Entry, PhotoModel
from cutline.gui.review import changes, in_file, rebased
from cutline.gui.session import Session
from cutline.gui.undoing import PutBack, Round, Wish, putting_back


class Undoer(QObject):
    """Puts photos back, one wish at a time."""

    started = Signal()
    progressed = Signal()
    finished = Signal(object)
    """The `Round`."""

    def __init__(self, model: PhotoModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._session = model, session
        self._control = Control()
        self._job: Job | None = None
        self.round = Round(Wish(0))
        """What there is to tell of the wish that is being fulfilled, or was last."""

    @property
    def busy(self) -> bool:
        """Whether photos are being put back."""
        return self._job is not None

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop and is still at a photo."""
        return self.busy and self._control.cancelled

    def start(self, wish: Wish) -> None:
        """Fulfil `wish`; does nothing while another one is being fulfilled."""
        if self.busy:
            return
        self.round, self._control = Round(wish), Control()
        control, settings, journal = self._control, self._session.settings, self._session.journal_file
        gallery = [entry.photo for entry in self._model.entries()]
        self._job = Job(lambda: putting_back(wish, settings, journal, control, gallery), self)
        self._job.items.connect(self._on_items)
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_finished)
        self._job.start()
        self.started.emit()

    def stop(self) -> None:
        """Finish the photo that is being put back and leave the others as they are."""
        if self.busy:
            self._control.cancel()
            self.progressed.emit()

    def _on_items(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, PutBack):
                self.round.add(item)
                self._show(item)
        self.progressed.emit()

    def _on_failed(self, error: object) -> None:
        self.round.trouble = error

    def _on_finished(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job = None
        self.finished.emit(self.round)

    def _show(self, item: PutBack) -> None:
        for photo in item.shown:
            row = self._model.row_of(photo)
            if row is None:
                continue
            if item.error is not None:
                self._model.update(row, state=State.FAILED, error=item.error)
            elif item.reading is not None:
                self._show_reading(row, item.reading, undone=item.undone.result.value == "undone")

    def _show_reading(self, row: int, reading: Reading, *, undone: bool) -> None:
        entry = self._model.entry(row)
        if not undone and reading.caption == in_file(entry):
            return
        typed = entry.edited is not None and entry.edited != in_file(entry)
        edited = rebased(entry, self._session.settings, reading, entry.suggestion) if typed else None
        self.round.typed += edited is not None
        state = self._state(replace(entry, reading=reading, edited=edited))
        self._model.update(row, reading=reading, edited=edited, state=state, error=None, notes=())

    def _state(self, entry: Entry) -> State | None:
        if entry.state in (State.QUEUED, State.ASKING):
            return entry.state
        if entry.suggestion is None:
            return None
        return State.SUGGESTED if changes(entry, self._session.settings) else State.UNCHANGED
