"""Small pictures for the gallery: two halves of different colours, so that which way up they are can be seen."""

import io
from pathlib import Path

from PIL import Image

TOP, BOTTOM = (220, 40, 30), (30, 60, 200)


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Red above blue."""
    made = Image.new("RGB", (width, height), TOP)
    made.paste(BOTTOM, (0, height // 2, width, height))
    return made


def jpeg(path: Path, width: int = 60, height: int = 40, *, orientation: int = 1, embedded: int = 0) -> Path:
    """A JPEG that is `width` x `height` and red above blue when shown upright.

    Stored as `orientation` (1, 3 or 6) asks; `embedded`: the longest side of a thumbnail in its EXIF, which is green
    all over, so that it can be told from the picture; 0: none.
    """
    stored = picture(width, height)
    turned = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
    if turned is not None:
        stored = stored.transpose(turned)
    exif = Image.Exif()
    exif[0x0112] = orientation
    block = exif.tobytes()
    if embedded:
        block = _with_thumbnail(orientation, _green(stored.size, embedded))
    stored.save(path, "JPEG", quality=95, exif=block)
    return path


def _green(size: tuple[int, int], side: int) -> bytes:
    small = Image.new("RGB", size, (20, 200, 60))
    small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG")
    return out.getvalue()


def _with_thumbnail(orientation: int, jpeg_bytes: bytes) -> bytes:
    """An EXIF block: IFD0 with Orientation, IFD1 with the offset and length of a thumbnail behind it."""

    def entry(tag: int, kind: int, value: int) -> bytes:
        raw = value.to_bytes(2, "little") + b"\0\0" if kind == 3 else value.to_bytes(4, "little")
        return tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + (1).to_bytes(4, "little") + raw

    second = 8 + 2 + 12 + 4
    data = second + 2 + 24 + 4
    first_ifd = b"\x01\x00" + entry(0x0112, 3, orientation) + second.to_bytes(4, "little")
    second_ifd = b"\x02\x00" + entry(0x0201, 4, data) + entry(0x0202, 4, len(jpeg_bytes)) + bytes(4)
    return b"Exif\0\0II*\0\x08\0\0\0" + first_ifd + second_ifd + jpeg_bytes
