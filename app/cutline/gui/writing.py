"""Writing accepted captions: the generator the window runs in the background, one file after the other.

Only the fields that differ from the file are written, through the stamp of the reading the person saw: a file that
another program changed meanwhile is not overwritten.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cutline.core.control import Control
from cutline.core.errors import CutlineError
from cutline.core.keywords import tidy, tidy_lines
from cutline.core.metadata.model import Reading
from cutline.core.photo import Caption, FieldName, Photo
from cutline.core.settings import Settings


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


def writing(orders: Sequence[Order], settings: Settings, control: Control) -> Iterator[Outcome]:
    """Carry out `orders` until `control` is cancelled; each file is written whole or not at all."""
    for order in orders:
        if control.cancelled:
            return
        yield _written(order, settings)


def _written(order: Order, settings: Settings) -> Outcome:
    from cutline.core import metadata

    path, stamp = order.photo.path, order.reading.stamp
    caption = _tidied(order.caption, order.fields)
    try:
        written = metadata.write(
            path, caption, order.fields, stamp=stamp, mode=settings.write, keep_mtime=settings.keep_mtime
        )
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
