"""Photos and folders dropped anywhere on the window, and pictures dragged out of a browser."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from cutline.gui.importing import Offered, offered, welcome


class Dropping(QObject):
    """Takes what is dropped on `window` or on anything in it that wants no drops itself."""

    hovering = Signal(str)
    """What dropping would do; empty where nothing is held over the window any more."""

    def __init__(self, window: QWidget, take: Callable[[Offered], None]) -> None:
        super().__init__(window)
        self._take = take
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt’s name
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.hovering.emit("")
            return True
        if not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        words = welcome(event.mimeData())
        if not words:
            event.ignore()
            return True
        event.acceptProposedAction()
        self.hovering.emit("" if kind == QEvent.Type.Drop else words)
        if kind == QEvent.Type.Drop:
            self._take(offered(event.mimeData()))
        return True
