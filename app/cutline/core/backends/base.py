"""What a tagging backend is.

A backend is created once for a run by the function its entry point names (group ``cutline.backends``), is asked from
several threads at once, and is closed at the end:

    create(settings: Settings, key: Callable[[], str | None]) -> Backend

`key()` gives the API key, or None; it is called when a request needs it and the key is kept nowhere else. Anything that
goes wrong is a `CutlineError`; what passes (dropped connections, 5xx, rate limits) has been retried inside `ask`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cutline.core.control import Control
from cutline.core.photo import Caption, FieldName, Suggestion

if TYPE_CHECKING:
    from PIL.Image import Image

    from cutline.core.settings import Settings


API = 1
"""Version of this interface: what a plug-in states as CUTLINE_API. It grows with every change that breaks one."""


@dataclass(frozen=True, slots=True)
class Info:
    """What a person and the upload preparation must know of a backend before asking it."""

    needs_key: bool
    local: bool
    """Whether nothing leaves this machine."""
    gives: frozenset[FieldName]
    formats: tuple[str, ...] = ("image/jpeg",)
    """MIME types it takes; the first is what pictures are converted to."""
    max_bytes: int | None = None
    """Largest encoded picture it takes, in bytes of the picture file; None: no limit."""
    max_side: int | None = None
    """Longest side it can use, in pixels; None: the setting `upload.max_side` alone decides."""
    languages: tuple[str, ...] = ()
    """Language codes it can answer in; empty: any."""
    requests_per_minute: float | None = None
    takes_key: bool = False
    """Whether it can use a key though it needs none: some servers ask for one, some do not."""


class Upload(Protocol):
    """A picture made ready for a backend: upright, sRGB, no metadata. Prepared when first looked at."""

    @property
    def mime(self) -> str:
        """The MIME type of `data`."""

    @property
    def data(self) -> bytes:
        """The encoded picture, within the backend's limits."""

    def picture(self, max_side: int) -> "Image":
        """The decoded picture, mode RGB, upright, its longest side at most `max_side` pixels."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked about one photo."""

    path: Path
    lang: str = "en"
    max_tags: int = 50
    existing: Caption = field(default_factory=Caption)
    """What is in the file now."""
    control: Control = field(default_factory=Control, compare=False, repr=False)
    """Ends what has to be found out before anything is asked."""


class Backend(Protocol):
    """Suggests a caption for a picture. `ask` may be called from several threads at once."""

    id: str
    name: str
    info: Info

    def fingerprint(self, request: Request) -> str:
        """What, besides the picture, backend and language, the answer depends on (model, prompt, file name, ...).

        Two requests about the same picture with equal fingerprints share one answer in the journal.
        """

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """Ask about one picture; raises `BackendError` or `Cancelled`."""

    def close(self) -> None:
        """Let go of connections."""


Create = Callable[["Settings", Callable[[], str | None]], Backend]
