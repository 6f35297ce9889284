"""Thumbnails: asked for by the gallery, made by two decoder threads, kept in memory and on disk.

    want(what is on screen, then what comes next)
        ─> quick look: the disk cache, else the camera's own small picture as a preview    (0.1-0.5 ms each)
        ─> full decode of what is still wanted by then, kept in the disk cache              (10-100 ms each)
        ─> arrived: pictures as QImage, made QPixmap here in the GUI thread

Each new `want` replaces the one before, so that what was scrolled away is never decoded. What is in memory is bounded
by its bytes. A picture that cannot be decoded is an answer too: it says why.
"""

import atexit
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QPixmap

from cutline.core.photo import Photo
from cutline.gui.background import Job
from cutline.gui.thumbnail_decoder import Box, Decoder, Made
from cutline.gui.thumbnail_memory import Memory

__all__ = ["Box", "Picture", "Thumbnails"]

MEMORY = 160_000_000  # bytes of pixels
DECODERS = 2  # all decoders let go of the interpreter lock; more than the usual two cores bring nothing


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a photo's looks."""

    pixmap: QPixmap | None
    """None: it cannot be decoded."""
    box: Box
    """What it was made to fit."""
    preview: bool = False
    """Whether a better one is on its way."""
    error: str = ""
    """Why it cannot be decoded."""

    @property
    def bytes(self) -> int:
        """Memory it takes, about."""
        return 300 + (self.pixmap.width() * self.pixmap.height() * 4 if self.pixmap else 0)


class Thumbnails(QObject):
    """Belongs to the GUI thread. `stop` it before the program ends."""

    arrived = Signal(list)
    """The photos that have a new picture, or a reason why there is none."""

    forgotten = Signal()
    """Something that was in memory no longer is."""

    def __init__(self, cache: Path | None, parent: QObject | None = None, memory: int = MEMORY) -> None:
        """`cache`: the file of the disk cache; None: no disk cache. `memory`: bytes of pixels to keep."""
        super().__init__(parent)
        self._memory: Memory[Photo, Picture] = Memory(memory)
        self._decoder = Decoder(cache)
        atexit.register(self._decoder.stop)  # whatever way the program ends, its threads must end first
        self._jobs = [Job(self._decoder.work, self) for _ in range(DECODERS)]
        for job in self._jobs:
            job.items.connect(self._take)
            job.failed.connect(self._broke)
            job.start()

    def picture(self, photo: Photo) -> Picture | None:
        """What is in memory of `photo`, or None."""
        return self._memory.get(photo)

    def want(self, photos: Sequence[Photo], box: Box) -> None:
        """Have these made to fit `box`, the first ones first. What was wanted before and is not here is dropped."""
        self._decoder.want([photo for photo in photos if not self._settled(photo, box)], box)

    def forget(self, photo: Photo) -> None:
        """The file has changed: what is in memory of it is no longer true."""
        self._memory.drop(photo)
        self.forgotten.emit()

    def stop(self, milliseconds: int = 1000) -> bool:
        """End the decoder threads, after the picture each is at; whether they ended in time."""
        self._decoder.stop()
        atexit.unregister(self._decoder.stop)
        for job in self._jobs:
            job.stop()
        deadline = time.monotonic() + milliseconds / 1000
        ended = [job.wait(max(0, round(1000 * (deadline - time.monotonic())))) for job in self._jobs]
        return all(ended)

    def _settled(self, photo: Photo, box: Box) -> bool:
        held = self._memory.get(photo)
        return held is not None and not held.preview and (held.box == box or held.pixmap is None)

    @Slot(list)
    def _take(self, made: list[Made]) -> None:
        for one in made:
            if one.preview and self._settled(one.photo, one.box):
                continue  # the other decoder was faster with the picture itself
            pixmap = None
            if one.image is not None:
                pixmap = QPixmap.fromImage(one.image)
                pixmap.setDevicePixelRatio(one.box.ratio)
            picture = Picture(pixmap, one.box, one.preview, one.error)
            self._memory.put(one.photo, picture, picture.bytes)
        self.arrived.emit([one.photo for one in made])

    @Slot(object)
    def _broke(self, error: Exception) -> None:
        """A defect: it goes where every defect of the window goes."""
        raise error
