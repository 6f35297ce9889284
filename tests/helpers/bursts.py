"""Frames of bursts: pictures that look alike, as a camera takes them one right after the other."""

import random
from datetime import datetime
from pathlib import Path

import piexif
from PIL import Image, ImageDraw, ImageEnhance

from cutline.core.photo import Photo


def scene(seed: int) -> Image.Image:
    """A picture with large and small things in it."""
    dice = random.Random(seed)
    image = Image.new("RGB", (480, 320), tuple(dice.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for size in (200, 120, 80, 60, 40, 30, 20):
        for _ in range(4):
            x, y = dice.randrange(480), dice.randrange(320)
            draw.ellipse((x, y, x + size, y + size // 2), fill=tuple(dice.randrange(256) for _ in range(3)))
    return image


def frame(path: Path, seed: int, number: int = 0, taken: datetime | None = None) -> Photo:
    """Frame `number` of a burst: a little moved, a little brighter, compressed anew."""
    image = ImageEnhance.Brightness(scene(seed)).enhance(1 + number / 100)
    moved = image.transform(image.size, Image.Transform.AFFINE, (1, 0, 2 * number, 0, 1, number))
    stamp = (taken or datetime(2024, 5, 1, 12, 0, number)).strftime("%Y:%m:%d %H:%M:%S")
    exif = piexif.dump({"Exif": {piexif.ExifIFD.DateTimeOriginal: stamp.encode()}})
    moved.save(path, quality=90 - number, exif=exif)
    return Photo(path)
