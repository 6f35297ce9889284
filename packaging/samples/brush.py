"""The painter's tools: noise, gradients, glows, ridges, water and film grain, all repeatable from a seed.

Sizes are (width, height) in pixels, colours (red, green, blue) in 0-255, positions and stops fractions of a size.
"""

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Size = tuple[int, int]
Color = tuple[int, int, int]
Stops = Sequence[tuple[float, Color]]


def mixed(a: Color, b: Color, share: float) -> Color:
    """`a` with that share of `b`."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def gradient(size: Size, stops: Stops) -> Image.Image:
    """Colours from top to bottom."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        column.putpixel((0, y), _at(stops, y / max(1, size[1] - 1)))
    return column.resize(size)


def ramp(size: Size, *stops: tuple[float, int]) -> Image.Image:
    """A mask from top to bottom."""
    return gradient(size, [(at, (value, value, value)) for at, value in stops]).getchannel("R")


def _at(stops: Stops, where: float) -> Color:
    for (start, a), (end, b) in pairwise(stops):
        if where <= end:
            share = (where - start) / (end - start)
            return mixed(a, b, max(0.0, share) ** 2 * (3 - 2 * max(0.0, share)))
    return stops[-1][1]


def noise(size: Size, cell: Size, seed: int, octaves: int = 5) -> Image.Image:
    """Clouds in grey around 128: smooth noise whose largest spots are `cell` pixels, with finer ones upon them."""
    total: Image.Image | None = None
    for octave in range(octaves):
        rows = [max(2, size[i] * 2**octave // cell[i] + 2) for i in (0, 1)]
        rows = [min(rows[i], size[i]) for i in (0, 1)]
        raw = random.Random(seed * 31 + octave).randbytes(rows[0] * rows[1])
        layer = Image.frombytes("L", (rows[0], rows[1]), raw).resize(size, Image.Resampling.BICUBIC)
        total = layer if total is None else Image.blend(total, layer, 0.5 ** (octave * 0.55 + 0.55))
    assert total is not None
    return total


def curve(mask: Image.Image, low: float, high: float, gain: float = 1.0) -> Image.Image:
    """`mask` stretched so that `low` becomes 0 and `high` `gain` * 255."""
    return mask.point(lambda v: max(0.0, min(1.0, (v - low) / (high - low))) * 255 * gain)


def glow(size: Size, centre: tuple[float, float], radius: tuple[float, float], power: float = 2.0) -> Image.Image:
    """A round mask that fades from its centre; `radius` in pixels."""
    spot = ImageChops.invert(Image.radial_gradient("L")).point(lambda v: 255 * (max(0, v - 75) / 180) ** power)
    spot = spot.resize((max(1, round(2 * radius[0])), max(1, round(2 * radius[1]))), Image.Resampling.BICUBIC)
    mask = Image.new("L", size)
    mask.paste(spot, (round(centre[0] * size[0] - radius[0]), round(centre[1] * size[1] - radius[1])))
    return mask


def lit(image: Image.Image, color: Color, mask: Image.Image) -> Image.Image:
    """Light of that colour added where the mask is bright."""
    light = ImageChops.multiply(Image.new("RGB", image.size, color), Image.merge("RGB", [mask] * 3))
    return ImageChops.screen(image, light)


def shaded(image: Image.Image, mask: Image.Image) -> Image.Image:
    """`image` darkened where the mask is dark."""
    return ImageChops.multiply(image, Image.merge("RGB", [mask] * 3))


def laid(image: Image.Image, over: Image.Image | Color, mask: Image.Image) -> Image.Image:
    """`over`, a picture or a colour, upon `image` where the mask is bright."""
    layer = over if isinstance(over, Image.Image) else Image.new("RGB", image.size, over)
    return Image.composite(layer, image, mask)


def ridge(width: int, base: float, height: float, seed: int, roughness: float = 0.55) -> list[float]:
    """The heights (y, in pixels, downwards) of a chain of hills, by halving and shifting."""
    rng = random.Random(seed)
    points = [rng.uniform(-1, 1) for _ in range(5)]
    spread = 0.6
    while len(points) < width / 3:
        middles = [(a + b) / 2 + rng.uniform(-spread, spread) for a, b in pairwise(points)]
        points = [p for pair in zip(points, middles, strict=False) for p in pair] + points[-1:]
        spread *= roughness
    low, high = min(points), max(points)
    step = (len(points) - 1) / width
    return [base - height * (points[int(x * step)] - low) / (high - low) for x in range(width)]


def below(size: Size, line: Sequence[float]) -> Image.Image:
    """The mask of what lies below a line."""
    mask = Image.new("L", size)
    outline = [(float(x), y) for x, y in enumerate(line)]
    ImageDraw.Draw(mask).polygon([(0.0, float(size[1])), *outline, (float(size[0]), float(size[1]))], fill=255)
    return mask


def rippled(image: Image.Image, seed: int, strength: float) -> Image.Image:
    """`image` as a moving water mirrors it: shifted sideways and lengthwise, more towards the viewer (below)."""
    width, height = image.size
    waves = noise((width // 16 + 2, height // 3 + 2), (7, 2), seed, 3)
    mesh = []
    y = 0
    while y < height:
        near = (y + 1) / height
        tall = 3
        for x in range(0, width, 16):
            value = waves.getpixel((x // 16, min(y // 3, waves.height - 1)))
            assert isinstance(value, int | float)
            push = (value - 128) / 128 * strength * (0.15 + near)
            left, top = min(max(0.0, x + push * 0.6), width - 17.0), min(max(0.0, y + push * 1.6), height - tall - 1.0)
            quad = (left, top, left, top + tall, left + 16, top + tall, left + 16, top)
            mesh.append(((x, y, min(width, x + 16), min(height, y + tall)), quad))
        y += tall
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def vignette(image: Image.Image, depth: float = 0.35) -> Image.Image:
    """Darker corners."""
    spot = Image.radial_gradient("L").resize(image.size, Image.Resampling.BICUBIC)
    return shaded(image, spot.point(lambda v: 255 * (1 - depth * (v / 255) ** 2.2)))


def grain(image: Image.Image, amount: float, seed: int) -> Image.Image:
    """Film grain: soft, the same in all colours, least in the deepest shadows."""
    raw = random.Random(seed).randbytes(image.width * image.height)
    spots = Image.frombytes("L", image.size, raw).filter(ImageFilter.GaussianBlur(0.6))
    grey = Image.merge("RGB", [spots.point(lambda v: 128 + (v - 128) * amount)] * 3)
    return ImageChops.soft_light(image, grey)


def on_circle(centre: tuple[float, float], radius: float, angle: float) -> tuple[float, float]:
    """The point at `angle` (radians) on a circle."""
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def reduced(image: Image.Image, size: Size) -> Image.Image:
    """`image`, painted larger, in its final size."""
    return image.resize(size, Image.Resampling.LANCZOS)
