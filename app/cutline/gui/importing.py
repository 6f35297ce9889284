"""Photos into the window: what was dropped, and looking through it in the background."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QObject, QUrl

from cutline.core.photo import Photo
from cutline.core.scan import Problem, scan
from cutline.gui.background import Job
from cutline.gui.restoring import Restored, restored


def paths_from_mime(mime: QMimeData) -> list[Path]:
    """The local files and folders in a drop or on the clipboard, each once, in order; anything else is left out."""
    return list(dict.fromkeys(Path(name) for url in mime.urls() if (name := _local(url))))


def refusal(mime: QMimeData) -> str:
    """Why `paths_from_mime` finds nothing in `mime`, for a person; empty where it does."""
    if paths_from_mime(mime):
        return ""
    if mime.hasUrls():
        return "Pictures from the web cannot be added; save them as files, then drop the files here."
    return "Only files and folders can be added; drop some from a file manager."


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
