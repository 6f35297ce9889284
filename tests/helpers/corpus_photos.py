"""The photos below folders, each content once, and their pixels."""

import hashlib
import os
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import Image

from cutline.core.metadata.detect import HEAD, container_for
from cutline.core.scan import EXTENSIONS

_MOST_PIXELS = 60_000_000
_SAFE_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


def photos(folders: list[Path]) -> Iterator[Path]:
    """Every file below `folders` that is a picture by its content or by its name's ending; no content twice."""
    seen: set[bytes] = set()
    for folder in folders:
        for path in sorted(_files(folder)):
            if not _may_be_picture(path):
                continue
            digest = hashlib.sha256(path.read_bytes()).digest()
            if digest not in seen:
                seen.add(digest)
                yield path


def format_of(path: Path) -> str:
    """The name of the format its content is in; of a file that is no picture we know, its ending."""
    with path.open("rb") as file:
        container = container_for(file.read(HEAD), path)
    found: str = getattr(container, "FORMAT", "") or getattr(container, "name", "") or path.suffix.lower()
    return found


def safe_name(path: Path) -> str:
    """A name for a copy of the file: only its ending is from it."""
    return "photo" + (path.suffix if _SAFE_ENDING.fullmatch(path.suffix) else "")


def frames(path: Path) -> list[str] | None:
    """A digest of the pixels of every frame or page; None where one cannot be decoded, or where it is huge."""
    _register_heif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as image:
                return list(_frames(image))
        except Exception:  # noqa: BLE001 - decoders raise anything at damaged files, and all of it means the same here
            return None


def _frames(image: Image.Image) -> Iterator[str]:
    count = getattr(image, "n_frames", 1)
    if image.width * image.height * count > _MOST_PIXELS:
        raise ValueError("too large to be decoded here")
    for number in range(count):
        image.seek(number)
        image.load()
        digest = hashlib.sha256(f"{image.mode} {image.size} {image.info.get('duration')}".encode())
        digest.update(image.tobytes())
        digest.update(image.info.get("icc_profile") or b"")
        yield digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names)


def _may_be_picture(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        head = file.read(HEAD)
    return path.suffix.lower() in EXTENSIONS or container_for(head, path) is not None


@cache
def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
