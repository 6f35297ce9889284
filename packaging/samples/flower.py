"""A flower close up."""

import math
import random

from brush import (
    Size,
    Stops,
    curve,
    glow,
    gradient,
    grain,
    laid,
    lit,
    mixed,
    noise,
    on_circle,
    reduced,
    shaded,
    vignette,
)
from PIL import Image, ImageChops, ImageDraw, ImageFilter

_GOLDEN = math.pi * (3 - math.sqrt(5))


def flower(size: Size = (800, 1200)) -> Image.Image:
    """One flower close up, the garden behind it out of focus."""
    big = (size[0] * 2, size[1] * 2)
    view = _blurred_garden(big)
    centre = (big[0] * 0.5, big[1] * 0.4)
    view = _stem(view, centre)
    rng = random.Random(31)
    for ring, (count, length, wide) in enumerate(((21, 690, 150), (19, 600, 140), (17, 470, 120))):
        upper_first = sorted((math.sin(2 * math.pi * petal / count), petal) for petal in range(count))
        for _, petal in upper_first:
            angle = 2 * math.pi * (petal + 0.33 * ring) / count + rng.uniform(-0.07, 0.07)
            form = length * rng.uniform(0.93, 1.05), wide * rng.uniform(0.85, 1.1)
            view = _petal(view, centre, angle, form, ring, rng)
    view = _florets(view, centre, 205)
    return grain(vignette(reduced(view, size), 0.3), 0.08, 6)


def _blurred_garden(size: Size) -> Image.Image:
    rng = random.Random(77)
    view = gradient(size, [(0, (58, 92, 52)), (0.4, (92, 126, 62)), (0.7, (44, 78, 40)), (1, (16, 34, 20))])
    draw = ImageDraw.Draw(view)
    for _ in range(120):
        x, y, r = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(60, 230)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=mixed((24, 60, 30), (142, 172, 80), rng.random() ** 1.5))
    view = view.filter(ImageFilter.GaussianBlur(70))
    for _ in range(46):
        x, y, r = rng.uniform(0, 1), rng.random() ** 1.4 * 0.8, rng.uniform(36, 100)
        disc = Image.new("L", size)
        ImageDraw.Draw(disc).ellipse(
            (x * size[0] - r, y * size[1] - r, x * size[0] + r, y * size[1] + r), fill=rng.randint(22, 84)
        )
        view = lit(
            view,
            rng.choice(((226, 236, 150), (250, 240, 190), (196, 226, 140), (255, 204, 170))),
            disc.filter(ImageFilter.GaussianBlur(7)),
        )
    return view


def _stem(view: Image.Image, centre: tuple[float, float]) -> Image.Image:
    mask = Image.new("L", view.size)
    draw = ImageDraw.Draw(mask)
    for step in range(260):
        t = step / 259
        x, y = centre[0] + 90 * math.sin(t * 1.7) * t, centre[1] + t * (view.height - centre[1] + 60)
        draw.ellipse((x - 31, y - 31, x + 31, y + 31), fill=255)
    side = ImageChops.offset(mask, -20, 0)
    view = laid(view, (70, 106, 44), mask.filter(ImageFilter.GaussianBlur(3)))
    view = lit(
        view,
        (150, 180, 90),
        ImageChops.multiply(ImageChops.subtract(mask, side), mask).filter(ImageFilter.GaussianBlur(9)),
    )
    return laid(
        view,
        (20, 40, 16),
        ImageChops.subtract(mask, ImageChops.offset(mask, 22, 0))
        .filter(ImageFilter.GaussianBlur(9))
        .point(lambda v: v * 0.7),
    )


def _petal(
    view: Image.Image,
    centre: tuple[float, float],
    angle: float,
    form: tuple[float, float],
    ring: int,
    rng: random.Random,
) -> Image.Image:
    length, wide = (round(v) for v in form)
    whole = (2 * length, 2 * length)
    board, cut = Image.new("RGB", whole), Image.new("L", whole)
    board.paste(_tone((length, wide * 2), angle, ring, rng.randint(0, 10**6)), (length, length - wide))
    ImageDraw.Draw(cut).polygon([(length + x, length + y) for x, y in _outline(length, wide)], fill=255)
    squash = (2 * length, round(2 * length * 0.93))
    board, cut = (layer.rotate(-math.degrees(angle), Image.Resampling.BICUBIC).resize(squash) for layer in (board, cut))
    at = (round(centre[0] - length), round(centre[1] - squash[1] / 2))
    shadow = Image.new("L", view.size)
    shadow.paste(cut.point(lambda v: v * 0.45), (at[0] + 8, at[1] + 16))
    view = laid(view, (50, 4, 24), shadow.filter(ImageFilter.GaussianBlur(12)))
    view.paste(board, at, cut.filter(ImageFilter.GaussianBlur(1.2)))
    return view


def _outline(length: int, wide: int) -> list[tuple[float, float]]:
    """Of a petal that points to the right, from the middle of its foot."""
    steps = [step / 40 for step in range(41)]
    half = [wide * 0.86 * abs(math.sin(math.pi * t**0.8)) ** 0.55 * (0.55 + 0.45 * t) for t in steps]
    upper = [(length * t, -h) for t, h in zip(steps, half, strict=True)]
    return upper + [(x, -y) for x, y in reversed(upper)]


def _tone(size: Size, angle: float, ring: int, seed: int) -> Image.Image:
    """The colour of a petal: darker at its foot and edges, veined, lighter towards the sun."""
    stops: Stops = [(0, (140, 0, 44)), (0.3, (226, 22, 84)), (0.75, (255, 84, 118)), (1, (255, 150, 160))]
    tone = gradient((size[1], size[0]), stops).rotate(90, expand=True)
    veins = noise(size, (round(size[0] * 0.8), 12), seed, 3)
    tone = shaded(tone, curve(veins, 60, 170).point(lambda v: 212 + v * 0.17))
    across = Image.linear_gradient("L").resize(size).point(lambda v: 255 - abs(v - 128) * (0.55 + 0.2 * ring))
    tone = shaded(tone, across)
    sunny = 0.5 - 0.5 * math.sin(angle + 0.5)
    tone = Image.blend(tone, ImageChops.screen(tone, tone), 0.3 * sunny)
    return tone.point(lambda v: v * (0.78 + 0.22 * sunny))


def _florets(view: Image.Image, centre: tuple[float, float], radius: float) -> Image.Image:
    view = laid(
        view,
        (46, 12, 14),
        glow(view.size, (centre[0] / view.width, centre[1] / view.height), (radius * 1.5, radius * 1.4), 0.7).point(
            lambda v: v * 0.85
        ),
    )
    draw = ImageDraw.Draw(view)
    for seed in range(760):
        share = math.sqrt(seed / 760)
        x, y = on_circle(centre, radius * share, seed * _GOLDEN)
        y = centre[1] + (y - centre[1]) * 0.92
        light = 0.5 - 0.5 * ((y - centre[1]) / radius) * 0.8
        inner = mixed((92, 96, 30), (236, 176, 40), min(1, share * 1.3))
        dot = 5 + 4 * share
        draw.ellipse((x - dot, y - dot + 3, x + dot, y + dot + 4), fill=(52, 20, 10))
        draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=mixed((96, 44, 12), inner, 0.35 + 0.65 * light))
        draw.ellipse((x - dot * 0.5, y - dot * 0.7, x + dot * 0.2, y), fill=mixed(inner, (255, 240, 170), 0.6 * light))
    return view
