"""The editor of tags: chips with a line to type the next one.

Enter, a comma or leaving the line adds what was typed; pasted lists are taken apart. Backspace in the empty line
removes the last chip; the left arrow goes into the chips, where Delete removes the one that is marked.
"""

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from cutline.gui.chips import Chip, ChipFlow
from cutline.gui.ranks import mark
from cutline.gui.review import typed_tags


class TagLine(QLineEdit):
    """The line behind the chips."""

    tags_typed = Signal(list)
    moved = Signal(int)
    erased = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrame(False)
        self.setAcceptDrops(False)
        self.setObjectName("tagline")
        self.textEdited.connect(self._on_edited)

    def commit(self) -> None:
        """Add what was typed so far."""
        tags = typed_tags(self.text())
        self.clear()
        if tags:
            self.tags_typed.emit(tags)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt’s name
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        at_start = not self.cursorPosition() and not self.hasSelectedText()
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.commit()
        elif event.key() == Qt.Key.Key_Left and at_start and plain:
            self.moved.emit(-1)
        elif event.key() == Qt.Key.Key_Right and not self.text() and plain:
            self.moved.emit(1)
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete) and not self.text() and plain:
            self.erased.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102 - Qt’s name
        super().focusOutEvent(event)
        self.commit()

    def _paste(self) -> None:
        data: QMimeData = QGuiApplication.clipboard().mimeData()
        text = data.text() if data.hasText() else ""
        if len(typed_tags(text)) > 1:
            self.commit()
            self.tags_typed.emit(typed_tags(text))
        else:
            self.insert(" ".join(text.split()))

    def _on_edited(self, text: str) -> None:
        if "," in text or ";" in text:
            self.commit()


class TagEditor(QFrame):
    """Shows tags and says what the person wants changed; it changes nothing by itself."""

    added = Signal(list)
    removed = Signal(str)
    taken = Signal(str)
    """A chip that only some photos have was clicked: all are to have it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tags")
        self._line = TagLine()
        self._line.setPlaceholderText("Add a tag")
        self._line.setAccessibleName("Add a tag")
        self._flow = ChipFlow(self, removable=True, clickable=True)
        self._flow.set_tail(self._line, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._flow)
        self.setFocusProxy(self._line)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self._line.tags_typed.connect(self.added)
        self._line.moved.connect(self._on_moved)
        self._line.erased.connect(self._on_erased)
        self._line.installEventFilter(self)
        self._flow.removed.connect(self.removed)
        self._flow.clicked.connect(self._on_clicked)

    @property
    def line(self) -> TagLine:
        """Where the person types."""
        return self._line

    @property
    def chips(self) -> tuple[Chip, ...]:
        """What is shown."""
        return self._flow.chips

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show `chips`; what is being typed stays."""
        self._flow.set_chips(chips)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt’s name
        if watched is self._line and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._flow.set_current(-1)
            mark(self, "focused", event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt’s name
        self._line.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def _on_moved(self, step: int) -> None:
        current, count = self._flow.current, len(self._flow.chips)
        if current < 0:
            self._flow.set_current(count - 1 if step < 0 else -1)
        else:
            after = current + step
            self._flow.set_current(-1 if after >= count else max(0, after))

    def _on_erased(self) -> None:
        index = self._flow.current if self._flow.current >= 0 else len(self._flow.chips) - 1
        if index >= 0:
            self.removed.emit(self._flow.chips[index].text)

    def _on_clicked(self, tag: str) -> None:
        if any(chip.text == tag and chip.look == "some" for chip in self._flow.chips):
            self.taken.emit(tag)
        else:
            self._line.setFocus()
