"""A forest in the morning."""

import math
import random

from brush import (
    Color,
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
    on_circle,
    ramp,
    reduced,
    ridge,
    shaded,
    vignette,
)
from PIL import Image, ImageChops, ImageDraw, ImageFilter


def forest(size: Size = (1200, 800)) -> Image.Image:
    """Trees in the morning mist, with the sun behind them."""
    big = (size[0] * 2, size[1] * 2)
    view = gradient(
        big,
        [
            (0, (176, 192, 140)),
            (0.45, (236, 232, 180)),
            (0.66, (206, 208, 150)),
            (0.75, (96, 110, 60)),
            (1, (30, 38, 20)),
        ],
    )
    view = lit(view, (255, 240, 180), glow(big, (0.58, 0.36), (1200, 1000), 1.5))
    for depth in range(7):
        near = depth / 6
        view = _trees(view, depth, near)
        view = _floor(view, depth, near)
        view = lit(
            view, (250, 238, 180), glow(big, (0.58, 0.5), (1500, 900), 1.7).point(lambda v, n=near: v * 0.42 * (1 - n))
        )
    view = _shafts(view)
    return grain(vignette(reduced(view, size), 0.45), 0.12, 4)


def _trees(view: Image.Image, depth: int, near: float) -> Image.Image:
    rng = random.Random(200 + depth)
    mask = Image.new("L", view.size)
    draw = ImageDraw.Draw(mask)
    foot = view.height * (0.66 + 0.22 * near**1.6)
    for _ in range((34, 28, 22, 16, 11, 7, 4)[depth]):
        x = rng.uniform(0, view.width)
        if depth > 3 and abs(x / view.width - 0.56) < 0.14:
            x += view.width * 0.3 * (1 if x > view.width * 0.56 else -1)
        wide, lean = (10 + 120 * near**1.7) * rng.uniform(0.6, 1.25), rng.uniform(-60, 60) * (0.4 + near)
        base = foot + rng.uniform(-20, 40) * (0.4 + near)
        draw.polygon(
            [
                (x - wide * 0.75, base),
                (x - wide / 2, base - wide),
                (x + lean - wide * 0.3, -10),
                (x + lean + wide * 0.3, -10),
                (x + wide / 2, base - wide),
                (x + wide * 0.75, base),
            ],
            fill=255,
        )
        for _ in range(round(3 + 4 * (1 - near))):
            y, side = rng.uniform(0, base * 0.6), rng.choice((-1, 1))
            root = (x + lean * (1 - y / base), y)
            reach = rng.uniform(60, 260) * (0.4 + near)
            tip = (root[0] + side * reach, y - reach * rng.uniform(0.1, 0.6))
            draw.line([root, tip], fill=255, width=max(2, round(wide * 0.12)))
    color = mixed((188, 194, 138), (20, 22, 14), near**0.6)
    bark = noise(view.size, (max(6, round(40 * near) + 6), 300), 60 + depth, 3)
    tone = shaded(
        Image.new("RGB", view.size, mixed(color, (255, 240, 200), 0.12)),
        curve(bark, 60, 190).point(lambda v: 120 + v * 0.53),
    )
    view = laid(view, tone, mask.filter(ImageFilter.GaussianBlur(3.5 - 3 * near)))
    return _leaves(view, depth, near, color)


def _leaves(view: Image.Image, depth: int, near: float, bark: Color) -> Image.Image:
    cell = round(150 + 220 * near)
    clumps = curve(noise(view.size, (cell, round(cell * 0.7)), 300 + depth, 3), 118, 150)
    specks = curve(noise(view.size, (round(10 + 26 * near), round(8 + 20 * near)), 320 + depth, 2), 118, 136)
    top = ramp(view.size, (0, 255), (0.14 + 0.1 * (1 - near), 200), (0.42 - 0.08 * near, 0), (1, 0))
    mask = ImageChops.multiply(ImageChops.multiply(clumps, specks), top)
    light = mixed((204, 208, 120), (62, 84, 26), near**0.7)
    tint = laid(
        Image.new("RGB", view.size, mixed(bark, light, 0.7)),
        light,
        curve(noise(view.size, (60, 40), 340 + depth, 3), 110, 150),
    )
    return laid(view, tint, mask.filter(ImageFilter.GaussianBlur(2.4 - 2 * near)))


def _floor(view: Image.Image, depth: int, near: float) -> Image.Image:
    line = ridge(view.width, view.height * (0.69 + 0.25 * near**1.5), 30 + 60 * near, 410 + depth, 0.62)
    rng = random.Random(420 + depth)
    mask = below(view.size, line)
    draw = ImageDraw.Draw(mask)
    for _ in range(round(1500 - 900 * near)):
        x, tall = rng.uniform(0, view.width - 1), rng.uniform(6, 22) + 70 * near * rng.random()
        y = line[int(x)] + 6
        draw.line([(x, y), (x + rng.uniform(-0.7, 0.7) * tall, y - tall)], fill=255, width=2 + round(2 * near))
    ground = mixed((170, 176, 110), (26, 36, 14), near**0.55)
    moss = curve(noise(view.size, (round(60 + 160 * near), round(14 + 40 * near)), 430 + depth, 5), 90, 165)
    tone = laid(Image.new("RGB", view.size, ground), mixed(ground, (150, 150, 62), 0.45), moss)
    path = glow(view.size, (0.57, 0.97), (320 + 500 * near, 560), 1.2)
    tone = lit(tone, (190, 160, 90), ImageChops.multiply(path, moss).point(lambda v: v * 0.6 * (1 - 0.5 * near)))
    return laid(view, tone, mask.filter(ImageFilter.GaussianBlur(2.5 - 2 * near)))


def _shafts(view: Image.Image) -> Image.Image:
    rng = random.Random(9)
    mask = Image.new("L", view.size)
    sun = (view.width * 0.6, -view.height * 0.12)
    for _ in range(17):
        angle, wide = rng.uniform(0.28, 0.72) * math.pi, rng.uniform(0.006, 0.025)
        beam = Image.new("L", view.size)
        edges = [on_circle(sun, view.height * 1.25, angle + wide * side) for side in (-1, 1)]
        ImageDraw.Draw(beam).polygon([sun, *edges], fill=rng.randint(40, 110))
        mask = ImageChops.lighter(mask, beam.filter(ImageFilter.GaussianBlur(22)))
    mask = ImageChops.multiply(mask, ramp(view.size, (0, 230), (0.55, 200), (0.92, 0), (1, 0)))
    return lit(view, (255, 240, 180), mask)
