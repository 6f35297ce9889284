"""Photos on the web in a run: fetched when their turn comes, or told to a service that fetches them itself.

There is no file of the person's to embed into: the answer is a suggestion, unless a folder is given to save the picture
in; then it is a photo like any other from there on.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cutline.core import fetch
from cutline.core.batch import Answer, Settled, State
from cutline.core.control import Control
from cutline.core.merge import merged
from cutline.core.metadata.model import Reading
from cutline.core.photo import Caption, Photo, printable
from cutline.core.settings import Settings
from cutline.core.tagging import Tagger


def web_photos(urls: Iterable[str]) -> list[Photo]:
    """A photo for each URL, each once. Raises `Unfetchable` for what is none."""
    for url in (urls := list(dict.fromkeys(urls))):
        fetch.checked(url)
    return [Photo(Path("web") / str(number), url) for number, url in enumerate(urls)]


class WebTagger:
    """A `Tagger` for files and for the web. `answer` is thread-safe."""

    def __init__(self, tagger: Tagger, settings: Settings, folder: Path, *, keep: bool) -> None:
        """`folder`: where pictures are put; `keep`: whether they stay there and are written into."""
        self._tagger, self._settings, self._folder, self._keep = tagger, settings, folder, keep
        self._saved: dict[str, Photo] = {}
        self._lock = threading.Lock()

    def answer(self, photo: Photo, control: Control) -> Answer:
        """The suggestion for `photo`. Raises `CutlineError`."""
        if not photo.url:
            return self._tagger.answer(photo, control)
        if not self._keep and self._tagger.takes_urls:
            return self._tagger.answer_url(photo.url, control)
        path = fetch.fetched(photo.url, self._folder, control, allow_private=self._settings.allow_private_urls)
        with self._lock:
            self._saved[photo.url] = Photo(path)
        return self._tagger.answer(Photo(path), control)

    def settle(self, photo: Photo, answer: Answer, control: Control) -> Settled:
        """Write a file, or say what is suggested. Raises `CutlineError`."""
        if not photo.url:
            return self._tagger.settle(photo, answer, control)
        saved = self._saved.get(photo.url)
        if saved is not None and self._keep:
            settled = self._tagger.settle(saved, answer, control)
            return replace(settled, notes=(f"Saved as {printable(str(saved.path))}.", *settled.notes))
        if saved is not None:
            saved.path.unlink(missing_ok=True)
        there = answer.token.caption if isinstance(answer.token, Reading) else Caption()
        if answer.suggestion is None:
            return Settled(State.SKIPPED, there)
        rules = self._settings
        suggested = merged(there, answer.suggestion.caption, rules.policy, rules.fields, rules.max_tags)
        return Settled(State.SUGGESTED, suggested)
