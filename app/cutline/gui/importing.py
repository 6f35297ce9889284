"""Photos into the window: what was dropped, and looking through it in the background.

Files whose ending promises a format that may hold no caption are looked into at once, so that nobody waits for them.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QObject, QUrl

from cutline.core.control import Control
from cutline.core.photo import Photo
from cutline.core.scan import Problem, scan
from cutline.gui.background import Job

if TYPE_CHECKING:
    from cutline.gui.asking import Looked

_USUAL = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp")
"""Endings of what can hold a caption; these are looked into when they are selected."""


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


def scan_job(paths: Sequence[Path], recursive: bool, parent: QObject | None) -> Job:
    """A job, not started yet, whose items are each a `Photo` found at or below `paths`, or a `Problem`.

    A photo with an unusual ending is followed by what is in it, or why that cannot be said: `Looked`.
    """

    def found() -> "Iterable[Photo | Problem | Looked]":
        from cutline.gui.asking import looking  # in the thread: what reads files takes its time to import

        for item in scan(paths, recursive=recursive):
            yield item
            if isinstance(item, Photo) and item.path.suffix.lower() not in _USUAL:
                yield from looking((item,), Control())

    return Job(found, parent)


def _local(url: QUrl) -> str:
    """The file that `url` names, or nothing. Names on POSIX are bytes: those that are not UTF-8 must survive."""
    if not url.isLocalFile() or sys.platform == "win32":
        return url.toLocalFile()
    return os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded)))
