"""One photo from file to caption: look, find or ask, keep, merge, write.

    answer(photo)   read what is there ─> anything wanted? ─> its answer (see `answering`)
    settle(photo)   merge by the policy ─> write ─> what is in the file now

Both are the functions a `batch.Run` takes; the window uses `answer` alone and settles when the person accepts.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

from cutline.core import json_beside, metadata
from cutline.core.answering import Answering, shared
from cutline.core.backends.base import Backend
from cutline.core.batch import Answer, Settled, State
from cutline.core.control import Control
from cutline.core.errors import ChangedMeanwhile, ConfigError, JournalError
from cutline.core.journal import Journal
from cutline.core.ledger import Ledger
from cutline.core.merge import merged, wanted
from cutline.core.metadata.model import Reading, Written
from cutline.core.metadata.recording import Record
from cutline.core.photo import Caption, Photo, Suggestion, printable
from cutline.core.runs import Recorder
from cutline.core.settings import Settings

Prospect = Literal["skipped", "answered", "asked"]
"""Nothing is missing in the photo; its answer is kept; the backend has to be asked."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a run may do beyond what the settings say."""

    dry_run: bool = False
    fresh: bool = False
    """Ask again even where the journal holds an answer."""


class Tagger:
    """Asks one backend, by one set of settings, through one journal. `answer` is thread-safe."""

    def __init__(
        self,
        backend: Backend,
        journal: Journal,
        settings: Settings,
        rules: Rules = Rules(),
        recorder: Recorder | None = None,
    ) -> None:
        """Raises `ConfigError` where the settings ask for what the backend cannot give."""
        languages = backend.info.languages
        if languages and settings.lang not in languages:
            choose = "one of " * (len(languages) > 1) + ", ".join(languages)
            raise ConfigError(f"{backend.name} does not answer in “{printable(settings.lang)}”; choose {choose}.")
        self.backend, self.journal = backend, journal
        self._settings, self._rules, self._recorder = settings, rules, recorder
        self._answering = Answering(backend, journal, settings, fresh=rules.fresh)
        self._ledger: Ledger | None = None

    def keep_in(self, ledger: Ledger) -> None:
        """Note there how far each photo is, and go on with its run of the way back. Before anything is asked.

        Raises `JournalError`.
        """
        self._ledger, self._answering.asking = ledger, ledger.asking
        if self._recorder:
            self._recorder.go_on_with(ledger.id)

    def answer(self, photo: Photo, control: Control) -> Answer:
        """The suggestion for `photo`, from the journal or the backend. Raises `CutlineError`.

        Where the journal takes no answer, that one answer is still given, and the next question is not asked.
        """
        with self._failing():
            if self._answering.unkept:
                raise self._answering.unkept
            reading = metadata.read(photo.path)
            if not wanted(reading.caption, self._settings.policy, self._settings.fields):
                return Answer(None, token=reading)
            found = self._answering.find(photo, reading, control)
            if self._ledger and not self._answering.unkept:
                self._ledger.answered(photo, found.key, free=found.free)
            return Answer(found.suggestion, cached=found.free, token=reading)

    @property
    def takes_urls(self) -> bool:
        """Whether the backend fetches pictures from the web itself."""
        return hasattr(self.backend, "ask_url")

    def answer_url(self, url: str, control: Control) -> Answer:
        """The suggestion for the picture at `url`, where the backend `takes_urls`. Raises `CutlineError`."""
        if self._answering.unkept:
            raise self._answering.unkept
        found = self._answering.find_url(url, control)
        return Answer(found.suggestion, cached=found.free)

    def prospect(self, photo: Photo, control: Control) -> Prospect:
        """What a run would do with `photo`, without asking anybody. Raises `CutlineError`."""
        reading = metadata.read(photo.path)
        if not wanted(reading.caption, self._settings.policy, self._settings.fields):
            return "skipped"
        return "answered" if self._answering.is_free(photo, reading, control) else "asked"

    def settle(self, photo: Photo, answer: Answer, control: Control) -> Settled:
        """Merge `answer` into the photo's caption and write it. Raises `CutlineError`."""
        with self._failing():
            settled = self._settle(photo, answer, control)
        if self._recorder and settled.state is State.UNCHANGED:
            self._recorder.count("unchanged")
        return settled

    def _failing(self) -> AbstractContextManager[None]:
        return self._recorder.failing() if self._recorder else nullcontext()

    def _settle(self, photo: Photo, answer: Answer, control: Control) -> Settled:
        reading = answer.token
        assert isinstance(reading, Reading)
        if answer.suggestion is None:
            return Settled(State.SKIPPED, reading.caption, ("Nothing is missing, so nothing was asked.",))
        settings = self._settings
        caption = merged(
            reading.caption, answer.suggestion.caption, settings.policy, settings.fields, settings.max_tags
        )
        record = self._recorder.of(photo.path) if self._recorder else None
        try:
            written = self._written(photo, caption, reading, record, control)
        except ChangedMeanwhile:
            there = metadata.read(photo.path).caption
            if merged(there, answer.suggestion.caption, settings.policy, settings.fields, settings.max_tags) != there:
                raise
            return Settled(State.UNCHANGED, there, ("Another program wrote just this meanwhile.",))
        except JournalError:
            if not self._answering.unkept:
                raise
            written = self._written(photo, caption, reading, None, control)  # else what is paid for would be lost
        notes = (*written.notes, *self._notes(photo, answer.suggestion))
        if self._rules.dry_run:
            return Settled(State.SUGGESTED, reading.caption, notes)
        return Settled(State.WRITTEN if written.changed else State.UNCHANGED, written.caption, notes)

    def _notes(self, photo: Photo, suggestion: Suggestion) -> Iterator[str]:
        """What a person should know of the answer. Puts it beside the photo, where that is wanted."""
        yield from shared(suggestion)
        if self._answering.unkept:
            yield f"The answer was not kept: {self._answering.unkept}"
        if self._settings.sidecar_json and not self._rules.dry_run:
            yield from filter(None, [json_beside.write(photo.path, suggestion)])

    def _written(
        self, photo: Photo, caption: Caption, reading: Reading, record: Record | None, control: Control
    ) -> Written:
        settings = self._settings
        return metadata.write(
            photo.path,
            caption,
            settings.fields,
            stamp=reading.stamp,
            mode=settings.write,
            keep_mtime=settings.keep_mtime,
            dry_run=self._rules.dry_run,
            record=record,
            control=control,
        )
