"""The rows of the history's lists: two lines each, a word at the right, for photos the picture at the left.

A `Line` is all that a row says; it is made when the row is painted, so that 10,000 rows cost what is on the screen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cutline.core.batch import State
from cutline.core.photo import Photo
from cutline.gui import icons, theme
from cutline.gui.thumbnails import Box, Thumbnails

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_PAD, _GAP = 8, 10  # pixels around a row, and between its parts
_SIDE = 44  # pixels, of a picture's square
_LEFT, _RIGHT, _MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Line:
    """What a row says."""

    heading: str
    detail: str
    word: str = ""
    """At the right."""
    tone: State | None = None
    """Whose colour the word has; None: text of second rank."""
    tip: str = ""
    spoken: str = ""
    """For screen readers."""
    photo: Photo | None = None


class Listing(QAbstractListModel):
    """A list of values; `line` makes a row of one."""

    def __init__(self, line: Callable[[Any], Line], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._items: Sequence[Any] = ()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The heading, the tooltip, and the row in words."""
        if not index.isValid():
            return None
        line = self.line(index.row())
        return {
            Qt.ItemDataRole.DisplayRole: line.heading,
            Qt.ItemDataRole.ToolTipRole: line.tip,
            Qt.ItemDataRole.AccessibleTextRole: line.spoken,
        }.get(Qt.ItemDataRole(role))

    @property
    def items(self) -> Sequence[Any]:
        """The values, in order."""
        return self._items

    def line(self, row: int) -> Line:
        """What the row says."""
        return self._line(self._items[row])

    def replace(self, items: Sequence[Any]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()


class Rows(QStyledItemDelegate):
    """Paints lines; with `thumbnails` a picture before each."""

    def __init__(self, thumbnails: Thumbnails | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The same for every row."""
        text = 2 * option.fontMetrics.height() + 2
        return QSize(120, max(text, _SIDE if self._thumbnails else 0) + 2 * _PAD)

    @staticmethod
    def box(ratio: float) -> Box:
        """The room for a picture, in device pixels."""
        return Box(round(_SIDE * ratio), round(_SIDE * ratio), ratio)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the row of `index`."""
        listing = index.model()
        assert isinstance(listing, Listing)
        line, look = listing.line(index.row()), theme.colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option)
        room = option.rect.adjusted(_PAD + 2, _PAD, -_PAD - 2, -_PAD)
        if self._thumbnails is not None and line.photo is not None:
            self._picture(painter, QRect(room.left(), room.center().y() - _SIDE // 2, _SIDE, _SIDE), line.photo)
            room.setLeft(room.left() + _SIDE + _GAP)
        metrics: QFontMetrics = option.fontMetrics
        if line.word:
            painter.setPen(QColor(look.muted if line.tone is None else look.states[line.tone]))
            painter.drawText(_upper(room, metrics), _RIGHT | _MIDDLE, line.word)
        free = metrics.horizontalAdvance(line.word) + _GAP if line.word else 0
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(QColor(look.text))
        _draw(painter, _upper(room, metrics).adjusted(0, 0, -free, 0), line.heading, Qt.TextElideMode.ElideMiddle)
        painter.setFont(option.font)
        painter.setPen(QColor(look.muted))
        _draw(painter, _lower(room, metrics), line.detail, Qt.TextElideMode.ElideRight)
        painter.restore()

    @staticmethod
    def _ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
        look, edge = theme.colours(), QRectF(option.rect).adjusted(2, 1, -2, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hover:
            painter.setBrush(QColor(look.tint if selected else look.hover))
            painter.drawRoundedRect(edge, theme.RADIUS - 1, theme.RADIUS - 1)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(look.accent), 1.5))
            painter.drawRoundedRect(edge.adjusted(1, 1, -1, -1), theme.RADIUS - 2, theme.RADIUS - 2)

    def _picture(self, painter: QPainter, place: QRect, photo: Photo) -> None:
        assert self._thumbnails is not None
        picture, look = self._thumbnails.picture(photo), theme.colours()
        if picture is not None and picture.pixmap is not None:
            size = QSize(picture.pixmap.size()).scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            where = QRectF(0, 0, size.width(), size.height())
            where.moveCenter(QRectF(place).center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(where, picture.pixmap, QRectF(picture.pixmap.rect()))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.mat))
        painter.drawRoundedRect(place, 4, 4)
        name, colour = ("photo", look.border) if picture is None else ("photo-broken", look.muted)
        side = _SIDE // 2
        drawing = icons.glyph(name, colour, side, painter.device().devicePixelRatioF())
        painter.drawPixmap(place.center() - QRect(0, 0, side, side).center(), drawing)


def _upper(room: QRect, metrics: QFontMetrics) -> QRect:
    return QRect(room.left(), room.center().y() - metrics.height(), room.width(), metrics.height())


def _lower(room: QRect, metrics: QFontMetrics) -> QRect:
    return QRect(room.left(), room.center().y() + 2, room.width(), metrics.height())


def _draw(painter: QPainter, room: QRect, text: str, mode: Qt.TextElideMode) -> None:
    """One line; what does not fit is left out: of a name its middle, so that both ends are seen."""
    shown = painter.fontMetrics().elidedText(text, mode, room.width())
    painter.drawText(room, _LEFT | _MIDDLE, shown)
