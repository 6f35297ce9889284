"""One photo's answer: found, or asked for. Never twice for the same picture.

    photo.json beside it, where those are taken ─> the journal ─> a near-duplicate's, where those share ─> the backend

An answer that was asked for is in the journal before anything else happens with it. While one is being asked for, a
second photo of the same picture (or a near one, where those share an answer) waits; so do the other Cutlines on this
machine with the same picture.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cutline.core import json_beside, locks, metadata, near, picture
from cutline.core.backends.base import Backend, Request
from cutline.core.control import Control
from cutline.core.cost import budget, cost_of
from cutline.core.errors import JournalError
from cutline.core.journal import AnswerKey, Journal
from cutline.core.keywords import clean, tidy, tidy_lines
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import SHARED_WITH, Caption, Photo, Suggestion, printable
from cutline.core.settings import Settings

_LOOK = 0.1  # seconds between looks at whether somebody else has the answer


def parallel(backend: Backend, settings: Settings) -> Callable[[], int]:
    """How many photos are to be worked on at once: asked again and again, since it may follow the backend's latency.

    A plug-in, which has no settings of its own, gets two.
    """
    own = getattr(settings.backends, backend.id, None)
    fixed: int = getattr(own, "parallel", 2)
    asked: Callable[[], int] = getattr(backend, "in_flight", lambda: fixed)
    return (lambda: fixed) if fixed else asked


def shared(suggestion: Suggestion) -> Iterator[str]:
    """The sentence about an answer that is a near-duplicate's; nothing where it is the photo's own."""
    if name := suggestion.shared_with:
        yield f"Shares the answer of {printable(name)}, which it looks like."


@dataclass(frozen=True, slots=True)
class Found:
    """A photo's answer."""

    suggestion: Suggestion
    key: AnswerKey
    free: bool
    """Whether nobody was asked."""


class Answering:
    """Finds and asks by one set of settings. Thread-safe."""

    def __init__(self, backend: Backend, journal: Journal, settings: Settings, *, fresh: bool) -> None:
        """`fresh`: ask again even where there is an answer. Raises `ConfigError`."""
        self._backend, self._journal, self._settings, self._fresh = backend, journal, settings, fresh
        self._budget = budget(settings)
        self._pictures: dict[Path, tuple[Stamp, str]] = {}
        self._asking: set[AnswerKey] = set()
        self._paid_now: set[AnswerKey] = set()
        self._asked = threading.Condition()
        self._burst = _Burst(journal) if settings.near_duplicates else None
        self.asking: Callable[[Path], None] = lambda _: None
        """Told of every photo that somebody is to be asked about, from the thread that asks."""
        self.unkept: JournalError | None = None
        """Why the journal takes no answers."""

    def is_free(self, photo: Photo, reading: Reading, control: Control) -> bool:
        """Whether there is an answer already, so that nobody would be asked. Raises `CutlineError`."""
        request, key = self._question(photo, reading, control)
        return self._kept(request, key) is not None

    def find(self, photo: Photo, reading: Reading, control: Control) -> Found:
        """The answer. Raises `CutlineError`."""
        request, key = self._question(photo, reading, control)
        with self._alone(key, control):
            kept = self._kept(request, key)
            if kept is not None:
                return Found(kept, key, True)
            with self._alone_here(key, control):
                kept = self._kept(request, key)  # another Cutline may have asked meanwhile
                if kept is not None:
                    return Found(kept, key, True)
                if self._burst is None or self._fresh:
                    return Found(self._ask(key, request, control), key, False)
                return self._shared_or_asked(self._burst, key, request, control)

    def find_url(self, url: str, control: Control) -> Found:
        """The answer about the picture at `url`, of a backend with ``ask_url``. Raises `CutlineError`."""
        key = AnswerKey(f"url {sha256(url.encode()).hexdigest()}", self._backend.id, self._settings.lang)
        request = Request(Path("photo.jpg"), self._settings.lang, self._settings.max_tags)
        with self._alone(key, control), self._alone_here(key, control):
            kept = self._journal.answer(key) if self._may_take(key) else None
            asks: Any = self._backend
            suggestion = kept or self._paid(key, lambda: asks.ask_url(url, request, control), control)
        return Found(suggestion, key, kept is not None)

    def _question(self, photo: Photo, reading: Reading, control: Control) -> tuple[Request, AnswerKey]:
        """What is to be asked about a photo, and what tells its answer from others."""
        request = Request(photo.path, self._settings.lang, self._settings.max_tags, reading.caption, control)
        known = self._pictures.get(photo.path)
        if known is None or known[0] != reading.stamp:
            known = self._pictures[photo.path] = (reading.stamp, metadata.picture_hash(photo.path))
        return request, AnswerKey(known[1], self._backend.id, request.lang, self._backend.fingerprint(request))

    def _kept(self, request: Request, key: AnswerKey) -> Suggestion | None:
        if not self._may_take(key):
            return None
        if self._settings.from_json and (taken := json_beside.taken(request.path)) is not None:
            taken = replace(taken, caption=tidied(taken.caption), backend=taken.backend or self._backend.id)
            if taken != self._journal.answer(key):
                self._keep(key, taken)
            return taken
        kept = self._journal.answer(key)
        return None if kept and kept.shared_with and not self._settings.near_duplicates else kept

    def _shared_or_asked(self, burst: "_Burst", key: AnswerKey, request: Request, control: Control) -> Found:
        # by a neutral question: what else an answer depends on (the file's name, its time) differs in every frame
        neutral = Request(Path("photo.jpg"), request.lang, request.max_tags, control=control)
        group = (key.backend, key.lang, self._backend.fingerprint(neutral))
        with burst.looking(group, request.path, control) as frame:
            if frame.like is not None and (answer := self._journal.answer(frame.like)) is not None:
                details = {**answer.details, SHARED_WITH: frame.name}
                shared = replace(answer, credits=None, details=details)
                self._keep(key, shared)
                return Found(shared, key, True)
            asked = self._ask(key, request, control)
            frame.answer = key
            return Found(asked, key, False)

    def _ask(self, key: AnswerKey, request: Request, control: Control) -> Suggestion:
        self.asking(request.path)
        upload = picture.Upload(request.path, self._backend.info, self._settings.upload)
        return self._paid(key, lambda: self._backend.ask(upload, request, control), control)

    def _paid(self, key: AnswerKey, ask: Callable[[], Suggestion], control: Control) -> Suggestion:
        """Ask, within the budget; the answer is kept."""
        if self._budget is None:
            suggestion = ask()
        else:
            with self._budget.one(control) as bill:
                suggestion = ask()
                bill.append(cost_of(suggestion))
        suggestion = replace(suggestion, caption=tidied(suggestion.caption))
        self._keep(key, suggestion)
        self._paid_now.add(key)
        return suggestion

    def _may_take(self, key: AnswerKey) -> bool:
        """Whether an answer that is kept will do: where all are to be asked anew, each picture is so once."""
        return not self._fresh or key in self._paid_now

    def _keep(self, key: AnswerKey, suggestion: Suggestion) -> None:
        try:
            self._journal.keep(key, suggestion)
        except JournalError as error:
            self.unkept = error  # it is paid for: it goes into the photo, and nobody is asked for another

    @contextmanager
    def _alone(self, key: AnswerKey, control: Control) -> Iterator[None]:
        """Hold back a second photo of the same picture until the first one's answer is in the journal."""
        while not self._begun(key):
            control.checkpoint()  # not with the lock, which those need whose answers come while all are paused
        try:
            yield
        finally:
            with self._asked:
                self._asking.remove(key)
                self._asked.notify_all()

    def _begun(self, key: AnswerKey) -> bool:
        """Whether nobody else is asking, or not any more after a moment: then this photo is."""
        with self._asked:
            if key in self._asking:
                self._asked.wait(_LOOK)
                return False
            self._asking.add(key)
            return True

    def _alone_here(self, key: AnswerKey, control: Control) -> AbstractContextManager[None]:
        """The same for the other Cutlines on this machine."""
        if self._backend.info.local:
            return nullcontext()  # costs nothing
        digest = sha256(repr(key).encode("utf-8", "replace")).hexdigest()[:32]
        return locks.named(self._journal.path.with_name(f"asking-{digest}.lock"), lambda: control.wait(_LOOK))


Group = tuple[str, str, str]
"""Backend, language, and what else an answer depends on, whatever the photo."""


@dataclass(slots=True)
class _Frame:
    """A photo that is being looked at: the answer of one it is like, and its own, once it was asked for."""

    name: str = ""
    """Of the photo it is like."""
    like: AnswerKey | None = None
    answer: AnswerKey | None = None


class _Burst:
    """What pictures that have answers look like, and those that are being asked about."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: dict[Group, list[tuple[near.Looks, str, AnswerKey]]] = {}
        self._asking: list[tuple[Group, near.Looks]] = []
        self._changed = threading.Condition()

    @contextmanager
    def looking(self, group: Group, path: Path, control: Control) -> Iterator[_Frame]:
        """Look for a near-duplicate, and note what came of it. Raises `JournalError`, `Cancelled`."""
        looks = near.looks_of(path)
        if looks is None:
            yield _Frame()
            return
        with self._changed:
            known = self._known_of(group)
        while (frame := self._begun(group, looks)) is None:
            control.checkpoint()
        try:
            yield frame
            if frame.answer is not None:
                self._journal.keep_looks(frame.answer, group[2], path.name, looks.packed())
        finally:
            with self._changed:
                self._asking.remove((group, looks))
                if frame.answer is not None:
                    known.append((looks, path.name, frame.answer))
                self._changed.notify_all()

    def _begun(self, group: Group, looks: near.Looks) -> _Frame | None:
        """The photo is being looked at; None: one that it is like still is, even after a moment."""
        with self._changed:
            if any(other == group and looks.near(there) for other, there in self._asking):
                self._changed.wait(_LOOK)
                return None
            self._asking.append((group, looks))
            like = ((name, key) for there, name, key in self._known_of(group) if looks.near(there))
            return _Frame(*next(like, ("", None)))

    def _known_of(self, group: Group) -> list[tuple[near.Looks, str, AnswerKey]]:
        if group not in self._known:
            kept = self._journal.kept_looks(*group)
            self._known[group] = [(seen, name, key) for text, name, key in kept if (seen := near.unpacked(text))]
        return self._known[group]


def tidied(caption: Caption) -> Caption:
    """`caption` as it may stand in a file: no control characters, titles on one line, tags without twins."""
    return Caption(
        tidy(caption.title),
        tidy_lines(caption.description),
        clean(caption.tags),
        tidy_lines(caption.alt_text),
    )
