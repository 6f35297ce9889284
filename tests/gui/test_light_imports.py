"""The window must be on the screen before anything heavy is loaded."""

import subprocess
import sys

import pytest

_MODULES = ["background", "colours", "gallery", "gallery_card", "icons", "importing", "photos", "theme", "thumbnails"]
_HEAVY = ("PIL", "httpx", "keyring", "tomlkit", "piexif", "PySide6.QtNetwork")


@pytest.mark.parametrize("module", _MODULES)
def test_importing_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, cutline.gui.{module}; print([name for name in {_HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == "[]"


def test_a_gallery_that_shows_nothing_yet_loads_nothing_heavy() -> None:
    program = f"""
import sys
from PySide6.QtWidgets import QApplication
from cutline.gui import theme
from cutline.gui.gallery import Gallery
from cutline.gui.photos import PhotoModel
from cutline.gui.thumbnails import Thumbnails
app = QApplication([])
theme.apply(app, "auto")
thumbnails = Thumbnails(None)
gallery = Gallery(PhotoModel(), thumbnails)
gallery.show()
gallery.grab()
app.processEvents()
print([name for name in {_HEAVY} if name in sys.modules], thumbnails.stop())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == "[] True"
    assert ended.stderr == ""


def test_a_program_that_breaks_ends_cleanly_all_the_same() -> None:
    program = """
from PySide6.QtWidgets import QApplication
from cutline.gui.thumbnails import Thumbnails
app = QApplication([])
thumbnails = Thumbnails(None)
raise SystemExit(7)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "", "")
