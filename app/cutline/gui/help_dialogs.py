"""Help: all keys at a glance, and what this program is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from cutline import __version__
from cutline.core.paths import config_dir, state_dir
from cutline.core.photo import printable
from cutline.gui import theme
from cutline.gui.ranks import rank, without_icons

_ELSEWHERE = (
    ("Arrow keys, Home, End", "Move between photos"),
    ("Shift with arrow keys", "Select more photos"),
    ("Space or Enter, on a photo", "Show it large; once more, or Esc: back to all photos"),
    ("Tab", "Go from field to field"),
    ("Enter or comma, in the tags", "Add the tag"),
    ("Ctrl+Z, in a text field", "Undo what was typed there; Ctrl+Alt+Z undoes the last write from everywhere"),
    ("Backspace, in the empty tag line", "Remove the last tag"),
    ("Left, in the empty tag line", "Go into the tags; Delete removes one"),
)


class ShortcutsDialog(QDialog):
    """A table of keys, made of the actions themselves."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard Shortcuts")
        table = QWidget()
        table.setObjectName("plainbody")
        grid = QGridLayout(table)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(5)
        native = QKeySequence.SequenceFormat.NativeText
        rows = [(a.shortcut().toString(native), a.statusTip()) for a in actions if not a.shortcut().isEmpty()]
        for number, (keys, about) in enumerate((*rows, *_ELSEWHERE)):
            name = QLabel(keys)
            rank(name, "heading")
            grid.addWidget(name, number, 0)
            said = QLabel(about)
            said.setWordWrap(True)
            grid.addWidget(said, number, 1)
        grid.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setObjectName("plain")
        area.setWidgetResizable(True)
        area.setWidget(table)
        area.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(_closer(self))
        self.resize(680, 600)


class AboutDialog(QDialog):
    """Version, licence, and where things are kept."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Cutline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 16)
        layout.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(theme.icon("cutline").pixmap(48, 48))
        name = QLabel(f"Cutline {__version__}")
        rank(name, "title")
        about = QLabel(
            "Suggests a title, tags and a description for photos, lets you review them, "
            "and embeds them in EXIF, IPTC and XMP."
        )
        about.setWordWrap(True)
        licence = QLabel("MIT licence. Made with Qt for Python (LGPL), Pillow, httpx and keyring.")
        licence.setWordWrap(True)
        places = QLabel(f"Settings: {printable(str(config_dir()))}\nJournal and log: {printable(str(state_dir()))}")
        places.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        places.setWordWrap(True)
        rank(places, "muted")
        for widget in (picture, name, about, licence, places):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addWidget(_closer(self))
        self.setMinimumWidth(460)


def _closer(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    return without_icons(buttons)
