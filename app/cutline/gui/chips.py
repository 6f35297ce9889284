"""Tags as chips that flow over lines: painted, not made of widgets, so that a hundred of them cost nothing.

A chip's look says what becomes of the tag: `own` stands in the file, `added` will be new, `removed` will be gone,
`some` is in some of the selected photos only, `offered` was suggested and is not taken.
"""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cutline.core.batch import State
from cutline.gui import theme

Look = Literal["own", "added", "removed", "some", "offered"]

_GAP, _PAD, _CROSS = 5, 9, 16
_TAIL_WIDTH = 130


@dataclass(frozen=True, slots=True)
class Chip:
    """One tag to show."""

    text: str
    look: Look = "own"
    note: str = ""
    """Said when the pointer rests on it."""
    count: str = ""
    """Shown small behind the text."""


class ChipFlow(QWidget):
    """Chips over as many lines as they need; its height follows its width. `tail` is put behind the last one."""

    clicked = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, removable: bool = False, clickable: bool = False) -> None:
        super().__init__(parent)
        self._chips: tuple[Chip, ...] = ()
        self._places: list[QRect] = []
        self._removable, self._clickable = removable, clickable
        self._tail: QWidget | None = None
        self._current = -1
        self._pressed = -1
        self._margin = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """What is shown."""
        return self._chips

    @property
    def current(self) -> int:
        """The chip the keyboard is at; -1: none."""
        return self._current

    def set_tail(self, tail: QWidget, margin: int) -> None:
        """Put the widget `tail` behind the last chip, and `margin` pixels around everything."""
        self._tail, self._margin = tail, margin
        tail.setParent(self)
        self._place()

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show `chips` in this order."""
        if chips != self._chips:
            self._chips = chips
            self._current = min(self._current, len(chips) - 1)
            self.setAccessibleDescription(", ".join(chip.text for chip in chips))
            self._place()
            self.update()

    def set_current(self, index: int) -> None:
        """Move the keyboard's mark."""
        self._current = max(-1, min(index, len(self._chips) - 1))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt’s name
        return QSize(200, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt’s name
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102 - Qt’s name
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def _chip_height(self) -> int:
        return QFontMetrics(self.font()).height() + 8

    def _chip_width(self, chip: Chip, room: int) -> int:
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(chip.text) + 2 * _PAD + (_CROSS if self._crossed(chip) else 0)
        if chip.count:
            width += metrics.horizontalAdvance(chip.count) + 6
        return min(width, room)

    def _crossed(self, chip: Chip) -> bool:
        return self._removable and chip.look != "removed"

    def _place(self) -> None:
        """Lay chips and tail out over lines and take the height that needs."""
        margin, height = self._margin, self._chip_height()
        room = max(60, self.width() - 2 * margin)
        x, y = margin, margin
        self._places = []
        for chip in self._chips:
            width = self._chip_width(chip, room)
            if x > margin and x + width > margin + room:
                x, y = margin, y + height + _GAP
            self._places.append(QRect(x, y, width, height))
            x += width + _GAP
        if self._tail is not None:
            if x > margin and margin + room - x < _TAIL_WIDTH:
                x, y = margin, y + height + _GAP
            self._tail.setGeometry(x, y, margin + room - x, height)
        self.setFixedHeight(y + height + margin if self._chips or self._tail else height)

    def _at(self, point: QPoint) -> int:
        return next((number for number, place in enumerate(self._places) if place.contains(point)), -1)

    def _on_cross(self, index: int, point: QPoint) -> bool:
        return self._crossed(self._chips[index]) and point.x() > self._places[index].right() - _CROSS - 2

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt’s name
        self._pressed = self._at(event.position().toPoint())
        if self._pressed < 0:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt’s name
        point = event.position().toPoint()
        index, self._pressed = (self._at(point) if self._at(point) == self._pressed else -1), -1
        if index < 0 or event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
        elif self._on_cross(index, point):
            self.removed.emit(self._chips[index].text)
        elif self._clickable:
            self.clicked.emit(self._chips[index].text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt’s name
        point = event.position().toPoint()
        index = self._at(point)
        hand = index >= 0 and (self._clickable or self._on_cross(index, point))
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def event(self, event: QEvent) -> bool:  # noqa: D102 - Qt's name
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(event.pos())
            chip = self._chips[index] if index >= 0 else None
            note = "\n".join(part for part in (chip.text, chip.note) if part) if chip else ""
            QToolTip.showText(event.globalPos(), note, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt’s name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (chip, place) in enumerate(zip(self._chips, self._places, strict=True)):
            if place.intersects(event.rect()):
                self._paint_chip(painter, chip, place, number == self._current)

    def _paint_chip(self, painter: QPainter, chip: Chip, place: QRect, current: bool) -> None:
        fill, border, ink = self._colours(chip)
        pen = QPen(QColor(theme.colours().text) if current else border, 2 if current else 1)
        if chip.look in ("some", "offered") and not current:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(fill)
        radius = place.height() / 2
        painter.drawRoundedRect(place.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        font = self.font()
        font.setStrikeOut(chip.look == "removed")
        painter.setFont(font)
        inner = place.adjusted(_PAD, 0, -_PAD - (_CROSS if self._crossed(chip) else 0), 0)
        metrics = QFontMetrics(self.font())
        if chip.count:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, chip.count)
            inner.setRight(inner.right() - metrics.horizontalAdvance(chip.count) - 6)
        painter.setPen(ink)
        shown = metrics.elidedText(chip.text, Qt.TextElideMode.ElideRight, inner.width() + 1)
        painter.drawText(inner.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        if self._crossed(chip):
            self._paint_cross(painter, place)

    def _paint_cross(self, painter: QPainter, place: QRect) -> None:
        centre, arm = QPoint(place.right() - _CROSS + 4, place.center().y() + 1), 3
        painter.setPen(QPen(QColor(theme.colours().muted), 1.4))
        painter.drawLine(centre.x() - arm, centre.y() - arm, centre.x() + arm, centre.y() + arm)
        painter.drawLine(centre.x() - arm, centre.y() + arm, centre.x() + arm, centre.y() - arm)

    def _colours(self, chip: Chip) -> tuple[QColor, QColor, QColor]:
        """Fill, border and ink of a chip."""
        look, none = theme.colours(), QColor(0, 0, 0, 0)
        failed = QColor(look.states[State.FAILED])
        return {
            "own": (QColor(look.mat), QColor(look.border), QColor(look.text)),
            "added": (QColor(look.tint), QColor(look.accent), QColor(look.text)),
            "removed": (none, failed, failed),
            "offered": (none, QColor(look.accent), QColor(look.muted)),
            "some": (none, QColor(look.muted), QColor(look.muted)),
        }[chip.look]
