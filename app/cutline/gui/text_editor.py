"""A text editor as tall as its text, within bounds; its text is plain, and a title stays on one line."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

_BORDER, _PADDING = 1, 4  # as the style sheet has them


class TextEditor(QPlainTextEdit):
    """Grows with its text up to `most_lines`, then scrolls."""

    typed = Signal(str)
    """The person changed the text; setting it from the program says nothing."""

    def __init__(self, *, single_line: bool, least_lines: int, most_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._single_line, self._least, self._most = single_line, least_lines, most_lines
        self._setting = False
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._on_changed)
        self._fit()

    def set_text(self, text: str) -> None:
        """Show `text`, unless it is shown already: the cursor stays where the person put it."""
        if text != self.toPlainText():
            self._setting = True
            self.setPlainText(text)
            self._setting = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt’s name
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and (self._single_line or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: D102 - Qt’s name
        text = source.text()
        self.insertPlainText(" ".join(text.split()) if self._single_line else text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt’s name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take the height of the text; a document's size counts lines here, not pixels."""
        lines = max(self._least, min(self._most, round(self.document().size().height())))
        around = 2 * (_BORDER + _PADDING + self.document().documentMargin())
        height = int(lines * self.fontMetrics().lineSpacing() + around + 1)
        if height != self.height():
            self.setFixedHeight(height)

    def _on_changed(self) -> None:
        if not self._setting:
            self.typed.emit(self.toPlainText())
