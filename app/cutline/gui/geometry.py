"""Where the window was, remembered in the user's state folder."""

import json
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter

from cutline.core.atomic import write_text
from cutline.core.errors import PhotoError
from cutline.core.paths import state_dir


def _file() -> Path:
    return state_dir() / "window.json"


def save(window: QMainWindow, splitter: QSplitter) -> None:
    """Remember size, place and division; where that cannot be kept, the next window has the usual ones."""
    values = {
        "geometry": bytes(window.saveGeometry().toBase64().data()).decode(),
        "splitter": bytes(splitter.saveState().toBase64().data()).decode(),
    }
    with suppress(PhotoError):
        write_text(_file(), json.dumps(values))


def restore(window: QMainWindow, splitter: QSplitter) -> bool:
    """Put the window where it was; whether that was known."""
    try:
        values = json.loads(_file().read_text(encoding="utf-8"))
        geometry, division = (QByteArray.fromBase64(str(values[name]).encode()) for name in ("geometry", "splitter"))
    except (OSError, ValueError, KeyError, TypeError):
        return False
    splitter.restoreState(division)
    return bool(window.restoreGeometry(geometry))
