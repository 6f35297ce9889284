"""What tests ask online backends with: a small upload, a control whose waits take no time, backends made to measure."""

import io
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from cutline.core.backends.base import Backend, Request
from cutline.core.backends.imagedescriber import Imagedescriber
from cutline.core.backends.imgtags import Imgtags
from cutline.core.backends.openai import Openai
from cutline.core.backends.pacing import Pacer
from cutline.core.control import Control
from cutline.core.photo import Suggestion
from cutline.core.settings import ImagedescriberSettings, ImgtagsSettings, OpenaiSettings

KEY = "sk-live-0123456789abcdef"


class SmallUpload:
    """A picture of one colour, without metadata."""

    def __init__(self, mime: str = "image/jpeg", size: tuple[int, int] = (60, 40), **save: Any) -> None:
        self.mime, self._size, self._save = mime, size, save

    @cached_property
    def data(self) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", self._size, (200, 30, 40)).save(out, self.mime.split("/")[1], **self._save)
        return out.getvalue()

    def picture(self, max_side: int) -> Image.Image:
        image = Image.open(io.BytesIO(self.data)).convert("RGB")
        image.thumbnail((max_side, max_side))
        return image


class FastControl(Control):
    """Waits take no time: they are noted, and move a clock of our own."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        self.checkpoint()


def imagedescriber(base_url: str, control: FastControl | None = None, key: str | None = KEY, **set_to: Any) -> Backend:
    settings = replace(ImagedescriberSettings(base_url=base_url, requests_per_minute=0, timeout=10), **set_to)
    return Imagedescriber(settings, lambda: key, _pacer(settings.requests_per_minute, control))


def imgtags(base_url: str, control: FastControl | None = None, key: str | None = KEY, **set_to: Any) -> Backend:
    settings = replace(ImgtagsSettings(base_url=base_url, requests_per_minute=0, timeout=10), **set_to)
    return Imgtags(settings, lambda: key, _pacer(settings.requests_per_minute, control))


def openai(base_url: str, control: FastControl | None = None, key: str | None = None, **set_to: Any) -> Openai:
    settings = replace(OpenaiSettings(base_url=base_url, timeout=10), **set_to)
    return Openai(settings, lambda: key, _pacer(settings.requests_per_minute, control))


def _pacer(per_minute: float, control: FastControl | None) -> Pacer | None:
    return Pacer(per_minute, control.clock) if control else None


def ask(backend: Backend, control: Control | None = None, lang: str = "en", **upload: Any) -> Suggestion:
    """One question about one small picture; the backend is closed behind it."""
    try:
        return backend.ask(SmallUpload(**upload), Request(Path("photo.jpg"), lang), control or FastControl())
    finally:
        backend.close()
