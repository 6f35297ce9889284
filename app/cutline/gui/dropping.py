"""Photos and folders dropped anywhere on the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from cutline.gui.importing import paths_from_mime, refusal


class Dropping(QObject):
    """Takes what is dropped on `window` or on anything in it that wants no drops itself."""

    hovering = Signal(bool)
    refused = Signal(str)
    """Why what was dropped cannot be taken."""

    def __init__(self, window: QWidget, take: Callable[[list[Path]], None]) -> None:
        super().__init__(window)
        self._take = take
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt’s name
        kind = event.type()
        if kind == QEvent.Type.DragLeave:
            self.hovering.emit(False)
            return True
        if not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        if not event.mimeData().hasUrls():
            event.ignore()
            return True
        event.acceptProposedAction()
        self.hovering.emit(kind != QEvent.Type.Drop)
        if kind == QEvent.Type.Drop:
            self._dropped(event.mimeData())
        return True

    def _dropped(self, mime: QMimeData) -> None:
        paths = paths_from_mime(mime)
        if paths:
            self._take(paths)
        else:
            self.refused.emit(refusal(mime))
