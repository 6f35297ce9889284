"""A view that stands on arithmetic: where a card is, which one is under the mouse, which one the cursor keys reach.

It is a QListView for what that brings (keyboard and mouse selection, a list to screen readers) but is laid out as none:
QListView computes and keeps a rectangle for every item, which takes seconds for 100,000. Everything that would make it
do so is taken over here, and passed on to QAbstractItemView, which keeps nothing.
"""

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QHoverEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from cutline.gui import theme
from cutline.gui.gallery_grid import GAP, Grid

_Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction
_NO_INDEX = QModelIndex()
_EDGE = 3  # pixels by which what is painted may reach over a card's edge


class GridView(QListView):
    """Shows a list model as a grid of cards of one size, painted by its delegate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width, self._card = 1, QSize(1, 1)
        self._band: QRect | None = None
        """The rubber band, in content coordinates."""
        self._hovered = -1
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)

    def card_for(self, width: int) -> QSize:
        """How large cards are when a line is `width` wide."""
        raise NotImplementedError

    def grid(self) -> Grid:
        """Where the cards stand now."""
        model = self.model()
        count = model.rowCount() if model else 0
        return Grid(count, self._width, self._card.width(), self._card.height())

    def visible(self) -> range:
        """The positions on the screen."""
        top = self.verticalOffset()
        return self.grid().near(top, top + self.viewport().height() - 1)

    # ---- geometry, as QAbstractItemView asks for it

    def horizontalOffset(self) -> int:
        """Nothing scrolls sideways."""
        return 0

    def verticalOffset(self) -> int:
        """Pixels of content above the view."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: _Index) -> bool:
        """What is in the model is shown."""
        return False

    def visualRect(self, index: _Index) -> QRect:
        """The card of `index`, in viewport coordinates."""
        if not index.isValid():
            return QRect()
        left, top = self.grid().corner(index.row())
        return QRect(QPoint(left, top - self.verticalOffset()), self._card)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The card at `point` of the viewport."""
        position = self.grid().at(point.x(), point.y() + self.verticalOffset())
        return _NO_INDEX if position is None else self.model().index(position, 0)

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Scroll as little as `hint` allows, so that the whole card of `index` is seen."""
        if not index.isValid():
            return
        rect, height = self.visualRect(index), self.viewport().height()
        bar = self.verticalScrollBar()
        above, below = rect.top() - GAP, rect.bottom() + GAP - height
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - height // 2)
        elif hint == QAbstractItemView.ScrollHint.PositionAtTop or above < 0:
            bar.setValue(bar.value() + above)
        elif hint == QAbstractItemView.ScrollHint.PositionAtBottom or below > 0:
            bar.setValue(bar.value() + min(below, above))

    def updateGeometries(self) -> None:
        """Fit the cards into the view and the scroll bar to the cards; what the person looks at stays in place."""
        if self.model() is None:
            return
        bar, height = self.verticalScrollBar(), self.viewport().height()
        width = self.width() - bar.sizeHint().width()  # whether or not it is shown: else showing it could hide it
        card = self.card_for(width)
        anchor, top = -1, 0
        if (width, card) != (self._width, self._card):
            anchor = self._anchor()
            top = self.grid().corner(anchor)[1] - bar.value()
        self._width, self._card = width, card
        grid = self.grid()
        bar.setSingleStep(max(24, grid.step_y // 4))
        bar.setPageStep(height)
        bar.setRange(0, max(0, grid.height - height))
        if anchor >= 0:
            bar.setValue(grid.corner(anchor)[1] - top)
            self.viewport().update()

    def _anchor(self) -> int:
        """The position that is to stay where it is: the current one if it is seen, else the first one that is."""
        seen, current = self.visible(), self.currentIndex().row()
        return current if current in seen else seen.start

    def doItemsLayout(self) -> None:
        """There is nothing to lay out."""
        QAbstractItemView.doItemsLayout(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns may come or go."""
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:
        """Photos came."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def rowsAboutToBeRemoved(self, parent: _Index, start: int, end: int) -> None:
        """Photos go; from one that goes, the cursor moves on to the next (Qt would often move it back)."""
        at = self.currentIndex().row()
        following = end + 1 if end + 1 < self.model().rowCount() else start - 1
        if start <= at <= end and following >= 0:
            chosen = self.selectionModel().selection()
            alone = all(start <= run.top() and run.bottom() <= end for run in map(chosen.at, range(chosen.size())))
            select = alone and chosen.size() > 0
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(
                self.model().index(following, 0), flag.ClearAndSelect if select else flag.NoUpdate
            )
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)
        self.viewport().update()

    def reset(self) -> None:
        """All is different."""
        super().reset()
        self.updateGeometries()

    def dataChanged(self, top: _Index, bottom: _Index, roles: object = ()) -> None:
        """Photos are to be painted anew."""
        if top.row() == bottom.row():
            self.viewport().update(self._painted(self.visualRect(top)))
        else:
            self.viewport().update()

    # ---- keyboard and mouse

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Where a cursor key leads: sideways through the lines, up and down within the column, never off the grid."""
        grid, at = self.grid(), self.currentIndex().row()
        if not grid.count:
            return _NO_INDEX
        page = max(1, self.viewport().height() // grid.step_y) * grid.columns
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -grid.columns,
            _Move.MoveDown: grid.columns,
            _Move.MovePageUp: -min(page, at // grid.columns * grid.columns),
            _Move.MovePageDown: page,
            _Move.MoveHome: -at,
            _Move.MoveEnd: grid.count - 1 - at,
        }
        if at < 0:
            return self.model().index(grid.count - 1 if action == _Move.MoveEnd else 0, 0)
        return self.model().index(self._landing(grid, at, at + steps[action]), 0)

    @staticmethod
    def _landing(grid: Grid, at: int, to: int) -> int:
        if to < 0:
            return at
        if to >= grid.count:  # below the last line's end: onto the last card, unless that is above
            return grid.count - 1 if at // grid.columns < grid.lines - 1 else at
        return to

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select what a rubber band touches, or, for the keyboard and shift-clicks, all from one card to another.

        `rect` is in viewport coordinates; where it is no rubber band, its corners are points on the two cards.
        """
        grid, offset = self.grid(), self.verticalOffset()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            band = rect.normalized().translated(0, offset)
            self._band = band
            runs = grid.touched(band.left(), band.top(), band.right(), band.bottom())
            self.viewport().update()
        else:
            ends = [grid.at(point.x(), point.y() + offset) for point in (rect.topLeft(), rect.bottomRight())]
            here = [position for position in ends if position is not None]
            runs = [range(min(here), max(here) + 1)] if here else []
        self.selectionModel().select(self.selection(runs), command)

    def selectAll(self) -> None:
        """Select everything that is shown (Qt's own way asks the model about each row)."""
        runs = [range(self.model().rowCount())] if self.model().rowCount() else []
        self.selectionModel().select(self.selection(runs), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selection(self, runs: list[range]) -> QItemSelection:
        """The positions of `runs` as a selection."""
        made, model = QItemSelection(), self.model()
        for run in runs:
            made.select(model.index(run.start, 0), model.index(run.stop - 1, 0))
        return made

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What must be painted anew when `selection` changes; finding out costs more than painting the screen."""
        return QRegion(self.viewport().rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Past QListView, which has a rubber band of its own."""
        QAbstractItemView.mouseMoveEvent(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the rubber band go."""
        QAbstractItemView.mouseReleaseEvent(self, event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Keep in mind which card is under the mouse."""
        if isinstance(event, QHoverEvent):
            left = event.type() == QEvent.Type.HoverLeave
            self._hovered = -1 if left else self.indexAt(event.position().toPoint()).row()
        return super().viewportEvent(event)

    # ---- painting

    @staticmethod
    def _painted(rect: QRect) -> QRect:
        """A card's rectangle together with what reaches over its edge."""
        return rect.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cards that are on the screen."""
        if self.model() is None:
            return
        painter, offset, grid = QPainter(self.viewport()), self.verticalOffset(), self.grid()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        model, chosen, delegate = self.model(), self.selectionModel(), self.itemDelegate()
        current = self.currentIndex().row() if self.hasFocus() else -1
        dirty = event.rect()
        for position in grid.near(dirty.top() + offset - _EDGE, dirty.bottom() + offset + _EDGE):
            index = model.index(position, 0)
            left, top = grid.corner(position)
            rect = QRect(QPoint(left, top - offset), self._card)
            if not self._painted(rect).intersects(dirty):
                continue
            state = QStyle.StateFlag.State_Enabled
            if chosen.isSelected(index):
                state |= QStyle.StateFlag.State_Selected
            if position == current:
                state |= QStyle.StateFlag.State_HasFocus
            if position == self._hovered:
                state |= QStyle.StateFlag.State_MouseOver
            option.rect, option.state = rect, state
            delegate.paint(painter, option, index)
        self._paint_band(painter, offset)
        painter.end()

    def _paint_band(self, painter: QPainter, offset: int) -> None:
        if self._band is not None:
            accent = QColor(theme.colours().accent)
            painter.setPen(QPen(accent, 1))
            accent.setAlphaF(0.18)
            painter.setBrush(accent)
            painter.drawRect(QRectF(self._band.translated(0, -offset)).adjusted(0.5, 0.5, -0.5, -0.5))
