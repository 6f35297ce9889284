"""Asking a backend about photos, and looking into their files: the generators the window runs in the background.

Nothing is written here: an answer goes into the journal, and back to the window as a suggestion that waits for the
person. Everything heavy is imported by the thread that iterates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core.batch import Answer, Run, Settled, State, Step
from cutline.core.control import Control
from cutline.core.errors import CutlineError
from cutline.core.metadata.model import Reading
from cutline.core.photo import Photo
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.tagging import Tagger

DRAIN_SECONDS = 10.0
"""How long answers on their way are waited for after a run was stopped."""


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
        self, photos: Sequence[Photo], settings: Settings, journal: Path, control: Control, *, fresh: bool = False
    ) -> None:
        self.stopped_by: CutlineError | None = None
        """Why the run ended before its last photo; None where it did not, or where the person stopped it."""
        self._photos, self._settings, self._journal = photos, settings, journal
        self._control, self._fresh = control, fresh
        self._readings: dict[Path, Reading] = {}

    def __iter__(self) -> Iterator[Asked]:
        from cutline.core import backends, keys
        from cutline.core.journal import Journal
        from cutline.core.tagging import Rules, Tagger

        backend_id = self._settings.backend
        backend = backends.create(backend_id, self._settings, lambda: keys.get(backend_id))
        try:
            journal = Journal(self._journal)
            try:
                tagger = Tagger(backend, journal, self._settings, Rules(fresh=self._fresh))
                yield from self._steps(tagger)
            finally:
                journal.close()
        finally:
            backend.close()

    def _steps(self, tagger: "Tagger") -> Iterator[Asked]:
        from cutline.core.answering import parallel

        at_once = parallel(tagger.backend, self._settings)
        run = Run(self._photos, tagger.answer, self._settle, self._control, at_once)
        try:
            for step in run:
                yield Asked(step, self._readings.pop(step.photo.path, None))
        finally:
            self.stopped_by = run.stopped_by
            run.drain(DRAIN_SECONDS)

    def _settle(self, photo: Photo, answer: Answer) -> Settled:
        """Leave the file alone: what is suggested waits for the person."""
        from cutline.core.answering import shared
        from cutline.core.merge import merged

        reading = answer.token
        assert isinstance(reading, Reading)
        self._readings[photo.path] = reading
        if answer.suggestion is None:
            return Settled(State.SKIPPED, reading.caption, ("Nothing is missing in the file, so nothing was asked.",))
        settings, suggested = self._settings, answer.suggestion.caption
        after = merged(reading.caption, suggested, settings.policy, settings.fields, settings.max_tags)
        if after == reading.caption:
            return Settled(State.UNCHANGED, reading.caption, ("The file says all that was suggested.",))
        return Settled(State.SUGGESTED, reading.caption, (*shared(answer.suggestion), *reading.notes))


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
