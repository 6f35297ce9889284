"""From a file in a known format to pixels, small, upright, sRGB, and nothing but pixels.

opened    only the header is read: its size is checked before any memory is taken for pixels
drafted   a JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is enough (libjpeg does it in the DCT)
loaded    in full or not at all: a file cut short is an error, never a picture with a grey half (see `jpeg_tail`)
shrunk    to the side asked for, never enlarged
coloured  to RGB in sRGB, transparency on white (see `color`)
upright   as EXIF's Orientation says, or as the decoder has done already (HEIC)
"""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, cast

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from cutline.core import cicp, heif_items
from cutline.core.color import flattened, srgb
from cutline.core.decode_faults import FOREIGN
from cutline.core.errors import Unreadable
from cutline.core.jpeg_tail import ends_in_grey, is_made_up
from cutline.core.photo import Photo
from cutline.core.sniff import Format

MAX_PIXELS = 400_000_000
"""Largest picture, in pixels. At 4 bytes each that is 1.6 GB while it is decoded, and one such at a time."""

MAX_PIXELS_OF_HEIC = 250_000_000
"""Largest HEIC: libheif holds it three times, as planes, as rows and as what is handed over."""

MAX_SEQUENTIAL_PIXELS = 2_000_000_000
"""Largest JPEG that is not progressive: it is decoded row by row at 1/8 of its size, so it takes 1/64 of the memory."""

LARGE = 50_000_000
"""Pictures of more pixels than this are decoded one at a time, so that four threads do not need four times as much."""

MAX_BYTES = 1_000_000_000
"""Largest file of the formats whose decoders read all of it before they look at its header."""

_MOST_PIXELS_IN_A_BYTE = 2000
"""Of pictures larger than `LARGE`, in any format. No photograph comes near it; bombs are made of more."""

_MOST_PIXELS_IN_A_BYTE_OF_JPEG = 256
"""Where it is not progressive: a block of 64 pixels takes two Huffman codes of at least one bit each. libjpeg would go
on making up grey blocks where the file holds fewer."""

_GAP = 3.0
"""How many times too large a picture is when it is resampled: it is brought there by averaging, which is faster."""

_one_large = threading.Lock()


def _heif(file: BinaryIO) -> ImageFile.ImageFile:
    from pillow_heif import HeifImageFile  # slow to import, and few need it

    return cast("ImageFile.ImageFile", HeifImageFile(file))  # type: ignore[no-untyped-call]


_DECODERS: dict[Format, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "GIF": GifImageFile,
    "TIFF": TiffImageFile,
    "BMP": BmpImageFile,
    "AVIF": AvifImageFile,
    "HEIC": _heif,
}
_READ_WHOLE: frozenset[Format] = frozenset({"WebP", "AVIF", "HEIC"})
_BY_NUMBERS: frozenset[Format] = frozenset({"AVIF", "HEIC"})
"""Those that may tell their colours by numbers instead of a profile."""

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


def pixels(file: BinaryIO, kind: Format, path: Path, side: int, orientation: int | None = None) -> Image.Image:
    """The picture in `file`, in the format `kind`: RGB, sRGB, upright, its longest side at most `side` pixels.

    `path` names it in errors, `orientation` overrules its own. Raises `Unreadable` and what decoders raise.
    """
    with _opened(file, kind, path) as image:
        room = within(image.size, side)
        if kind != "HEIC":
            image.draft(None, room)
        return _finished(image, file, kind, path, room, orientation)


def inset(file: BinaryIO, path: Path, side: int, at_least: int) -> Image.Image | None:
    """As `pixels`, of the smallest picture inside a HEIC `file` whose longest side is `at_least` pixels.

    None: there is none, or none that is a smaller copy of the picture itself.
    """
    with _opened(file, "HEIC", path) as image:
        if not image.draft(None, within(image.size, max(1, at_least))):
            return None
        return _finished(image, file, "HEIC", path, within(image.size, side))


def _opened(file: BinaryIO, kind: Format, path: Path) -> ImageFile.ImageFile:
    """The picture in `file`, nothing of it decoded yet, but of a size that can be."""
    size = file.seek(0, os.SEEK_END)
    if size > MAX_BYTES and kind in _READ_WHOLE:
        raise Unreadable(f"{Photo(path).name}: a {kind} file of {size:,} bytes is too large; use a smaller copy.")
    file.seek(0)
    image = _DECODERS[kind](file)
    _check_size(image, kind, path, size)
    return image


def _finished(
    image: ImageFile.ImageFile,
    file: BinaryIO,
    kind: Format,
    path: Path,
    room: tuple[int, int],
    orientation: int | None = None,
) -> Image.Image:
    with room_for(image.width * image.height):
        image.load()
        _check_end(image, file, path)
        profile = _profile(image, file, kind)
        turned = orientation or (1 if kind == "HEIC" else _orientation(image))
        small = shrunk(flattened(image), room)
    return upright(srgb(small, profile), turned)


def within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """`size`, in pixels, scaled so that its longest side is at most `side`; never enlarged."""
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """`image` in the `size` given, in pixels."""
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=_GAP)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """`image` turned as EXIF's `orientation` (1-8) says; a new image that carries nothing but pixels."""
    how = _UPRIGHT.get(orientation)
    turned = image.copy() if how is None and isinstance(image, ImageFile.ImageFile) else image
    turned = turned if how is None else turned.transpose(how)
    turned.info = {}
    return turned


def room_for(pixels: int) -> AbstractContextManager[object]:
    """Wait for one's turn where a picture of so many pixels is large."""
    return _one_large if pixels > LARGE else nullcontext()


def _check_size(image: ImageFile.ImageFile, kind: Format, path: Path, file_bytes: int) -> None:
    width, height = image.size
    row_by_row = isinstance(image, JpegImageFile) and "progressive" not in image.info
    most = MAX_SEQUENTIAL_PIXELS if row_by_row else MAX_PIXELS_OF_HEIC if kind == "HEIC" else MAX_PIXELS
    if width * height > most:
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


def _check_end(image: ImageFile.ImageFile, file: BinaryIO, path: Path) -> None:
    sequential = isinstance(image, JpegImageFile) and "progressive" not in image.info
    if sequential and ends_in_grey(image):
        file.seek(0)
        if is_made_up(file.read()):
            raise Unreadable(
                f"{Photo(path).name}: the lower part of the picture is missing; get it again or repair it."
            )


def _orientation(image: Image.Image) -> int:
    """EXIF's Orientation of a loaded `image`; 1 where there is none, or none that can be read."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except (OSError, *FOREIGN):
        return 1
    return value if isinstance(value, int) else 1


def _profile(image: Image.Image, file: BinaryIO, kind: Format) -> bytes | None:
    """The ICC profile of `image`, or one that says the same as its colours' numbers."""
    profile: bytes | None = image.info.get("icc_profile")
    if profile or kind not in _BY_NUMBERS:
        return profile
    colours = heif_items.colours(file, file.seek(0, os.SEEK_END))
    return cicp.profile(*colours) if colours else None
