"""Makes the README's pictures: the window with twenty photos, one of them under review, light and dark.

    python packaging/screenshots.py [FOLDER]        default: resources/screenshots

Needs no screen. The photos are the samples and variations of them, tagged by the offline backend in a folder that is
gone afterwards; what is seen is what a person sees.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image, ImageEnhance, ImageOps
from PySide6.QtWidgets import QApplication

from cutline.core import metadata
from cutline.core.batch import State
from cutline.core.paths import resource
from cutline.core.photo import Caption
from cutline.core.settings import Settings, changed
from cutline.gui import background, theme
from cutline.gui.app import application
from cutline.gui.deeds import Deeds
from cutline.gui.main_window import MainWindow
from cutline.gui.session import Session

SIZE = (1280, 800)
COUNT = 20
NAMES = {
    "DSC_0417": ("city lights", "IMG_2041", "across the river"),
    "dusk over the water": ("evening on the lake", "last boat", "IMG_2044"),
    "forest in the morning mist": ("sunday walk", "IMG_2042", "old beeches"),
    "gerbera": ("garden in june", "for grandmother", "close up"),
    "mountain lake, New Zealand": ("north shore", "IMG_2043", "snow line"),
    "old pier in the fog": ("pier, november", "quiet morning", "IMG_2045"),
}
"""Of the variations, by the sample's name."""
REVIEWED = "evening on the lake"
WRITTEN = ("sunday walk", "city lights", "garden in june")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "resources" / "screenshots"
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for look in ("light", "dark"):
        with tempfile.TemporaryDirectory(prefix="cutline-") as scratch:
            os.environ["CUTLINE_HOME"] = str(Path(scratch) / "home")
            os.chdir(scratch)
            photos = Path("Photos") / "2026 Autumn"
            make_photos(photos)
            take(photos, look, folder)
            background.wait_all(10_000)
            os.chdir(folder)


def make_photos(folder: Path) -> None:
    """The samples as they are, then variations of them, twenty in all; one has a caption of its own already."""
    folder.mkdir(parents=True)
    samples = sorted(path for path in resource("samples").rglob("*") if path.is_file())
    for path in samples[:COUNT]:
        (folder / path.name).write_bytes(path.read_bytes())
    for number in range(COUNT - len(samples)):
        kind, which = divmod(number, len(samples))
        name = NAMES[samples[which].stem][kind]
        variation(samples[which], kind, folder / f"{name}.jpg")
    own = Caption("Rowing home", "", ("lake", "rowing boat", "holiday 2026"))
    metadata.write(folder / f"{REVIEWED}.jpg", own, ("title", "tags"))


def variation(sample: Path, kind: int, path: Path) -> None:
    """`sample` mirrored and warmer, closer, or darker."""
    with Image.open(sample) as opened:
        image = ImageOps.mirror(ImageOps.exif_transpose(opened).convert("RGB"))
    width, height = image.size
    if kind == 1:
        image = image.crop((width // 5, height // 6, width, height))
    red, green, blue = image.split()
    warmer = Image.merge("RGB", (red.point(lambda v: min(255, v * 9 // 8)), green, blue.point(lambda v: v * 7 // 8)))
    image = warmer if kind == 0 else ImageEnhance.Brightness(image).enhance(0.8)
    image.save(path, quality=88)


def take(photos: Path, look: str, folder: Path) -> None:
    """Open a window, do the main job up to the review, and keep what it looks like."""
    settings = changed(Settings(), "window.theme", look)
    theme.apply(application(), settings.window.theme)
    window = MainWindow(Session(settings))
    deeds = Deeds(window)
    window.resize(*SIZE)
    window.show()
    if look == "light":
        wait_for(window.isVisible)
        window.grab().save(str(folder / "empty.png"))
    deeds.look_up_backends()
    window.add_paths([photos])
    wait_for(lambda: window.model.count(None) == COUNT and not window.adding.busy)
    deeds.tag(window.all_photos())
    wait_for(lambda: not window.run.running)
    rows = {entry.photo.path.stem: row for row, entry in enumerate(window.model.entries())}
    for name in WRITTEN:
        window.gallery.select_rows([rows[name]])
        deeds.accept()
    wait_for(lambda: not window.acceptor.busy and window.model.count(State.WRITTEN) == len(WRITTEN))
    window.gallery.select_rows([rows[REVIEWED]])
    window.inspector.tags.editor.removed.emit("holiday 2026")
    window.gallery.setFocus()
    wait_for(lambda: all(window.thumbnails.picture(photo) for photo in window.all_photos()[:12]))
    window.grab().save(str(folder / f"window-{look}.png"))
    for row in range(window.model.rowCount()):
        window.model.update(row, edited=None)
    window.close()


def wait_for(condition: Callable[[], object]) -> None:
    """Let the window work until `condition` holds, and until what it put off is done."""
    deadline = time.monotonic() + 60
    while not condition():
        QApplication.processEvents()
        if time.monotonic() > deadline:
            raise TimeoutError("The window did not come so far within a minute.")
    settled = time.monotonic() + 0.4
    while time.monotonic() < settled:
        QApplication.processEvents()


if __name__ == "__main__":
    main()
