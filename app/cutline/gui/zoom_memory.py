"""Keeps the size of thumbnails and its setting in step, without writing the file for every notch of the wheel."""

from PySide6.QtCore import QObject, QTimer, Signal

from cutline.core.errors import CutlineError
from cutline.gui.gallery import Gallery
from cutline.gui.session import Session

_REST = 300  # milliseconds the size must rest before it is kept
_KEY = "window.thumbnail_size"


class ZoomMemory(QObject):
    """Belongs to the gallery's window."""

    failed = Signal(object)

    def __init__(self, gallery: Gallery, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._gallery, self._session = gallery, session
        self._known = session.settings.window.thumbnail_size
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self.keep)
        gallery.thumbnail_size_changed.connect(lambda _size: self._rest.start())
        session.settings_changed.connect(self._follow)

    def keep(self) -> None:
        """Put the gallery's size into the settings now."""
        self._rest.stop()
        size = self._gallery.thumbnail_size
        if size == self._known:
            return
        try:
            self._session.change({_KEY: size})
        except CutlineError as error:
            self.failed.emit(error)

    def _follow(self) -> None:
        size = self._session.settings.window.thumbnail_size
        if size != self._known:
            self._known = size
            self._gallery.set_thumbnail_size(size)
