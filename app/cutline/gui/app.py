"""The window's entry: makes the application, shows the window, and sees everything off in order.

first paint ─> backends are looked up and heavy modules imported in the background ─> ... ─> the window is gone
─> threads end: a file being written is finished, answers on their way reach the journal (10 s at most)
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from cutline import __version__
from cutline.core.settings import Settings
from cutline.gui import background, defects, theme
from cutline.gui.asking import DRAIN_SECONDS
from cutline.gui.deeds import Deeds
from cutline.gui.interrupts import Interrupts
from cutline.gui.main_window import MainWindow
from cutline.gui.session import Session

_END = 1000 * (DRAIN_SECONDS + 2)


def run(paths: list[Path], settings: Settings) -> int:
    """Show the window with the photos at and below `paths` until it is closed; the exit status (130: interrupted)."""
    app = application()
    handler = defects.open_log()
    theme.apply(app, settings.window.theme)
    session = Session(settings)
    _ThemeFollower(app, session)
    window = MainWindow(session)
    deeds = Deeds(window)
    undo = defects.install(deeds.report)
    interrupts = Interrupts()
    interrupts.arrived.connect(window.leave)
    try:
        _AfterFirstPaint(window, lambda: _begin(window, deeds, paths))
        window.show()
        status = app.exec()
        background.wait_all(int(_END))
        return 130 if interrupts.heard else status
    finally:
        interrupts.close()
        undo()
        defects.close_log(handler)


def application() -> QApplication:
    """The one QApplication of this process."""
    present = QApplication.instance()
    app = present if isinstance(present, QApplication) else QApplication(["cutline"])
    app.setApplicationName("cutline")
    app.setApplicationDisplayName("Cutline")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("io.github.cutline.Cutline")
    return app


class _AfterFirstPaint(QObject):
    """Does something once, as soon as the window has been painted."""

    def __init__(self, window: MainWindow, deed: Callable[[], None]) -> None:
        super().__init__(window)
        self._deed = deed
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._deed)
        return False


def _begin(window: MainWindow, deeds: Deeds, paths: list[Path]) -> None:
    window.add_paths(paths)
    deeds.look_up_backends()


class _ThemeFollower(QObject):
    """Gives the application another look when the setting changes, and only then."""

    def __init__(self, app: QApplication, session: Session) -> None:
        super().__init__(session)
        self._app, self._session, self._shown = app, session, session.settings.window.theme
        session.settings_changed.connect(self._follow)

    def _follow(self) -> None:
        wanted = self._session.settings.window.theme
        if wanted != self._shown:
            self._shown = wanted
            theme.apply(self._app, wanted)
