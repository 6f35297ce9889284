"""A folder of photos in every format, some captioned, some with sidecars: what a dying writer is let loose on."""

import io
import os
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from cutline.core import metadata
from cutline.core.photo import FIELDS, Caption
from helpers import xmp_packets
from helpers.little_photos import picture

OLD = Caption("An old title", "What it said before.", ("old", "gray"), "old words")
_BORN_NS = 1_400_000_000_123_456_789


def _saved(format_: str, **how: object) -> Callable[[], bytes]:
    def make() -> bytes:
        out = io.BytesIO()
        picture(48, 32).save(out, format_, **how)
        return out.getvalue()

    return make


def _animated(format_: str) -> Callable[[], bytes]:
    second = Image.new("RGB", (48, 32), (10, 90, 20))
    return _saved(format_, save_all=True, append_images=[second], duration=100)


def _heif() -> bytes:
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(picture(48, 32)).save(out, quality=60)
    return out.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "bare.jpg": _saved("JPEG"),
    "captioned.jpg": _saved("JPEG", quality=90),
    "beside.jpg": _saved("JPEG", progressive=True),
    "flat.png": _saved("PNG"),
    "captioned.png": _saved("PNG", optimize=True),
    "simple.webp": _saved("WEBP"),
    "moving.webp": _animated("WEBP"),
    "moving.gif": _animated("GIF"),
    "scan.tif": _saved("TIFF"),
    "phone.heic": _heif,
    "new.avif": _saved("AVIF"),
    "old.bmp": _saved("BMP"),
    "negative.cr2": _saved("TIFF"),
    "edited.nef": _saved("TIFF", compression="tiff_lzw"),
}
"""File names, and what makes their bytes. Raw files are told by name; the picture in them plays no part here."""
_WITH_SIDECARS = ("beside.jpg", "edited.nef")


def make_photos(folder: Path) -> Path:
    """Fill `folder`: each file has a modification time of its own, long ago."""
    folder.mkdir(parents=True)
    for name, make in KINDS.items():
        (folder / name).write_bytes(make())
        if name.startswith("captioned"):
            metadata.write(folder / name, OLD, FIELDS)
    for name in _WITH_SIDECARS:
        (folder / name).with_suffix(".xmp").write_bytes(xmp_packets.DARKTABLE)
    for number, path in enumerate(sorted(folder.iterdir())):
        os.utime(path, ns=(_BORN_NS, _BORN_NS + 1_001 * number))
    return folder


def decoded(path: Path) -> bytes:
    """The pixels of a photo, whatever its name says."""
    import pillow_heif

    if path.suffix == ".heic":
        return bytes(pillow_heif.open_heif(path).data)
    with Image.open(path) as image:
        return image.convert("RGB").tobytes()
