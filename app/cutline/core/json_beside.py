"""Answers as JSON files beside the photos: ``photo.json`` for ``photo.jpg``, as the services' own examples keep them.

Where two photos share a stem, each has its own: ``photo.jpg.json``. What is written names its fields as Cutline does
and holds all that the backend said. What is taken may also be a service's own answer, whole or its data alone. A file
that Cutline did not write is never replaced.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cutline.core import atomic
from cutline.core.backends import answers
from cutline.core.errors import BadAnswer, PhotoError
from cutline.core.photo import Suggestion, printable
from cutline.core.scan import EXTENSIONS

_MARK = "cutline_answer"
_VERSION = 1
_LARGEST = 1_000_000  # bytes; an answer has a few thousand


def taken(photo: Path) -> Suggestion | None:
    """The answer beside a photo; None where there is none, or a file that holds something else."""
    for path in (_long(photo), _short(photo)):
        document = _document(path)
        for part in _parts(document):
            try:
                found = answers.caption(
                    part.get("title"), part.get("description"), part.get("tags"), path.name, part.get("alt_text")
                )
            except BadAnswer:
                continue
            own = document if isinstance(document, Mapping) else {}
            return Suggestion(found, answers.text(own.get("backend")), answers.text(own.get("model")))
    return None


def write(photo: Path, suggestion: Suggestion) -> str:
    """Write an answer beside its photo; what a person should know of that, empty where all went well."""
    path = _long(photo) if _long(photo).exists() or _shares_stem(photo) else _short(photo)
    there = _document(path)
    if path.exists() and not (isinstance(there, Mapping) and _MARK in there):
        return f"{printable(path.name)} is another program's and stays as it is."
    caption = asdict(suggestion.caption)
    rest = {name: value for name, value in asdict(suggestion).items() if name != "caption"}
    text = json.dumps({_MARK: _VERSION, **caption, **rest}, ensure_ascii=False, indent=2) + "\n"
    try:
        if there != json.loads(text):
            atomic.write_bytes(path, text.encode("utf-8", "replace"))
    except PhotoError as error:
        return f"The answer could not be written beside the photo: {error}"
    return ""


def _parts(document: object) -> Iterator[Mapping[str, Any]]:
    """Where the fields of an answer may stand, the innermost first."""
    if not isinstance(document, Mapping):
        return
    data = document.get("data")
    for whole in (data, document):
        if isinstance(whole, Mapping):
            if isinstance(whole.get("tags"), Mapping):
                yield whole["tags"]
            yield whole


def _document(path: Path) -> object:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        return json.loads(content) if len(content) <= _LARGEST else None
    except (OSError, ValueError, RecursionError):
        return None


def _short(photo: Path) -> Path:
    return photo.with_suffix(".json")


def _long(photo: Path) -> Path:
    return photo.with_name(f"{photo.name}.json")


def _shares_stem(photo: Path) -> bool:
    own = photo.suffix.lower()
    return any(photo.with_suffix(ending).exists() for ending in EXTENSIONS if ending != own)
