"""Putting photos back: the generator the window runs in the background, and what its round comes to.

Wish ─ core.undo ─> Undone ─ the file is read again where the window shows it ─> PutBack, PutBack, ...
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core.control import Control
from cutline.core.errors import ChangedMeanwhile, CutlineError, Unreadable
from cutline.core.metadata.model import Reading
from cutline.core.photo import Photo, printable
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.history import RunRecord
    from cutline.core.journal import Journal
    from cutline.core.runs import Recorder
    from cutline.core.undo import Undone


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants put back; see `core.undo.Target`."""

    total: int
    """Photos it is about, as far as known."""
    run: int | None = None
    paths: tuple[Path, ...] = ()
    forced: bool = False
    """Whether only the captions are to be put back, where photos changed since."""
    about: str = ""
    """What is undone, for a person: which run it was, and when."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of one photo."""

    undone: "Undone"
    shown: tuple[Photo, ...] = ()
    """Those of the window's photos that are this file."""
    reading: Reading | None = None
    """What is in it now; None: nobody needs to know, or it cannot be read, as `error` says."""
    error: CutlineError | None = None
    forcible: bool = False
    """Whether it was refused, but its caption can be put back."""


@dataclass
class Round:
    """What a wish has come to so far. Counts are photos."""

    wish: Wish
    undone: int = 0
    unchanged: int = 0
    failed: int = 0
    cancelled: int = 0
    typed: int = 0
    """Those among the window's photos with words that were typed and not accepted: they stay."""
    first_reason: str = ""
    """Why the first one that failed did."""
    first_note: str = ""
    forcible: list[Path] = field(default_factory=list)
    trouble: object = None
    """What ended it before its time: the journal cannot be used, or a defect."""

    @property
    def done(self) -> int:
        """Photos that were looked at."""
        return self.undone + self.unchanged + self.failed

    @property
    def next_wish(self) -> Wish:
        """To put back the captions of what was refused."""
        return replace(self.wish, total=len(self.forcible), paths=tuple(self.forcible), forced=True)

    def add(self, item: PutBack) -> None:
        """Count what became of a photo."""
        result = item.undone.result.value
        setattr(self, result, getattr(self, result) + 1)
        if result == "failed":
            self.first_reason = self.first_reason or _without_folder(item.undone)
        if result == "unchanged" and item.undone.notes:
            self.first_note = self.first_note or item.undone.notes[0]
        if item.forcible:
            self.forcible.append(item.undone.path)

    def sentence(self) -> str:
        """For a person: how many, and what became of the others."""
        parts = []
        if self.undone:
            parts.append(_back(self.undone, forced=self.wish.forced))
        if self.failed:
            first = "; the first" if self.failed > 1 else ""
            parts.append(f"{_photos(self.failed)} could not be put back{first}: {self.first_reason}")
        if self.cancelled:
            parts.append(f"Stopped: {_photos(self.cancelled)} left as {'they are' if self.cancelled > 1 else 'it is'}.")
        if not parts:
            parts.append(f"Nothing was put back. {self.first_note}".strip())
        if self.typed:
            parts.append(f"What you typed for {_photos(self.typed)} and did not accept is kept.")
        return " ".join(parts)


def putting_back(
    wish: Wish, settings: Settings, journal: Path, control: Control, gallery: Sequence[Photo]
) -> Iterator[PutBack]:
    """Put back what is wished for; `gallery`: what the window shows. After `control` is cancelled the others stay.

    Raises `JournalError` where the journal cannot be used.
    """
    from cutline.core.journal import Journal
    from cutline.core.undo import Target, undo

    places = _Places(gallery)
    with closing(Journal(journal)) as kept, _recorder(kept, settings, wish) as recorder:
        for undone in undo(kept, Target(wish.run, wish.paths), control, recorder):
            yield _told(undone, places)


def last_write(journal: Path) -> Iterator["RunRecord"]:
    """The newest run of which something can be put back, if there is one. Raises `JournalError`."""
    from cutline.core.history import history
    from cutline.core.journal import Journal

    with closing(Journal(journal)) as kept:
        found = next((run for run in history(kept) if run.written > run.undone), None)
    if found is not None:
        yield found


class _Places:
    """Finds the window's photos by file, whatever name they go by there."""

    def __init__(self, gallery: Sequence[Photo]) -> None:
        self._gallery = gallery
        self._same = {photo.path: (photo,) for photo in gallery}
        self._real: dict[str, tuple[Photo, ...]] | None = None

    def of(self, path: Path) -> tuple[Photo, ...]:
        return self._same.get(path) or self._by_real_path().get(os.path.realpath(path), ())

    def _by_real_path(self) -> dict[str, tuple[Photo, ...]]:
        """Made only when it is needed: it looks at every folder on the way."""
        if self._real is None:
            self._real = {}
            for photo in self._gallery:
                real = os.path.realpath(photo.path)
                self._real[real] = (*self._real.get(real, ()), photo)
        return self._real


@contextmanager
def _recorder(journal: "Journal", settings: Settings, wish: Wish) -> Iterator["Recorder | None"]:
    """What records the captions that are put back; None where the bytes are."""
    from cutline.core.runs import About, recording

    if not wish.forced:
        yield None
        return
    with recording(journal, About("undo --force"), settings) as recorder:
        yield recorder


def _told(undone: "Undone", places: _Places) -> PutBack:
    from cutline.core import metadata

    if undone.result.value == "failed":
        forcible = isinstance(undone.error, ChangedMeanwhile | Unreadable) and undone.path.exists()
        return PutBack(undone, forcible=forcible)
    if undone.result.value == "cancelled" or not (shown := places.of(undone.path)):
        return PutBack(undone)
    try:
        return PutBack(undone, shown, metadata.read(undone.path))
    except CutlineError as error:
        return PutBack(undone, shown, error=error)


def _without_folder(undone: "Undone") -> str:
    """Why it failed, with the photo's name alone, as there is one line to say it in."""
    return str(undone.error).replace(f"{printable(str(undone.path.parent))}{os.sep}", "")


def _photos(count: int) -> str:
    return f"{count:,} photo{'s' if count != 1 else ''}"


def _back(count: int, *, forced: bool) -> str:
    if forced:
        one = count == 1
        return f"The caption{'' if one else 's'} of {_photos(count)} {'is' if one else 'are'} back; the rest stays."
    return f"{_photos(count)} put back as {'it was' if count == 1 else 'they were'} before."
