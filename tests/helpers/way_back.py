"""The way back in the window: what a test does with undo and with the history."""

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from cutline.core import metadata
from cutline.core.journal import Journal
from cutline.core.paths import state_dir
from cutline.core.photo import FIELDS, Caption, FieldName, WriteMode
from cutline.core.runs import About, recording
from cutline.core.settings import Settings
from cutline.gui.history_dialog import HistoryDialog
from helpers.windows import Desk

BUTTONS = QMessageBox.StandardButton
TITLE: tuple[FieldName, ...] = ("title",)


def write(
    photos: Iterable[Path],
    caption: Caption,
    about: About | None = None,
    *,
    fields: tuple[FieldName, ...] = FIELDS,
    mode: WriteMode = "auto",
) -> None:
    """One run, written as the command line does it."""
    about = about or About("write")
    with (
        closing(Journal(state_dir() / "journal.sqlite")) as journal,
        recording(journal, about, Settings()) as recorder,
    ):
        for path in photos:
            metadata.write(path, caption, fields, mode=mode, record=recorder.of(path))


def title(path: Path) -> str:
    """What the file says."""
    return metadata.read(path).caption.title


def answer(desk: Desk, act: Callable[[], object], button: QMessageBox.StandardButton = BUTTONS.Ok) -> str:
    """Do `act`, press `button` in the box that comes up, and tell what it said."""
    act()
    desk.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    said = f"{box.text()}\n{box.informativeText()}"
    QTimer.singleShot(0, box.button(button).click)
    desk.qtbot.waitUntil(lambda: not isinstance(QApplication.activeModalWidget(), QMessageBox))
    return said


def finished(desk: Desk, act: Callable[[], object]) -> None:
    """Do `act`, and wait until photos were put back."""
    with desk.qtbot.waitSignal(desk.window.undoer.finished):
        act()
    desk.settle()


def undo_last(desk: Desk) -> str:
    """Undo the last write; what was asked before."""
    said: list[str] = []
    finished(desk, lambda: said.append(answer(desk, desk.window.actions_.undo_write.trigger)))
    return said[0]


def history_of(desk: Desk, act: Callable[[], object] | None = None) -> HistoryDialog:
    """The history, opened and read."""
    (act or desk.window.actions_.history.trigger)()
    dialog = desk.window.findChild(HistoryDialog)
    assert dialog is not None
    at_rest(desk, dialog)
    return dialog


def at_rest(desk: Desk, dialog: HistoryDialog) -> None:
    """Wait until it shows what there is."""
    latest = (dialog._reading_runs, dialog._reading_photos, dialog.detail._reader)
    desk.qtbot.waitUntil(lambda: not dialog._rest.isActive() and not any(one.busy for one in latest))


def look_at(desk: Desk, dialog: HistoryDialog, run: int) -> None:
    """Go to the run in this row."""
    dialog.runs.setCurrentIndex(dialog.runs.listing.index(run))
    at_rest(desk, dialog)


def filtered(desk: Desk, dialog: HistoryDialog, text: str) -> None:
    """Filter by `text`."""
    dialog.filter.setText(text)
    at_rest(desk, dialog)


def headings(dialog: HistoryDialog) -> list[tuple[str, str]]:
    """The runs: what each was, and the word at its right."""
    lines = [dialog.runs.listing.line(row) for row in range(dialog.runs.listing.rowCount())]
    return [(line.heading, line.word) for line in lines]


def rows(dialog: HistoryDialog) -> list[tuple[str, str, str]]:
    """The photos of the run looked at: name, what was changed, what can be done."""
    lines = [dialog.photos.listing.line(row) for row in range(dialog.photos.listing.rowCount())]
    return [(line.heading, line.detail, line.word) for line in lines]
