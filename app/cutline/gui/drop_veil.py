"""A frame over the photos while files are held over the window: what would happen to them."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cutline.gui import theme

_INSET, _RADIUS, _PAD = 8, 12, 14
_SHADE = 0.10


class DropVeil(QWidget):
    """Lies over `below` and lets every event through to it. Hidden until `show_over` says otherwise."""

    def __init__(self, below: QWidget) -> None:
        super().__init__(below)
        self._below = below
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = ""
        below.installEventFilter(self)
        self.hide()

    def show_over(self, words: str) -> None:
        """What would happen to what is held over the window; empty where nothing is."""
        if words:
            self._words = words
            self.setAccessibleName(words)
            self.setGeometry(self._below.rect())
            self.raise_()
        self.setVisible(bool(words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt’s name
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._below.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt’s name
        painter, look = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(look.accent)
        shade.setAlphaF(_SHADE)
        painter.setBrush(shade)
        painter.setPen(QPen(QColor(look.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET), _RADIUS, _RADIUS)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        words = painter.fontMetrics().boundingRect(self._words)
        label = QRect(0, 0, words.width() + 2 * _PAD, words.height() + _PAD)
        label.moveCenter(self.rect().center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        painter.drawRoundedRect(label, label.height() / 2, label.height() / 2)
        painter.setPen(QColor(look.on_accent))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self._words)
