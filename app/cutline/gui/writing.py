"""Writing accepted captions: the generator the window runs in the background, one file after the other.

Only the fields that differ from the file are written, through the stamp of the reading the person saw: a file that
another program changed meanwhile is not overwritten. The way back goes into the journal, as one run.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core.control import Control
from cutline.core.errors import CutlineError
from cutline.core.keywords import tidy, tidy_lines
from cutline.core.metadata.model import Reading
from cutline.core.photo import Caption, FieldName, Photo
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.runs import Recorder


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written into one photo."""

    photo: Photo
    caption: Caption
    fields: tuple[FieldName, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: the file as it is now, or the error."""

    order: Order
    reading: Reading | None
    notes: tuple[str, ...] = ()
    error: CutlineError | None = None


def writing(orders: Sequence[Order], settings: Settings, journal: Path, control: Control) -> Iterator[Outcome]:
    """Carry out `orders` until `control` is cancelled; each file is written whole or not at all.

    Raises `JournalError` where the journal cannot keep the way back; then nothing is written.
    """
    from cutline.core.journal import Journal
    from cutline.core.runs import About, recording
    from cutline.core.waiting import reviewed

    with closing(Journal(journal)) as kept, recording(kept, About("window"), settings) as recorder:
        for order in orders:
            if control.cancelled:
                return
            outcome = _written(order, settings, recorder, control)
            if outcome.error is None:
                reviewed(kept, [order.photo.path], "written")
            yield outcome


def _written(order: Order, settings: Settings, recorder: "Recorder", control: Control) -> Outcome:
    from cutline.core import metadata

    path = order.photo.path
    try:
        with recorder.failing():
            written = metadata.write(
                path,
                _tidied(order.caption, order.fields),
                order.fields,
                stamp=order.reading.stamp,
                mode=settings.write,
                keep_mtime=settings.keep_mtime,
                record=recorder.of(path),
                control=control,
            )
        if not written.changed:
            recorder.count("unchanged")
        return Outcome(order, metadata.read(path), written.notes)
    except CutlineError as error:
        return Outcome(order, None, error=error)


def _tidied(caption: Caption, fields: Sequence[FieldName]) -> Caption:
    """The typed texts as they may stand in a file; what is not written stays untouched, and tags were tidied before."""
    if "title" in fields:
        caption = replace(caption, title=tidy(caption.title))
    if "description" in fields:
        caption = replace(caption, description=tidy_lines(caption.description))
    if "alt_text" in fields:
        caption = replace(caption, alt_text=tidy_lines(caption.alt_text))
    return caption
