"""Pictures for tests, made in code."""

import random
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import piexif
from PIL import Image

Color = tuple[int, int, int]

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 40), (30, 50, 210), (235, 220, 40)
CORNERS = (RED, GREEN, BLUE, YELLOW)
"""Top left, top right, bottom left, bottom right of `quarters`."""

TURNED = {
    1: (RED, GREEN, BLUE, YELLOW),
    2: (GREEN, RED, YELLOW, BLUE),
    3: (YELLOW, BLUE, GREEN, RED),
    4: (BLUE, YELLOW, RED, GREEN),
    5: (RED, BLUE, GREEN, YELLOW),
    6: (BLUE, RED, YELLOW, GREEN),
    7: (YELLOW, GREEN, BLUE, RED),
    8: (GREEN, YELLOW, RED, BLUE),
}
"""What stands where when `quarters` is shown as its Orientation says (EXIF 3.0, 4.6.5; drawn by hand)."""


def quarters(size: tuple[int, int] = (96, 64), colors: Sequence[Color] = CORNERS) -> Image.Image:
    """A picture of four plain quarters: top left, top right, bottom left, bottom right."""
    small = Image.new("RGB", (2, 2))
    small.putdata(list(colors))
    return small.resize(size, Image.Resampling.NEAREST)


def corners(image: Image.Image) -> list[Color]:
    """The colours in the middle of the four quarters of an RGB picture."""
    width, height = image.size
    places = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    pixels = image.load()
    assert pixels is not None
    return [pixels[place] for place in places]  # type: ignore[misc]


def alike(seen: Sequence[Color], wanted: Sequence[Color], tolerance: int = 12) -> bool:
    """Whether two rows of colours are the same, give or take what lossy formats change."""
    pairs = zip(seen, wanted, strict=True)
    return all(abs(a - b) <= tolerance for one, other in pairs for a, b in zip(one, other, strict=True))


def noise(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """What compresses worst."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(3 * size[0] * size[1]))


def exif(orientation: int = 1, thumbnail: bytes | None = None) -> bytes:
    """An EXIF block with names, a position and an orientation, and perhaps a thumbnail."""
    main = {
        piexif.ImageIFD.Orientation: orientation,
        piexif.ImageIFD.Make: "Halden",
        piexif.ImageIFD.Artist: "Ana Secret",
    }
    place = {
        piexif.GPSIFD.GPSLatitudeRef: "N",
        piexif.GPSIFD.GPSLatitude: ((47, 1), (22, 1), (0, 1)),
        piexif.GPSIFD.GPSLongitudeRef: "E",
        piexif.GPSIFD.GPSLongitude: ((8, 1), (32, 1), (0, 1)),
    }
    blocks: dict[str, object] = {"0th": main, "Exif": {piexif.ExifIFD.MakerNote: b"maker\0note"}, "GPS": place}
    if thumbnail is not None:
        blocks |= {"1st": {piexif.ImageIFD.Compression: 6}, "thumbnail": thumbnail}
    block: bytes = piexif.dump(blocks)
    return block


def png(width: int, height: int, rows: bytes, depth: int = 8, color: int = 2) -> bytes:
    """A PNG by hand; `rows` is the data before compression."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def saved(image: Image.Image, path: Path, **options: Any) -> Path:
    """`image` in the file at `path`."""
    image.save(path, **options)
    return path
