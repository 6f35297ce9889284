"""What the window shows as long as there are no photos: what to do, and that nothing is needed to do it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen, QPolygon, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cutline.gui import theme
from cutline.gui.ranks import make_primary, rank

_ROOM = 400  # pixels of height that the drawing needs beside the words
_HILLS = QPolygon([QPoint(-48, 12), QPoint(-22, -16), QPoint(-4, 4), QPoint(8, -6), QPoint(30, 12)])


class _Drawing(QWidget):
    """Three photos on a pile, with a caption below the topmost."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(168, 122)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for angle in (-9.0, 7.0, 0.0):
            painter.save()
            painter.translate(84, 62)
            painter.rotate(angle)
            self._photo(painter, topmost=angle == 0)
            painter.restore()

    def _photo(self, painter: QPainter, *, topmost: bool) -> None:
        look = theme.colours()
        painter.setPen(QPen(QColor(look.border), 1.5))
        painter.setBrush(QColor(look.base if topmost else look.card))
        painter.drawRoundedRect(-56, -46, 112, 92, 7, 7)
        if not topmost:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.tint))
        painter.drawRoundedRect(-48, -38, 96, 50, 4, 4)
        painter.setBrush(QColor(look.accent))
        painter.drawEllipse(18, -30, 14, 14)
        painter.drawPolygon(_HILLS)
        painter.setBrush(QColor(look.accent))
        painter.drawRoundedRect(-48, 19, 58, 5, 2, 2)
        painter.setBrush(QColor(look.border))
        for x, width in ((-48, 26), (-18, 34), (20, 22)):
            painter.drawRoundedRect(x, 30, width, 8, 4, 4)


class EmptyState(QWidget):
    """Shown instead of gallery and inspector."""

    def __init__(self, add_photos: QAction, add_folder: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = QFrame()
        self._zone.setObjectName("dropzone")
        self._zone.setMaximumSize(760, 460)
        inner = QVBoxLayout(self._zone)
        inner.setContentsMargins(32, 16, 32, 16)
        inner.setSpacing(10)
        centre = Qt.AlignmentFlag.AlignHCenter
        inner.addStretch(1)
        self._drawing = _Drawing()
        inner.addWidget(self._drawing, 0, centre)
        inner.addSpacing(6)
        inner.addWidget(_label("Drop photos or folders here", "title"), 0, centre)
        about = "Cutline suggests a title, a description and tags, and writes what you accept into the files."
        inner.addWidget(_label(about, "muted"), 0, centre)
        inner.addSpacing(8)
        inner.addLayout(_buttons(add_photos, add_folder))
        inner.addSpacing(8)
        start = "No account or key is needed to begin: suggestions are made on this computer."
        inner.addWidget(_label(start, "muted"), 0, centre)
        inner.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 24)
        layout.addStretch(1)
        layout.addWidget(self._zone, 100)
        layout.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt’s name
        super().resizeEvent(event)
        self._drawing.setVisible(event.size().height() > _ROOM)

    def set_welcoming(self, on: bool) -> None:
        """Whether something is held over the window that can be dropped."""
        rank(self._zone, "info" if on else "")


def _label(text: str, look: str) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(False)
    rank(label, "title" if look == "title" else "muted")
    return label


def _buttons(add_photos: QAction, add_folder: QAction) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(10)
    layout.addStretch(1)
    for number, action in enumerate((add_photos, add_folder)):
        button = QPushButton(action.text().replace("&", ""))
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        if number == 0:
            make_primary(button)
        layout.addWidget(button)
    layout.addStretch(1)
    return layout
