"""Before a run: what it will come to is looked at in the background, and asked about where it costs something.

errand ─ stays on this machine, or is small enough ───────────────────────────────────────> run
   └── looked at (a few seconds at most) ─ all answered before ───────────────────────────> run
                                         └ somebody has to be asked ─ the person says so ─> run
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cutline.core.control import Control
from cutline.core.errors import Cancelled, CutlineError
from cutline.core.photo import Photo
from cutline.core.settings import Settings
from cutline.gui.background import Job

if TYPE_CHECKING:
    from cutline.core.outlook import Outlook
    from cutline.gui.main_window import MainWindow


_LINGER = 8_000  # milliseconds a message stays in the status bar


@dataclass(frozen=True, slots=True)
class Errand:
    """A run that is wanted."""

    photos: Sequence[Photo]
    settings: Settings
    fresh: bool = False
    ledger: int | None = None
    """The open run it goes on with."""
    asks: bool = False
    """Whether it is to be asked about however small it is."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an errand will come to."""

    outlook: "Outlook"
    backend: str
    """Name of who is asked."""


class Outset(QObject):
    """Sees errands off. Belongs to the window."""

    changed = Signal()
    """Whether it is busy is different now."""
    failed = Signal(object)

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._control = Control()
        self._job: Job | None = None
        self._closed = False
        self._errand: Errand | None = None
        self._ahead: Ahead | None = None

    @property
    def busy(self) -> bool:
        """Whether an errand is being looked at."""
        return self._job is not None

    def begin(self, errand: Errand) -> None:
        """Start the run, or ask about it first; says so where something else is going on."""
        w = self._window
        if self._closed or not errand.photos:
            return
        if self.busy or w.run.running or w.undoer.busy:
            w.statusBar().showMessage("Something else is going on; try again when it is done.", _LINGER)
            return
        small = len(errand.photos) <= errand.settings.window.ask_above and not errand.asks
        if small or _has_no_address(errand.settings):
            self._start(errand)
            return
        self._errand, self._ahead, self._control = errand, None, Control()
        control, journal = self._control, self._window.session.journal_file
        self._job = Job(lambda: _foretelling(errand, journal, control), self)
        self._job.items.connect(self._on_items)
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_finished)
        self._job.start()
        photos = f"{len(errand.photos):,} photo{'s' if len(errand.photos) != 1 else ''}"
        self._window.statusBar().showMessage(f"Looking at what {photos} will cost…")
        self.changed.emit()

    def cancel(self) -> None:
        """Look no further, and start nothing."""
        self._control.cancel()

    def close(self) -> None:
        """See nothing off any more: the window goes, and what it was at may still report."""
        self._closed = True
        self.cancel()

    def _on_items(self, items: list[object]) -> None:
        self._ahead = next((item for item in items if isinstance(item, Ahead)), self._ahead)

    def _on_failed(self, error: object) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _on_finished(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        errand, self._errand, self._job = self._errand, None, None
        self._window.statusBar().clearMessage()
        self.changed.emit()
        if errand is None or self._ahead is None or self._control.cancelled:
            return
        if self._ahead.outlook.host and self._ahead.outlook.asked:
            self._ask(errand, self._ahead)
        else:
            self._start(errand, to_ask=self._ahead.outlook.asked)

    def _ask(self, errand: Errand, ahead: Ahead) -> None:
        from cutline.gui.run_dialog import RunDialog

        dialog = RunDialog(ahead.outlook, ahead.backend, errand.settings, self._window)
        dialog.agreed.connect(lambda settings: self._on_agreed(errand, ahead, settings, dialog.ask_above()))
        dialog.open()

    def _on_agreed(self, errand: Errand, ahead: Ahead, settings: Settings, ask_above: int | None) -> None:
        if ask_above is not None:
            try:
                self._window.session.change({"window.ask_above": ask_above})
            except CutlineError as error:
                self.failed.emit(error)
        self._start(errand, settings, ahead.outlook.asked)

    def _start(self, errand: Errand, settings: Settings | None = None, to_ask: int | None = None) -> None:
        self._window.run.start(
            errand.photos,
            fresh=errand.fresh,
            settings=settings or errand.settings,
            ledger=errand.ledger,
            to_ask=to_ask,
        )


def _has_no_address(settings: Settings) -> bool:
    """Whether the backend is one of our own that asks nobody, so that there is nothing to find out."""
    own = getattr(settings.backends, settings.backend, None)
    return own is not None and not hasattr(own, "base_url")


def _foretelling(errand: Errand, journal: Path, control: Control) -> Iterator[Ahead]:
    """What the errand will come to. Raises `CutlineError`."""
    from cutline.core import backends
    from cutline.core.journal import Journal
    from cutline.core.outlook import outlook
    from cutline.core.tagging import Rules, Tagger

    settings = errand.settings
    with (
        closing(backends.create(settings.backend, settings, lambda: None)) as backend,
        closing(Journal(journal)) as kept,
    ):
        tagger = Tagger(backend, kept, settings, Rules(fresh=errand.fresh))
        if backend.info.local:
            return  # nothing to be asked about
        yield Ahead(outlook(errand.photos, tagger, settings, control), backend.name)
