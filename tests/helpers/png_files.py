"""PNG files in every flavour, made by Pillow and by hand."""

import io
import zlib
from collections.abc import Callable

from PIL import Image, ImageCms

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp"


def chunk(kind: bytes, data: bytes = b"", crc: int | None = None) -> bytes:
    """A chunk; `crc` gives it a wrong checksum."""
    checksum = zlib.crc32(kind + data) if crc is None else crc
    return len(data).to_bytes(4, "big") + kind + data + checksum.to_bytes(4, "big")


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """(Type, data) of every chunk up to IEND."""
    found: list[tuple[bytes, bytes]] = []
    at = len(SIGNATURE)
    while not found or found[-1][0] != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def picture(size: tuple[int, int] = (13, 9)) -> Image.Image:
    """A picture whose pixels all differ."""
    image = Image.new("RGB", size)
    image.putdata([((7 * n) % 256, (3 * n) % 256, (11 * n + 5) % 256) for n in range(size[0] * size[1])])
    return image


def profile() -> bytes:
    """A real ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def plain() -> bytes:
    """8-bit RGB."""
    return _saved(picture())


def animated() -> bytes:
    """An APNG of three frames."""
    frames = [picture().rotate(90 * n) for n in range(3)]
    return _saved(frames[0], save_all=True, append_images=frames[1:], duration=100)


def interlaced() -> bytes:
    """Adam7, grey, 2 by 2 pixels, written by hand: Pillow cannot write it."""
    passes = b"".join(b"\x00" + bytes((value,)) for value in (10, 20)) + b"\x00\x1e\x28"
    header = (2).to_bytes(4, "big") * 2 + bytes((8, 0, 0, 0, 1))
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(passes)) + chunk(b"IEND")


def transparent_palette() -> bytes:
    """8-bit palette with a tRNS chunk."""
    return _saved(picture().quantize(8), transparency=3)


FLAVOURS: dict[str, Callable[[], bytes]] = {
    "rgb": plain,
    "one bit": lambda: _saved(picture().convert("1")),
    "grey": lambda: _saved(picture().convert("L")),
    "16 bit": lambda: _saved(picture().convert("L").convert("I;16")),
    "palette": lambda: _saved(picture().quantize(16)),
    "transparent palette": transparent_palette,
    "rgba": lambda: _saved(picture().convert("RGBA")),
    "interlaced": interlaced,
    "animated": animated,
    "with a profile": lambda: _saved(picture(), icc_profile=profile(), dpi=(72, 72)),
}


def with_chunks(data: bytes, *extra: bytes, behind: bytes = b"IHDR") -> bytes:
    """`data` with whole chunks inserted behind the last chunk of a type."""
    at, insert_at = len(SIGNATURE), 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, at = data[at + 4 : at + 8], at + length + 12
        if kind == behind:
            insert_at = at
        if kind == b"IEND":
            break
    return data[:insert_at] + b"".join(extra) + data[insert_at:]


def xmp_itxt(packet: bytes, compressed: bool = False) -> bytes:
    """The standard chunk of a packet."""
    text = zlib.compress(packet) if compressed else packet
    return chunk(b"iTXt", XMP_KEYWORD + b"\x00" + bytes((compressed, 0)) + b"\x00\x00" + text)


def text(keyword: bytes, value: bytes, compressed: bool = False) -> bytes:
    """A tEXt or zTXt chunk."""
    if compressed:
        return chunk(b"zTXt", keyword + b"\x00\x00" + zlib.compress(value))
    return chunk(b"tEXt", keyword + b"\x00" + value)


def raw_profile(name: bytes, value: bytes, compressed: bool = True) -> bytes:
    """A profile as ImageMagick writes it."""
    digits = value.hex().encode()
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return text(b"Raw profile type " + name, b"\n%s\n%8d\n%s\n" % (name, len(value), lines), compressed)
