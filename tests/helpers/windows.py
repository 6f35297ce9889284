"""The real window with real parts: made for a test, driven through its widgets, closed at the end."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from cutline.core.batch import State
from cutline.core.photo import Photo
from cutline.core.settings import Settings, changed
from cutline.gui.deeds import Deeds
from cutline.gui.main_window import MainWindow
from cutline.gui.photos import Entry
from cutline.gui.session import Session


def picture(path: Path, colour: tuple[int, int, int] = (40, 90, 160), size: tuple[int, int] = (96, 64)) -> Path:
    """A small picture of one colour with a lighter band, in the format its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, colour)
    image.paste((240, 220, 180), (0, size[1] // 2, size[0], size[1] // 2 + 6))
    image.save(path)
    return path


def pictures(folder: Path, *names: str) -> list[Path]:
    """Pictures that differ from each other."""
    return [picture(folder / name, (30 + 40 * n % 200, 90, 200 - 30 * n % 180)) for n, name in enumerate(names)]


@dataclass
class Desk:
    """A window and what a test does with it."""

    qtbot: QtBot
    window: MainWindow
    deeds: Deeds

    def add(self, *paths: Path) -> None:
        """Import, and wait until it is done."""
        with self.qtbot.waitSignal(self.window.adding.finished):
            self.window.add_paths(list(paths))

    def entry(self, name: str) -> Entry:
        """The photo called `name`."""
        return self.window.model.entry(self.row(name))

    def row(self, name: str) -> int:
        return next(n for n, entry in enumerate(self.window.model.entries()) if entry.photo.path.name == name)

    def select(self, *names: str) -> None:
        """Select photos and wait until their files are read."""
        self.window.gallery.select_rows([self.row(name) for name in names])
        self.qtbot.waitUntil(lambda: all(self.entry(name).reading or self.entry(name).error for name in names))
        self.settle()

    def tag_all(self) -> None:
        """Tag all, and wait until the run is over."""
        with self.qtbot.waitSignal(self.window.run.finished):
            self.window.actions_.tag_all.trigger()
        self.settle()

    def accept(self) -> None:
        """Accept what is selected, and wait until it is written."""
        self.settle()
        with self.qtbot.waitSignal(self.window.acceptor.finished):
            self.window.inspector.accept_button.click()
        self.settle()

    def states(self) -> list[State | None]:
        return [entry.state for entry in self.window.model.entries()]

    def settle(self) -> None:
        """Let what was put off for a moment happen."""
        later = self.window.inspector._later
        self.qtbot.waitUntil(lambda: not later.isActive() and not self.window._later.isActive())

    def drop(self, target: QWidget, *urls: str | Path) -> None:
        """Drop files (or addresses) on `target`, as a file manager does: Qt asks each widget up to the window."""
        assert self.drop_mime(target, holding(*urls))

    def drop_mime(self, target: QWidget, mime: QMimeData) -> bool:
        """Drop something else; False where the window lets nobody drop it."""
        receiver, above = target, target.parentWidget()
        while not receiver.acceptDrops() and above is not None:
            receiver, above = above, above.parentWidget()
        if not held_over(receiver, mime):
            return False
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(receiver, QDropEvent(QPointF(5, 5), copy, mime, left, none))
        return True

    def close(self) -> None:
        """Close the window without a question."""
        for row in range(self.window.model.rowCount()):
            self.window.model.update(row, edited=None)
        self.window.acceptor.cancel()
        self.qtbot.waitUntil(lambda: not self.window.acceptor.busy)
        self.window.close()


def holding(*urls: str | Path) -> QMimeData:
    """What a file manager or a browser lets one drag."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(url)) if isinstance(url, Path) else QUrl(url) for url in urls])
    return mime


def held_over(target: QWidget, mime: QMimeData) -> bool:
    """Hold `mime` over a widget; whether it may be dropped."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants another constructor; older ones have none
        enter = QDragEnterEvent(QPoint(5, 5), copy, mime, left, none)
    QApplication.sendEvent(target, enter)
    return enter.isAccepted()


def said(widget: QWidget) -> str:
    """Every text that `widget` and what is in it show, tooltips and names for screen readers included."""
    parts = []
    for one in (widget, *widget.findChildren(QWidget)):
        parts += [one.windowTitle(), one.toolTip(), one.accessibleName(), one.accessibleDescription(), one.statusTip()]
        if isinstance(one, QLabel):
            parts.append(one.text())
        elif isinstance(one, QLineEdit):
            parts += [one.displayText(), one.placeholderText()]
        elif isinstance(one, QPlainTextEdit):
            parts.append(one.toPlainText())
    return "\n".join(parts)


def with_settings(**values: object) -> Settings:
    """Settings with some changed; `__` stands for the dot."""
    settings = Settings()
    for key, value in values.items():
        settings = changed(settings, key.replace("__", "."), value)
    return settings


def photos_of(paths: Sequence[Path]) -> list[Photo]:
    return [Photo(path) for path in paths]


def make_desk(qtbot: QtBot, settings: Settings) -> Desk:
    """A window that is shown."""
    window = MainWindow(Session(settings))
    desk = Desk(qtbot, window, Deeds(window))
    window.show()
    qtbot.waitExposed(window)
    return desk


Make = Callable[..., Desk]
