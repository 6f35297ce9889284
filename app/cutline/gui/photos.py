"""The photos in the window: one list, in the order they were added.

An `Entry` is all that the window knows of a photo. Entries are plain Python objects in a list, so that 100,000 of them
are cheap; everyone who changes one does it through `PhotoModel.update`, which keeps the counts and tells the views.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cutline.core.batch import State
from cutline.core.errors import CutlineError
from cutline.core.photo import Caption, Photo, Suggestion

if TYPE_CHECKING:
    from cutline.core.metadata.model import Reading  # with it come all the metadata modules

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()

_SAYS = {
    None: "Not tagged yet",
    State.QUEUED: "Waiting for its turn",
    State.ASKING: "Being looked at",
    State.SUGGESTED: "Has a suggestion to review",
    State.WRITTEN: "Written into the file",
    State.UNCHANGED: "The file holds it all already",
    State.SKIPPED: "Skipped: nothing is missing",
    State.FAILED: "Failed",
    State.CANCELLED: "Stopped before it was done",
}


@dataclass(slots=True)
class Entry:
    """What the window knows of one photo."""

    photo: Photo
    state: State | None = None
    """None: just added."""
    error: CutlineError | None = None
    reading: "Reading | None" = None
    """What is in the file; None until someone looked."""
    suggestion: Suggestion | None = None
    cached: bool = False
    """Whether the suggestion came from the journal."""
    edited: Caption | None = None
    """What the person changed and has not accepted yet."""
    notes: tuple[str, ...] = ()
    folded: str = field(init=False, repr=False)
    """The photo's name without regard to case, for filters."""

    def __post_init__(self) -> None:
        self.folded = self.photo.name.casefold()

    def says(self) -> str:
        """The photo's state in words, with the reason where there is one."""
        reason = f": {self.error}" if self.error else ""
        return "\n".join((f"{_SAYS[self.state]}{reason}", *self.notes))


class PhotoModel(QAbstractListModel):
    """The photos, each path once. A row is a photo's place in the order of adding."""

    changed_counts = Signal()
    """How many photos there are in some state is different now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._rows: dict[Photo, int] = {}
        self._counts: Counter[State | None] = Counter()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """How many photos there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A photo's name, its state in words, and both for screen readers."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.photo.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<p style='white-space: pre-wrap'><b>{escape(entry.photo.name)}</b>\n{escape(entry.says())}</p>"
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return f"{entry.photo.name}, {entry.says()}"
        return None

    def add(self, photos: Sequence[Photo]) -> int:
        """Append those that are not there yet; answers how many are new."""
        new = [photo for photo in dict.fromkeys(photos) if photo not in self._rows]
        if new:
            first = len(self._entries)
            self.beginInsertRows(_NO_INDEX, first, first + len(new) - 1)
            self._rows.update(zip(new, range(first, first + len(new)), strict=True))
            self._entries.extend(map(Entry, new))
            self._counts[None] += len(new)
            self.endInsertRows()
            self.changed_counts.emit()
        return len(new)

    def entry(self, row: int) -> Entry:
        """The photo in `row`. Look at it; change it through `update`."""
        return self._entries[row]

    def entries(self) -> Iterator[Entry]:
        """All of them, in order."""
        return iter(self._entries)

    def row_of(self, photo: Photo) -> int | None:
        """Where `photo` is, or None."""
        return self._rows.get(photo)

    def count(self, state: State | None) -> int:
        """How many photos are in `state`."""
        return self._counts[state]

    def update(self, row: int, **changes: Any) -> None:
        """Set fields of the photo in `row` by name, and tell the views."""
        self.update_rows((row,), **changes)

    def update_rows(self, rows: Sequence[int], **changes: Any) -> None:
        """Set the same fields of many photos, and tell the views once."""
        if not rows:
            return
        recount = False
        for row in rows:
            entry = self._entries[row]
            before = entry.state
            for name, value in changes.items():
                setattr(entry, name, value)
            if entry.state is not before:
                recount = True
                self._counts[before] -= 1
                self._counts[entry.state] += 1
        self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))
        if recount:
            self.changed_counts.emit()

    def remove(self, rows: Sequence[int]) -> None:
        """Take photos out of the list (never off the disk)."""
        gone = sorted(set(rows), reverse=True)
        if not gone:
            return
        if len(gone) == 1:
            self._remove_range(gone[0], gone[0])
        elif gone[0] - gone[-1] == len(gone) - 1:
            self._remove_range(gone[-1], gone[0])
        else:
            self._remove_scattered(set(gone))
        self.changed_counts.emit()

    def clear(self) -> None:
        """Take all photos out of the list."""
        self.remove(range(len(self._entries)))

    def _remove_range(self, first: int, last: int) -> None:
        self.beginRemoveRows(_NO_INDEX, first, last)
        self._keep(self._entries[:first] + self._entries[last + 1 :])
        self.endRemoveRows()

    def _remove_scattered(self, gone: set[int]) -> None:
        """One reset instead of thousands of removals, each of which would move all that follow."""
        self.beginResetModel()
        self._keep([entry for row, entry in enumerate(self._entries) if row not in gone])
        self.endResetModel()

    def _keep(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._rows = {entry.photo: row for row, entry in enumerate(entries)}
        self._counts = Counter(entry.state for entry in entries)
