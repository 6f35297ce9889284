"""One photo of a run: each field that the run changed, as it was before and as it is now."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cutline.core.keywords import identity
from cutline.core.photo import FIELDS, Caption, FieldName, Photo, printable
from cutline.core.run_photos import RunPhoto
from cutline.gui import history_words as words
from cutline.gui.asking import Looked, looking
from cutline.gui.chips import Chip, ChipFlow, Look
from cutline.gui.elided_label import ElidedLabel
from cutline.gui.latest import Latest
from cutline.gui.ranks import rank

_EMPTY, _COMING = "empty", "…"


@dataclass
class _Row:
    """The widgets of a field."""

    name: QLabel
    before: "QLabel | ChipFlow"
    now: "QLabel | ChipFlow"

    def set_visible(self, on: bool) -> None:
        for widget in (self.name, self.before, self.now):
            widget.setVisible(on)


class HistoryDetail(QScrollArea):
    """Shows the photo it is given; what is in its file now is read in the background."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo: RunPhoto | None = None
        self._now: Caption | None = None
        self._reader = Latest(self)
        self._reader.arrived.connect(self._on_items)
        self.setObjectName("plain")
        self.setAccessibleName("What changed in the photo")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._place, self._fate = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), _text()
        rank(self._place, "muted")
        self.body = body = QWidget()
        body.setObjectName("plainbody")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(4)
        layout.addWidget(self._place)
        layout.addWidget(self._fate)
        layout.addSpacing(4)
        layout.addLayout(self._table())
        layout.addStretch(1)
        self.setWidget(body)
        self.show_photo(None)

    def _table(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        self._heads = (QLabel("Before"), QLabel("Now"))
        for column, head in enumerate(self._heads, 1):
            rank(head, "heading")
            grid.addWidget(head, 0, column)
            grid.setColumnStretch(column, 1)
        self._rows = {name: _row(name) for name in FIELDS}
        for number, row in enumerate(self._rows.values(), 1):
            for column, widget in enumerate((row.name, row.before, row.now)):
                grid.addWidget(widget, number, column, Qt.AlignmentFlag.AlignTop)
        return grid

    @property
    def text(self) -> str:
        """What it says, cell by cell."""
        cells = [self._place.text(), self._fate.text()]
        for name, row in self._rows.items():
            if not row.name.isHidden():
                cells += [words.FIELD_NAMES[name], _said(row.before), _said(row.now)]
        return "\n".join(cells)

    def show_photo(self, photo: RunPhoto | None) -> None:
        """Show `photo`; None: nothing."""
        same = photo is not None and self._photo is not None and photo.path == self._photo.path
        self._photo = photo
        self._now = self._now if same else None
        self._reader.stop()
        self._fill("" if photo is None else words.fate(photo))
        if photo is not None:
            from cutline.core.control import Control

            self._reader.start(lambda: looking([Photo(photo.path)], Control()))

    def stop(self) -> None:
        """Read nothing more."""
        self._reader.stop()

    def _on_items(self, items: list[object]) -> None:
        looked = items[-1] if items else None
        if self._photo is None or not isinstance(looked, Looked):
            return
        self._now = looked.reading.caption if looked.reading else None
        self._fill(str(looked.error) if looked.error else words.fate(self._photo), read=True)

    def _fill(self, fate: str, *, read: bool = False) -> None:
        photo = self._photo
        self._place.setText(printable(str(photo.path)) if photo else "")
        self._fate.setText(printable(fate))
        fields = photo.words.fields if photo else ()
        for head in self._heads:
            head.setVisible(bool(fields))
        for name, row in self._rows.items():
            row.set_visible(name in fields)
            if photo is not None and name in fields:
                _show(row, photo.words.before, self._now, name, missing="" if read else _COMING)


def _row(name: FieldName) -> _Row:
    label = QLabel(words.FIELD_NAMES[name])
    rank(label, "muted")
    label.setContentsMargins(0, 2, 0, 0)
    before, now = (ChipFlow(), ChipFlow()) if name == "tags" else (_text(), _text())
    before.setAccessibleName(f"{words.FIELD_NAMES[name]} before")
    now.setAccessibleName(f"{words.FIELD_NAMES[name]} now")
    return _Row(label, before, now)


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setContentsMargins(0, 2, 0, 2)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _show(row: _Row, before: Caption, now: Caption | None, name: FieldName, missing: str) -> None:
    """Fill a field's cells; `missing` stands for what is not known."""
    if isinstance(row.before, ChipFlow) and isinstance(row.now, ChipFlow):
        row.before.set_chips(_chips(before.tags, now.tags if now else before.tags, "removed"))
        row.now.set_chips(_chips(now.tags, before.tags, "added") if now else _stand_in(missing))
    elif isinstance(row.before, QLabel) and isinstance(row.now, QLabel):
        _say(row.before, getattr(before, name))
        if now is None:
            row.now.setText(missing)
        else:
            _say(row.now, getattr(now, name))


def _chips(tags: tuple[str, ...], others: tuple[str, ...], otherwise: Look) -> tuple[Chip, ...]:
    known = {identity(tag) for tag in others}
    return tuple(Chip(tag, "own" if identity(tag) in known else otherwise) for tag in tags) or _stand_in(_EMPTY)


def _stand_in(text: str) -> tuple[Chip, ...]:
    return (Chip(text, "some"),) if text else ()


def _say(label: QLabel, text: str) -> None:
    label.setText(text or _EMPTY)
    rank(label, "" if text else "muted")


def _said(cell: "QLabel | ChipFlow") -> str:
    return cell.text() if isinstance(cell, QLabel) else ", ".join(chip.text for chip in cell.chips)
