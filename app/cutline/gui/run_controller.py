"""A run from button to summary: starts it in the background, shows each photo's state, and adds up what happened.

Nothing is written into files here; see `accepting` for that.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.cost import Cost, cost_of, prices
from cutline.core.errors import CutlineError, PhotoError
from cutline.core.photo import Photo, Suggestion
from cutline.core.settings import Settings
from cutline.gui.asking import Asked, Asking
from cutline.gui.background import Job
from cutline.gui.pace import Pace, credits_text
from cutline.gui.photos import Entry, PhotoModel
from cutline.gui.review import in_file, rebased
from cutline.gui.session import Session


@dataclass
class Tally:
    """What a run has come to so far."""

    total: int
    backend: str
    """Name of who is asked; empty as long as it is not known."""
    settings: Settings = field(default_factory=Settings)
    """What is asked by."""
    states: Counter[State] = field(default_factory=Counter)
    cached: int = 0
    cost: Cost = field(default_factory=Cost)
    credits_left: float | None = None
    stopped: bool = False
    """Whether the person stopped it."""
    stopped_by: CutlineError | None = None
    ledger: int | None = None
    """Its number in the journal; None as long as it has none."""

    @property
    def done(self) -> int:
        """Photos that are finished one way or another."""
        return sum(self.states.values())

    def costs(self) -> str:
        """What it has cost so far, in credits and money; empty where there is nothing to tell."""
        return prices(self.settings).words(self.cost) if self.cost.credits or self.cost.tokens else ""

    def sentence(self) -> str:
        """The run in one line."""
        names = {
            State.SUGGESTED: "{} to review",
            State.UNCHANGED: "{} with nothing new",
            State.SKIPPED: "{} already complete",
            State.FAILED: "{} failed",
            State.CANCELLED: "{} not asked",
        }
        parts = [text.format(f"{self.states[state]:,}") for state, text in names.items() if self.states[state]]
        if self.cached:
            shared = " or shared" if self.settings.near_duplicates else ""
            parts.append(f"{self.cached:,} answered before{shared}, at no cost")
        if cost := self.costs():
            parts.append(f"{cost} used")
        if cost and self.credits_left is not None:
            parts.append(f"{credits_text(self.credits_left)} left")
        head = "Stopped" if self.stopped or self.stopped_by else "Done"
        return f"{head}: {', '.join(parts) or 'nothing to do'}."


class RunController(QObject):
    """At most one run at a time over photos of the model."""

    started = Signal()
    progressed = Signal()
    paused = Signal(bool)
    stopping = Signal()
    finished = Signal(object)
    """The run's `Tally`."""
    failed = Signal(object)
    """The error that kept the run from starting, or ended it before its time."""

    def __init__(self, model: PhotoModel, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._session = model, session
        self._control = Control()
        self._job: Job | None = None
        self._asking: Asking | None = None
        self._photos: Sequence[Photo] = ()
        self._error: object = None
        self.tally = Tally(0, "")
        self.pace = Pace(0, time.monotonic())

    @property
    def running(self) -> bool:
        """Whether a run is going on, or is waiting for its last answers."""
        return self._job is not None

    @property
    def held(self) -> bool:
        """Whether the run is paused."""
        return self.running and self._control.paused

    def start(
        self,
        photos: Sequence[Photo],
        *,
        fresh: bool = False,
        settings: Settings | None = None,
        ledger: int | None = None,
        to_ask: int | None = None,
    ) -> None:
        """Ask about `photos`; does nothing while a run is going on.

        `settings`: this run's own, where they are not those in force; `ledger`: the open run it goes on with; `to_ask`:
        how many photos have no answer yet, where that is known.
        """
        if self.running or not photos:
            return
        settings = settings or self._session.settings
        self._control, self._photos, self._error = Control(), photos, None
        self.tally = Tally(len(photos), "", settings, ledger=ledger)
        self.pace = Pace(len(photos), time.monotonic(), to_ask)
        self._asking = Asking(photos, settings, self._session.journal_file, self._control, fresh=fresh, ledger=ledger)
        rows = [row for photo in photos if (row := self._model.row_of(photo)) is not None]
        self._model.update_rows(rows, state=State.QUEUED, error=None)
        self._job = Job(self._asking.__iter__, self)
        self._job.items.connect(self._on_items)
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_finished)
        self._job.start()
        self.started.emit()

    def toggle_pause(self) -> None:
        """Hold the run, or let it go on."""
        if not self.running or self._control.cancelled:
            return
        if self._control.paused:
            self._control.resume()
            self.pace.resume(time.monotonic())
        else:
            self._control.pause()
            self.pace.pause(time.monotonic())
        self.paused.emit(self._control.paused)

    def stop(self) -> None:
        """End the run for good; answers on their way still reach the journal."""
        if self._asking is not None:
            self._asking.given_up = True
        self.leave()

    def leave(self) -> None:
        """End the run, to go on with it another time."""
        if self.running and not self._control.cancelled:
            self.tally.stopped = True
            self._control.cancel()
            self.stopping.emit()

    def _on_items(self, items: list[object]) -> None:
        if self._asking is not None:
            self.tally.backend, self.tally.ledger = self._asking.backend, self._asking.ledger
            self.pace.allowed = self._asking.per_minute
        for item in items:
            if isinstance(item, Asked):
                self._take(item)
        self.progressed.emit()

    def _take(self, asked: Asked) -> None:
        step = asked.step
        if step.state is State.ASKING:
            self._show(step.photo, state=State.ASKING)
            return
        self.tally.states[step.state] += 1
        free = step.cached or step.state in (State.SKIPPED, State.CANCELLED) or isinstance(step.error, PhotoError)
        self.pace.add(time.monotonic(), free=free)
        if step.state is State.CANCELLED:
            self._rest(step.photo)
            return
        row = self._model.row_of(step.photo)
        if step.suggestion is not None:
            self._count(step.cached, step.suggestion)
        if row is not None:
            self._model.update(row, **self._news(asked, self._model.entry(row)))

    def _news(self, asked: Asked, entry: Entry) -> dict[str, object]:
        """What a finished photo's entry becomes. What was typed stays, and what is in the file by now is not typed."""
        step = asked.step
        news: dict[str, object] = {"state": step.state, "error": step.error, "notes": step.notes}
        reading = asked.reading or entry.reading
        suggestion = step.suggestion or entry.suggestion
        if step.suggestion is not None:
            news["cached"] = step.cached
        typed = entry.edited != in_file(entry)
        edited = rebased(entry, self._session.settings, reading, suggestion) if typed else None
        return {**news, "reading": reading, "suggestion": suggestion, "edited": edited}

    def _count(self, cached: bool, suggestion: Suggestion) -> None:
        self.tally.cached += cached
        if cached:
            return
        self.tally.cost += cost_of(suggestion)
        if suggestion.credits is not None and suggestion.credits.remaining is not None:
            self.tally.credits_left = suggestion.credits.remaining

    def _on_failed(self, error: object) -> None:
        self._error = error

    def _on_finished(self) -> None:
        for photo in self._photos:
            self._rest(photo)
        if self._asking is not None:
            self.tally.stopped_by, self.tally.cost = self._asking.stopped_by, self._asking.spent
            self._error = self._error or self._asking.trouble
        if self._job is not None:
            self._job.deleteLater()
        self._photos, self._asking, self._job = (), None, None
        if self._error is not None:
            self.failed.emit(self._error)
        self.finished.emit(self.tally)

    def _rest(self, photo: Photo) -> None:
        """Put a photo that was not asked about back to what it was."""
        row = self._model.row_of(photo)
        if row is None or self._model.entry(row).state not in (State.QUEUED, State.ASKING):
            return
        self._model.update(row, state=_resting(self._model.entry(row)))

    def _show(self, photo: Photo, **changes: object) -> None:
        row = self._model.row_of(photo)
        if row is not None:
            self._model.update(row, **changes)


def _resting(entry: Entry) -> State | None:
    return State.SUGGESTED if entry.suggestion is not None else None
