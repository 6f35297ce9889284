"""What waits for review from earlier on, found again when its photos are added.

added photos ─ whose suggestion waits? (one look into the journal) ─ still the same picture? ─ its file read ─> Restored
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core.errors import JournalError, PhotoError
from cutline.core.photo import Photo, Suggestion

if TYPE_CHECKING:
    from cutline.core.journal import Journal
    from cutline.core.metadata.model import Reading  # with it come all the metadata modules
    from cutline.core.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Restored:
    """A photo that was answered before and not reviewed since."""

    photo: Photo
    suggestion: Suggestion
    reading: "Reading"
    notes: tuple[str, ...]


def restored(photos: Sequence[Photo], journal: Path) -> Iterator[Restored]:
    """Those of `photos` whose suggestion waits. Raises `JournalError`."""
    from cutline.core.journal import Journal
    from cutline.core.ledger import name_of
    from cutline.core.waiting import waiting

    if not photos or not journal.exists():
        return
    with closing(Journal(journal)) as kept:
        answers = waiting(kept)
        for photo in photos if answers else ():
            answer = answers.get(name_of(photo.path))
            if answer is not None and (found := _restored(photo, kept, answer)) is not None:
                yield found


def _restored(photo: Photo, journal: "Journal", answer: "Waiting") -> Restored | None:
    """None where the file cannot be looked at: whoever wants to see it will say why."""
    from cutline.core import metadata
    from cutline.core.answering import shared
    from cutline.core.waiting import suggestion_of

    try:
        suggestion = suggestion_of(journal, photo.path, answer)
        if suggestion is None:
            return None
        return Restored(photo, suggestion, metadata.read(photo.path), tuple(shared(suggestion)))
    except JournalError:
        raise
    except PhotoError:
        return None
