"""The picture in a camera's raw file: the camera's own JPEG in it where it is large enough, else developed.

previews   the smallest that is as large as asked for, or the largest (see `raw_preview`)
scan       where the structure leads to none that is worth looking at
rawpy      where there is still none, and where it is installed (the extra `raw`): LibRaw develops the sensor's data
the rest   a small preview, or the small TIFF in front of the sensor's data
"""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from cutline.core import pixels as pixels_
from cutline.core.decode_faults import translated
from cutline.core.errors import PhotoError, Unreadable, Unsupported
from cutline.core.photo import Photo
from cutline.core.raw_preview import Preview, bytes_of, is_cut_short, is_plain, previews, scanned

ENOUGH = 512
"""Longest side, in pixels, of a preview that shows what is in a picture; a smaller one is the last resort."""

MAX_PIXELS = 250_000_000
"""Largest sensor whose data are developed: LibRaw holds some 10 bytes for each pixel."""

_MOST_PIXELS_IN_A_BYTE = 16
"""Of sensor data: LibRaw makes up what a file lacks."""


def pixels(file: BinaryIO, path: Path, side: int) -> Image.Image:
    """The picture in the raw `file` at `path`: RGB, sRGB, upright, its longest side at most `side` pixels.

    Raises `Unreadable`, `Unsupported`, and what decoders raise.
    """
    found = previews(file)
    if not _worth(found, side):
        found = scanned(file) or found
    shown = _shown(file, path, _worth(found, side), side) or _developed(file, path, side)
    shown = shown or _shown(file, path, found, side) or _front(file, path, side)
    if shown is None:
        raise _refusal(file, path)
    return shown


def _refusal(file: BinaryIO, path: Path) -> PhotoError:
    name = Photo(path).name
    if is_cut_short(file):
        return Unreadable(f"{name}: the raw file is cut short; get it again from where it came from.")
    if find_spec("rawpy"):
        return Unreadable(f"{name}: the raw file is damaged, or of a kind that cannot be developed; use a JPEG of it.")
    return Unsupported(
        f"{name}: the raw file holds no preview, and without the extra “raw” it cannot be developed;"
        ' install it (pip install "cutline[raw]"), or use a JPEG of it.'
    )


def _worth(found: Sequence[Preview], side: int) -> list[Preview]:
    return [preview for preview in found if max(preview.size) >= min(side, ENOUGH)]


def _shown(file: BinaryIO, path: Path, found: Sequence[Preview], side: int) -> Image.Image | None:
    """The smallest of the previews that is large enough, or else the largest; the next where one is damaged."""
    large = [preview for preview in found if max(preview.size) >= side]
    small = [preview for preview in found if max(preview.size) < side]
    for preview in (*large, *reversed(small)):
        try:
            with translated(path, "JPEG"):
                jpeg = BytesIO(bytes_of(file, preview))
                return pixels_.pixels(jpeg, "JPEG", path, side, preview.orientation)
        except Unreadable:
            continue
    return None


def _developed(file: BinaryIO, path: Path, side: int) -> Image.Image | None:
    """What LibRaw makes of the sensor's data, at half their size; None: it is not installed, or cannot."""
    try:
        import rawpy
    except ImportError:
        return None
    size = file.seek(0, os.SEEK_END)
    if size > pixels_.MAX_BYTES or is_cut_short(file):
        return None
    file.seek(0)
    try:
        with rawpy.imread(file) as sensor:
            photosites = sensor.sizes.raw_width * sensor.sizes.raw_height
            if photosites > min(MAX_PIXELS, size * _MOST_PIXELS_IN_A_BYTE):
                return None
            with pixels_.room_for(photosites):
                rows = sensor.postprocess(half_size=True, use_camera_wb=True, output_bps=8)
    except (rawpy.LibRawError, rawpy.NotSupportedError):
        return None
    image = Image.frombuffer("RGB" if rows.shape[-1] == 3 else "L", (rows.shape[1], rows.shape[0]), rows.tobytes())
    return pixels_.shrunk(image.convert("RGB"), pixels_.within(image.size, side))


def _front(file: BinaryIO, path: Path, side: int) -> Image.Image | None:
    """The picture in the first directory of a raw file that is a TIFF file; None: it is none, or no picture."""
    if not is_plain(file):
        return None
    try:
        with translated(path, "TIFF"):
            return pixels_.pixels(file, "TIFF", path, side)
    except Unreadable:
        return None
