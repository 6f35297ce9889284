"""One field of the inspector: what is in the file, what is suggested, and what will be written, one below the other.

A panel shows values it is given and says what the person wants; it knows neither photos nor settings.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cutline.gui.chips import Chip, ChipFlow
from cutline.gui.elided_label import ElidedLabel
from cutline.gui.ranks import mark, rank
from cutline.gui.tag_editor import TagEditor
from cutline.gui.text_editor import TextEditor

_LABELS = ("In the file", "Suggested", "Will be written")
_MIXED = "Different texts; what you type replaces them all"


@dataclass(frozen=True, slots=True)
class TextValues:
    """What a text field shows; None: the selected photos differ."""

    in_file: str | None
    suggested: str | None
    """Empty: nothing is suggested."""
    planned: str | None
    changed: bool
    """Whether the file would be different afterwards."""


@dataclass(frozen=True, slots=True)
class TagValues:
    """What the tags show."""

    in_file: tuple[Chip, ...]
    suggested: tuple[Chip, ...]
    planned: tuple[Chip, ...]
    changed: bool


def small(label: QLabel) -> QLabel:
    """`label` in text of second rank."""
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 0.9)
    label.setFont(font)
    rank(label, "muted")
    return label


class FieldPanel(QWidget):
    """The frame both kinds of field share: heading, mark, counter, three rows, two buttons."""

    restored = Signal()
    """The person wants what is in the file."""
    adopted = Signal()
    """The person wants what is suggested."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._heading = QLabel(name)
        rank(self._heading, "heading")
        self._mark = small(QLabel("will change"))
        rank(self._mark, "link")
        self._counter = small(QLabel())
        self._keep = self._button("Keep", f"Revert: leave the {name.lower()} as it is in the file")
        self._use = self._button("Use", f"Take the suggested {name.lower()}")
        self._keep.clicked.connect(self.restored)
        self._use.clicked.connect(self.adopted)
        self._labels = [small(QLabel(text)) for text in _LABELS]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self._heading, self._mark):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self._counter)
        self._grid.addLayout(head, 0, 0, 1, 3)

    def _button(self, text: str, note: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(note)
        button.setAccessibleName(note)
        button.setAutoRaise(True)
        mark(button, "small", True)
        return button

    def _rows(self, in_file: QWidget, suggested: QWidget, editor: QWidget) -> None:
        top = Qt.AlignmentFlag.AlignTop
        for row, (label, widget) in enumerate(zip(self._labels, (in_file, suggested, editor), strict=True), 1):
            label.setContentsMargins(0, 8 if widget is editor else 3, 0, 0)
            self._grid.addWidget(label, row, 0, top)
            self._grid.addWidget(widget, row, 1, 1, 2 if widget is editor else 1, top)
        self._grid.addWidget(self._keep, 1, 2, top)
        self._grid.addWidget(self._use, 2, 2, top)
        self._labels[2].setBuddy(editor)
        self._in_file_widget, self._suggested_widget = in_file, suggested

    def _show_rows(self, *, suggested: bool, keep: bool, use: bool, changed: bool) -> None:
        self._labels[1].setVisible(suggested)
        self._suggested_widget.setVisible(suggested)
        for button, here, wanted in ((self._keep, True, keep), (self._use, suggested, use)):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(here)
            button.setSizePolicy(policy)
            button.setVisible(here and wanted)
        self._mark.setVisible(changed)


class TextPanel(FieldPanel):
    """A field of text."""

    typed = Signal(str)

    def __init__(self, name: str, *, single_line: bool, lines: tuple[int, int], limit: int | None = None) -> None:
        super().__init__(name)
        self._limit = limit
        self._in_file, self._suggested = _value(), _value()
        self._kept, self._taken = ElidedLabel(), ElidedLabel()
        self.editor = TextEditor(single_line=single_line, least_lines=lines[0], most_lines=lines[1])
        self.editor.setAccessibleName(f"{name}: will be written")
        self._rows(_stacked(self._in_file, self._kept), _stacked(self._suggested, self._taken), self.editor)
        self.editor.typed.connect(self.typed)
        self.editor.textChanged.connect(self._count)

    def show_values(self, values: TextValues) -> None:
        """Show `values`. What is taken or kept as it is stands in the editor, so one line of it will do."""
        _say(self._kept, values.in_file, "empty", struck=False)
        self._in_file.setVisible(values.changed)
        self._kept.setVisible(not values.changed)
        _say(self._in_file, values.in_file, "empty", struck=values.changed and bool(values.in_file))
        _say(self._suggested, values.suggested, "", struck=False)
        _say(self._taken, values.suggested, "", struck=False)
        taken = values.suggested is not None and values.suggested == values.planned
        self._suggested.setVisible(not taken)
        self._taken.setVisible(taken)
        self.editor.setPlaceholderText(_MIXED if values.planned is None else "Nothing")
        self.editor.set_text(values.planned or "")
        self._show_rows(suggested=values.suggested != "", keep=values.changed, use=not taken, changed=values.changed)
        self._count()

    @property
    def suggested_text(self) -> str:
        """What is shown as suggested."""
        return self._suggested.text()

    @property
    def in_file_text(self) -> str:
        """What is shown as in the file."""
        return self._in_file.text()

    def _count(self) -> None:
        length = len(self.editor.toPlainText())
        over = self._limit is not None and length > self._limit
        self._counter.setText(f"{length} / {self._limit}" if self._limit else "")
        self._counter.setToolTip(f"Longer than the {self._limit} characters that other programs show" if over else "")
        rank(self._counter, "over" if over else "muted")


class TagsPanel(FieldPanel):
    """The tags."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._in_file, self._kept = ChipFlow(), ElidedLabel()
        self.suggested, self._taken = ChipFlow(clickable=True), ElidedLabel()
        self.editor = TagEditor()
        in_file, suggested = _stacked(self._in_file, self._kept), _stacked(self.suggested, self._taken)
        self._rows(in_file, suggested, self.editor)

    def show_values(self, values: TagValues) -> None:
        """Show `values`. Tags that are all kept or taken stand in the editor, so one line of them will do."""
        self._in_file.set_chips(values.in_file)
        lost = any(chip.look == "removed" or chip.count for chip in values.in_file)
        _say(self._kept, ", ".join(chip.text for chip in values.in_file), "empty", struck=False)
        self._in_file.setVisible(lost)
        self._kept.setVisible(not lost)
        self.suggested.set_chips(values.suggested)
        self.editor.set_chips(values.planned)
        offered = any(chip.look == "offered" for chip in values.suggested)
        _say(self._taken, ", ".join(chip.text for chip in values.suggested), "", struck=False)
        self.suggested.setVisible(offered)
        self._taken.setVisible(not offered)
        self._show_rows(suggested=bool(values.suggested), keep=values.changed, use=offered, changed=values.changed)
        self._counter.setText(f"{len(values.planned)}" if values.planned else "")

    @property
    def in_file(self) -> ChipFlow:
        """The chips of what is in the file."""
        return self._in_file


def _value() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setContentsMargins(0, 2, 0, 2)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _stacked(*widgets: QWidget) -> QWidget:
    """Widgets of which one is visible at a time."""
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        if isinstance(widget, ElidedLabel):
            widget.setContentsMargins(0, 2, 0, 2)
        layout.addWidget(widget)
    return box


def _say(label: QLabel, text: str | None, nothing: str, *, struck: bool) -> None:
    label.setText("different texts" if text is None else text or nothing)
    font = label.font()
    font.setStrikeOut(struck and text is not None)
    font.setItalic(not text)
    label.setFont(font)
    rank(label, "gone" if struck else "" if text else "muted")
