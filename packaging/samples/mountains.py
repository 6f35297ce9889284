"""Mountains behind a lake."""

import random

from brush import (
    Size,
    below,
    curve,
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


def mountains(size: Size = (1600, 560)) -> Image.Image:
    """Snowy mountains behind a lake, three times as wide as high."""
    big = (size[0] * 2, size[1] * 2)
    shore = round(big[1] * 0.74)
    sky = (big[0], shore)
    view = gradient(sky, [(0, (52, 104, 172)), (0.5, (128, 174, 214)), (1, (220, 232, 238))])
    clouds = ImageChops.multiply(
        curve(noise(sky, (900, 130), 43, 6), 128, 190), ramp(sky, (0, 110), (0.5, 240), (1, 120))
    )
    view = laid(view, (250, 250, 252), clouds)
    for layer, (seed, height, haze) in enumerate(((64, 610, 0.42), (83, 520, 0.2), (97, 300, 0.05))):
        view = _massif(view, ridge(big[0], shore - 20 + layer * 12, height, seed, 0.56), layer, haze)
    view = _firs(view)
    mirror = ImageOps.flip(view).crop((0, 0, big[0], big[1] - shore))
    water = rippled(mirror.filter(ImageFilter.GaussianBlur(2)), 12, 24)
    water = laid(
        shaded(water, ramp(water.size, (0, 235), (1, 165))), (40, 128, 138), ramp(water.size, (0, 60), (1, 150))
    )
    water = lit(water, (220, 240, 240), curve(noise(water.size, (500, 7), 4, 3), 150, 200, 0.25))
    whole = Image.new("RGB", big)
    whole.paste(view, (0, 0))
    whole.paste(water, (0, shore))
    return grain(vignette(reduced(whole, size), 0.2), 0.08, 8)


def _massif(view: Image.Image, line: list[float], layer: int, haze: float) -> Image.Image:
    size = view.size
    mask = below(size, line)
    light = _relief(size, layer)
    rock = laid(Image.new("RGB", size, (48, 54, 70)), (176, 158, 142), light)
    snow = laid(Image.new("RGB", size, (120, 146, 190)), (255, 252, 246), light)
    rock = laid(rock, mixed((58, 76, 50), (98, 110, 62), 0.4), ramp(size, (0, 0), (0.66, 0), (0.86, 190), (1, 255)))
    rock = shaded(rock, light.point(lambda v: 150 + v * 0.41))
    level = (0.56, 0.5, 0.3)[layer]
    height = ramp(size, (0, 255), (level - 0.22, 220), (level + 0.2, 20), (1, 0))
    patches = ImageChops.add(height, curve(noise(size, (120, 170), 520 + layer, 6), 70, 190), scale=1.0, offset=-118)
    tone = laid(rock, snow, curve(patches, 70, 120))
    tone = laid(tone, (178, 202, 224), Image.new("L", size, round(255 * haze)))
    tone = laid(tone, (206, 220, 230), ramp(size, (0, 0), (0.55, 0), (1, (150, 110, 60)[layer])))
    return laid(view, tone, mask.filter(ImageFilter.GaussianBlur(1)))


def _relief(size: Size, layer: int) -> Image.Image:
    """How light falls from the right on ridges that run down a slope."""
    light = Image.new("L", size, 128)
    for part, (wide, tall, share) in enumerate(((420, 700, 1.0), (170, 330, 0.5), (60, 130, 0.33), (22, 40, 0.25))):
        folds = noise(size, (wide, tall), 500 + layer * 10 + part, 2)
        sharp = folds.point(lambda v: 255 - abs(v - 128) * 2)  # ridges where the noise crosses its middle
        step = max(2, wide // 14)
        slope = ImageChops.subtract(sharp, ImageChops.offset(sharp, -step, step // 2), scale=0.34, offset=128)
        light = ImageChops.overlay(light, Image.blend(Image.new("L", size, 128), slope, share))
    return light.filter(ImageFilter.GaussianBlur(1.2))


def _firs(view: Image.Image) -> Image.Image:
    rng = random.Random(15)
    line = ridge(view.width, view.height + 4, 70, 61, 0.5)
    view = laid(view, (24, 40, 32), below(view.size, line))
    draw = ImageDraw.Draw(view)
    for _ in range(1300):
        x = rng.uniform(0, view.width - 1)
        foot, tall = line[int(x)] + 14, rng.uniform(22, 70)
        color = mixed((16, 32, 26), (58, 80, 48), rng.random() ** 2)
        for part in range(5):
            y, half = foot - tall * part / 5, tall * 0.2 * (1 - part / 5)
            draw.polygon([(x - half, y), (x + half, y), (x, y - tall * 0.34)], fill=color)
    return view
