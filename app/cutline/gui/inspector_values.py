"""Entries into what the inspector's panels show: shared values, and chips whose looks are the diff."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Self

from cutline.core.keywords import identity
from cutline.core.photo import Caption, FieldName
from cutline.core.settings import Settings
from cutline.gui.chips import Chip, Look
from cutline.gui.field_panel import TagValues, TextValues
from cutline.gui.photos import Entry
from cutline.gui.review import Share, in_file, planned, shared_tags, shared_text


@dataclass(frozen=True, slots=True)
class Captions:
    """The captions of the photos looked at, one list for each way of looking; made once for all fields."""

    old: list[Caption]
    new: list[Caption]
    suggested: list[Caption]

    @classmethod
    def of(cls, entries: Sequence[Entry], settings: Settings) -> Self:
        """Those of `entries`."""
        return cls(
            [in_file(entry) for entry in entries],
            [planned(entry, settings) for entry in entries],
            [entry.suggestion.caption for entry in entries if entry.suggestion is not None],
        )


def text_values(captions: Captions, name: FieldName) -> TextValues:
    """What the panel of the text field `name` shows."""
    text = attrgetter(name)
    old, new = list(map(text, captions.old)), list(map(text, captions.new))
    return TextValues(shared_text(old), shared_text(map(text, captions.suggested)), shared_text(new), old != new)


def tag_values(captions: Captions) -> TagValues:
    """What the panel of the tags shows."""
    old, new = [caption.tags for caption in captions.old], [caption.tags for caption in captions.new]
    before, after = shared_tags(old), shared_tags(new)
    total = len(old)
    kept, known = _counts(after), _counts(before)
    offers = shared_tags(caption.tags for caption in captions.suggested)
    return TagValues(
        tuple(_old_chip(share, kept.get(identity(share.tag), 0), total) for share in before),
        tuple(_offer(share, kept.get(identity(share.tag), 0), total) for share in offers),
        tuple(_new_chip(share, known.get(identity(share.tag), 0), total) for share in after),
        old != new,
    )


def _counts(shares: Sequence[Share]) -> dict[str, int]:
    return {identity(share.tag): share.count for share in shares}


def _some(count: int, total: int) -> str:
    return f"{count}/{total}" if count < total else ""


def _old_chip(share: Share, kept: int, total: int) -> Chip:
    if not kept:
        return Chip(share.tag, "removed", "Will be removed from the file", _some(share.count, total))
    return Chip(share.tag, "own", "", _some(share.count, total))


def _offer(share: Share, kept: int, total: int) -> Chip:
    if kept >= total or kept >= share.count:
        return Chip(share.tag, "own", "Will be in the file", _some(share.count, total))
    return Chip(share.tag, "offered", "Suggested; click to add it", _some(share.count, total))


def _new_chip(share: Share, known: int, total: int) -> Chip:
    if share.count < total:
        note = f"In {share.count} of {total} photos; click to add it to all, × to remove it from all"
        return Chip(share.tag, "some", note, _some(share.count, total))
    look: Look = "own" if known >= total else "added"
    return Chip(share.tag, look, "Stands in the file" if look == "own" else "New in the file")
