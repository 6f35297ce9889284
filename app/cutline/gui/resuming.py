"""Runs that were interrupted: found in the journal, offered, and gone on with by their own settings.

the window begins ─ open runs? ─> “A run of 20 November was interrupted …”  ─ Continue ─> photos added ─> errand
a run had to stop ──────────────> its message, with “Resume” ───────────────────────────────────────────> errand
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Signal

from cutline.core import settings as core_settings
from cutline.core.errors import CutlineError
from cutline.core.photo import Photo
from cutline.core.settings import Settings
from cutline.gui.background import Job
from cutline.gui.banner import Choice
from cutline.gui.outset import Errand

if TYPE_CHECKING:
    from cutline.core.ledger import Open
    from cutline.gui.adding import Found
    from cutline.gui.main_window import MainWindow

_OVER = "Nothing is left of that run, or another window goes on with it."
_GONE = "The photos that are left of that run are not in the window any more; add them, and tag them again."


class Resuming(QObject):
    """Offers what is left of earlier runs. Belongs to the window."""

    failed = Signal(object)

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._offered: Open | None = None
        self._added: tuple[Found | None, Open] | None = None
        window.banner.cleared.connect(self._on_cleared)
        window.run.started.connect(self._withdraw)
        window.run.finished.connect(self._offer)
        window.undoer.finished.connect(self._offer)
        window.outset.changed.connect(self._make_room)
        window.adding.finished.connect(self._on_added)

    def look(self) -> None:
        """Offer the newest run that was interrupted, as soon as there is room to say so."""
        self._with_open_runs(self._on_found)

    def resume(self, ledger: int) -> None:
        """Go on with the run of that number, over those of its photos that are still in the window."""
        self._with_open_runs(lambda runs: self._resume(runs, ledger))

    def _with_open_runs(self, take: "Callable[[list[Open]], None]") -> None:
        journal = self._window.session.journal_file
        found: list[Open] = []
        errors: list[object] = []
        job = Job(lambda: _open(journal), self)
        job.items.connect(found.extend)
        job.failed.connect(errors.append)
        job.failed.connect(self.failed)
        job.finished.connect(lambda: None if errors else take(found))
        job.finished.connect(job.deleteLater)
        job.start()

    def _on_found(self, runs: "list[Open]") -> None:
        self._offered = runs[0] if runs else None
        self._offer()

    def _offer(self) -> None:
        banner, run = self._window.banner, self._offered
        if run is None or banner.text or self._window.run.running or self._window.outset.busy:
            return
        again = Choice("Discard", partial(self._discard, run))
        banner.say("info", offer(run), "Continue", partial(self._continue, run), again)

    def _on_cleared(self, text: str) -> None:
        if self._offered is not None and text == offer(self._offered):
            self._offered = None  # decided, or put off until the next start
        self._offer()

    def _withdraw(self) -> None:
        """Offer nothing while a run goes on; the offer comes back after it."""
        run = self._offered
        if run is not None and self._window.banner.text == offer(run):
            self._window.banner.clear()
            self._offered = run

    def _make_room(self) -> None:
        (self._withdraw if self._window.outset.busy else self._offer)()

    def _continue(self, run: "Open") -> None:
        self._with_open_runs(lambda runs: self._bring_back(runs, run.id))

    def _bring_back(self, runs: "list[Open]", ledger: int) -> None:
        run = next((run for run in runs if run.id == ledger), None)
        if run is None:
            self._window.banner.say("info", _OVER)
        else:
            self._added = self._window.adding.add([*run.left, *run.waiting]), run

    def _on_added(self, found: object) -> None:
        if self._added is not None and self._added[0] is found:
            run, self._added = self._added[1], None
            self._begin(run, [Photo(path) for path in run.left])

    def _resume(self, runs: "list[Open]", ledger: int) -> None:
        run = next((run for run in runs if run.id == ledger), None)
        left = [Photo(path) for path in run.left] if run is not None else []
        here = [photo for photo in left if self._window.model.row_of(photo) is not None]
        if run is not None and here:
            self._begin(run, here)
        else:
            self._window.banner.say("info", _GONE if left else _OVER)

    def _begin(self, run: "Open", photos: list[Photo]) -> None:
        try:
            settings = settings_of(run.settings, self._window.session.settings)
        except CutlineError as error:
            self.failed.emit(error)
            return
        w = self._window
        if w.run.running or w.outset.busy or w.undoer.busy:  # begun since: offered again when that is over
            self._offered = run
            return
        errand = Errand(photos, settings, fresh=bool(run.settings.get("fresh")), ledger=run.id)
        self._window.outset.begin(replace(errand, asks=bool(settings.max_cost)))

    def _discard(self, run: "Open") -> None:
        journal = self._window.session.journal_file
        job = Job(lambda: _given_up(journal, run.id), self)
        job.failed.connect(self.failed)
        job.finished.connect(self.look)
        job.finished.connect(job.deleteLater)
        job.start()


def offer(run: "Open") -> str:
    """An interrupted run in one sentence."""
    local = run.started.astimezone()
    day = f"{local.day} {QLocale(QLocale.Language.English).monthName(local.month)}"
    if local.year != datetime.now(local.tzinfo).year:
        day = f"{day} {local.year}"
    left, total = len(run.left), run.done + len(run.left)
    verb = "is" if left == 1 else "are"
    return f"A run of {day} was interrupted: {left:,} of {total:,} photo{'s' if total != 1 else ''} {verb} left."


def settings_of(kept: Mapping[str, object], settings: Settings) -> Settings:
    """`settings` with what a run was ordered by. Raises `ConfigError` where that is not possible any more."""
    known = {option.key for option in core_settings.options(settings)}
    for key, value in kept.items():
        if key in known:
            settings = core_settings.changed(settings, key, value)
    return settings


def _open(journal: Path) -> "Iterator[Open]":
    """Raises `JournalError`."""
    from cutline.core.journal import Journal
    from cutline.core.ledger import open_runs

    if journal.exists():
        with closing(Journal(journal)) as kept:
            yield from open_runs(kept, "window")


def _given_up(journal: Path, id_: int) -> Iterator[object]:
    """Raises `JournalError`."""
    from cutline.core.journal import Journal
    from cutline.core.ledger import give_up

    with closing(Journal(journal)) as kept:
        give_up(kept, id_)
    yield from ()
