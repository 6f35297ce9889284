"""Undoing by words: where the old bytes must not come back, because another program changed the photo since, what the
caption said comes back through an ordinary write, and everything else stays as that program left it.

A text is put back as it was. Of the tags only what was written is taken back: those that were added go, those that were
taken away return to their places, and what others added since stays.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cutline.core import metadata
from cutline.core.metadata.recording import Words
from cutline.core.photo import Caption, WriteMode
from cutline.core.runs import Recorder

_BY_WORDS = "The file was changed since: only the caption was put back, the rest stays."


def put_words_back(
    photo: Path, newest_first: Sequence[Words], recorder: Recorder, *, embedded: bool
) -> tuple[str, ...]:
    """Make the fields that these changes touched say again what they said before the oldest of them.

    `embedded`: whether the changes reached the photo itself; else only its sidecar is written. Returns what a person
    should know. Raises what `metadata.write` raises.
    """
    names = tuple(dict.fromkeys(name for words in newest_first for name in words.fields))
    if not names:
        return (_BY_WORDS,)
    reading = metadata.read(photo)
    caption = reading.caption
    for words in newest_first:
        caption = _taken_back(caption, words)
    mode: WriteMode = "auto" if embedded else "sidecar"
    written = metadata.write(photo, caption, names, stamp=reading.stamp, mode=mode, record=recorder.of(photo))
    return (_BY_WORDS, *written.notes)


def _taken_back(caption: Caption, words: Words) -> Caption:
    """`caption` without what one change made of it."""
    values: dict[str, Any] = {name: getattr(words.before, name) for name in words.fields}
    if "tags" in values and words.tags is not None:
        values["tags"] = _tags_taken_back(caption.tags, words.before.tags, words.tags)
    return replace(caption, **values)


def _tags_taken_back(now: Sequence[str], before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """`now`, less what came between `before` and `after`, and with what went between them."""
    if set(now) == set(after):
        return tuple(before)  # in its old order
    added, left = set(after) - set(before), set(now)
    result = [tag for tag in now if tag not in added]
    for place, tag in enumerate(before):
        if tag not in after and tag not in left:
            behind = [result.index(earlier) for earlier in before[:place] if earlier in result]
            result.insert(max(behind, default=-1) + 1, tag)
    return tuple(result)
