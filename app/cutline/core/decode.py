"""From a file to a picture: the first bytes choose the decoder; the name does not, except for raw files.

    sniffed   what the file holds (see `sniff`)
    decoded   by Pillow or libheif (see `pixels`); of a raw file, the camera's own JPEG in it (see `raw`)

Whatever is raised on the way leaves here as `Unreadable` or `Unsupported`. This module imports Pillow, which is slow:
import it when it is needed.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from cutline.core import raw
from cutline.core.color import flattened, srgb
from cutline.core.decode_faults import FOREIGN, hush, translated
from cutline.core.errors import PhotoError
from cutline.core.exif_thumbnail import Embedded
from cutline.core.pixels import LARGE, inset, pixels, shrunk, upright, within
from cutline.core.sniff import head, kind_of, refusal

_BLACK = 16
"""How bright, of 255, a black bar may be."""


def decoded(path: Path, side: int) -> Image.Image:
    """The picture at `path`: RGB, sRGB, upright, its longest side at most `side` pixels; the first frame of several.

    Raises `Unreadable` or `Unsupported`. Thread-safe.
    """
    first = head(path)
    kind = kind_of(path, first)
    if kind is None:
        raise refusal(path, first)
    with translated(path, kind), path.open("rb") as file:
        return raw.pixels(file, path, side) if kind == "raw" else pixels(file, kind, path, side)


def decoded_inset(thumbnail: Embedded, side: int) -> Image.Image | None:
    """The picture in an embedded `thumbnail`, without its bars, as `decoded` gives it.

    None: it is damaged, or what should be bars is not black, so that it is the thumbnail of another picture.
    """
    hush()
    try:
        with JpegImageFile(BytesIO(thumbnail.jpeg)) as image:
            if image.width * image.height > LARGE:
                return None
            image.load()
            whole = flattened(image)
            if not all(_black(whole, bar) for bar in _bars(thumbnail)):
                return None
            inner = whole.crop(thumbnail.box)
            return upright(srgb(shrunk(inner, within(inner.size, side)), None), thumbnail.orientation)
    except (OSError, *FOREIGN):
        return None


def decoded_inset_of_heic(path: Path, side: int, at_least: int) -> Image.Image | None:
    """The smallest picture in the HEIC file at `path` whose longest side is `at_least` pixels, as `decoded` gives it.

    None: there is none, or it is damaged.
    """
    try:
        with translated(path, "HEIC"), path.open("rb") as file:
            return inset(file, path, side, at_least)
    except (OSError, PhotoError):
        return None


def _bars(thumbnail: Embedded) -> Iterator[tuple[int, int, int, int]]:
    """The boxes outside the box, less the pixel next to it, into which the picture bleeds."""
    (width, height), (left, top, right, bottom) = thumbnail.size, thumbnail.box
    upper, lower = (0, 0, width, top - 1), (0, bottom + 1, width, height)
    bars = (upper, lower, (0, 0, left - 1, height), (right + 1, 0, width, height))
    yield from (bar for bar in bars if bar[0] < bar[2] and bar[1] < bar[3])


def _black(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    mean = image.crop(box).convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return isinstance(mean, int | float) and mean < _BLACK
