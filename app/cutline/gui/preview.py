"""One photo as large as the gallery's place allows, beside its words in the inspector.

    shown ─> its thumbnail, at once ─> the picture itself, decoded in the background ─> the ones before and after it

The cursor keys go from photo to photo, and what is selected goes with them; Esc, Space, Enter or a double click lead
back to the gallery.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from cutline.core.control import Control
from cutline.core.errors import CutlineError
from cutline.core.photo import Photo
from cutline.gui import theme
from cutline.gui.background import Job
from cutline.gui.gallery import Gallery
from cutline.gui.thumbnail_decoder import image_of
from cutline.gui.thumbnail_memory import Memory
from cutline.gui.thumbnails import Thumbnails

_MEMORY = 120_000_000  # bytes of pixels
_STEP = 512  # sides of decoded pictures are multiples of this, so that dragging an edge does not decode each time
_MARGIN = 12
_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageDown: 1,
}  # fmt: skip
_BACK = (Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Large:
    """A decoded picture, or why there is none."""

    photo: Photo
    side: int
    image: QImage | None
    error: str = ""


def decoding(photos: Sequence[Photo], side: int, control: Control) -> Iterator[Large]:
    """The pictures of `photos`, upright, their longest side at most `side` pixels, until `control` is cancelled."""
    from cutline.core.thumbnail import thumbnail

    for photo in photos:
        if control.cancelled:
            return
        try:
            yield Large(photo, side, image_of(thumbnail(photo.path, side)))
        except CutlineError as error:
            yield Large(photo, side, None, str(error))


class Preview(QWidget):
    """Shows the photo that is current in `gallery`, as long as it is visible."""

    closed = Signal()
    """The person wants the gallery back, or there is nothing left to show."""
    failed = Signal(object)
    arrived = Signal()
    """The picture shown is the one that was asked for, in full; or it is known why there is none."""

    def __init__(self, gallery: Gallery, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gallery, self._thumbnails = gallery, thumbnails
        self._held: Memory[Photo, tuple[int, QPixmap | None, str]] = Memory(_MEMORY)
        self._photo: Photo | None = None
        self._open = False
        self._control = Control()
        self._job: Job | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._decode)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        gallery.selection_changed.connect(self._follow)
        thumbnails.forgotten.connect(self._forget)
        theme.changed.connect(self.update)

    # ---- what is shown

    @property
    def photo(self) -> Photo | None:
        """The photo shown; None while hidden."""
        return self._photo

    @property
    def complete(self) -> bool:
        """Whether the photo's own picture is shown, or the reason why there is none."""
        return self._photo is not None and self._settled(self._photo)

    def open(self) -> None:
        """Show the current photo."""
        self._open = True
        self.setFocus()
        self._follow()

    def leave(self) -> None:
        """Show nothing more, and decode nothing more."""
        self._control.cancel()
        self._open, self._photo = False, None
        self.closed.emit()

    def _follow(self) -> None:
        """Show what is current in the gallery now."""
        if not self._open:
            return
        photo = self._gallery.current_photo()
        if photo is None:
            self.leave()
        elif photo != self._photo:
            self._photo = photo
            self.setAccessibleName(f"{photo.name}, shown large")
            self._later.start()
            self.update()

    def _forget(self) -> None:
        """A file has changed: what is in memory may not be true any more."""
        self._held = Memory(_MEMORY)
        self._later.start()

    # ---- decoding

    def _side(self) -> int:
        longest = max(self.width(), self.height()) * self.devicePixelRatioF()
        return int(-(-longest // _STEP)) * _STEP

    def _settled(self, photo: Photo) -> bool:
        held = self._held.get(photo)
        return held is not None and (held[0] >= self._side() or held[1] is None)

    def _decode(self) -> None:
        """Have the photo shown decoded, then its neighbours, and nothing else."""
        self._control.cancel()
        if self._photo is None or self._job is not None:
            return  # the job that ends comes back here
        wanted = [photo for photo in self._gallery.neighbours() if not self._settled(photo)]
        if not wanted:
            return
        side, self._control = self._side(), Control()
        control = self._control
        self._job = Job(lambda: decoding(wanted, side, control), self)
        self._job.items.connect(self._take)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._end)
        self._job.start()

    def _take(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, Large):
                pixmap = QPixmap.fromImage(item.image) if item.image is not None else None
                size = 300 + (pixmap.width() * pixmap.height() * 4 if pixmap else 0)
                self._held.put(item.photo, (item.side, pixmap, item.error), size)
                if item.photo == self._photo:
                    self.update()
                    self.arrived.emit()

    def _end(self) -> None:
        cancelled = self._control.cancelled
        if self._job is not None:
            self._job.deleteLater()
        self._job = None
        if cancelled:
            self._later.start()

    # ---- keyboard, mouse, size

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt’s name
        key = Qt.Key(event.key())
        if key in _BACK:
            self.leave()
        elif key in _STEPS:
            self._gallery.step(_STEPS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._gallery.step(self._gallery.model().rowCount() * (1 if key == Qt.Key.Key_End else -1))
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt’s name
        self.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt’s name
        super().resizeEvent(event)
        self._later.start()

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt’s name
        painter, look = QPainter(self), theme.colours()
        painter.fillRect(self.rect(), QColor(look.base))
        if self._photo is None:
            return
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        held = self._held.get(self._photo)
        pixmap, why = (held[1], held[2]) if held else (None, "")
        if pixmap is None:
            small = self._thumbnails.picture(self._photo)
            pixmap = small.pixmap if small else None
        if pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(self._place(pixmap, QRectF(room), exact=held is not None), pixmap, QRectF(pixmap.rect()))
        elif why:
            painter.setPen(QColor(look.muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, why)

    def _place(self, pixmap: QPixmap, room: QRectF, *, exact: bool) -> QRectF:
        """Where the picture goes: as large as there is room, a decoded one never beyond its own pixels."""
        size = pixmap.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        own = QSize(pixmap.size()) / self.devicePixelRatioF()
        if exact and own.width() < size.width():
            size = own.toSizeF()
        place = QRectF(room.topLeft(), size)
        place.moveCenter(room.center())
        return place
