"""What the decoder threads do: a list of wishes, the first one first, until someone says stop.

    quick  ─ in the disk cache? done ─ else the camera's small picture as a preview ─>  full  ─ decode, keep, done

All quick looks come before any full decode, so that a screen full of photos shows something at once. Pictures leave as
QImage, scaled to fit, with rounded corners: the window only has to lay them on the screen.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QImageWriter, QPainter

from cutline.core.errors import CutlineError
from cutline.core.photo import Photo
from cutline.gui.thumbnail_store import Store

if TYPE_CHECKING:
    from cutline.core.thumbnail import Thumb

_HIT_PAUSE = 0.0001  # seconds; a loop of cache hits without it starves the window of the interpreter lock
_STEP = 128  # sides of kept pictures are multiples of this, so that zooming does not decode each time
_RADIUS = 4.0  # logical pixels
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Box:
    """The room for a picture, in device pixels."""

    width: int
    height: int
    ratio: float = 1.0
    """Device pixels for a logical one."""

    @property
    def side(self) -> int:
        """The side of the kept picture from which one for this box is scaled."""
        return max(2 * _STEP, -(-max(self.width, self.height) // _STEP) * _STEP)


@dataclass(frozen=True, slots=True)
class Made:
    """An answer to a wish."""

    photo: Photo
    box: Box
    image: QImage | None
    preview: bool = False
    error: str = ""


class Decoder:
    """Wishes in, pictures out. `work` is iterated by several threads at once."""

    def __init__(self, cache: Path | None) -> None:
        self._store = Store(cache)
        self._changed = threading.Condition()
        self._box = Box(1, 1)
        self._order: dict[Photo, int] = {}
        """Everything that is wanted, and how soon."""
        self._quick: dict[Photo, None] = {}
        self._full: set[Photo] = set()
        self._busy: set[Photo] = set()
        self._working = 0
        self._stopped = False

    def want(self, photos: Sequence[Photo], box: Box) -> None:
        """Make these next, in this order, and nothing else. What is being made is finished."""
        with self._changed:
            again = box == self._box
            known = self._full if again else set()
            self._box = box
            self._order = {photo: place for place, photo in enumerate(photos)}
            self._full = known & self._order.keys()
            started = self._full | self._busy if again else self._full
            self._quick = {photo: None for photo in self._order if photo not in started}
            self._changed.notify_all()

    def stop(self) -> None:
        """End every `work` after the picture it is at."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def work(self) -> Iterator[Made]:
        """Pictures as they are made, until `stop`."""
        with self._changed:
            self._working += 1
        try:
            while (wish := self._next()) is not None:
                made = self._granted(*wish)
                if made is not None:
                    yield made
        finally:
            with self._changed:
                self._working -= 1
                last = self._working == 0
            if last and self._stopped:
                self._store.close()

    def _next(self) -> tuple[Photo, Box, bool] | None:
        """Photo, box, and whether to look quickly or to decode; None: stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._quick or self._full)
            if self._stopped:
                return None
            quick = bool(self._quick)
            photo = next(iter(self._quick)) if quick else min(self._full, key=self._order.__getitem__)
            self._quick.pop(photo, None)
            self._full.discard(photo)
            self._busy.add(photo)
            return photo, self._box, quick

    def _granted(self, photo: Photo, box: Box, quick: bool) -> Made | None:
        """What a wish came to; what is not settled by a quick look becomes a wish for a decode."""
        settled = True  # as it is where a defect shows: the other thread is not to stumble over it as well
        try:
            made = self._looked(photo, box) if quick else self._decoded(photo, box)
            settled = made is not None and not made.preview
            return made
        finally:  # before anybody hears of it: who then wishes for the photo again must not find it busy
            with self._changed:
                self._busy.discard(photo)
                if not settled and box == self._box and photo in self._order:
                    self._full.add(photo)
                    self._changed.notify()

    def _looked(self, photo: Photo, box: Box) -> Made | None:
        """From the cache, or a preview, or None."""
        from cutline.core.thumbnail import embedded

        try:
            kept = self._store.get(photo.path, photo.path.stat(), box.side)
        except OSError:
            return None  # the decode will say why
        if kept is not None and not (image := QImage.fromData(kept)).isNull():
            time.sleep(_HIT_PAUSE)
            return Made(photo, box, fitted(image, box))
        small = embedded(photo.path, box.side)
        return None if small is None else Made(photo, box, fitted(image_of(small), box), preview=True)

    def _decoded(self, photo: Photo, box: Box) -> Made:
        from cutline.core.thumbnail import thumbnail

        try:
            status = photo.path.stat()
            image = image_of(thumbnail(photo.path, box.side))
        except OSError as error:
            return Made(photo, box, None, error=f"{photo.name}: cannot be looked at ({error.strerror}).")
        except CutlineError as error:
            return Made(photo, box, None, error=str(error))
        self._store.put(photo.path, status, box.side, _jpeg(image))
        return Made(photo, box, fitted(image, box))


def image_of(thumb: "Thumb") -> QImage:
    """`thumb` as Qt has it."""
    return QImage(thumb.rgb, thumb.width, thumb.height, 3 * thumb.width, QImage.Format.Format_RGB888).copy()


def _jpeg(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(_QUALITY)
    writer.write(image)
    return bytes(buffer.data().data())


def fitted(image: QImage, box: Box) -> QImage:
    """`image` scaled into `box`, never enlarged beyond its logical size, with rounded corners."""
    room = QSize(box.width, box.height).boundedTo(image.size() * box.ratio)
    scaled = image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    made = QImage(scaled.size(), QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(scaled))
    painter.drawRoundedRect(QRectF(made.rect()), _RADIUS * box.ratio, _RADIUS * box.ratio)
    painter.end()
    return made
