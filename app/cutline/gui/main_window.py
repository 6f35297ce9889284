"""The main window: puts the parts together and lets each speak to the others.

tool bar
banner                      what a person must know, with a way forward
filter bar | inspector
gallery or |
preview    |
run panel  |
status bar
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShortcut
from PySide6.QtWidgets import QDialog, QLabel, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cutline.core.batch import State
from cutline.core.paths import cache_dir
from cutline.core.photo import Photo
from cutline.gui import actions as window_actions
from cutline.gui import geometry, theme
from cutline.gui.accepting import Acceptor
from cutline.gui.adding import Adding
from cutline.gui.banner import Banner
from cutline.gui.drop_veil import DropVeil
from cutline.gui.dropping import Dropping
from cutline.gui.empty_state import EmptyState
from cutline.gui.filter_bar import FilterBar
from cutline.gui.gallery import Gallery
from cutline.gui.importing import REFUSAL, Offered
from cutline.gui.inspector import Inspector
from cutline.gui.outset import Outset
from cutline.gui.photos import PhotoModel
from cutline.gui.preview import Preview
from cutline.gui.quick_choice import QuickChoice
from cutline.gui.ranks import sheet
from cutline.gui.reader import Reader
from cutline.gui.run_controller import RunController
from cutline.gui.run_panel import RunPanel
from cutline.gui.saving import Saving
from cutline.gui.session import Session
from cutline.gui.thumbnails import Thumbnails
from cutline.gui.tool_bar import ToolBar
from cutline.gui.undo_panel import UndoPanel
from cutline.gui.undoer import Undoer
from cutline.gui.verdicts import Verdicts
from cutline.gui.zoom_memory import ZoomMemory

_READ_DELAY = 60  # milliseconds a selection must rest before its files are read


class MainWindow(QMainWindow):
    """The window. `deeds.Deeds` does what its actions say."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._leaving = False
        self.model = PhotoModel(self)
        self.thumbnails = Thumbnails(cache_dir() / "thumbnails.sqlite", self)
        self.adding, self.reader = Adding(self.model, session, self), Reader(self.model, session, self)
        self.run = RunController(self.model, session, self)
        self.acceptor = Acceptor(self.model, session, self)
        self.undoer = Undoer(self.model, session, self)
        self.verdicts = Verdicts(session, self)
        self.outset, self.saving = Outset(self), Saving(self)
        self.actions_ = window_actions.make(self)
        self._make()
        self._connect()
        self._look()
        self._refresh()

    def _make(self) -> None:
        self.setWindowTitle("Cutline")
        self.setWindowIcon(theme.icon("cutline"))
        self.gallery = Gallery(self.model, self.thumbnails, self, self.session.settings.window.thumbnail_size)
        self.zoom_memory = ZoomMemory(self.gallery, self.session, self)
        self.preview = Preview(self.gallery, self.thumbnails)
        self.stage = QStackedWidget()
        self.stage.addWidget(self.gallery)
        self.stage.addWidget(self.preview)
        self.inspector = Inspector(self.model, self.session)
        self.filters = FilterBar(self.model)
        self.run_panel, self.undo_panel = RunPanel(self.run), UndoPanel(self.undoer)
        self.banner = Banner(margins=(10, 8, 10, 8))
        self.empty = EmptyState(self.actions_.add_photos, self.actions_.add_folder)
        self.quick = QuickChoice(self.session.settings)
        self.dropping = Dropping(self, self.take)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(_column(self.filters, self.stage, self.run_panel, self.undo_panel, stretch=1))
        self.splitter.addWidget(self.inspector)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([820, 420])
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.splitter)
        self.veil = DropVeil(self._pages)
        self.setCentralWidget(_column(self.banner, self._pages, stretch=1))
        window_actions.fill_menus(self.menuBar(), self.actions_)
        self._counts = QLabel()
        self._counts.setContentsMargins(10, 3, 10, 3)
        self.statusBar().addPermanentWidget(self._counts)
        self.statusBar().setSizeGripEnabled(False)
        self.addToolBar(ToolBar(self.actions_, self.quick))
        self.setMinimumSize(560, 340)
        if not geometry.restore(self, self.splitter):
            self.resize(1240, 680)

    def _connect(self) -> None:
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._refresh)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_READ_DELAY)
        self._rest.timeout.connect(self._read_selected)
        self.gallery.selection_changed.connect(self._on_selection)
        self.filters.changed.connect(self.gallery.set_filter)
        self.dropping.hovering.connect(self._welcome)
        self.model.changed_counts.connect(self._later.start)
        self.session.settings_changed.connect(self._on_settings)
        self.adding.grown.connect(self._on_grown)
        undoer = self.undoer
        for signal in (self.run.started, self.run.paused, self.run.stopping, self.run.finished, undoer.started):
            signal.connect(self._refresh)
        undoer.finished.connect(self._refresh)
        self.outset.changed.connect(self._refresh)
        self.acceptor.settled.connect(lambda paths: self.verdicts.note(paths, "unchanged"))
        theme.changed.connect(self._look)
        self.gallery.activated.connect(lambda _row: self.show_large())
        self.preview.closed.connect(self._show_all)
        leave = QShortcut(Qt.Key.Key_Escape, self.inspector)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self._to_photos)

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Import the photos at and below `paths`."""
        self.adding.add(paths)

    def take(self, what: Offered) -> None:
        """Import what was dropped or pasted; pictures that are in no file are put into one first."""
        if not what:
            self.banner.say("warning", REFUSAL)
            return
        self.add_paths(what.paths)
        self.saving.take(what)

    def show_large(self) -> None:
        """The current photo in place of the gallery."""
        if self.gallery.current_row() is not None:
            self.stage.setCurrentWidget(self.preview)
            self.preview.open()

    def _show_all(self) -> None:
        self.stage.setCurrentWidget(self.gallery)
        self.gallery.setFocus()

    def _to_photos(self) -> None:
        (self.preview if self.preview.isVisible() else self.gallery).setFocus()

    def selected_photos(self) -> list[Photo]:
        """What is selected, in view order."""
        return [self.model.entry(row).photo for row in self.gallery.selected_rows()]

    def all_photos(self) -> list[Photo]:
        """All there are."""
        return [entry.photo for entry in self.model.entries()]

    def _on_grown(self) -> None:
        if not self.gallery.selected_rows():
            self.gallery.select_rows([0])

    def _welcome(self, words: str) -> None:
        self.empty.set_welcoming(bool(words))
        self.veil.show_over(words if self._pages.currentWidget() is self.splitter else "")

    def _on_selection(self) -> None:
        self.inspector.show_rows(self.gallery.selected_rows())
        self._rest.start()
        self._refresh()

    def _read_selected(self) -> None:
        entries = [self.model.entry(row) for row in self.gallery.selected_rows()]
        self.reader.want([entry.photo for entry in entries if entry.reading is None and entry.error is None])

    def _on_settings(self) -> None:
        self.quick.show_settings(self.session.settings)
        self._refresh()

    def _look(self) -> None:
        self.setStyleSheet(sheet())

    def _refresh(self) -> None:
        """Bring buttons and counts in step with what there is."""
        a, count, selected = self.actions_, self.model.rowCount(), len(self.gallery.selected_rows())
        running = self.run.running
        free = not running and not self.undoer.busy and not self.outset.busy
        self._pages.setCurrentIndex(1 if count else 0)
        for action, possible in (
            (a.tag_all, count and free),
            (a.tag_selected, selected and free),
            (a.ask_again, selected and free),
            (a.pause, running and not self.run.tally.stopped),
            (a.stop, self.outset.busy or (running and not self.run.tally.stopped)),
            (a.enlarge, self.gallery.current_row() is not None),
            (a.remove, selected),
            (a.reread, selected),
            (a.accept, selected),
            (a.discard, selected),
            (a.accept_all, self.model.count(State.SUGGESTED)),
            (a.export, count),
            (a.undo_change, selected),
            (a.photo_history, selected),
        ):
            action.setEnabled(bool(possible))
        held = self.run.held
        a.pause.setIconText("Resume" if held else "Pause")
        a.pause.setText("&Resume" if held else "&Pause")
        these = f"{selected:,} Photos" if selected > 1 else "This Photo"
        a.undo_change.setText(f"Undo Last &Change to {these}")
        self._counts.setText(_counted(count, selected, self.model.count(State.SUGGESTED)))

    def leave(self) -> None:
        """Close without a question: what was typed and not accepted is let go."""
        self._leaving = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102 - Qt’s name
        from cutline.gui.closing import may_close

        if not self._leaving and not may_close(self):
            event.ignore()
            return
        for dialog in self.findChildren(QDialog):
            dialog.reject()  # each ends what it is at
        geometry.save(self, self.splitter)
        self.zoom_memory.keep()
        self.preview.leave()
        self.adding.cancel()
        self.reader.cancel()
        self.acceptor.cancel()
        self.undoer.stop()
        self.outset.close()
        self.saving.cancel()
        self.verdicts.close()
        self.run.leave()
        self.hide()
        self.thumbnails.stop()
        event.accept()


def _column(*widgets: QWidget, stretch: int) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for number, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if number == stretch else 0)
    return column


def _counted(count: int, selected: int, review: int) -> str:
    if not count:
        return ""
    parts = [f"{count:,} photo{'s' if count != 1 else ''}"]
    if selected:
        parts.append(f"{selected:,} selected")
    if review:
        parts.append(f"{review:,} to review")
    return " · ".join(parts)
