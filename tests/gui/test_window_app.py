"""The window as a program: what it imports, what becomes of defects, and the main job on a real screen."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.errors import ReadOnly
from cutline.gui import defects
from helpers.windows import Desk, pictures


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    done = run_python(
        """
        import sys
        from PySide6.QtCore import QEvent, QObject, QTimer
        from PySide6.QtWidgets import QApplication
        from cutline.core.settings import Settings
        from cutline.gui import app
        from cutline.gui.main_window import MainWindow

        HEAVY = ("httpx", "keyring", "PIL", "tomlkit", "rich")
        at_paint = []

        class Watch(QObject):
            def eventFilter(self, watched, event):
                if isinstance(watched, MainWindow) and event.type() == QEvent.Type.Paint and not at_paint:
                    at_paint.append([name for name in HEAVY if name in sys.modules])
                    QTimer.singleShot(300, QApplication.closeAllWindows)
                return False

        watch = Watch()
        app.application().installEventFilter(watch)
        status = app.run([], Settings())
        print(status, at_paint, "httpx" in sys.modules)
        """
    )
    assert done.stdout.strip() == "0 [[]] True", done.stderr
    assert done.stderr == ""


def test_a_defect_is_logged_and_said_in_one_sentence(desk: Desk, cutline_home: Path) -> None:
    handler = defects.open_log()
    undo = defects.install(desk.deeds.report)
    try:
        try:
            raise ZeroDivisionError("some inner matter")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    finally:
        undo()
        defects.close_log(handler)
    text = (cutline_home / "state" / "cutline.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError: some inner matter" in text
    assert "Traceback" in text
    assert "Something went wrong inside Cutline (ZeroDivisionError)" in desk.window.banner.text
    assert "Traceback" not in desk.window.banner.text


def test_what_is_foreseen_is_said_and_not_logged(desk: Desk, cutline_home: Path) -> None:
    handler = defects.open_log()
    desk.deeds.report(ReadOnly("a.jpg: may not be written."))
    defects.close_log(handler)
    assert desk.window.banner.text == "a.jpg: may not be written."
    assert not (cutline_home / "state" / "cutline.log").exists()


def test_paths_given_at_the_start_are_imported(tmp_path: Path) -> None:
    pictures(tmp_path / "in", "a.jpg", "sub/b.png")
    done = run_python(
        f"""
        from pathlib import Path
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        from cutline.core.settings import Settings
        from cutline.gui import app
        from cutline.gui.main_window import MainWindow

        def look():
            windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
            if windows and windows[0].model.rowCount() == 2:
                timer.stop()
                print([entry.photo.name for entry in windows[0].model.entries()])
                windows[0].close()

        app.application()
        timer = QTimer(interval=20)
        timer.timeout.connect(look)
        timer.start()
        app.run([Path({str(tmp_path / "in")!r})], Settings())
        """
    )
    assert done.stdout.strip() == "['a.jpg', 'b.png']", done.stderr


def test_the_theme_follows_the_setting() -> None:
    done = run_python(
        """
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        from cutline.core.settings import Settings
        from cutline.gui import app, theme
        from cutline.gui.main_window import MainWindow

        def change():
            (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
            before = theme.colours()
            window.session.change({"max_tags": 9})
            same = theme.colours() is before
            window.session.change({"window.theme": "dark"})
            print(same, theme.colours() is not before, theme.colours() is theme.DARK)
            window.close()

        app.application()
        QTimer.singleShot(200, change)
        app.run([], Settings())
        """
    )
    assert done.stdout.strip() == "True True True", done.stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_closes_the_window_without_a_question(tmp_path: Path, name: str) -> None:
    pictures(tmp_path / "in", "a.jpg")
    done = run_python(
        f"""
        import os, signal
        from pathlib import Path
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        from cutline.core.settings import Settings
        from cutline.gui import app
        from cutline.gui.main_window import MainWindow

        def look():
            windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
            if windows and windows[0].model.rowCount() and windows[0].model.entry(0).reading:
                timer.stop()
                windows[0].inspector.title.editor.setPlainText("typed")
                os.kill(os.getpid(), signal.{name})

        app.application()
        timer = QTimer(interval=20)
        timer.timeout.connect(look)
        timer.start()
        print(app.run([Path({str(tmp_path / "in")!r})], Settings()), signal.getsignal(signal.SIGTERM))
        """
    )
    assert done.stdout.strip() == "130 0", done.stderr
    assert done.stderr == ""
    assert metadata.read(tmp_path / "in" / "a.jpg").caption.title == ""


_DRIVER = """
"$0" -m cutline "$1" & pid=$!
window=$(xdotool search --sync --onlyvisible --pid $pid --class cutline | head -1)
xdotool windowfocus --sync "$window"
for try in $(seq 100); do
    xdotool key --window 0 ctrl+shift+t
    read -r -t 0.3 <> <(:)
    xdotool key --window 0 ctrl+shift+Return
    read -r -t 0.3 <> <(:)
    grep -q 'rdf:li' "$1/harbour.jpg" && grep -q 'rdf:li' "$1/hill.jpg" && break
done
xdotool key --window 0 ctrl+q
wait $pid
echo "status $?"
"""


@pytest.mark.needs("xvfb-run", "xdotool")
def test_the_main_job_on_a_screen(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    pictures(folder, "harbour.jpg", "hill.jpg")
    done = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1280x720x24", "bash", "-c", _DRIVER, sys.executable, str(folder)],
        env=os.environ | {"QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.stdout.strip().endswith("status 0"), done.stderr
    assert "harbour" in [tag.casefold() for tag in metadata.read(folder / "harbour.jpg").caption.tags]
    assert metadata.read(folder / "hill.jpg").caption.title == "Hill"
