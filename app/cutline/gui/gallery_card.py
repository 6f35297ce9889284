"""One photo's card in the gallery: thumbnail, name, and a badge for how far it is.

┌────────────────┐   the thumbnail stands in a mat of 4:3, upright, never cropped, with rounded corners
│ ┌────────────┐✓│   the badge tells the state by shape and by colour; its reason is in the tooltip
│ │  picture   │ │   selected: tinted and outlined; current: a second outline while the gallery has the focus
│ └────────────┘ │
│ IMG_0123.jpg   │
└────────────────┘
"""

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from cutline.core.batch import State
from cutline.gui import icons, theme
from cutline.gui.colours import Colours
from cutline.gui.gallery_shown import Shown
from cutline.gui.photos import Entry
from cutline.gui.thumbnails import Box, Thumbnails

PAD = 8  # pixels inside the card
_BADGE = 22  # pixels across
_TURN = 5760  # Qt's sixteenths of a degree in a full circle


@dataclass(frozen=True, slots=True)
class Measures:
    """The sizes that follow from a thumbnail's width, in logical pixels."""

    thumbnail: int
    text: int
    """Height of the name's line."""

    @property
    def mat(self) -> QSize:
        """What the picture stands in."""
        return QSize(self.thumbnail, round(self.thumbnail * 0.75))

    @property
    def card(self) -> QSize:
        """The whole card."""
        return QSize(self.thumbnail + 2 * PAD, self.mat.height() + self.text + 2 * PAD + PAD // 2)


class Card(QStyledItemDelegate):
    """Paints cards. `phase` (0 to 1) turns the badge of those that are being asked about."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.measures = Measures(176, 16)
        self.phase = 0.0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for every card."""
        return self.measures.card

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The photo's state and its reason; also why there is no picture."""
        shown = index.model()
        if event.type() != QEvent.Type.ToolTip or not isinstance(shown, Shown):
            return super().helpEvent(event, view, option, index)
        entry = shown.entry(index.row())
        picture = self._thumbnails.picture(entry.photo)
        why = picture.error if picture and picture.error != str(entry.error or "") else ""
        lines = [entry.photo.name, entry.says(), why]
        text = "<br>".join(escape(line).replace("\n", "<br>") for line in lines if line)
        QToolTip.showText(event.globalPos(), f"<p>{text}</p>", view)
        return True

    def box(self, ratio: float) -> Box:
        """The room for a picture, in device pixels."""
        mat = self.measures.mat
        return Box(round(mat.width() * ratio), round(mat.height() * ratio), ratio)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the photo at `index` into `option.rect`."""
        shown = index.model()
        assert isinstance(shown, Shown)
        entry, look = shown.entry(index.row()), theme.colours()
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, option.state, look)
        mat = QRect(rect.left() + PAD, rect.top() + PAD, self.measures.mat.width(), self.measures.mat.height())
        self._picture(painter, mat, entry, look)
        metrics: QFontMetrics = option.fontMetrics
        line = QRect(mat.left(), mat.bottom() + 1 + PAD // 2, mat.width(), self.measures.text)
        painter.setPen(QColor(look.text))
        name = metrics.elidedText(entry.photo.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, name)
        if entry.state is not None:
            self._badge(painter, mat, entry.state, look)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, look: Colours) -> None:
        selected, hover = bool(state & QStyle.StateFlag.State_Selected), bool(state & QStyle.StateFlag.State_MouseOver)
        edge = QRectF(rect).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(look.tint if selected else look.hover if hover else look.card))
        painter.setPen(QPen(QColor(look.accent), 2) if selected else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(edge, theme.RADIUS, theme.RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(look.text), 1.5))
            painter.drawRoundedRect(QRectF(rect).adjusted(-1.5, -1.5, 1.5, 1.5), theme.RADIUS + 2, theme.RADIUS + 2)

    def _picture(self, painter: QPainter, mat: QRect, entry: Entry, look: Colours) -> None:
        picture = self._thumbnails.picture(entry.photo)
        if picture is None or picture.pixmap is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.mat))
            painter.drawRoundedRect(mat, theme.RADIUS - 2, theme.RADIUS - 2)
            side = min(40, mat.height() // 2)
            name, colour = ("photo", look.border) if picture is None else ("photo-broken", look.muted)
            drawing = icons.glyph(name, colour, side, painter.device().devicePixelRatioF())
            painter.drawPixmap(mat.center() - QRect(0, 0, side, side).center(), drawing)
            return
        pixmap, room = picture.pixmap, self.box(painter.device().devicePixelRatioF())
        if picture.box == room and not picture.preview:
            size = pixmap.deviceIndependentSize()
        else:
            size = QSize(pixmap.size()).scaled(mat.size(), Qt.AspectRatioMode.KeepAspectRatio).toSizeF()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left = round(mat.left() + (mat.width() - size.width()) / 2)
        top = round(mat.top() + (mat.height() - size.height()) / 2)
        painter.drawPixmap(QRectF(left, top, size.width(), size.height()), pixmap, QRectF(pixmap.rect()))

    def _badge(self, painter: QPainter, mat: QRect, state: State, look: Colours) -> None:
        """A filled disc with the state's drawing; while asking, an arc that turns around it."""
        centre = QPointF(mat.right() - _BADGE / 2 + 4, mat.top() + _BADGE / 2 - 4)
        colour, half = QColor(look.states[state]), _BADGE / 2
        painter.setPen(QPen(QColor(look.card), 2))
        painter.setBrush(colour)
        painter.drawEllipse(centre, half, half)
        side = 14
        drawing = icons.glyph(f"state-{state}", look.on_state, side, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(centre.x() - side / 2, centre.y() - side / 2), drawing)
        if state is State.ASKING:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            ring = QRectF(centre.x() - half - 3, centre.y() - half - 3, _BADGE + 6, _BADGE + 6)
            painter.drawArc(ring, round(-self.phase * _TURN), _TURN // 4)
