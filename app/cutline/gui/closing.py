"""Before the window goes: what the person typed and did not accept is asked about; everything else is safe anyway.

Suggestions are in the journal, answers on their way still get there, and a file is written whole or not at all.
"""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialogButtonBox, QMessageBox

from cutline.gui.ranks import without_icons
from cutline.gui.review import unsaved

if TYPE_CHECKING:
    from cutline.core.photo import Photo
    from cutline.gui.main_window import MainWindow

_BUTTONS = QMessageBox.StandardButton


def may_close(window: "MainWindow") -> bool:
    """Whether the window may go now. Asks where words would be lost; saving closes the window when it is done."""
    window.inspector.commit()
    settings = window.session.settings
    photos = [entry.photo for entry in window.model.entries() if unsaved(entry, settings)]
    left = window.acceptor.left
    if not photos and not left:
        return True
    answer = _ask(window, len(photos), left)
    if answer == _BUTTONS.Save:
        _save_and_close(window, photos)
    return answer == _BUTTONS.Discard


def _ask(window: "MainWindow", typed: int, writing: int) -> _BUTTONS:
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Close Cutline")
    if typed:
        photos = f"{typed:,} photo{'s' if typed != 1 else ''}"
        box.setText(f"You changed the captions of {photos} and have not accepted them.")
        box.setInformativeText("Save writes them into the files.")
    else:
        box.setText(f"{writing:,} accepted caption{'s are' if writing != 1 else ' is'} still to be written.")
        box.setInformativeText("Save waits until they are in the files; Discard leaves those files as they are.")
    box.setStandardButtons(_BUTTONS.Save | _BUTTONS.Discard | _BUTTONS.Cancel)
    box.setDefaultButton(_BUTTONS.Save)
    buttons = box.findChild(QDialogButtonBox)
    if buttons is not None:
        without_icons(buttons)
    return _BUTTONS(box.exec())


def _save_and_close(window: "MainWindow", photos: list["Photo"]) -> None:
    """Write `photos` behind what is being written, then close; a failure keeps the window open and says so."""

    def close_if_well(result: object) -> None:
        window.acceptor.finished.disconnect(close_if_well)
        if getattr(result, "first_error", None) is None:
            window.close()

    window.acceptor.finished.connect(close_if_well)
    window.acceptor.accept(photos)
