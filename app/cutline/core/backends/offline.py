"""The embedded backend: says what can be known without a network, and invents nothing.

names of file and folders ─┐
what the camera wrote down ┼─> findings ─> sentences and tags in one language
a small copy of the picture┘
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict

from cutline.core.backends.base import Info, Request, Upload
from cutline.core.control import Control
from cutline.core.facts import Facts, read_facts
from cutline.core.offline.captions import Writer
from cutline.core.offline.findings import details, look
from cutline.core.offline.language import language, languages
from cutline.core.offline.names import named
from cutline.core.photo import Suggestion
from cutline.core.settings import Settings

VERSION = "1"
"""Of the analyser and its tables; another one means: answers in the journal are out of date."""
SIDE = 96
"""Longest side of what is looked at, in pixels."""


class Offline:
    """Knows names, EXIF and pixels. Holds no state, so any number of threads may ask."""

    id = "offline"
    name = "Offline analyser"
    info = Info(
        needs_key=False,
        local=True,
        gives=frozenset({"title", "description", "tags", "alt_text"}),
        max_side=SIDE,
        languages=languages(),
    )

    def fingerprint(self, request: Request) -> str:
        """What, besides pixels and language, the answer depends on: words, facts, number of tags, version."""
        known = (VERSION, request.max_tags, asdict(named(request.path)), _relevant(read_facts(request.path)))
        return hashlib.sha256(json.dumps(known, default=str, sort_keys=True).encode()).hexdigest()

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """Look at the photo and say what is known. Raises `Unreadable` (from the upload) and `Cancelled`."""
        control.checkpoint()
        found = look(upload.picture(SIDE), named(request.path), read_facts(request.path))
        caption = Writer(found, language(request.lang)).caption(request.max_tags)
        return Suggestion(caption, self.id, model=VERSION, details=details(found))

    def close(self) -> None:
        """There is nothing to let go of."""


def _relevant(facts: Facts) -> dict[str, object]:
    """The facts an answer can depend on."""
    return {name: value for name, value in asdict(facts).items() if name != "orientation"}


def create(settings: Settings, key: Callable[[], str | None]) -> Offline:
    """The entry point. Neither settings nor a key are needed."""
    return Offline()
