"""WebP files in every flavour, made by Pillow and by hand."""

import io
from collections.abc import Callable

from PIL import Image

from helpers.png_files import picture, profile
from helpers.xmp_packets import DARKTABLE


def chunk(fourcc: bytes, data: bytes) -> bytes:
    """A chunk, padded."""
    return fourcc + len(data).to_bytes(4, "little") + data + b"\x00" * (len(data) % 2)


def riff(*chunks: bytes) -> bytes:
    """A whole file of chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """(Fourcc, data) of every chunk; checks that the sizes add up to the size of the RIFF."""
    end = int.from_bytes(data[4:8], "little") + 8
    found, at = [], 12
    while at < end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    assert at == end <= len(data)
    return found


def vp8x(flags: int, size: tuple[int, int]) -> bytes:
    """A VP8X chunk."""
    sizes = b"".join((side - 1).to_bytes(3, "little") for side in size)
    return chunk(b"VP8X", bytes((flags, 0, 0, 0)) + sizes)


def _saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", **options)
    return file.getvalue()


def lossy(size: tuple[int, int] = (13, 9)) -> bytes:
    """A simple file: one VP8 chunk."""
    return _saved(picture(size))


def lossless(size: tuple[int, int] = (13, 9)) -> bytes:
    """A simple file: one VP8L chunk without alpha."""
    return _saved(picture(size), lossless=True)


def _translucent() -> Image.Image:
    image = picture().convert("RGBA")
    image.putalpha(picture().convert("L"))
    return image


def lossless_alpha() -> bytes:
    """A simple file: one VP8L chunk with alpha."""
    return _saved(_translucent(), lossless=True, exact=True)


def lossy_alpha() -> bytes:
    """VP8X, ALPH, VP8."""
    return _saved(_translucent(), exact=True)


def animated() -> bytes:
    """Three frames with alpha."""
    frames = [_translucent().rotate(90 * n) for n in range(3)]
    return _saved(frames[0], save_all=True, append_images=frames[1:], duration=100, lossless=True)


FLAVOURS: dict[str, Callable[[], bytes]] = {
    "lossy": lossy,
    "lossless": lossless,
    "lossless with alpha": lossless_alpha,
    "lossy with alpha": lossy_alpha,
    "animated": animated,
    "with a profile": lambda: _saved(picture(), icc_profile=profile()),
    "with metadata": lambda: _saved(picture(), exif=_exif(), xmp=DARKTABLE),
}


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = 6
    return exif
