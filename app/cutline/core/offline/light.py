"""How light lies on a picture: bright or dark, hard or soft, coloured or not.

small RGB picture ─> YCbCr histograms ─┬─ luma: percentiles of CIE lightness L* ─> dark, bright, contrast
                                       └─ chroma: narrow around grey ─> black and white; one tint ─> sepia, monochrome
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Tone = Literal["color", "black_and_white", "sepia", "monochrome"]
Frame = Literal["landscape", "portrait", "square", "panorama"]

_PANORAMA = 2.0  # width to height
_SQUARE = 1.03
_NEUTRAL = 6  # levels of Cb and Cr that JPEG noise takes grey away from 128
_NEUTRAL_MEAN = 1.5  # the same for the mean over the picture
_STRAYS = 0.001  # of the pixels may be farther
_RESIDUE = (0.8, 0.2, 2.6)  # levels that a toned picture's chroma strays from what its luma says: least, by tint, most
_RANGE = 25.0  # of L*, below which a picture is one flat tone and not black and white
_STRONGEST = 35.0  # levels: more colour than a toned print has
_TURN = 0.35  # tangent of the angle that the tint of one luma may be turned against the whole
_ROUNDING = 1.5  # levels
_FEW = 0.02  # of the middle tones: too few to judge a luma's tint by
_SIDE = 48  # pixels, of what is looked at for a tint
_MIDDLE = range(32, 224)  # of luma
_LEAST_MIDDLE = 0.25  # of the picture
_SEPIA = (120.0, 165.0)  # degrees of atan2(Cr, Cb): from yellow to orange


@dataclass(frozen=True, slots=True)
class Light:
    """The tones of a picture. Lightnesses are CIE L*, 0-100."""

    mean: float
    low: float
    """The 5th percentile."""
    high: float
    """The 95th percentile."""
    deviation: float
    tone: Tone

    @property
    def key(self) -> Literal["dark", "bright"] | None:
        """Whether most of the picture is dark, or bright."""
        if self.mean < 25 and self.low < 20:
            return "dark"
        return "bright" if self.mean > 80 and self.high > 88 else None

    @property
    def contrast(self) -> Literal["high_contrast", "low_contrast"] | None:
        """Whether tones run hard from black to white, or lie close together."""
        if self.low < 10 and self.high > 88 and self.deviation > 30:
            return "high_contrast"
        return "low_contrast" if 4 < self.high - self.low < _RANGE else None


def frame_of(width: int, height: int) -> Frame:
    """The shape of a picture: a panorama is at least twice as wide as high."""
    if width >= _PANORAMA * height:
        return "panorama"
    if max(width, height) <= _SQUARE * min(width, height):
        return "square"
    return "landscape" if width > height else "portrait"


def light_of(picture: "Image") -> Light:
    """The tones of `picture` (mode RGB, small)."""
    parts = picture.convert("YCbCr")
    histogram = parts.histogram()
    luma, blue, red = histogram[:256], histogram[256:512], histogram[512:]
    total = sum(luma)
    mean = sum(count * _LIGHTNESS[level] for level, count in enumerate(luma)) / total
    variance = sum(count * (_LIGHTNESS[level] - mean) ** 2 for level, count in enumerate(luma)) / total
    low, high = (_LIGHTNESS[_percentile(luma, share * total)] for share in (0.05, 0.95))
    spread = _LIGHTNESS[_percentile(luma, 0.99 * total)] - _LIGHTNESS[_percentile(luma, 0.01 * total)]
    tone: Tone = "color"
    if spread >= _RANGE and _neutral(blue, total) and _neutral(red, total):
        tone = "black_and_white"
    elif spread >= _RANGE and _one_sided(blue, total) and _one_sided(red, total):
        tone = _toned(parts)
    return Light(mean, low, high, math.sqrt(variance), tone)


def _lightness(level: int) -> float:
    """CIE L* of a grey of that sRGB level."""
    signal = level / 255
    light = signal / 12.92 if signal <= 0.04045 else ((signal + 0.055) / 1.055) ** 2.4
    return 116 * math.cbrt(light) - 16 if light > 216 / 24389 else light * 24389 / 27


_LIGHTNESS = [_lightness(level) for level in range(256)]


def _percentile(histogram: list[int], wanted: float) -> int:
    seen = 0
    for level, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return level
    return 255


def _stray(histogram: list[int]) -> float:
    return sum(abs(level - 128) * count for level, count in enumerate(histogram)) / sum(histogram)


def _neutral(histogram: list[int], total: int) -> bool:
    strays = total - sum(histogram[128 - _NEUTRAL : 128 + _NEUTRAL + 1])
    return strays <= _STRAYS * total and _stray(histogram) < _NEUTRAL_MEAN


def _one_sided(histogram: list[int], total: int) -> bool:
    """Whether nearly all pixels lean to one side of grey, and none too far: where not, there is no single tint."""
    low, high = (_percentile(histogram, share * total) - 128 for share in (0.02, 0.98))
    return (low >= -_NEUTRAL or high <= _NEUTRAL) and low >= -2 * _STRONGEST and high <= 2 * _STRONGEST


def _toned(parts: "Image") -> Tone:
    """Whether the middle tones have one tint, whose strength follows from luma alone, as in a toned print.

    Black and white themselves take little tint, so they say nothing.
    """
    pixels = [(count, *_triple(color)) for count, color in parts.resize((_SIDE, _SIDE)).getcolors(_SIDE**2) or []]
    middle = [(count, luma >> 3, blue - 128, red - 128) for count, luma, blue, red in pixels if luma in _MIDDLE]
    total = sum(count for count, *_ in middle)
    if total < _LEAST_MIDDLE * _SIDE**2:
        return "color"
    means = _means_by_luma(middle)
    blue, red = (sum(count * color[at] for count, *color in middle) / total for at in (1, 2))
    strayed = sum(count * math.dist((cb, cr), means[luma][1:]) for count, luma, cb, cr in middle) / total
    tint = math.hypot(blue, red)
    least, by_tint, most = _RESIDUE
    if not _NEUTRAL_MEAN <= tint <= _STRONGEST or strayed > max(least, min(by_tint * tint, most)):
        return "color"
    if any(count > _FEW * total and _turned((blue, red), mean) for count, *mean in means.values()):
        return "color"
    return "sepia" if _SEPIA[0] <= math.degrees(math.atan2(red, blue)) <= _SEPIA[1] else "monochrome"


def _means_by_luma(pixels: list[tuple[int, int, int, int]]) -> dict[int, tuple[int, float, float]]:
    """For each level of luma how many pixels it has, and their mean Cb and Cr."""
    sums: dict[int, list[int]] = {}
    for count, luma, blue, red in pixels:
        total = sums.setdefault(luma, [0, 0, 0])
        total[0] += count
        total[1] += count * blue
        total[2] += count * red
    return {luma: (count, blue / count, red / count) for luma, (count, blue, red) in sums.items()}


def _turned(whole: Sequence[float], part: Sequence[float]) -> bool:
    """Whether the tint of a part has another hue than the whole, by more than rounding does."""
    strength = math.hypot(*whole)
    along = (part[0] * whole[0] + part[1] * whole[1]) / strength
    aside = abs(part[0] * whole[1] - part[1] * whole[0]) / strength
    return along < -_ROUNDING or aside > max(_ROUNDING, _TURN * abs(along))


def _triple(color: object) -> tuple[int, int, int]:
    assert isinstance(color, tuple)
    return color[0], color[1], color[2]
