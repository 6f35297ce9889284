"""The small picture a camera puts into a file, found without decoding anything: some 0.1 ms.

    JPEG   segments up to the frame header ─> APP1 “Exif” ─> IFD0 (Orientation) ─> IFD1 (offset, length)
    raw    see `raw_preview`, which believes none of another shape

In a JPEG's EXIF it is a JPEG of usually 160 x 120 pixels. It is believed only where its shape is the picture's: an
editor that cropped or turned the picture without renewing it left one that must not be shown. Cameras that take 3:2 put
black bars above and below it: `Embedded.box` says what is between them, and whoever decodes it looks whether they are
black.
(EXIF 3.0, 4.5.8 and 4.6; JPEG: ITU-T T.81, B.2.)
"""

from dataclasses import dataclass
from math import ceil
from pathlib import Path

from cutline.core.jpeg_head import LONGEST, header, upright_by
from cutline.core.raw_preview import bytes_of, previews

_SMALL = 500_000
"""Pixels of a raw file's preview that is decoded at once; a larger one takes its turn with all other pictures."""

_LEAST_SHARE = 0.7
"""Bars that take more than the rest are no bars of a camera: 16:9 in 4:3 leaves 0.75."""

_OFFSET, _LENGTH = 0x0201, 0x0202


@dataclass(frozen=True, slots=True)
class Embedded:
    """A thumbnail as it is in the file."""

    jpeg: bytes
    size: tuple[int, int]
    """Width and height in pixels, lying as it is stored."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom of what has the picture's shape; outside, there are bars or nothing."""
    orientation: int
    """EXIF's Orientation of picture and thumbnail, 1-8."""


def embedded(path: Path) -> Embedded | None:
    """The thumbnail in the EXIF of the JPEG at `path`; None: none, none that can be trusted, or no JPEG.

    Raises `OSError` where the file cannot be read.
    """
    with path.open("rb") as file:
        return parsed(file.read(LONGEST))


def embedded_in_raw(path: Path, at_least: int) -> Embedded | None:
    """The smallest preview in the raw file at `path` whose longest side is `at_least` pixels; None: none that is small.

    Raises `OSError` where the file cannot be read.
    """
    with path.open("rb") as file:
        found = next((preview for preview in previews(file) if max(preview.size) >= at_least), None)
        if found is None or found.size[0] * found.size[1] > _SMALL:
            return None
        return Embedded(bytes_of(file, found), found.size, (0, 0, *found.size), found.orientation)


def parsed(data: bytes) -> Embedded | None:
    """As `embedded`, of the first bytes of a file."""
    head = header(data)
    if head is None or not head.exif:
        return None
    ifd0 = head.ifd0
    thumbnail = ifd0.next
    start, length = thumbnail.number(_OFFSET) or 0, thumbnail.number(_LENGTH) or 0
    jpeg = head.exif[start : start + length] if start else b""
    inner = header(jpeg) if length and len(jpeg) == length else None
    box = inner and _box(inner.size, head.size)
    return Embedded(jpeg, inner.size, box, upright_by(ifd0) or 1) if inner and box else None


def _box(small: tuple[int, int], large: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Where in a thumbnail of the size `small` a picture of the size `large` must be; None: it cannot be of it."""
    (width, height), (full_width, full_height) = small, large
    if width > full_width or height > full_height:
        return None
    fit_width = min(width, height * full_width / full_height)
    fit_height = min(height, width * full_height / full_width)
    if width - fit_width <= 1 and height - fit_height <= 1:  # rounded
        return 0, 0, width, height
    if fit_width < _LEAST_SHARE * width or fit_height < _LEAST_SHARE * height:
        return None
    left, top = ceil((width - fit_width) / 2), ceil((height - fit_height) / 2)
    return left, top, width - left, height - top
