"""Which photos the gallery shows, in which order: a list of row numbers between the photo model and the view.

    PhotoModel rows 0 1 2 3 4 5  ─ filter ─>  positions 0 1 2  =  rows 1 4 5

Row numbers rise with positions, so that looking one up is a bisection. Nothing here is proportional to the number of
photos except a change of the filter, a removal and a reset. (QSortFilterProxyModel needs 25 times as long.)
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from cutline.core.batch import State
from cutline.gui.photos import Entry, PhotoModel

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_MANY = 100  # changed photos from which on filtering all anew is cheaper than finding each one's place


class Shown(QAbstractListModel):
    """The photos that match the filter, as a model of their own: its rows are the view's positions."""

    about_to_change = Signal()
    """Positions are going to mean other photos."""
    changed = Signal()
    """They do now."""

    def __init__(self, photos: PhotoModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.photos = photos
        self._rows: Sequence[int] = range(photos.rowCount())
        self._states: frozenset[State | None] | None = None
        self._text = ""
        photos.rowsAboutToBeRemoved.connect(self.about_to_change)
        photos.modelAboutToBeReset.connect(self.about_to_change)
        photos.rowsInserted.connect(self._inserted)
        photos.rowsRemoved.connect(self._refill)
        photos.modelReset.connect(self._refill)
        photos.dataChanged.connect(self._updated)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """How many photos are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the photo model says."""
        return self.photos.data(self.photos.index(self._rows[index.row()]), role) if index.isValid() else None

    def row(self, position: int) -> int:
        """The photo model's row at `position`."""
        return self._rows[position]

    def entry(self, position: int) -> Entry:
        """The photo at `position`."""
        return self.photos.entry(self._rows[position])

    def position(self, row: int) -> int | None:
        """Where the photo model's `row` is shown, or None."""
        place = bisect_left(self._rows, row)
        return place if place < len(self._rows) and self._rows[place] == row else None

    def rows(self, runs: Iterable[tuple[int, int]]) -> list[int]:
        """The photo model's rows at the positions from first to last of each run, in view order."""
        return [row for first, last in sorted(runs) for row in self._rows[first : last + 1]]

    def set_filter(self, states: Iterable[State | None] | None, text: str) -> None:
        """Show the photos in one of `states` (None: any) whose name holds `text`, whatever its case."""
        chosen, folded = None if states is None else frozenset(states), text.strip().casefold()
        if (chosen, folded) != (self._states, self._text):
            self.about_to_change.emit()
            self._states, self._text = chosen, folded
            self._refill()

    def find(self, prefix: str, start: int) -> int | None:
        """The first position from `start` on, round the end, whose photo's name begins with `prefix`."""
        folded, count = prefix.casefold(), len(self._rows)
        for step in range(count):
            position = (start + step) % count
            if self.entry(position).folded.startswith(folded):
                return position
        return None

    def _matcher(self) -> Callable[[Entry], bool]:
        states, text = self._states, self._text
        if states is None:
            return lambda entry: text in entry.folded
        if not text:
            return lambda entry: entry.state in states
        return lambda entry: entry.state in states and text in entry.folded

    @property
    def filtered(self) -> bool:
        """Whether some photos may be hidden."""
        return self._states is not None or bool(self._text)

    @Slot()
    def _refill(self) -> None:
        self.beginResetModel()
        if self.filtered:
            matches = self._matcher()
            self._rows = [row for row, entry in enumerate(self.photos.entries()) if matches(entry)]
        else:
            self._rows = range(self.photos.rowCount())
        self.endResetModel()
        self.changed.emit()

    @Slot(QModelIndex, int, int)
    def _inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        new: Sequence[int] = range(first, last + 1)
        if self.filtered:
            matches = self._matcher()
            new = [row for row in new if matches(self.photos.entry(row))]
        count = len(self._rows)
        if new:
            self.beginInsertRows(_NO_INDEX, count, count + len(new) - 1)
            if isinstance(self._rows, list):
                self._rows.extend(new)
            else:
                self._rows = range(last + 1)
            self.endInsertRows()

    @Slot(QModelIndex, QModelIndex)
    def _updated(self, top: QModelIndex, bottom: QModelIndex) -> None:
        first, last = top.row(), bottom.row()
        if not self.filtered:
            self.dataChanged.emit(self.index(first), self.index(last))
        elif last - first > _MANY:
            self.about_to_change.emit()
            self._refill()
        else:
            for row in range(first, last + 1):
                self._refresh(row)

    def _refresh(self, row: int) -> None:
        """A photo changed: show it anew, or it enters or leaves what is shown."""
        wanted = self._matcher()(self.photos.entry(row))
        place = bisect_left(self._rows, row)
        here = place < len(self._rows) and self._rows[place] == row
        if here and wanted:
            self.dataChanged.emit(self.index(place), self.index(place))
        elif here:
            self.beginRemoveRows(_NO_INDEX, place, place)
            del self._list()[place]
            self.endRemoveRows()
        elif wanted:
            self.beginInsertRows(_NO_INDEX, place, place)
            self._list().insert(place, row)
            self.endInsertRows()

    def _list(self) -> list[int]:
        """The row numbers, to be changed: while filtered they are a list."""
        assert isinstance(self._rows, list)
        return self._rows
