"""The gallery: the photos as a grid of cards, as fluent with 100,000 as with ten.

    PhotoModel ─ filter ─> Shown (positions) ─> GridView (where) ─> Card (how) ─> screen
                                                     └─ what is on screen ─> Thumbnails

What leaves it are rows of the photo model, never positions: they mean the same photo whatever the filter.
"""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QElapsedTimer,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from cutline.core.batch import State
from cutline.core.photo import Photo
from cutline.gui import theme
from cutline.gui.gallery_card import PAD, Card, Measures
from cutline.gui.gallery_grid import fitting
from cutline.gui.gallery_shown import Shown
from cutline.gui.gallery_view import GridView
from cutline.gui.photos import PhotoModel
from cutline.gui.thumbnails import Thumbnails

SMALLEST, LARGEST = 96, 320  # pixels, width of a thumbnail: the range of the setting window.thumbnail_size
_ZOOM = 16  # pixels for a notch of the wheel
_SETTLE = 15  # milliseconds of rest after scrolling before thumbnails are asked for
_TICK = 60  # milliseconds between two positions of the turning badge
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_Flag = QItemSelectionModel.SelectionFlag


class Gallery(GridView):
    """Shows `photos`; its thumbnails come from `thumbnails`."""

    selection_changed = Signal()
    """Other photos are selected, or another one is current."""
    activated = Signal(int)
    """The photo in this row was double-clicked, or Enter or Space was pressed on it."""
    thumbnail_size_changed = Signal(int)

    def __init__(
        self, photos: PhotoModel, thumbnails: Thumbnails, parent: QWidget | None = None, thumbnail_size: int = 176
    ) -> None:
        super().__init__(parent)
        self._size = min(max(thumbnail_size, SMALLEST), LARGEST)
        self._photos, self._thumbnails = photos, thumbnails
        self._shown = Shown(photos, self)
        self._delegate = Card(thumbnails, self)
        self._kept: tuple[list[tuple[int, Photo]], Photo | None, int] = ([], None, -1)
        self._typed, self._since_typed = "", QElapsedTimer()
        self._fetch = _timer(self, _SETTLE, self._request, once=True)
        self._turning = _timer(self, _TICK, self._turn, once=False)
        self.setAccessibleName("Photos")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setItemDelegate(self._delegate)
        self.setModel(self._shown)
        self._connect()
        self.updateGeometries()

    def _connect(self) -> None:
        self._shown.about_to_change.connect(self._keep)
        self._shown.changed.connect(self._restore)
        self._shown.rowsInserted.connect(self._fetch_soon)
        self._shown.rowsRemoved.connect(self._fewer)
        self._photos.changed_counts.connect(self._watch)
        self._thumbnails.arrived.connect(self._show_new)
        self._thumbnails.forgotten.connect(self._fetch_soon)
        self.verticalScrollBar().valueChanged.connect(self._fetch_soon)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    # ---- what others ask and tell

    def selected_rows(self) -> list[int]:
        """The selected photos, in view order."""
        chosen = self.selectionModel().selection()
        return self._shown.rows((run.top(), run.bottom()) for run in map(chosen.at, range(chosen.size())))

    def shown_rows(self) -> list[int]:
        """All photos that the filter lets through, in view order."""
        return self._shown.rows([(0, self._shown.rowCount() - 1)])

    def current_row(self) -> int | None:
        """The photo that the cursor is on."""
        index = self.currentIndex()
        return self._shown.row(index.row()) if index.isValid() else None

    def current_photo(self) -> Photo | None:
        """The photo that the cursor is on."""
        row = self.current_row()
        return None if row is None else self._photos.entry(row).photo

    def neighbours(self) -> list[Photo]:
        """The current photo, the one after it and the one before it, as far as they are shown."""
        at = self.currentIndex().row()
        places = [place for place in (at, at + 1, at - 1) if 0 <= place < self._shown.rowCount()]
        return [self._shown.entry(place).photo for place in places] if at >= 0 else []

    def step(self, by: int) -> None:
        """Select the photo so many places further on alone, or the last one on the way."""
        at = min(max(0, self.currentIndex().row() + by), self._shown.rowCount() - 1)
        self.selectionModel().setCurrentIndex(self._shown.index(at), _Flag.ClearAndSelect)

    def select_rows(self, rows: Sequence[int]) -> None:
        """Select these and nothing else, as far as they are shown, and bring the first one to sight."""
        positions = sorted(place for row in rows if (place := self._shown.position(row)) is not None)
        self.selectionModel().select(self.selection(_runs(positions)), _Flag.ClearAndSelect)
        if positions:
            self.selectionModel().setCurrentIndex(self._shown.index(positions[0]), _Flag.NoUpdate)

    def set_filter(self, states: Iterable[State | None] | None, text: str) -> None:
        """Show the photos in one of `states` (None: any) whose name holds `text`; the selection stays where it can."""
        self._shown.set_filter(states, text)

    @property
    def thumbnail_size(self) -> int:
        """About how wide thumbnails are, in logical pixels: they are fitted to the view."""
        return self._size

    @Slot(int)
    def set_thumbnail_size(self, pixels: int) -> None:
        """Make thumbnails about this wide, within SMALLEST and LARGEST."""
        size = min(max(pixels, SMALLEST), LARGEST)
        if size != self._size:
            self._size = size
            self.updateGeometries()
            self._fetch_soon()
            self.thumbnail_size_changed.emit(size)

    def card_for(self, width: int) -> QSize:
        """Cards fill the line; the delegate paints them with these measures."""
        self._delegate.measures = Measures(fitting(width, self._size + 2 * PAD) - 2 * PAD, self.fontMetrics().height())
        return self._delegate.measures.card

    def zoom(self, steps: float) -> None:
        """Larger (above 0) or smaller thumbnails, by notches of the wheel."""
        self.set_thumbnail_size(self.thumbnail_size + round(steps * _ZOOM))

    # ---- selection

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Paint anew, tell screen readers and listeners."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Bring the cursor to sight, tell screen readers and listeners."""
        super().currentChanged(current, previous)
        self.viewport().update()
        self.selection_changed.emit()

    @Slot()
    def _keep(self) -> None:
        kept = [(row, self._photos.entry(row).photo) for row in self.selected_rows()]
        self._kept = kept, self.current_photo(), self.currentIndex().row()

    @Slot()
    def _restore(self) -> None:
        """Select what was selected and is still shown; where it was taken off the list, what came in its place."""
        kept, current, place = self._kept
        self._kept = [], None, -1
        rows = [row for was, photo in kept if (row := self._row_now(was, photo)) is not None]
        positions = sorted(found for row in rows if (found := self._shown.position(row)) is not None)
        row = None if current is None else self._photos.row_of(current)
        at = None if row is None else self._shown.position(row)
        if at is None:
            at = min(place, self._shown.rowCount() - 1)
        if kept and not rows and at >= 0:
            positions = [at]
        model = self.selectionModel()
        model.setCurrentIndex(self._shown.index(at), _Flag.NoUpdate)
        model.select(self.selection(_runs(positions)), _Flag.ClearAndSelect)
        self._fetch_soon()
        self.selection_changed.emit()

    def _row_now(self, was: int, photo: Photo) -> int | None:
        """The photo's row; mostly the same as before, and looking is cheaper than looking up."""
        same = was < self._photos.rowCount() and self._photos.entry(was).photo is photo
        return was if same else self._photos.row_of(photo)

    # ---- keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open; everything else is the view's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in _OPENING and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Go to the photo whose name begins with what is being typed; one letter again and again: to the next one."""
        pause = QApplication.keyboardInputInterval()
        fresh = not self._since_typed.isValid() or self._since_typed.elapsed() > pause
        self._typed = search if fresh else self._typed + search
        self._since_typed.start()
        same = len(set(self._typed.casefold())) == 1
        at = max(0, self.currentIndex().row())
        found = self._shown.find(self._typed[0] if same else self._typed, at + same if self._typed else 0)
        if found is not None:
            self.selectionModel().setCurrentIndex(self._shown.index(found), _Flag.ClearAndSelect)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl, zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(event.angleDelta().y() / 120)
            event.accept()
        else:
            super().wheelEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.activated.emit(self._shown.row(index.row()))

    # ---- thumbnails

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other photos are on the screen now."""
        super().resizeEvent(event)
        self._fetch_soon()

    def showEvent(self, event: QShowEvent) -> None:
        """Photos are on the screen now."""
        super().showEvent(event)
        self._fetch_soon()

    @Slot()
    def _fewer(self) -> None:
        self.updateGeometries()
        self._fetch_soon()

    @Slot()
    def _fetch_soon(self) -> None:
        self._fetch.start()

    @Slot()
    def _request(self) -> None:
        """Ask for what is on the screen, then for the screen below, then for half the screen above."""
        seen, count = self.visible(), self._shown.rowCount()
        below = range(seen.stop, min(count, seen.stop + len(seen)))
        above = range(seen.start - 1, max(-1, seen.start - 1 - len(seen) // 2), -1)
        wanted = [self._shown.entry(place).photo for part in (seen, below, above) for place in part]
        self._thumbnails.want(wanted, self._delegate.box(self.devicePixelRatioF()))

    @Slot(list)
    def _show_new(self, photos: list[Photo]) -> None:
        for photo in photos:
            row = self._photos.row_of(photo)
            place = None if row is None else self._shown.position(row)
            if place is not None:
                self.update(self._shown.index(place))

    # ---- the turning badge

    @Slot()
    def _watch(self) -> None:
        asking = self._photos.count(State.ASKING) > 0
        if asking != self._turning.isActive():
            self._turning.start() if asking else self._turning.stop()

    @Slot()
    def _turn(self) -> None:
        self._delegate.phase = (self._delegate.phase + _TICK / 1000) % 1
        for place in self.visible():
            if self._shown.entry(place).state is State.ASKING:
                self.update(self._shown.index(place))


def _timer(parent: QWidget, milliseconds: int, slot: object, once: bool) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(milliseconds)
    timer.setSingleShot(once)
    timer.timeout.connect(slot)
    return timer


def _runs(positions: Sequence[int]) -> list[range]:
    """Rising numbers as runs without holes."""
    runs: list[range] = []
    for position in positions:
        if runs and runs[-1].stop == position:
            runs[-1] = range(runs[-1].start, position + 1)
        else:
            runs.append(range(position, position + 1))
    return runs
