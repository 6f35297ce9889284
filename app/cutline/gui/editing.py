"""What the person does to the selected photos' captions, put into their entries.

Each edit goes to every selected photo: a text replaces theirs, a tag is added to or removed from each one's own tags.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cutline.core.batch import State
from cutline.core.photo import FieldName
from cutline.gui.photos import Entry, PhotoModel
from cutline.gui.review import edited, in_file, planned, with_tags, without_tag
from cutline.gui.session import Session

_BUSY = (State.QUEUED, State.ASKING)


class Editing:
    """Edits of the photos in given rows of the model."""

    def __init__(self, model: PhotoModel, session: Session) -> None:
        self._model, self._session = model, session

    def set_text(self, rows: Sequence[int], name: FieldName, text: str) -> None:
        """All are to have this text."""
        self._each(rows, name, lambda entry: text)

    def add_tags(self, rows: Sequence[int], tags: Sequence[str]) -> None:
        """All are to have these tags as well."""
        self._each(rows, "tags", lambda entry: with_tags(self._tags(entry), list(tags)))

    def remove_tag(self, rows: Sequence[int], tag: str) -> None:
        """None is to have this tag."""
        self._each(rows, "tags", lambda entry: without_tag(self._tags(entry), tag))

    def restore(self, rows: Sequence[int], name: FieldName) -> None:
        """The field is to stay as it is in the file."""
        self._each(rows, name, lambda entry: getattr(in_file(entry), name))

    def adopt(self, rows: Sequence[int], name: FieldName) -> None:
        """The field is to be what was suggested; suggested tags are added to those that are there."""

        def value(entry: Entry) -> object:
            if entry.suggestion is None:
                return getattr(planned(entry, self._session.settings), name)
            suggested = getattr(entry.suggestion.caption, name)
            return with_tags(self._tags(entry), suggested) if name == "tags" else suggested

        self._each(rows, name, value)

    def discard(self, rows: Sequence[int]) -> None:
        """Forget suggestions and edits: the files stay as they are. The journal keeps the answers.

        Why a file cannot be read stays true, and stays said.
        """
        for row in rows:
            if not discardable(self._model.entry(row)):
                continue
            state = self._model.entry(row).state
            after = state if state in (*_BUSY, State.WRITTEN) else None
            self._model.update(row, suggestion=None, edited=None, error=None, state=after, notes=(), cached=False)

    def _tags(self, entry: Entry) -> tuple[str, ...]:
        return planned(entry, self._session.settings).tags

    def _each(self, rows: Sequence[int], name: FieldName, value: Callable[[Entry], Any]) -> None:
        settings = self._session.settings
        for row in rows:
            entry = self._model.entry(row)
            if entry.reading is not None:
                self._model.update(row, edited=edited(entry, settings, name, value(entry)))


def discardable(entry: Entry) -> bool:
    """Whether something about the photo can be forgotten."""
    return entry.suggestion is not None or entry.edited is not None or None not in (entry.error, entry.reading)
