"""What the actions of undo and history do: asks where much is at stake, lets nothing else write meanwhile, and says how
it ended.

    wish ─ refused while others work ─ asked about ─> Undoer ─> Round ─> a sentence, and what else can be done
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QWidget

from cutline.core.history import RunRecord
from cutline.core.photo import printable
from cutline.gui import history_words as words
from cutline.gui.banner import Banner
from cutline.gui.forward import sentence
from cutline.gui.latest import Latest
from cutline.gui.ranks import without_icons
from cutline.gui.undoing import Round, Wish, last_write

if TYPE_CHECKING:
    from cutline.gui.history_dialog import HistoryDialog
    from cutline.gui.main_window import MainWindow

_BUTTONS = QMessageBox.StandardButton
_BYTES = (
    "The files become byte for byte what they were before, and sidecars that were made are removed. "
    "What was changed since by another program is left alone. Suggestions are kept."
)
_WORDS = (
    "{} since Cutline wrote it, and the old bytes would destroy that change. Instead, the title, description, tags and "
    "alt text, as far as they were written, are made to say again what they said before; everything else stays as it "
    "is now. This is a write of its own, which can be undone."
)


class UndoDeeds(QObject):
    """Connects a window's actions for the way back. Belongs to the window."""

    def __init__(self, window: "MainWindow", report: Callable[[object], None]) -> None:
        """`report` says and logs what went wrong beyond single photos."""
        super().__init__(window)
        self._window, self._report = window, report
        self._dialog: HistoryDialog | None = None
        self._looking = Latest(self)
        self._looking.arrived.connect(self._on_last_write)
        self._looking.failed.connect(report)
        a = window.actions_
        for action, deed in (
            (a.undo_write, self.undo_last),
            (a.undo_change, self.undo_selected),
            (a.history, self.open_history),
            (a.photo_history, self.open_history_of_photo),
        ):
            action.triggered.connect(lambda _checked=False, deed=deed: deed())
        window.undoer.finished.connect(self._on_finished)

    def refusal(self) -> str:
        """Why nothing can be put back now; empty where it can."""
        w = self._window
        if w.undoer.busy:
            return "Photos are being put back already; wait until that is done."
        if w.run.running:
            return "A run is going on; stop it, or wait until it is done, and undo then."
        if w.acceptor.busy:
            return "Captions are being written; undo when that is done."
        return ""

    def undo_last(self) -> None:
        """Find the last write that is not undone, and ask whether it shall be."""
        if refusal := self.refusal():
            self._banner().say("warning", refusal)
            return
        journal = self._window.session.journal_file
        self._looking.start(lambda: last_write(journal))

    def undo_selected(self) -> None:
        """Put the selected photos back, each as it was before its latest change."""
        photos = self._window.selected_photos()
        if photos:
            self.wish(Wish(len(photos), paths=tuple(photo.path for photo in photos)))

    def open_history(self, text: str = "") -> None:
        """The history, filtered by `text`."""
        from cutline.gui.history_dialog import HistoryDialog

        w = self._window
        if self._dialog is not None:
            return
        self._dialog = HistoryDialog(w.session, w.undoer, text, w)
        self._dialog.wished.connect(self.wish)
        self._dialog.finished.connect(self._on_closed)
        self._dialog.open()

    def open_history_of_photo(self) -> None:
        """The history of the photo that is current, or selected first."""
        photos = self._window.selected_photos()
        current = self._window.gallery.current_photo()
        if photos:
            photo = current if current in photos else photos[0]
            self.open_history(str(photo.path.absolute()))

    def wish(self, wish: Wish, *, ask: bool = False) -> None:
        """Put back what is wished for; asks first where it is more than one photo, or where told to."""
        if refusal := self.refusal():
            self._banner().say("warning", refusal)
        elif ask or wish.forced or wish.total > 1:
            self._ask(wish)
        else:
            self._begin(wish)

    def _banner(self) -> Banner:
        """Where the person looks."""
        return self._window.banner if self._dialog is None else self._dialog.banner

    def _ask(self, wish: Wish) -> None:
        one = wish.total == 1
        these = "this photo" if one else f"these {words.photos(wish.total)}"
        only = "caption" if one else "captions"
        box = QMessageBox(self._parent())
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Undo")
        box.setText(f"Put back only the {only} of {these}?" if wish.forced else f"Put {these} back as before?")
        more = _WORDS.format("It was changed" if one else "Each was changed") if wish.forced else _BYTES
        box.setInformativeText(f"{wish.about}\n\n{more}" if wish.about else more)
        box.setStandardButtons(_BUTTONS.Ok | _BUTTONS.Cancel)
        box.button(_BUTTONS.Ok).setText("Put Back")
        box.setDefaultButton(_BUTTONS.Ok)
        buttons = box.findChild(QDialogButtonBox)
        if buttons is not None:
            without_icons(buttons)
        box.finished.connect(lambda answer: self._on_answer(box, answer, wish))
        box.open()

    def _parent(self) -> QWidget:
        return self._window if self._dialog is None else self._dialog

    def _on_answer(self, box: QMessageBox, answer: int, wish: Wish) -> None:
        box.deleteLater()
        if answer == _BUTTONS.Ok:
            if refusal := self.refusal():
                self._banner().say("warning", refusal)
            else:
                self._begin(wish)

    def _begin(self, wish: Wish) -> None:
        self._window.inspector.commit()
        self._banner().clear()
        self._window.acceptor.hold()
        self._window.undoer.start(wish)

    def _on_last_write(self, runs: list[RunRecord]) -> None:
        for run in runs:
            about = f"{words.what(run)} · {words.when(run)}"
            self.wish(Wish(run.written - run.undone, run.id, about=about), ask=True)
        if not runs:
            self._banner().say("info", "There is nothing to undo: nothing has been written, or all of it is undone.")

    def _on_finished(self, round_: Round) -> None:
        self._window.acceptor.release()
        if round_.trouble is not None:
            self._report(round_.trouble)
            if self._dialog is not None:
                self._dialog.banner.say("error", sentence(round_.trouble))
        elif round_.forcible and not round_.wish.forced:
            one = len(round_.forcible) == 1
            label = "Put Back the Caption Only…" if one else "Put Back the Captions Only…"
            self._banner().say("warning", _told(round_), label, lambda: self.wish(round_.next_wish))
        else:
            self._banner().say("warning" if round_.failed else "info", _told(round_))

    def _on_closed(self) -> None:
        self._dialog = None


def _told(round_: Round) -> str:
    return printable(round_.sentence())
