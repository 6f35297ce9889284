"""GIF files in every flavour, made by Pillow and by hand."""

import io
from collections.abc import Callable

from PIL import Image

from helpers.png_files import picture

LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
COMMENT = b"\x21\xfe\x05hello\x00"
MAGIC = bytes([1, *range(255, -1, -1), 0])
_DELAY = b"\x21\xf9\x04\x04\x0a\x00\x00\x00"


def _palette(seed: int) -> bytes:
    return bytes((seed + 37 * n) % 256 for n in range(12))


def _image(local: int | None = None, interlaced: bool = False, size: int = 4) -> bytes:
    """An image of 4 colours, its LZW data uncompressed: a clear code in front of every two pixels."""
    flags = (0x81 if local is not None else 0) | (0x40 if interlaced else 0)
    header = b"\x2c\0\0\0\0" + size.to_bytes(2, "little") * 2 + bytes((flags,))
    codes = [code for n in range(0, size * size, 2) for code in (4, n % 4, (n + n // size) % 4)] + [5]
    bits = sum(code << 3 * place for place, code in enumerate(codes))
    data = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
    return header + (_palette(local) if local is not None else b"") + b"\x02" + blocks(data, 7) + b"\0"


def blocks(data: bytes, step: int = 255) -> bytes:
    """Sub-blocks, without the empty one that ends them."""
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    return b"".join(bytes((len(piece),)) + piece for piece in pieces)


def gif(*body: bytes, version: bytes = b"89a", table: bool = True, tail: bytes = b"\x3b") -> bytes:
    """A file of 4 by 4 pixels with whatever is to stand behind its screen."""
    screen = b"\4\0\4\0" + bytes((0x81 if table else 0, 0, 0))
    return b"GIF" + version + screen + (_palette(3) if table else b"") + b"".join(body) + tail


def xmp(packet: bytes, trailer: bytes = MAGIC) -> bytes:
    """The extension of a packet, as the standard has it."""
    return b"\x21\xff\x0bXMP DataXMP" + packet + trailer


def xmp_in_blocks(packet: bytes, step: int = 255) -> bytes:
    """The extension of a packet, as writers make it that take it for any other."""
    return b"\x21\xff\x0bXMP DataXMP" + blocks(packet, step) + b"\0"


def _saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "GIF", **options)
    return file.getvalue()


def still() -> bytes:
    """One image, by hand."""
    return gif(_image())


def animated() -> bytes:
    """Three frames, two with colour tables of their own, looped."""
    return gif(LOOP, _DELAY, _image(), _DELAY, _image(local=50), _DELAY, _image(local=90))


def _by_pillow() -> bytes:
    frames = [picture((40, 30)).rotate(90 * n) for n in range(3)]
    return _saved(frames[0], save_all=True, append_images=frames[1:], duration=100, loop=0, comment=b"by hand")


FLAVOURS: dict[str, Callable[[], bytes]] = {
    "still": still,
    "87a": lambda: gif(_image(), version=b"87a"),
    "animated": animated,
    "interlaced": lambda: gif(_image(interlaced=True, size=4)),
    "local tables only": lambda: gif(_image(local=7), table=False),
    "comments": lambda: gif(COMMENT, _image(), COMMENT),
    "delay before comment": lambda: gif(_DELAY, COMMENT, _image()),
    "trailing bytes": lambda: gif(_image(), tail=b"\x3btrailing!"),
    "no end mark": lambda: gif(_image(), tail=b""),
    "stray zeros": lambda: gif(_image(), b"\0\0", _image()),
    "animated by Pillow": _by_pillow,
    "87a by Pillow": lambda: _saved(picture((300, 200)).quantize(200)),
}


def parts(data: bytes) -> list[bytes]:
    """A file cut up: header, screen with its table, every block, and what is behind them."""
    at = 13 + _table(data[10])
    found = [data[:6], data[6:at]]
    while at < len(data) and data[at] in b"\x21\x2c\0":
        start = at
        at = _behind(data, at)
        found.append(data[start:at])
    return [*found, data[at:]]


def _behind(data: bytes, at: int) -> int:
    if data[at] == 0:
        return at + 1
    at += 2 if data[at] == 0x21 else 11 + _table(data[at + 9])
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
