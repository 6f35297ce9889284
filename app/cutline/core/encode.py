"""From pixels to the bytes of a picture file that carries no metadata and keeps within a limit.

Lower quality is tried first, in a few steps down to where it would show; then the picture is made smaller.
"""

from io import BytesIO
from math import sqrt

from PIL import Image

FORMATS = {"image/jpeg": "JPEG", "image/webp": "WEBP", "image/png": "PNG"}
"""MIME types that can be made, and Pillow's names for them."""

LEAST_QUALITY = 60
"""Below this, blocks show more than lost pixels would."""

_STEP = 8
_SMALLEST = 16


def encoded(image: Image.Image, mime: str, quality: int, max_bytes: int | None) -> bytes | None:
    """`image` (mode RGB) as a file of type `mime` (a key of `FORMATS`) of at most `max_bytes` bytes.

    `quality` is where JPEG and WebP start. None: not even a tiny picture fits.
    """
    data = _saved(image, mime, quality)
    if max_bytes is None or len(data) <= max_bytes:
        return data
    if mime != "image/png":
        while quality > LEAST_QUALITY:
            quality = max(LEAST_QUALITY, quality - _STEP)
            data = _saved(image, mime, quality)
            if len(data) <= max_bytes:
                return data
    return _smaller(image, mime, quality, data, max_bytes)


def _smaller(image: Image.Image, mime: str, quality: int, data: bytes, max_bytes: int) -> bytes | None:
    """As `encoded`, by leaving out pixels; the size of `data`, which is too large, tells how many."""
    small = image
    while max(small.size) > _SMALLEST:
        scale = min(0.9, 0.97 * sqrt(max_bytes / len(data)))
        width, height = (max(1, round(length * scale)) for length in small.size)
        small = image.resize((width, height), Image.Resampling.BICUBIC)
        data = _saved(small, mime, quality)
        if len(data) <= max_bytes:
            return data
    return None


def _saved(image: Image.Image, mime: str, quality: int) -> bytes:
    file = BytesIO()
    match mime:
        case "image/png":
            image.save(file, "PNG", compress_level=6)
        case "image/webp":
            image.save(file, "WEBP", quality=quality, method=4)
        case _:
            image.save(file, "JPEG", quality=quality)
    return file.getvalue()
