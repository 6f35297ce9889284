"""What the window's actions do, and what it says when something has happened."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from cutline.core.batch import State
from cutline.core.errors import CutlineError
from cutline.core.photo import Photo
from cutline.core.scan import EXTENSIONS
from cutline.gui.accepting import Result
from cutline.gui.adding import Found
from cutline.gui.background import Job
from cutline.gui.banner import Choice
from cutline.gui.catalog import Card, cards
from cutline.gui.forward import Way, sentence, way
from cutline.gui.importing import offered
from cutline.gui.main_window import MainWindow
from cutline.gui.outset import Errand
from cutline.gui.resuming import Resuming
from cutline.gui.review import unsaved
from cutline.gui.run_controller import Tally
from cutline.gui.undo_deeds import UndoDeeds

_LINGER = 15_000  # milliseconds a message stays in the status bar


class Deeds(QObject):
    """Connects a window's actions to what they do. Belongs to the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._cards: list[Card] = []
        self.undo = UndoDeeds(window, self.report)
        self.resuming = Resuming(window)
        self._connect_actions()
        window.adding.finished.connect(self._on_added)
        window.run.finished.connect(self._on_run_finished)
        window.acceptor.finished.connect(self._on_accepted)
        window.quick.chosen.connect(lambda key, value: self._change({key: value}))
        window.inspector.accepted.connect(self.accept)
        window.inspector.all_accepted.connect(self.accept_all)
        window.inspector.discarded.connect(self.discard)
        window.inspector.asked_alone.connect(lambda photos: self.tag(photos, fresh=True))
        for part in (
            window.adding,
            window.run,
            window.acceptor,
            window.reader,
            window.verdicts,
            window.outset,
            window.saving,
            self.resuming,
        ):
            part.failed.connect(self.report)

    def _connect_actions(self) -> None:
        w, a = self._window, self._window.actions_
        for action, deed in (
            (a.add_photos, self.choose_photos),
            (a.add_folder, self.choose_folder),
            (a.export, self.export),
            (a.settings, self.open_settings),
            (a.quit, w.close),
            (a.paste, lambda: w.take(offered(QGuiApplication.clipboard().mimeData()))),
            (a.select_all, w.gallery.selectAll),
            (a.remove, self.remove),
            (a.reread, self.reread),
            (a.find, w.filters.focus_search),
            (a.edit_title, w.inspector.title.editor.setFocus),
            (a.add_tag, w.inspector.tags.editor.line.setFocus),
            (a.tag_selected, lambda: self.tag(w.selected_photos())),
            (a.tag_all, lambda: self.tag(w.all_photos())),
            (a.ask_again, lambda: self.tag(w.selected_photos(), fresh=True)),
            (a.pause, w.run.toggle_pause),
            (a.stop, self.stop),
            (a.accept, self.accept),
            (a.accept_all, self.accept_all),
            (a.discard, self.discard),
            (a.next_review, lambda: self.step_review(1)),
            (a.previous_review, lambda: self.step_review(-1)),
            (a.enlarge, w.show_large),
            (a.zoom_in, lambda: w.gallery.zoom(1)),
            (a.zoom_out, lambda: w.gallery.zoom(-1)),
            (a.shortcuts, self.show_shortcuts),
            (a.about, self.show_about),
        ):
            action.triggered.connect(lambda _checked=False, deed=deed: deed())
        w.gallery.addAction(a.remove)
        w.gallery.customContextMenuRequested.connect(self._show_menu)

    def _show_menu(self, place: QPoint) -> None:
        a, menu = self._window.actions_, QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in (
            (a.enlarge,),
            (a.tag_selected, a.ask_again),
            (a.accept, a.discard),
            (a.undo_change, a.photo_history),
            (a.export, a.reread, a.remove),
        ):
            menu.addActions(group)
            menu.addSeparator()
        menu.popup(self._window.gallery.viewport().mapToGlobal(place))

    def look_up_backends(self) -> None:
        """Learn in the background what backends there are; what is heavy is imported by that."""
        settings = self._window.session.settings
        job = Job(lambda: cards(settings), self)
        job.items.connect(lambda items: self._cards.extend(item for item in items if isinstance(item, Card)))
        job.failed.connect(self.report)
        job.finished.connect(self._backends_known)
        job.start()

    def _backends_known(self) -> None:
        """Offer the backends, and say of those that cannot be used why not."""
        self._window.quick.set_cards(self._cards)
        self.resuming.look()
        if troubles := [card.trouble for card in self._cards if card.trouble]:
            self._window.banner.say("warning", " ".join(troubles))

    def choose_photos(self) -> None:
        """Ask for files and add them."""
        patterns = " ".join(f"*{ending} *{ending.upper()}" for ending in sorted(EXTENSIONS))
        names, _ = QFileDialog.getOpenFileNames(self._window, "Add photos", "", f"Photos ({patterns});;All files (*)")
        self._window.add_paths([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder and add what is in it."""
        name = QFileDialog.getExistingDirectory(self._window, "Add a folder")
        self._window.add_paths([Path(name)] if name else [])

    def tag(self, photos: Sequence[Photo], *, fresh: bool = False) -> None:
        """Ask about `photos`."""
        w = self._window
        w.banner.clear()
        w.inspector.commit()
        w.outset.begin(Errand(photos, w.session.settings, fresh=fresh))

    def stop(self) -> None:
        """End the run, or what goes before it."""
        self._window.outset.cancel()
        self._window.run.stop()

    def accept(self) -> None:
        """Write what is planned for the selected photos."""
        self._window.inspector.commit()
        self._window.acceptor.accept(self._window.selected_photos())

    def accept_all(self) -> None:
        """Write everything that waits for review."""
        self._window.inspector.commit()
        waiting = [entry.photo for entry in self._window.model.entries() if entry.state is State.SUGGESTED]
        self._window.acceptor.accept(waiting)

    def discard(self) -> None:
        """Forget what is suggested and typed for the selected photos."""
        w = self._window
        entries = [w.model.entry(row) for row in w.inspector.rows]
        w.verdicts.note([entry.photo.path for entry in entries if entry.suggestion is not None], "discarded")
        w.inspector.discard()

    def remove(self) -> None:
        """Take the selected photos out of the window; those with words that are in no file yet stay."""
        w = self._window
        w.inspector.commit()
        rows, settings = w.gallery.selected_rows(), w.session.settings
        typed = [row for row in rows if unsaved(w.model.entry(row), settings)]
        w.model.remove([row for row in rows if row not in set(typed)])
        if typed:
            photos = f"{len(typed):,} photo{'s' if len(typed) != 1 else ''}"
            w.banner.say("warning", f"{photos} with changes of yours stay in the list; accept or discard them first.")

    def reread(self) -> None:
        """Read the selected files again: forget what went wrong."""
        w = self._window
        rows = w.gallery.selected_rows()
        for row in rows:
            failed = w.model.entry(row).state is State.FAILED
            w.thumbnails.forget(w.model.entry(row).photo)
            changes = {"state": State.SUGGESTED if w.model.entry(row).suggestion else None} if failed else {}
            w.model.update(row, error=None, **changes)
        w.reader.want([w.model.entry(row).photo for row in rows])

    def step_review(self, step: int) -> None:
        """Select the next photo that waits for review, round the end."""
        w = self._window
        waiting = [row for row in range(w.model.rowCount()) if w.model.entry(row).state is State.SUGGESTED]
        if not waiting:
            w.statusBar().showMessage("Nothing waits for review.", _LINGER)
            return
        current = w.gallery.current_row()
        here = current if current is not None else -1
        after = [row for row in waiting if row > here] if step > 0 else [row for row in reversed(waiting) if row < here]
        w.gallery.select_rows([after[0] if after else waiting[0 if step > 0 else -1]])

    def export(self) -> None:
        """Ask for format and place, and export the selection, or all."""
        from cutline.gui.export_dialog import ExportDialog

        w = self._window
        dialog = ExportDialog(w.selected_photos(), w.all_photos(), w)
        dialog.done_well.connect(lambda text: w.banner.say("info", text))
        dialog.open()

    def open_settings(self, backend: str = "") -> None:
        """The settings; those of `backend` in front where one is named."""
        from cutline.gui.settings_dialog import SettingsDialog

        SettingsDialog(self._window.session, self._cards, self._window, backend=backend).open()

    def show_shortcuts(self) -> None:
        """All keys."""
        from cutline.gui.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self._window.actions_.all(), self._window).open()

    def show_about(self) -> None:
        """Version and licence."""
        from cutline.gui.help_dialogs import AboutDialog

        AboutDialog(self._window).open()

    def report(self, error: object) -> None:
        """Say what went wrong, with a way forward. Defects go to the log as well."""
        if not isinstance(error, CutlineError) and isinstance(error, BaseException):
            from cutline.gui.defects import log

            log(error)
        self._say(error)

    def _say(self, error: object, ledger: int | None = None) -> None:
        """`ledger`: of the run that had to stop because of it, where it can be resumed."""
        banner, forward, label = self._window.banner, way(error), Way.RESUME.value
        if ledger is not None and forward not in (Way.KEY, Way.SETTINGS):
            banner.say("error", sentence(error), label, lambda: self.resuming.resume(ledger))
            return
        backend = self._window.session.settings.backend
        action = {
            Way.KEY: lambda: self.open_settings(backend),
            Way.SETTINGS: lambda: self.open_settings(backend),
            Way.AGAIN: lambda: self.tag(self._unanswered()),
        }.get(forward)
        choice = None if ledger is None else Choice(label, lambda: self.resuming.resume(ledger))
        shown = forward.value if action else ""
        banner.say("error", sentence(error), shown, action, choice, stays=choice is not None)

    def _unanswered(self) -> list[Photo]:
        left = (None, State.FAILED, State.CANCELLED)
        return [entry.photo for entry in self._window.model.entries() if entry.state in left]

    def _change(self, changes: dict[str, object]) -> None:
        try:
            self._window.session.change(changes)
        except CutlineError as error:
            self.report(error)
            self._window.quick.show_settings(self._window.session.settings)

    def _on_added(self, found: Found) -> None:
        self._window.statusBar().showMessage(found.sentence(), _LINGER)
        if found.trouble():
            self._window.banner.say("warning", found.trouble())

    def _on_run_finished(self, tally: Tally) -> None:
        self._window.statusBar().showMessage(tally.sentence(), _LINGER)
        if tally.stopped_by is not None:
            self._say(tally.stopped_by, tally.ledger)

    def _on_accepted(self, result: Result) -> None:
        self._window.statusBar().showMessage(result.sentence(), _LINGER)
        if result.first_error is not None:
            many = f"{result.failed:,} photos could not be written; the first: " if result.failed > 1 else ""
            self._window.banner.say("error", f"{many}{result.first_error}")
