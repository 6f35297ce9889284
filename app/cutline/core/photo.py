"""The values everything else passes around: a photo, its caption, a suggestion for it.

A `Caption` is what goes with a photograph, wherever it stands: embedded in the file, suggested by a backend, or
typed by a person. A `Suggestion` is a caption together with where it came from and what it cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

FieldName = Literal["title", "description", "tags", "alt_text"]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
DEFAULT_FIELDS: tuple[FieldName, ...] = ("title", "description", "tags")

Policy = Literal["merge", "fill", "replace"]
POLICIES: tuple[Policy, ...] = get_args(Policy)

WriteMode = Literal["auto", "embed", "sidecar"]
WRITE_MODES: tuple[WriteMode, ...] = get_args(WriteMode)


def printable(text: str) -> str:
    """`text` on one line for a person: control characters and undecodable bytes shown as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


@dataclass(frozen=True, slots=True)
class Photo:
    """One file that may hold a picture."""

    path: Path
    url: str = ""
    """Where on the web it is; then `path` only tells it apart from others."""

    @property
    def name(self) -> str:
        """The file's name for a person, on one line."""
        return printable(self.path.name)

    @property
    def place(self) -> str:
        """The URL of what is on the web, else the path."""
        return self.url or str(self.path)


@dataclass(frozen=True, slots=True)
class Caption:
    """The text that goes with a photograph. Empty means: none."""

    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Credits:
    """What a call cost and what is left, in the service's own credits; None where it does not say."""

    used: float | None = None
    remaining: float | None = None


SHARED_WITH = "shared_with"
"""The detail of a suggestion that names the photo whose answer it is."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A backend's answer for one picture."""

    caption: Caption
    backend: str
    model: str = ""
    request_id: str = ""
    credits: Credits | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else the backend said, JSON-shaped: objects, colors, scene, mood, safe_search, tokens_used, ..."""

    @property
    def shared_with(self) -> str:
        """The name of the photo whose answer this is, as the two look alike; empty where it is the photo's own."""
        return str(self.details.get(SHARED_WITH, ""))


def is_url(word: str) -> bool:
    """Whether a word names a picture on the web, and not a file."""
    return word.lower().startswith(("http://", "https://"))
