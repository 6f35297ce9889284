"""Asking a backend about photos, and looking into their files: the generators the window runs in the background.

Nothing is written here: an answer goes into the journal, and back to the window as a suggestion that waits for the
person. How far each photo is goes into a ledger, by which a run that was interrupted goes on later (see `resuming`).
Everything heavy is imported by the thread that iterates.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core.batch import Answer, Run, Settled, State, Step
from cutline.core.control import Control
from cutline.core.cost import Cost, cost_of
from cutline.core.errors import CutlineError, JournalError
from cutline.core.metadata.model import Reading
from cutline.core.photo import Photo
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.journal import Journal
    from cutline.core.ledger import Ledger
    from cutline.core.tagging import Tagger

DRAIN_SECONDS = 10.0
"""How long answers on their way are waited for after a run was stopped."""


_ELSEWHERE = "This run is over, or another window goes on with it; tag the photos that are left anew."


@dataclass(frozen=True, slots=True)
class Asked:
    """A step of the run, with what was read from the file where that is known by then."""

    step: Step
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What is in one file, or why that cannot be said."""

    photo: Photo
    reading: Reading | None
    error: CutlineError | None = None


class Asking:
    """One run over `photos`. Iterate it once, in a background thread; `control` pauses and stops it."""

    def __init__(
        self,
        photos: Sequence[Photo],
        settings: Settings,
        journal: Path,
        control: Control,
        *,
        fresh: bool = False,
        ledger: int | None = None,
    ) -> None:
        """`ledger`: the open run that this one goes on with."""
        self.stopped_by: CutlineError | None = None
        """Why the run ended before its last photo; None where it did not, or where the person stopped it."""
        self.given_up = False
        """Whether the person stopped it, so that what is left is not to be offered again."""
        self.backend = ""
        """Name of who is asked; known with the first step."""
        self.per_minute: float | None = None
        """The rate it allows; known with the first step."""
        self.ledger = ledger
        """The run's number in the journal; known with the first step."""
        self.trouble: JournalError | None = None
        """Why how far it is could not be noted."""
        self._photos, self._settings, self._journal = photos, settings, journal
        self._control, self._fresh = control, fresh
        self._readings: dict[Path, Reading] = {}
        self._bills: list[Cost] = []

    @property
    def spent(self) -> Cost:
        """What it cost so far, answers that came after it was stopped included."""
        return sum(self._bills, Cost())

    def __iter__(self) -> Iterator[Asked]:
        from cutline.core import backends, keys
        from cutline.core.journal import Journal
        from cutline.core.tagging import Rules, Tagger

        backend_id = self._settings.backend
        with (
            closing(backends.create(backend_id, self._settings, lambda: keys.get(backend_id))) as backend,
            closing(Journal(self._journal)) as journal,
        ):
            tagger = Tagger(backend, journal, self._settings, Rules(fresh=self._fresh))
            self.backend, self.per_minute = backend.name, backend.info.requests_per_minute
            with self._kept(journal) as ledger:
                tagger.keep_in(ledger)
                self.ledger = ledger.id
                yield from self._steps(tagger, ledger)

    def _kept(self, journal: "Journal") -> "Ledger":
        """Where it is kept how far the run is: a run of its own, unless it goes on with another."""
        from cutline.core.ledger import begun, ordered, superseded, taken_up

        ledger = taken_up(journal, self.ledger) if self.ledger is not None else None
        if ledger is None and self.ledger is not None:
            raise JournalError(_ELSEWHERE)
        if ledger is None:
            s, paths = self._settings, [photo.path for photo in self._photos]
            more = {"max_cost": s.max_cost, "near_duplicates": s.near_duplicates, "from_json": s.from_json}
            ledger = begun(journal, ordered("window", paths, s, fresh=self._fresh, **more), self._photos)
            superseded(journal, ledger, self._photos, "window")
        return ledger

    def _steps(self, tagger: "Tagger", ledger: "Ledger") -> Iterator[Asked]:
        from cutline.core.answering import parallel

        def answer(photo: Photo, control: Control) -> Answer:
            given = tagger.answer(photo, control)
            if given.suggestion is not None and not given.cached:
                self._bills.append(cost_of(given.suggestion))
            return given

        run = Run(self._photos, answer, self._settle, self._control, parallel(tagger.backend, self._settings))
        try:
            for step in run:
                self._note(tagger.journal, ledger, step)
                yield Asked(step, self._readings.pop(step.photo.path, None))
        finally:
            self.stopped_by, self.trouble = run.stopped_by, ledger.trouble
            ledger.stopped = run.stopped_by is not None
            run.drain(DRAIN_SECONDS)
            ledger.close(given_up=self.given_up)

    def _note(self, journal: "Journal", ledger: "Ledger", step: Step) -> None:
        from cutline.core.waiting import reviewed

        if step.state in (State.ASKING, State.CANCELLED):
            return  # as it stands there: who asks notes it himself
        ledger.note(step.photo, step.state, step.error)
        if step.state in (State.UNCHANGED, State.SKIPPED) and ledger.trouble is None:
            reviewed(journal, [step.photo.path], "unchanged")  # nor does what an older run suggested

    def _settle(self, photo: Photo, answer: Answer, _control: Control) -> Settled:
        """Leave the file alone: what is suggested waits for the person."""
        from cutline.core.answering import shared
        from cutline.core.merge import merged

        reading = answer.token
        assert isinstance(reading, Reading)
        self._readings[photo.path] = reading
        if answer.suggestion is None:
            return Settled(State.SKIPPED, reading.caption, ("Nothing is missing in the file, so nothing was asked.",))
        settings, suggested, notes = self._settings, answer.suggestion.caption, tuple(shared(answer.suggestion))
        after = merged(reading.caption, suggested, settings.policy, settings.fields, settings.max_tags)
        if after == reading.caption:
            return Settled(State.UNCHANGED, reading.caption, (*notes, "The file says all that was suggested."))
        return Settled(State.SUGGESTED, reading.caption, (*notes, *reading.notes))


def looking(photos: Sequence[Photo], control: Control) -> Iterator[Looked]:
    """What is in the files of `photos`, one by one, until `control` is cancelled."""
    from cutline.core import metadata

    for photo in photos:
        if control.cancelled:
            return
        try:
            yield Looked(photo, metadata.read(photo.path))
        except CutlineError as error:
            yield Looked(photo, None, error)
