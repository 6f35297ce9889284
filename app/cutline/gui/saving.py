"""Pictures that are in no file yet: fetched from the web or taken from the clipboard, saved, and then added.

addresses ─ fetched, one after the other ─┐
a picture that is in no file ─────────────┴─> new files in a folder of the person's choice ─> added to the window
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, QStandardPaths, QTimer, Signal
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog

from cutline.core.control import Control
from cutline.core.errors import Cancelled, CutlineError, Unsupported
from cutline.gui.background import Job
from cutline.gui.importing import Offered

if TYPE_CHECKING:
    from cutline.gui.main_window import MainWindow

_FOLDER = "window.downloads"


class Saving(QObject):
    """Puts pictures into files, one lot after the other. Belongs to the window."""

    failed = Signal(object)
    finished = Signal()
    """Everything is saved, or said why not."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._waiting: deque[Offered] = deque()
        self._control = Control()
        self._job: Job | None = None
        self._paths: list[Path] = []
        self._errors: list[CutlineError] = []

    @property
    def busy(self) -> bool:
        """Whether something is to be saved yet."""
        return bool(self._waiting) or self._job is not None

    def take(self, what: Offered) -> None:
        """Save what of it is in no file here, and add it."""
        if not what.urls and what.image is None:
            return
        self._waiting.append(what)
        if len(self._waiting) == 1 and self._job is None:
            QTimer.singleShot(0, self, self._next)  # whoever it was dragged from waits until the drop is over

    def cancel(self) -> None:
        """Save no more."""
        self._waiting.clear()
        self._control.cancel()

    def _next(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
            self._job = None
        folder = self._folder() if self._waiting else None
        if folder is None:
            self._waiting.clear()
            self._conclude()
            return
        what, settings, self._control = self._waiting.popleft(), self._window.session.settings, Control()
        control, private = self._control, settings.allow_private_urls
        self._job = Job(lambda: _saved(what, folder, control, allow_private=private), self)
        self._job.items.connect(self._on_items)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._next)
        self._job.start()
        count = max(1, len(what.urls))
        self._window.statusBar().showMessage(f"Saving {count:,} picture{'s' if count != 1 else ''}…")

    def _folder(self) -> Path | None:
        """Where they are put: asked for once, and again where it is gone."""
        kept = self._window.session.settings.window.downloads
        if kept and Path(kept).is_dir():
            return Path(kept)
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        name = QFileDialog.getExistingDirectory(self._window, "Folder for pictures from elsewhere", pictures)
        if not name:
            return None
        try:
            self._window.session.change({_FOLDER: name})
        except CutlineError as error:
            self.failed.emit(error)  # asked for again the next time
        return Path(name)

    def _on_items(self, items: list[object]) -> None:
        self._paths += [item for item in items if isinstance(item, Path)]
        self._errors += [item for item in items if isinstance(item, CutlineError)]

    def _conclude(self) -> None:
        paths, errors, self._paths, self._errors = self._paths, self._errors, [], []
        self._window.statusBar().clearMessage()
        self._window.add_paths(paths)
        if errors:
            more = f" ({len(errors) - 1:,} more could not be saved.)" if len(errors) > 1 else ""
            self._window.banner.say("warning", f"{errors[0]}{more}")
        self.finished.emit()


def _saved(what: Offered, folder: Path, control: Control, *, allow_private: bool) -> Iterator[Path | CutlineError]:
    """The new files, and what went wrong. What a browser shows stands in for an address that gives no picture."""
    from cutline.core import fetch

    errors: list[CutlineError] = []
    for url in what.urls:
        try:
            yield fetch.fetched(url, folder, control, allow_private=allow_private)
        except Cancelled:
            return
        except CutlineError as error:
            errors.append(error)
    if what.image is not None and len(errors) == len(what.urls):
        errors.clear()
        try:
            data = what.image if isinstance(what.image, bytes) else _png(what.image)
            yield fetch.saved(data, folder, f"Picture {datetime.now():%Y-%m-%d %H.%M.%S}")
        except CutlineError as error:
            errors.append(error)
    yield from errors


def _png(image: QImage) -> bytes:
    """Raises `Unsupported`."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image):
        raise Unsupported(f"The copied picture cannot be saved as PNG ({writer.errorString()}); save it as a file.")
    return bytes(buffer.data().data())
