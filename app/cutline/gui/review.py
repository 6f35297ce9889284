"""What will be written into a photo, and how that differs from what is in the file: plain values, no widgets.

    in the file (reading) + suggestion ── policy ──> the plan ── the person's own words ──> will be written

What a person typed replaces the plan as it stands; no policy looks at it again. A field that ends as it is in the file
is not written at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cutline.core.keywords import clean, identity
from cutline.core.merge import merged
from cutline.core.metadata.model import Reading
from cutline.core.photo import FIELDS, Caption, FieldName, Suggestion
from cutline.core.settings import Settings
from cutline.gui.photos import Entry


@dataclass(frozen=True, slots=True)
class Share:
    """A tag, and how many of the photos looked at have it."""

    tag: str
    count: int


def in_file(entry: Entry) -> Caption:
    """What is in the photo's file, as far as it has been read."""
    return entry.reading.caption if entry.reading else Caption()


def proposed(entry: Entry, settings: Settings) -> Caption:
    """What the suggestion makes of the file's caption by the policy, before the person has touched it."""
    if entry.suggestion is None:
        return in_file(entry)
    suggested = entry.suggestion.caption
    return merged(in_file(entry), suggested, settings.policy, settings.fields, settings.max_tags)


def planned(entry: Entry, settings: Settings) -> Caption:
    """What will be written: the person's words where there are any, else what is proposed."""
    return entry.edited if entry.edited is not None else proposed(entry, settings)


def changes(entry: Entry, settings: Settings) -> tuple[FieldName, ...]:
    """The fields that would be different in the file afterwards; none as long as the file has not been read."""
    if entry.reading is None:
        return ()
    old, new = in_file(entry), planned(entry, settings)
    return tuple(name for name in FIELDS if getattr(old, name) != getattr(new, name))


def unsaved(entry: Entry, settings: Settings) -> bool:
    """Whether the person typed something that is in no file yet."""
    return entry.edited is not None and bool(changes(entry, settings))


def edited(entry: Entry, settings: Settings, name: FieldName, value: Any) -> Caption | None:
    """What `Entry.edited` becomes when the person sets a field; None where that is what was proposed anyway."""
    caption = replace(planned(entry, settings), **{name: value})
    return None if caption == proposed(entry, settings) else caption


def rebased(entry: Entry, settings: Settings, reading: Reading | None, suggestion: Suggestion | None) -> Caption | None:
    """What `Entry.edited` becomes when the file or the suggestion is another than the person typed over.

    The fields that were typed stay as typed; the others follow what is proposed now.
    """
    if entry.edited is None:
        return None
    before = proposed(entry, settings)
    now = proposed(replace(entry, reading=reading, suggestion=suggestion), settings)
    typed: dict[str, Any] = {
        name: getattr(entry.edited, name) for name in FIELDS if getattr(entry.edited, name) != getattr(before, name)
    }
    caption = replace(now, **typed)
    return None if caption == now else caption


def with_tags(tags: Sequence[str], added: object) -> tuple[str, ...]:
    """`tags` as they are, then the tidy ones among `added` that are not there yet."""
    known = {identity(tag) for tag in tags}
    return (*tags, *(tag for tag in clean(added) if identity(tag) not in known))


def without_tag(tags: Sequence[str], removed: str) -> tuple[str, ...]:
    """`tags` without `removed` in any spelling."""
    gone = identity(removed)
    return tuple(tag for tag in tags if identity(tag) != gone)


def typed_tags(text: str) -> list[str]:
    """What a person typed or pasted, taken apart at commas, semicolons and line breaks."""
    return [part for part in text.replace(";", ",").replace("\n", ",").replace("\t", ",").split(",") if part.strip()]


def shared_text(values: Iterable[str]) -> str | None:
    """The one value all have, or None where they differ."""
    different = set(values)
    return different.pop() if len(different) == 1 else None if different else ""


def shared_tags(lists: Iterable[Sequence[str]]) -> tuple[Share, ...]:
    """Every tag of any of `lists` with how many have it, in order of appearance, one spelling each."""
    spelling: dict[str, str] = {}
    counts: dict[str, int] = {}
    for tags in lists:
        here: dict[str, str] = {}
        for tag in tags:
            here.setdefault(identity(tag), tag)
        for key, tag in here.items():
            spelling.setdefault(key, tag)
            counts[key] = counts.get(key, 0) + 1
    return tuple(Share(tag, counts[key]) for key, tag in spelling.items())
