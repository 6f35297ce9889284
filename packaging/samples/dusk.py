"""A dusk over a lake."""

import random

from brush import (
    Size,
    below,
    curve,
    glow,
    gradient,
    grain,
    laid,
    lit,
    mixed,
    noise,
    ramp,
    reduced,
    ridge,
    rippled,
    shaded,
    vignette,
)
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps


def dusk(size: Size = (1200, 800)) -> Image.Image:
    """The sun going down behind hills, and a lake that mirrors it."""
    big = (size[0] * 2, size[1] * 2)
    horizon = round(big[1] * 0.57)
    sky_size = (big[0], horizon)
    sky = gradient(
        sky_size,
        [(0, (30, 40, 84)), (0.3, (82, 70, 122)), (0.55, (176, 98, 112)), (0.8, (242, 150, 92)), (1, (255, 206, 130))],
    )
    sky = lit(sky, (255, 190, 110), glow(sky_size, (0.64, 0.93), (1500, 700), 1.6))
    for seed, cell, low in ((4, (1500, 150), 138), (9, (700, 60), 150)):
        mask = ImageChops.multiply(
            curve(noise(sky_size, cell, seed, 6), low, low + 55, 0.8), ramp(sky_size, (0, 200), (0.7, 255), (1, 60))
        )
        colors = gradient(
            sky_size, [(0, (66, 56, 98)), (0.45, (150, 82, 104)), (0.8, (232, 118, 84)), (1, (255, 190, 120))]
        )
        sky = laid(sky, colors, mask)
        edge = ImageChops.subtract(ImageChops.offset(mask, 0, 10), mask)
        sky = lit(sky, (255, 176, 120), edge)
    sun = glow(sky_size, (0.64, 0.925), (60, 60), 0.15)
    sky = lit(sky, (255, 238, 196), curve(sun.filter(ImageFilter.GaussianBlur(3)), 20, 200))
    sky = lit(sky, (255, 214, 140), glow(sky_size, (0.64, 0.925), (420, 300), 2.4))
    for depth, (seed, height, color) in enumerate(
        ((21, 250, (176, 104, 110)), (35, 190, (118, 72, 96)), (52, 120, (64, 46, 74)), (77, 60, (34, 28, 50)))
    ):
        hills = below(sky_size, ridge(big[0], horizon - 20 + depth * 8, height, seed, 0.5))
        haze = gradient(sky_size, [(0, color), (0.75, color), (1, mixed(color, (255, 170, 110), 0.35 - depth * 0.08))])
        sky = laid(sky, haze, hills)
        sky = lit(
            sky,
            (255, 160, 90),
            ImageChops.multiply(glow(sky_size, (0.64, 0.93), (520, 260), 2.0), hills).point(lambda v: v * 0.4),
        )
    water = _lake(sky, (big[0], big[1] - horizon))
    whole = Image.new("RGB", big)
    whole.paste(sky, (0, 0))
    whole.paste(water, (0, horizon))
    whole = _reeds(_boat(whole, (big[0] * 0.27, big[1] * 0.7)), 3)
    return grain(vignette(reduced(whole, size), 0.3), 0.16, 1)


def _lake(sky: Image.Image, size: Size) -> Image.Image:
    mirror = ImageOps.flip(sky).resize((size[0], round(sky.height * 1.05))).crop((0, 0, *size))
    water = rippled(mirror.filter(ImageFilter.GaussianBlur(3)), 6, 46)
    water = shaded(water, ramp(size, (0, 225), (0.4, 185), (1, 110)))
    water = laid(water, (22, 26, 52), ramp(size, (0, 0), (0.5, 40), (1, 130)))
    for seed, tall, top, bottom in ((11, 5, 0.0, 0.35), (12, 9, 0.15, 0.65), (13, 16, 0.4, 1.0)):
        waves = curve(noise(size, (tall * 16, tall), seed, 2), 150, 190)
        band = ramp(
            size, (0, 0), (top + 0.01, 0), ((top + bottom) / 2, 255), (bottom, 0 if bottom < 1 else 200), (1.01, 0)
        )
        path = glow(size, (0.64, 0.0), (260 + tall * 22, size[1] * 1.25), 1.1)
        water = lit(water, (255, 196, 120), ImageChops.multiply(waves, ImageChops.multiply(band, path)))
        dark = ImageChops.multiply(curve(noise(size, (tall * 22, tall), seed + 40, 2), 140, 200, 0.45), band)
        water = laid(water, (20, 20, 44), dark)
    return water


def _boat(image: Image.Image, at: tuple[float, float]) -> Image.Image:
    x, y = at
    mask = Image.new("L", image.size)
    draw = ImageDraw.Draw(mask)
    draw.polygon([(x - 120, y - 26), (x + 130, y - 30), (x + 96, y + 6), (x - 84, y + 6)], fill=255)
    draw.ellipse((x - 22, y - 106, x + 4, y - 78), fill=255)
    draw.polygon([(x - 34, y - 22), (x - 26, y - 78), (x + 8, y - 78), (x + 20, y - 22)], fill=255)
    draw.line([(x - 4, y - 62), (x + 62, y - 40), (x + 150, y + 4)], fill=255, width=6)
    mirrored = ImageOps.flip(mask.crop((int(x) - 170, int(y) - 110, int(x) + 170, int(y) + 6)))
    soft = Image.new("L", image.size)
    soft.paste(rippled(mirrored.convert("RGB"), 8, 16).getchannel("R"), (int(x) - 170, int(y) + 5))
    image = laid(image, (24, 20, 36), soft.point(lambda v: v * 0.75).filter(ImageFilter.GaussianBlur(2)))
    return laid(image, (18, 15, 26), mask)


def _reeds(image: Image.Image, seed: int) -> Image.Image:
    rng = random.Random(seed)
    mask = Image.new("L", image.size)
    draw = ImageDraw.Draw(mask)
    for _ in range(150):
        x = image.width * (0.99 - abs(rng.gauss(0, 0.085)))
        foot, top, lean = image.height + 10.0, image.height * rng.uniform(0.66, 0.92), rng.uniform(-70, 40)
        points = [(x + lean * (t / 12) ** 2, foot + (top - foot) * t / 12) for t in range(13)]
        for a, b, t in zip(points, points[1:], range(12), strict=False):
            draw.line([a, b], fill=255, width=max(2, 8 - t // 2))
        if rng.random() < 0.3:
            tip = points[-1]
            draw.ellipse((tip[0] - 8, tip[1] - 34, tip[0] + 8, tip[1] + 34), fill=255)
    return laid(image, (14, 13, 22), mask.filter(ImageFilter.GaussianBlur(1.2)))
