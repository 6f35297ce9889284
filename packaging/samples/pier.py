"""An old pier in the fog, in black and white."""

import random

from brush import Size, below, curve, glow, gradient, laid, mixed, noise, ramp, reduced, ridge, vignette
from PIL import Image, ImageChops, ImageDraw, ImageFilter


def pier(size: Size = (1200, 800)) -> Image.Image:
    """Posts of an old pier that lead into the fog; black and white."""
    big = (size[0] * 2, size[1] * 2)
    horizon = 0.46
    view = gradient(
        big,
        [
            (0, (150, 150, 150)),
            (0.3, (205, 205, 205)),
            (horizon, (232, 232, 232)),
            (0.6, (205, 205, 205)),
            (1, (92, 92, 92)),
        ],
    )
    view = laid(
        view,
        (120, 120, 120),
        ImageChops.multiply(
            curve(noise(big, (1700, 420), 3, 5), 110, 210, 0.5), ramp(big, (0, 255), (horizon, 0), (1, 0))
        ),
    )
    far = ridge(big[0], big[1] * 0.458, 90, 14, 0.5)
    view = laid(
        view,
        (214, 214, 214),
        ImageChops.multiply(below(big, far), ramp(big, (0, 255), (0.458, 255), (0.466, 0), (1, 0))).filter(
            ImageFilter.GaussianBlur(6)
        ),
    )
    streaks = ImageChops.multiply(
        curve(noise(big, (2200, 60), 8, 4), 100, 200, 0.35), ramp(big, (0, 0), (horizon, 0), (1, 255))
    )
    view = laid(view, (60, 60, 60), streaks)
    rng = random.Random(5)
    for row in range(26, -1, -1):
        away = 0.88**row
        for side in (-1, 1):
            view = _post(
                view, rng, (0.5 + side * 0.36 * 1.1 * away - 0.06 * (1 - away), horizon + 0.42 * away), away, row
            )
    view = laid(view, (226, 226, 226), glow(big, (0.45, horizon), (1200, 200), 1.4).point(lambda v: v * 0.75))
    return vignette(reduced(view, size), 0.4).convert("L")


def _post(view: Image.Image, rng: random.Random, foot: tuple[float, float], away: float, row: int) -> Image.Image:
    x, y = foot[0] * view.width + rng.uniform(-14, 14) * away, foot[1] * view.height
    wide, tall, lean = 52 * away, (430 + rng.uniform(-120, 60)) * away, rng.uniform(-20, 20) * away
    if rng.random() < 0.12:
        tall *= 0.4
    fog = min(0.9, 1 - away**0.8)
    mask, mirror = Image.new("L", view.size), Image.new("L", view.size)
    ImageDraw.Draw(mask).polygon(
        [
            (x - wide / 2, y),
            (x - wide / 2.3 + lean, y - tall),
            (x + wide / 2.3 + lean, y - tall - wide * 0.12),
            (x + wide / 2, y),
        ],
        fill=255,
    )
    ImageDraw.Draw(mirror).polygon(
        [(x - wide / 2, y), (x + wide / 2, y), (x + wide / 2 + lean, y + tall), (x - wide / 2 + lean, y + tall)],
        fill=255,
    )
    fade = ramp(view.size, (0, 0), (y / view.height, 170), (min(0.999, (y + tall * 0.9) / view.height), 0), (1, 0))
    view = laid(
        view,
        mixed((38, 38, 38), (200, 200, 200), fog),
        ImageChops.multiply(mirror.filter(ImageFilter.GaussianBlur(7 * away + 1)), fade),
    )
    wood = noise(
        (max(8, int(wide * 1.6)), max(8, int(tall * 1.2))),
        (max(2, int(14 * away)), max(4, int(200 * away))),
        row + 60,
        4,
    )
    grey = mixed((30, 30, 30), (222, 222, 222), fog)
    side_light = Image.linear_gradient("L").rotate(90).resize(wood.size)
    tone = Image.blend(wood, side_light, 0.45).point(lambda v: grey[0] + (v - 110) * 0.42 * (1 - fog))
    layer = view.copy()
    layer.paste(Image.merge("RGB", [tone] * 3), (round(x - wide * 0.8), round(y - tall * 1.1)))
    return laid(view, layer, mask.filter(ImageFilter.GaussianBlur(1)))
