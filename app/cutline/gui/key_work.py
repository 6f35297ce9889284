"""What the key panel does off the GUI thread: the keyring may ask the person, and a service takes its time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cutline.core.control import Control
from cutline.core.photo import Credits, Suggestion
from cutline.core.settings import Settings


@dataclass(frozen=True, slots=True)
class KeyState:
    """Where a backend's key comes from; never the key."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TestResult:
    """How a service answered the sample picture, for a person."""

    sentence: str


def looking_up(backend_id: str) -> Iterator[KeyState]:
    """Where the key comes from now."""
    from cutline.core import keys

    status = keys.status(backend_id)
    yield KeyState(status.where, status.sentence)


def saving(backend_id: str, key: str) -> Iterator[KeyState]:
    """Keep `key`; raises `ConfigError` where it cannot be one."""
    from cutline.core import keys

    keys.set_key(backend_id, key)
    yield from looking_up(backend_id)


def deleting(backend_id: str) -> Iterator[KeyState]:
    """Forget the key; raises `KeyStoreError`."""
    from cutline.core import keys

    keys.delete(backend_id)
    yield from looking_up(backend_id)


def testing(backend_id: str, settings: Settings, typed: str, control: Control) -> Iterator[TestResult]:
    """Ask the backend about one small picture, with the key as typed, else the one that is kept.

    Raises what asking raises. The answer is shown and forgotten.
    """
    from cutline.core import backends, keys, picture
    from cutline.core.backends.base import Request

    key = keys.checked(typed) if typed else None
    backend = backends.create(backend_id, settings, lambda: key or keys.get(backend_id))
    try:
        with TemporaryDirectory(prefix="cutline-") as folder:
            path = _sample(Path(folder))
            upload = picture.Upload(path, backend.info, settings.upload)
            suggestion = backend.ask(upload, Request(path, settings.lang, settings.max_tags), control)
    finally:
        backend.close()
    yield TestResult(_sentence(suggestion))


def _sample(folder: Path) -> Path:
    """A small picture of a hill before an evening sky."""
    from PIL import Image, ImageDraw

    image = Image.linear_gradient("L").resize((384, 256))
    image = Image.merge("RGB", (image.point(lambda v: 90 + v * 5 // 8), image.point(lambda v: 70 + v // 3), image))
    draw = ImageDraw.Draw(image)
    draw.ellipse((250, 120, 300, 170), fill=(255, 232, 170))
    draw.polygon([(0, 256), (0, 190), (120, 140), (230, 205), (384, 170), (384, 256)], fill=(24, 36, 52))
    path = folder / "evening.jpg"
    image.save(path, quality=88)
    return path


def _sentence(suggestion: Suggestion) -> str:
    caption = suggestion.caption
    said = caption.title or caption.description[:70] or ", ".join(caption.tags[:4])
    text = f"It works: the service says “{said}”." if said else "It works, but the answer was empty."
    return f"{text}{_cost(suggestion.credits)}"


def _cost(credits_: Credits | None) -> str:
    if credits_ is None:
        return ""
    used = f" Credits used: {credits_.used:g}." if credits_.used is not None else ""
    left = f" Credits left: {credits_.remaining:g}." if credits_.remaining is not None else ""
    return used + left
