"""The history: what was written, run by run, newest first, and the way back.

    filter by name or folder
    runs │ photos of the run looked at, each with its picture, what was changed, whether it can be put back
         │ the photo looked at: each changed field, before and now
    strip while photos are being put back
    Undo This Run   Undo Selected                                                                        Close

Lists are read in the background and shown when they are there. What is to be put back is said by `wished`; the window
does it, and the lists follow.
"""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cutline.core.history import RunRecord
from cutline.core.paths import cache_dir
from cutline.core.run_photos import RunPhoto
from cutline.gui import history_words as words
from cutline.gui.banner import Banner
from cutline.gui.forward import sentence
from cutline.gui.history_detail import HistoryDetail
from cutline.gui.history_lists import PhotosView, RunsView
from cutline.gui.history_reading import reading_photos, reading_runs
from cutline.gui.latest import Latest
from cutline.gui.ranks import rank
from cutline.gui.session import Session
from cutline.gui.thumbnails import Thumbnails
from cutline.gui.undo_panel import UndoPanel
from cutline.gui.undoer import Undoer
from cutline.gui.undoing import Wish

_MEMORY = 20_000_000  # bytes of pixels
_REST = 200  # milliseconds that the filter must rest before it is followed
_NOTHING = "Nothing has been written yet."
_NOTHING_MORE = "What Cutline writes into photos is listed here, and can be put back."


class HistoryDialog(QDialog):
    """Runs, their photos, and buttons that wish for the way back."""

    wished = Signal(object)
    """A `Wish`."""

    def __init__(self, session: Session, undoer: Undoer, text: str = "", parent: QWidget | None = None) -> None:
        """`text`: what the filter begins with."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("History")
        self._session, self._undoer = session, undoer
        self._shown_run: int | None = None
        self._arrived = False
        """Whether runs have been shown."""
        self._reading_runs, self._reading_photos = Latest(self), Latest(self)
        self.thumbnails = Thumbnails(cache_dir() / "thumbnails.sqlite", self, _MEMORY)
        self._make(text)
        self._connect()
        self._fit_screen()
        self.reload()

    def _make(self, text: str) -> None:
        self.banner = Banner()
        self.banner.button.setAutoDefault(False)
        self.filter = QLineEdit(text)
        self.filter.setPlaceholderText("Filter by name or folder of a photo")
        self.filter.setAccessibleName("Filter by name or folder of a photo")
        self.filter.setClearButtonEnabled(True)
        self.runs, self.photos = RunsView(), PhotosView(self.thumbnails)
        self.detail = HistoryDetail()
        self.count = QLabel()
        rank(self.count, "muted")
        self.count.setContentsMargins(10, 6, 10, 4)
        self.message = _message()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.message)
        self._pages.addWidget(self._lists())
        self.undo_run, self.undo_selected = QPushButton("&Undo This Run"), QPushButton("Undo &Selected")
        self.undo_run.setToolTip("Put all photos of this run back as they were before it")
        self.undo_selected.setToolTip("Put the selected photos back as they were before this run")
        self.close_button = QPushButton("Close")
        buttons = QHBoxLayout()
        for button in (self.undo_run, self.undo_selected, self.close_button):
            button.setAutoDefault(False)
            if button is self.close_button:
                buttons.addStretch(1)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for widget in (self.banner, self.filter):
            layout.addWidget(widget)
        layout.addWidget(self._pages, 1)
        layout.addWidget(UndoPanel(self._undoer))
        layout.addLayout(buttons)

    def _lists(self) -> QWidget:
        around, inner = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        upper = QFrame()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.count)
        column.addWidget(self.photos, 1)
        for widget in (upper, self.detail):
            inner.addWidget(widget)
        inner.setSizes([300, 220])
        for widget, least in ((self.runs, 180), (inner, 260)):
            widget.setMinimumWidth(least)
            around.addWidget(widget)
        around.setSizes([330, 640])
        around.setStretchFactor(1, 1)
        for splitter in (around, inner):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        for view in (self.runs, self.photos):
            view.setFrameShape(QFrame.Shape.NoFrame)
        return around

    def _connect(self) -> None:
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self.reload)
        self.filter.textChanged.connect(self._rest.start)
        self.filter.returnPressed.connect(self.runs.setFocus)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.filter.setFocus)
        self.runs.moved.connect(self._on_run)
        self.photos.moved.connect(self._on_photos)
        for latest, take in ((self._reading_runs, self._take_runs), (self._reading_photos, self._take_photos)):
            latest.arrived.connect(take)
            latest.failed.connect(self._on_failed)
        self.undo_run.clicked.connect(self._wish_run)
        self.undo_selected.clicked.connect(self._wish_selected)
        self.close_button.clicked.connect(self.reject)
        self._undoer.started.connect(self._refresh)
        self._undoer.finished.connect(self.reload)

    def _fit_screen(self) -> None:
        self.setMinimumSize(500, 320)
        room = self.screen().availableGeometry().size()
        self.resize(min(980, room.width() - 40), min(640, room.height() - 60))

    @property
    def text(self) -> str:
        """What photos are filtered by."""
        return self.filter.text().strip()

    def reload(self) -> None:
        """Read the journal again; what is looked at and selected stays so."""
        self._rest.stop()
        journal, text = self._session.journal_file, self.text
        self._say_nothing_yet("Reading the history…")
        self._reading_runs.start(lambda: reading_runs(journal, text))
        self._refresh()

    def done(self, result: int) -> None:
        """Close; photos that are being put back go on, in the window's strip."""
        for latest in (self._reading_runs, self._reading_photos):
            latest.stop()
        self.detail.stop()
        self.thumbnails.stop()
        super().done(result)

    def _take_runs(self, runs: list[RunRecord]) -> None:
        self._shown_run = None
        self.runs.show_runs(runs)
        if runs:
            self._pages.setCurrentIndex(1)
            if not self._arrived:
                self.runs.setFocus()
            self._arrived = True
            self._on_run()
        elif self.text:
            self._say_nothing_yet(f"Nothing was written to a photo with “{self.text}” in its name or folder.")
        else:
            self._say_nothing_yet(_NOTHING, _NOTHING_MORE)
        self._refresh()

    def _say_nothing_yet(self, text: str, more: str = "") -> None:
        if not self.runs.listing.rowCount():
            self.message.setText(f"{text}\n{more}".strip())
            self._pages.setCurrentIndex(0)

    def _on_run(self) -> None:
        """Another run is looked at: read its photos."""
        run = self.runs.current()
        if run is None or run.id == self._shown_run:
            return
        self._shown_run = run.id
        journal, id_ = self._session.journal_file, run.id
        self._reading_photos.start(lambda: reading_photos(journal, id_))
        self._refresh()

    def _take_photos(self, listed: list[RunPhoto]) -> None:
        photos, run = words.matching(listed, self.text), self.runs.current()
        again = self.photos.property("run") == self._shown_run
        self.photos.setProperty("run", self._shown_run)
        self.photos.show_photos(photos, again=again)
        total = run.written if run else 0
        some = f"{len(photos):,} of {words.photos(total)}" if len(photos) < total else words.photos(len(photos))
        self.count.setText(some if photos else "This run wrote to no photo.")
        self._on_photos()

    def _on_photos(self) -> None:
        self.detail.show_photo(self.photos.current())
        self._refresh()

    def _on_failed(self, error: object) -> None:
        self.banner.say("error", sentence(error))
        self._say_nothing_yet("The history cannot be read.")

    def _refresh(self) -> None:
        """Bring the buttons in step with what is looked at."""
        run, free = self.runs.current(), not self._undoer.busy
        left = run.written - run.undone if run else 0
        chosen = [photo for photo in self.photos.selected() if photo.fate.open]
        self.undo_run.setText(f"&Undo This Run ({left:,})" if left else "&Undo This Run")
        self.undo_run.setEnabled(free and left > 0)
        self.undo_selected.setText(f"Undo &Selected ({len(chosen):,})" if chosen else "Undo &Selected")
        self.undo_selected.setEnabled(free and bool(chosen))

    def _wish_run(self) -> None:
        run = self.runs.current()
        if run is not None:
            about = f"{words.what(run)} · {words.when(run)}"
            self.wished.emit(Wish(run.written - run.undone, run.id, about=about))

    def _wish_selected(self) -> None:
        run, paths = self.runs.current(), tuple(photo.path for photo in self.photos.selected() if photo.fate.open)
        if run is not None and paths:
            about = f"{words.what(run)} · {words.when(run)}"
            self.wished.emit(Wish(len(paths), run.id, paths, about=about))


def _message() -> QLabel:
    label = QLabel()
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    rank(label, "muted")
    return label
