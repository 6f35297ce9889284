"""One photo from file to caption: look, find or ask, keep, merge, write.

    answer(photo)   read what is there ─> anything wanted? ─> in the journal? ─> else prepare, ask, keep
    settle(photo)   merge by the policy ─> write ─> what is in the file now

Both are the functions a `batch.Run` takes; the window uses `answer` alone and settles when the person accepts.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from cutline.core import metadata, picture
from cutline.core.backends.base import Backend, Request
from cutline.core.batch import Answer, Settled, State
from cutline.core.control import Control
from cutline.core.cost import budget, cost_of
from cutline.core.errors import ConfigError, JournalError
from cutline.core.journal import AnswerKey, Journal
from cutline.core.keywords import clean, tidy, tidy_lines
from cutline.core.merge import merged, wanted
from cutline.core.metadata.model import Reading, Stamp, Written
from cutline.core.metadata.recording import Record
from cutline.core.photo import Caption, Photo, Suggestion, printable
from cutline.core.runs import Recorder
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

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
        """`answered`, which may be set later, is told of every photo that has its answer, from the asking thread."""
        languages = backend.info.languages
        if languages and settings.lang not in languages:
            choose = "one of " * (len(languages) > 1) + ", ".join(languages)
            raise ConfigError(f"{backend.name} does not answer in “{printable(settings.lang)}”; choose {choose}.")
        self.backend, self._settings, self._rules = backend, settings, rules
        self._recorder, self._budget = recorder, budget(settings)
        self.journal = journal
        self.answered: Callable[[Photo, AnswerKey], None] | None = None
        self._pictures: dict[Path, tuple[Stamp, str]] = {}
        self._asking: set[AnswerKey] = set()
        self._asked = threading.Condition()
        self._unkept: JournalError | None = None

    def answer(self, photo: Photo, control: Control) -> Answer:
        """The suggestion for `photo`, from the journal or the backend. Raises `CutlineError`.

        Where the journal takes no answer, that one answer is still given, and the next question is not asked.
        """
        with self._failing():
            return self._answer(photo, control)

    def prospect(self, photo: Photo) -> Prospect:
        """What a run would do with `photo`, without asking anybody. Raises `PhotoError`, `JournalError`."""
        reading = metadata.read(photo.path)
        if not wanted(reading.caption, self._settings.policy, self._settings.fields):
            return "skipped"
        _, key = self._question(photo, reading)
        return "asked" if self._rules.fresh or self.journal.answer(key) is None else "answered"

    def _answer(self, photo: Photo, control: Control) -> Answer:
        if self._unkept:
            raise self._unkept
        reading = metadata.read(photo.path)
        if not wanted(reading.caption, self._settings.policy, self._settings.fields):
            return Answer(None, token=reading)
        request, key = self._question(photo, reading)
        with self._alone(key, control):
            kept = None if self._rules.fresh else self.journal.answer(key)
            suggestion = kept or self._ask(key, request, control)
        if self.answered and not self._unkept:
            self.answered(photo, key)
        return Answer(suggestion, cached=kept is not None, token=reading)

    def _question(self, photo: Photo, reading: Reading) -> tuple[Request, AnswerKey]:
        """What is to be asked about a photo, and what tells its answer from others."""
        request = Request(photo.path, self._settings.lang, self._settings.max_tags, reading.caption)
        known = self._pictures.get(photo.path)
        if known is None or known[0] != reading.stamp:
            known = self._pictures[photo.path] = (reading.stamp, metadata.picture_hash(photo.path))
        return request, AnswerKey(known[1], self.backend.id, request.lang, self.backend.fingerprint(request))

    def settle(self, photo: Photo, answer: Answer) -> Settled:
        """Merge `answer` into the photo's caption and write it. Raises `CutlineError`."""
        with self._failing():
            settled = self._settle(photo, answer)
        if self._recorder and settled.state is State.UNCHANGED:
            self._recorder.count("unchanged")
        return settled

    def _failing(self) -> AbstractContextManager[None]:
        return self._recorder.failing() if self._recorder else nullcontext()

    def _settle(self, photo: Photo, answer: Answer) -> Settled:
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
            written = self._written(photo, caption, reading, record)
        except JournalError:
            if not self._unkept:
                raise
            written = self._written(photo, caption, reading, None)  # else what is paid for would be lost
        if self._rules.dry_run:
            return Settled(State.SUGGESTED, reading.caption, written.notes)
        notes = (*written.notes, *([f"The answer was not kept: {self._unkept}"] if self._unkept else []))
        return Settled(State.WRITTEN if written.changed else State.UNCHANGED, written.caption, notes)

    def _written(self, photo: Photo, caption: Caption, reading: Reading, record: Record | None) -> Written:
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
        )

    def _ask(self, key: AnswerKey, request: Request, control: Control) -> Suggestion:
        upload = picture.Upload(request.path, self.backend.info, self._settings.upload)
        if self._budget is None:
            suggestion = self.backend.ask(upload, request, control)
        else:
            with self._budget.one(control) as bill:
                suggestion = self.backend.ask(upload, request, control)
                bill.append(cost_of(suggestion))
        suggestion = replace(suggestion, caption=tidied(suggestion.caption))
        try:
            self.journal.keep(key, suggestion)
        except JournalError as error:
            self._unkept = error  # it is paid for: it goes into the photo, and nobody is asked for another
        return suggestion

    @contextmanager
    def _alone(self, key: AnswerKey, control: Control) -> Iterator[None]:
        """Hold back a second photo of the same picture until the first one's answer is in the journal."""
        with self._asked:
            while key in self._asking:
                self._asked.wait(0.1)
                control.checkpoint()
            self._asking.add(key)
        try:
            yield
        finally:
            with self._asked:
                self._asking.remove(key)
                self._asked.notify_all()


def tidied(caption: Caption) -> Caption:
    """`caption` as it may stand in a file: no control characters, titles on one line, tags without twins."""
    return Caption(
        tidy(caption.title),
        tidy_lines(caption.description),
        clean(caption.tags),
        tidy_lines(caption.alt_text),
    )
