"""The two lists of the history: the runs, and the photos of one of them, with their pictures."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from cutline.core.batch import State
from cutline.core.history import RunRecord
from cutline.core.photo import Photo, printable
from cutline.core.run_photos import Fate, RunPhoto
from cutline.gui import history_words as words
from cutline.gui import theme
from cutline.gui.history_rows import Line, Listing, Rows
from cutline.gui.thumbnails import Thumbnails

_AHEAD = 12  # rows below the screen whose pictures are made in advance
_Flag = QItemSelectionModel.SelectionFlag
_TONES = {
    Fate.STANDING: State.ASKING,
    Fate.AGAIN: State.CANCELLED,
    Fate.CHANGED: State.CANCELLED,
    Fate.TOUCHED: State.CANCELLED,
    Fate.GONE: State.FAILED,
}


class _List(QListView):
    """A plain list of rows of one height."""

    moved = Signal()
    """Another row is current, or others are selected."""

    def __init__(self, listing: Listing, rows: Rows, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listing = listing
        self.setModel(listing)
        self.setItemDelegate(rows)
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(1000)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalScrollBar().setSingleStep(24)
        self.selectionModel().selectionChanged.connect(self.moved)
        self.selectionModel().currentChanged.connect(self.moved)
        theme.changed.connect(self.viewport().update)

    def select(self, rows: list[int], current: int) -> None:
        """Select `rows` and nothing else, and go to `current`."""
        wanted, selection = QItemSelection(), self.selectionModel()
        for row in rows:
            wanted.append(QItemSelectionRange(self.listing.index(row)))
        selection.select(wanted, _Flag.ClearAndSelect)
        selection.setCurrentIndex(self.listing.index(current), _Flag.NoUpdate)
        self.scrollTo(self.listing.index(current))


class RunsView(_List):
    """The runs, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Listing(_line_of_run), Rows(), "Runs", parent)

    def current(self) -> RunRecord | None:
        """The run looked at."""
        row = self.currentIndex().row()
        run: RunRecord | None = self.listing.items[row] if 0 <= row < self.listing.rowCount() else None
        return run

    def show_runs(self, runs: list[RunRecord]) -> None:
        """Show `runs`; the one looked at stays so, else it is the first."""
        was, top = self.current(), self.verticalScrollBar().value()
        self.listing.replace(runs)
        if runs:
            row = next((row for row, run in enumerate(runs) if was is not None and run.id == was.id), 0)
            self.select([row], row)
            self.verticalScrollBar().setValue(top)
            self.scrollTo(self.currentIndex())


class PhotosView(_List):
    """The photos of a run; several can be selected."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(Listing(_line_of_photo), Rows(thumbnails), "Photos of this run", parent)
        self._thumbnails = thumbnails
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(30)
        self._later.timeout.connect(self._request)
        self.verticalScrollBar().valueChanged.connect(self._later.start)
        self.listing.modelReset.connect(self._later.start)
        thumbnails.arrived.connect(self.viewport().update)

    def current(self) -> RunPhoto | None:
        """The photo looked at."""
        row = self.currentIndex().row()
        photo: RunPhoto | None = self.listing.items[row] if 0 <= row < self.listing.rowCount() else None
        return photo

    def selected(self) -> list[RunPhoto]:
        """The photos selected, in order."""
        return [self.listing.items[row] for row in sorted(index.row() for index in self.selectedIndexes())]

    def show_photos(self, photos: list[RunPhoto], *, again: bool) -> None:
        """Show `photos`; `again`: they are the ones shown before, so that what was selected stays so."""
        kept = {photo.path for photo in self.selected()} if again else set()
        was, top = self.current() if again else None, self.verticalScrollBar().value()
        self.listing.replace(photos)
        if photos:
            places = {photo.path: row for row, photo in enumerate(photos)} if again else {}
            row = places.get(was.path, 0) if was else 0
            self.select([places[path] for path in kept if path in places] if again else [0], row)
            self.verticalScrollBar().setValue(top if again else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt’s name
        super().resizeEvent(event)
        self._later.start()

    def _request(self) -> None:
        """Have the pictures made that are on the screen, then those below."""
        photos = self.listing.items
        if not photos:
            return
        first = max(0, self.indexAt(self.viewport().rect().topLeft()).row())
        height = max(1, self.sizeHintForRow(0))
        count = self.viewport().height() // height + 2 + _AHEAD
        wanted = [Photo(photo.path) for photo in photos[first : first + count]]
        self._thumbnails.want(wanted, Rows.box(self.devicePixelRatioF()))


def _line_of_run(run: RunRecord) -> Line:
    left = words.left(run)
    tip = "\n".join((f"Run {run.id}: {words.what(run)}", words.when(run), words.became(run), _language(run))).strip()
    detail = f"{words.when(run)} · {words.became(run)}"
    tone = State.ASKING if run.written > run.undone else None
    return Line(words.what(run), detail, left, tone, tip, words.spoken(run))


def _language(run: RunRecord) -> str:
    return ", ".join(part for part in (f"language {run.lang}" if run.lang else "", run.policy) if part)


def _line_of_photo(photo: RunPhoto) -> Line:
    name, detail, word = printable(photo.path.name), words.changed(photo), words.FATES[photo.fate]
    tip = f"{printable(str(photo.path))}\n{words.fate(photo)}"
    spoken = f"{name}, {detail}, {word}"
    return Line(name, detail, word, _TONES.get(photo.fate), tip, spoken, Photo(photo.path))
