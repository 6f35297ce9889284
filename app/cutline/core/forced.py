"""Undoing by words: where the old bytes must not come back, because another program changed the photo since, what the
caption said comes back through an ordinary write, and everything else stays as that program left it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cutline.core import metadata
from cutline.core.errors import Unsupported
from cutline.core.metadata.model import Stamp
from cutline.core.metadata.recording import Words
from cutline.core.photo import Caption, FieldName, WriteMode
from cutline.core.runs import Recorder

_BY_WORDS = "The file was changed since: only the caption was put back, the rest stays."


def put_words_back(
    photo: Path, newest_first: Sequence[Words], recorder: Recorder, *, embedded: bool
) -> tuple[str, ...]:
    """Make the fields that these changes touched say again what they said before the oldest of them.

    `embedded`: whether the changes reached the photo itself; else only its sidecar is written. Returns what a person
    should know. Raises what `metadata.write` raises.
    """
    caption, names = Caption(), dict[FieldName, None]()
    for words in newest_first:
        for name in words.fields:
            names[name] = None
            caption = replace(caption, **{name: getattr(words.before, name)})
    if not names:
        return (_BY_WORDS,)
    stamp = _stamp(photo)
    mode: WriteMode = "auto" if embedded else "sidecar"
    written = metadata.write(photo, caption, tuple(names), stamp=stamp, mode=mode, record=recorder.of(photo))
    return (_BY_WORDS, *written.notes)


def _stamp(photo: Path) -> Stamp | None:
    try:
        return metadata.read(photo).stamp
    except Unsupported:
        return None  # a format whose caption is in a sidecar alone
