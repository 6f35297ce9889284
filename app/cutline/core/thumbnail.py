"""Small upright pictures for the gallery.

    embedded(path)    what the camera put into the file, at once, whatever its size: good enough until ...
    thumbnail(path)   ... the right size is there: the embedded one where it is large enough, else a scaled decode

A `Thumb` is plain bytes, so that the core knows no Qt and a worker thread can make one. In Qt it is wrapped as

    QImage(thumb.rgb, thumb.width, thumb.height, 3 * thumb.width, QImage.Format.Format_RGB888)

(QImage does not copy: keep `thumb` alive or call `.copy()`.) Pillow is imported with the first thumbnail.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core import exif_thumbnail
from cutline.core.errors import PhotoError
from cutline.core.sniff import Format, head, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture, upright, transparency on white."""

    width: int
    height: int
    rgb: bytes = field(repr=False)
    """Red, green, blue, a byte each, row by row from the top left; `3 * width` bytes a row."""


def thumbnail(path: Path, side: int) -> Thumb:
    """The picture at `path`, its longest side at most `side` pixels. Raises `Unreadable` or `Unsupported`."""
    return embedded(path, side, side) or _thumb(_decoded(path, side))


def embedded(path: Path, side: int, at_least: int = 0) -> Thumb | None:
    """The camera's own thumbnail, its longest side from `at_least` to `side` pixels (larger ones are shrunk).

    None where there is none, where it is smaller, not of the picture's shape, or damaged. Raises nothing: what is wrong
    with the file, `thumbnail` tells.
    """
    try:
        kind = kind_of(path, head(path))
        image = _inset_of_heic(path, side, at_least) if kind == "HEIC" else _inset(path, kind, side, at_least)
    except (OSError, PhotoError):
        return None
    return None if image is None else _thumb(image)


def _inset(path: Path, kind: Format | None, side: int, at_least: int) -> "Image | None":
    raw = kind == "raw"
    found = exif_thumbnail.embedded_in_raw(path, at_least) if raw else exif_thumbnail.embedded(path)
    if found is None or max(found.box[2] - found.box[0], found.box[3] - found.box[1]) < at_least:
        return None
    from cutline.core.decode import decoded_inset

    return decoded_inset(found, side)


def _inset_of_heic(path: Path, side: int, at_least: int) -> "Image | None":
    from cutline.core.decode import decoded_inset_of_heic

    return decoded_inset_of_heic(path, side, at_least)


def _decoded(path: Path, side: int) -> "Image":
    from cutline.core.decode import decoded

    return decoded(path, side)


def _thumb(image: "Image") -> Thumb:
    return Thumb(image.width, image.height, image.tobytes())
