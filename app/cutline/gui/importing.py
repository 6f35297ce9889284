"""Photos into the window: what was dropped or pasted, and looking through it in the background."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QObject, QUrl
from PySide6.QtGui import QImage

from cutline.core.photo import Photo
from cutline.core.scan import Problem, scan
from cutline.gui.background import Job
from cutline.gui.restoring import Restored, restored

_WEB = ("http", "https")
_PICTURES = tuple(f"image/{kind}" for kind in ("jpeg", "webp", "avif", "heic", "gif", "tiff", "png"))
REFUSAL = "There are no photos in this; take photos or folders from a file manager, or pictures from a browser."


@dataclass(frozen=True, slots=True)
class Offered:
    """What was dropped, or is on the clipboard."""

    paths: tuple[Path, ...] = ()
    """Local files and folders, each once, in order."""
    urls: tuple[str, ...] = ()
    """Addresses on the web, each once, in order."""
    image: QImage | bytes | None = None
    """A picture that is in no file; the bytes of one, where there are some. Beside an address it is what the browser
    shows of it, which may be smaller."""

    def __bool__(self) -> bool:
        return bool(self.paths or self.urls or self.image)


def offered(mime: QMimeData) -> Offered:
    """What of `mime` can be added; anything else is left out."""
    urls = mime.urls()
    paths = dict.fromkeys(Path(name) for url in urls if (name := _local(url)))
    web = [url.toString(QUrl.ComponentFormattingOption.FullyEncoded) for url in urls if url.scheme() in _WEB]
    text = mime.text().strip() if not urls else ""  # “Copy image address” gives nothing else
    if re.fullmatch(r"https?://\S+", text, re.IGNORECASE):
        web = [text]
    return Offered(tuple(paths), tuple(dict.fromkeys(web)), None if paths else _image(mime))


def _image(mime: QMimeData) -> QImage | bytes | None:
    """The picture in a drop: as it came, else as Qt understands it, which knows of no bytes under such names."""
    came = next((name for name in _PICTURES if mime.hasFormat(name)), None)
    if came is not None and (data := bytes(mime.data(came).data())):
        return data
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    return None if image.isNull() else image


def welcome(mime: QMimeData) -> str:
    """What dropping `mime` would do, in a few words; empty where there is nothing that can be added.

    Asked again and again while it is held over the window, so that it looks at no picture.
    """
    if any(url.isLocalFile() for url in mime.urls()):
        return "Drop to add"
    pictures = mime.hasUrls() or mime.hasImage() or any(mime.hasFormat(name) for name in _PICTURES)
    return "Drop to save and add" if pictures else ""


def scan_job(paths: Sequence[Path], recursive: bool, parent: QObject | None, journal: Path | None = None) -> Job:
    """A job, not started yet, whose items are each a `Photo` found at or below `paths`, or a `Problem`.

    Then come those whose suggestion waits for review in `journal`, each as `Restored`.
    """
    return Job(lambda: _found(paths, recursive, journal), parent)


def _found(paths: Sequence[Path], recursive: bool, journal: Path | None) -> Iterator[Photo | Problem | Restored]:
    photos = []
    for item in scan(paths, recursive=recursive):
        yield item
        if isinstance(item, Photo):
            photos.append(item)
    if journal is not None:
        yield from restored(photos, journal)


def _local(url: QUrl) -> str:
    """The file that `url` names, or nothing. Names on POSIX are bytes: those that are not UTF-8 must survive."""
    if not url.isLocalFile() or sys.platform == "win32":
        return url.toLocalFile()
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))
