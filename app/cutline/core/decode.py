"""From a file to pixels: decoded small, upright, sRGB, and nothing but pixels.

    sniffed   the first bytes choose the decoder; the name does not
    opened    only the header is read: its size is checked before any memory is taken for pixels
    drafted   a JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is enough (libjpeg does it in the DCT)
    loaded    in full or not at all: a file cut short is an error, never a picture with a grey half (see `jpeg_tail`)
    shrunk    to the side asked for, never enlarged
    coloured  to RGB in sRGB, transparency on white (see `color`)
    upright   as EXIF's Orientation says

Pillow is told nothing globally, except that its warnings (about sloppy EXIF and the like) are for nobody.
Whatever it raises leaves here as `Unreadable`. This module imports Pillow, which is slow: import it when it is needed.
"""

import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from cutline.core.color import flattened, srgb
from cutline.core.errors import CutlineError, Unreadable
from cutline.core.exif_thumbnail import Embedded
from cutline.core.jpeg_tail import ends_in_grey, is_made_up
from cutline.core.photo import Photo
from cutline.core.sniff import Format, format_of, head, is_raw, refusal, unreachable

MAX_PIXELS = 400_000_000
"""Largest picture, in pixels. At 4 bytes each that is 1.6 GB while it is decoded, and one such at a time."""

MAX_SEQUENTIAL_PIXELS = 2_000_000_000
"""Largest JPEG that is not progressive: it is decoded row by row at 1/8 of its size, so it takes 1/64 of the memory."""

LARGE = 50_000_000
"""Pictures of more pixels than this are decoded one at a time, so that four threads do not need four times as much."""

_MOST_PIXELS_IN_A_BYTE = 2000
"""Of pictures larger than `LARGE`, in any format. No photograph comes near it; bombs are made of more."""

_MOST_PIXELS_IN_A_BYTE_OF_JPEG = 256
"""Where it is not progressive: a block of 64 pixels takes two Huffman codes of at least one bit each. libjpeg would go
on making up grey blocks where the file holds fewer."""

_BLACK = 16
"""How bright, of 255, a black bar may be."""

_one_large = threading.Lock()
_hushing = threading.Lock()

_DECODERS: dict[Format, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "GIF": GifImageFile,
    "TIFF": TiffImageFile,
    "BMP": BmpImageFile,
    "AVIF": AvifImageFile,
}

_FOREIGN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise at damaged files, besides OSError (found by fuzzing and in its issue threads)."""

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF 3.0, 4.6.5, Orientation: what brings each of its values upright."""

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else it writes on a terminal that is not its own


def decoded(path: Path, side: int) -> Image.Image:
    """The picture at `path`: RGB, sRGB, upright, its longest side at most `side` pixels; the first frame of several.

    Raises `Unreadable` or `Unsupported`. Thread-safe.
    """
    first = head(path)
    kind = None if is_raw(path, first) else format_of(first)
    if kind is None:
        raise refusal(path, first)
    with _translated(path, kind), path.open("rb") as file, _DECODERS[kind](file) as image:
        _check_size(image, path, path.stat().st_size)
        size = within(image.size, side)
        image.draft(None, size)
        with _room_for(image):
            image.load()
            _check_end(image, path)
            orientation = _orientation(image)
            profile = image.info.get("icc_profile")
            small = _shrunk(flattened(image), size)
        return _upright(srgb(small, profile), orientation)


def decoded_inset(thumbnail: Embedded, side: int) -> Image.Image | None:
    """The picture in an embedded `thumbnail`, without its bars, as `decoded` gives it.

    None: it is damaged, or what should be bars is not black, so that it is the thumbnail of another picture.
    """
    _hush()
    try:
        with JpegImageFile(BytesIO(thumbnail.jpeg)) as image:
            if image.width * image.height > LARGE:
                return None
            image.load()
            whole = flattened(image)
            if not all(_black(whole, bar) for bar in _bars(thumbnail)):
                return None
            inset = whole.crop(thumbnail.box)
            return _upright(srgb(_shrunk(inset, within(inset.size, side)), None), thumbnail.orientation)
    except (OSError, *_FOREIGN):
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


def within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """`size`, in pixels, scaled so that its longest side is at most `side`; never enlarged."""
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    """`image` turned as EXIF's `orientation` (1-8) says; a new image that carries nothing but pixels."""
    how = _UPRIGHT.get(orientation)
    turned = image.copy() if how is None and isinstance(image, ImageFile.ImageFile) else image
    turned = turned if how is None else turned.transpose(how)
    turned.info = {}
    return turned


def _check_size(image: ImageFile.ImageFile, path: Path, file_bytes: int) -> None:
    width, height = image.size
    row_by_row = isinstance(image, JpegImageFile) and "progressive" not in image.info
    if width * height > (MAX_SEQUENTIAL_PIXELS if row_by_row else MAX_PIXELS):
        raise Unreadable(
            f"{Photo(path).name}: says that it is {width:,} × {height:,} pixels large, which is more than fits into"
            " memory; save a smaller copy and use that."
        )
    packed = _MOST_PIXELS_IN_A_BYTE_OF_JPEG if row_by_row else _MOST_PIXELS_IN_A_BYTE
    if width * height > max(LARGE, packed * file_bytes):
        raise Unreadable(
            f"{Photo(path).name}: says that it is {width:,} × {height:,} pixels large, but holds only {file_bytes:,}"
            " bytes; get it again from where it came from."
        )


def _check_end(image: ImageFile.ImageFile, path: Path) -> None:
    sequential = isinstance(image, JpegImageFile) and "progressive" not in image.info
    if sequential and ends_in_grey(image) and is_made_up(path.read_bytes()):
        raise Unreadable(f"{Photo(path).name}: the lower part of the picture is missing; get it again or repair it.")


def _room_for(image: Image.Image) -> AbstractContextManager[object]:
    return _one_large if image.width * image.height > LARGE else nullcontext()


def _orientation(image: Image.Image) -> int:
    """EXIF's Orientation of a loaded `image`; 1 where there is none, or none that can be read."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except (OSError, *_FOREIGN):
        return 1
    return value if isinstance(value, int) else 1


@contextmanager
def _translated(path: Path, kind: Format) -> Iterator[None]:
    """What Pillow raises, as an error about the photo."""
    _hush()
    try:
        yield
    except CutlineError:
        raise
    except MemoryError:
        raise Unreadable(
            f"{Photo(path).name}: there is not enough memory to decode it; close other programs or use a smaller copy."
        ) from None
    except OSError as error:
        if error.errno is not None:
            raise unreachable(path, error) from None
        raise _damaged(path, kind, error) from error
    except (Image.DecompressionBombError, *_FOREIGN) as error:
        raise _damaged(path, kind, error) from error


def _damaged(path: Path, kind: Format, error: Exception) -> Unreadable:
    name = Photo(path).name
    if "truncated" in str(error).lower():
        return Unreadable(f"{name}: the {kind} file is cut short; get it again from where it came from.")
    if isinstance(error, NotImplementedError):
        return Unreadable(f"{name}: uses a kind of {kind} that cannot be decoded; convert it to JPEG and use that.")
    return Unreadable(f"{name}: the {kind} file is damaged and cannot be decoded; get it again or repair it.")


def _hush() -> None:
    """See to it that warnings raised inside Pillow go nowhere; others stay as they are.

    `warnings.catch_warnings` would be shorter but is not thread-safe; an added filter may stay.
    """
    with _hushing:
        mine = next((f for f in warnings.filters if f[0] == "ignore" and getattr(f[3], "pattern", "") == _PILLOW), None)
        if mine is None:
            warnings.filterwarnings("ignore", module=_PILLOW)


_PILLOW = r"PIL\."
