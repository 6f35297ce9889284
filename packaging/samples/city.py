"""A city at night, across the water."""

import random

from brush import Color, Size, curve, gradient, grain, laid, lit, mixed, noise, ramp, reduced, rippled, shaded, vignette
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps


def city(size: Size = (1200, 800)) -> Image.Image:
    """A waterfront at night, exposed for seconds: lights run down the water."""
    big = (size[0] * 2, size[1] * 2)
    shore = round(big[1] * 0.63)
    sky_size = (big[0], shore)
    view = gradient(sky_size, [(0, (10, 16, 44)), (0.45, (28, 36, 78)), (0.75, (84, 66, 100)), (1, (190, 124, 96))])
    view = laid(view, (96, 72, 92), curve(noise(sky_size, (1100, 200), 5, 6), 118, 190, 0.6))
    for layer, (count, tall, color) in enumerate(
        ((40, 0.46, (70, 60, 88)), (29, 0.66, (40, 38, 62)), (19, 0.5, (19, 20, 36)))
    ):
        view = _blocks(view, count, tall, color, layer)
        view = lit(view, (170, 110, 80), ramp(sky_size, (0, 0), (0.5, 0), (1, 110 - layer * 34)))
    view = _quay(view)
    lights = view.point(lambda v: max(0, v - 120) * 1.8)
    view = ImageChops.screen(view, lights.filter(ImageFilter.GaussianBlur(9)))
    view = ImageChops.screen(view, lights.filter(ImageFilter.GaussianBlur(34)).point(lambda v: v * 0.8))
    whole = Image.new("RGB", big)
    whole.paste(view, (0, 0))
    whole.paste(_smeared(view, (big[0], big[1] - shore)), (0, shore))
    return grain(vignette(reduced(whole, size), 0.4), 0.14, 2)


def _blocks(view: Image.Image, count: int, tall: float, color: Color, layer: int) -> Image.Image:
    rng = random.Random(100 + layer)
    view = view.copy()
    draw = ImageDraw.Draw(view)
    step = view.width / count
    lamps = ((255, 214, 140), (255, 236, 196), (255, 186, 108), (196, 222, 255), (255, 226, 170))
    for block in range(count + 1):
        width = step * rng.uniform(0.7, 1.25)
        left = block * step - width / 2 + rng.uniform(-0.2, 0.2) * step
        middle = 1 - abs((left / view.width) - 0.45) * 1.3
        top = view.height * (1 - tall * rng.uniform(0.35, 1.0) * (0.45 + 0.75 * max(0.1, middle)))
        shade = mixed(color, (70, 62, 90), rng.uniform(0, 0.25))
        draw.rectangle((left, top, left + width, view.height), fill=shade)
        if rng.random() < 0.3:
            draw.rectangle((left + width * 0.3, top - 26, left + width * 0.7, top), fill=shade)
        if rng.random() < 0.22 and layer:
            draw.line((left + width / 2, top - 90, left + width / 2, top), fill=shade, width=4)
            draw.ellipse((left + width / 2 - 5, top - 96, left + width / 2 + 5, top - 86), fill=(255, 70, 50))
        _windows(draw, rng, (left, top, width), view.height, lamps, layer, shade)
    return view


def _windows(
    draw: ImageDraw.ImageDraw,
    rng: random.Random,
    block: tuple[float, float, float],
    bottom: int,
    lamps: tuple[Color, ...],
    layer: int,
    wall: Color,
) -> None:
    left, top, width = block
    pitch = (8, 10, 13)[layer]
    share, office = rng.uniform(0.1, 0.55), rng.random() < 0.5
    lamp = rng.choice(lamps)
    y = top + pitch
    while y < bottom - 20:
        whole_floor = office and rng.random() < 0.3
        x = left + pitch * 0.6
        while x < left + width - pitch * 0.8:
            if whole_floor or rng.random() < share:
                tint = mixed(wall, lamp if office else rng.choice(lamps), rng.uniform(0.45, 1.0) * (0.6 + 0.2 * layer))
                draw.rectangle((x, y, x + pitch * 0.5, y + pitch * 0.55), fill=tint)
            x += pitch
        y += pitch * 1.25


def _quay(view: Image.Image) -> Image.Image:
    """Trees, lamps and a wall along the shore."""
    rng = random.Random(7)
    view = view.copy()
    draw = ImageDraw.Draw(view)
    base = view.height
    for _ in range(150):
        x, r = rng.uniform(0, view.width), rng.uniform(14, 36)
        draw.ellipse(
            (x - r, base - 22 - r * 1.2, x + r, base - 4), fill=mixed((10, 14, 18), (30, 34, 30), rng.random())
        )
    draw.rectangle((0, base - 16, view.width, base), fill=(16, 16, 22))
    for lamp in range(27):
        x = (lamp + 0.5) * view.width / 27 + rng.uniform(-6, 6)
        draw.line((x, base - 60, x, base - 14), fill=(20, 20, 26), width=4)
        draw.ellipse((x - 8, base - 70, x + 8, base - 54), fill=(255, 222, 160))
    return view


def _smeared(view: Image.Image, size: Size) -> Image.Image:
    mirror = ImageOps.flip(view).crop((0, 0, view.width, min(view.height, round(size[1] * 1.4)))).resize(size)
    smooth = mirror.resize((size[0] // 2, 9), Image.Resampling.BOX).resize(size, Image.Resampling.BICUBIC)
    water = Image.blend(rippled(mirror.filter(ImageFilter.GaussianBlur(4)), 17, 30), smooth, 0.75)
    lights = smooth.point(lambda v: max(0, v - 40) * 2.6).filter(ImageFilter.GaussianBlur(3))
    water = ImageChops.screen(
        shaded(water, ramp(size, (0, 220), (1, 120))), shaded(lights, ramp(size, (0, 255), (1, 40)))
    )
    waves = curve(noise(size, (420, 14), 23, 4), 90, 190)
    return shaded(water, waves.point(lambda v: 165 + v * 0.35))
