"""Which colours a picture is dominated by, by name.

    small RGB picture ─> 32 levels a channel, counted ─> OKLCh ─> name (table) ─> families by share ─> the dominant ones

Names come from resources/offline/colors.toml: regions of OKLCh, the polar form of OKLab (Björn Ottosson, "A perceptual
color space for image processing", 2020), in which equal steps look equal.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from cutline.core.paths import resource

if TYPE_CHECKING:
    from PIL.Image import Image

_STEP = 8  # width of a level
_NEUTRAL = 0.03  # chroma, in the mean, of neutral colours
_LEAST_NEUTRAL = 0.22  # share of the picture from which a neutral colour dominates it
_LEAST_WEAK, _LEAST_STRONG = 0.17, 0.04  # the same for weak and for strong colours: the stronger, the sooner
_BESIDE_THE_FIRST = 0.15  # weight, of the first one's, that others must have
_MOST = 3
_ONE_SHADE = 0.6  # of a family, for the shade's own name

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Lch:
    """OKLCh: lightness 0-1, chroma 0-about 0.32, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True, slots=True)
class Dominant:
    """One of the colours that dominate a picture."""

    name: str
    """A row's name in the table, for example ``dark_blue``."""
    family: str
    rgb: RGB
    """Their mean."""
    share: float
    """Of the picture's area, 0-1."""

    @property
    def hex(self) -> str:
        """As in CSS: ``#1a2b3c``."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)


@dataclass(frozen=True, slots=True)
class _Region:
    name: str
    family: str
    hues: tuple[float, float]
    lightnesses: tuple[float, float]
    chromas: tuple[float, float]

    def holds(self, color: Lch) -> bool:
        low, high = self.hues
        hue = low <= color.hue < high if low <= high else color.hue >= low or color.hue < high
        return (
            hue
            and self.lightnesses[0] <= color.lightness < self.lightnesses[1]
            and self.chromas[0] <= color.chroma < self.chromas[1]
        )


@lru_cache(maxsize=1)
def _regions() -> tuple[_Region, ...]:
    rows = tomllib.loads(resource("offline/colors.toml").read_text(encoding="utf-8"))["rows"]
    return tuple(_Region(row[0], row[1], (row[2], row[3]), (row[4], row[5]), (row[6], row[7])) for row in rows)


@lru_cache(maxsize=1)
def families() -> dict[str, str]:
    """The family of each colour name."""
    return {region.name: region.family for region in _regions()}


@lru_cache(maxsize=256)
def _linear(value: int) -> float:
    """The light of an sRGB value 0-255 (IEC 61966-2-1)."""
    signal = value / 255
    return signal / 12.92 if signal <= 0.04045 else ((signal + 0.055) / 1.055) ** 2.4


def lch(rgb: RGB) -> Lch:
    """An sRGB colour in OKLCh."""
    r, g, b = (_linear(value) for value in rgb)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Lch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def name_of(rgb: RGB) -> str:
    """The name of an sRGB colour, of the table's."""
    color = lch(rgb)
    return next(region.name for region in _regions() if region.holds(color))


@lru_cache(maxsize=32_768)
def _look(rgb: RGB) -> tuple[str, float]:
    """Name and chroma of a colour."""
    return name_of(rgb), lch(rgb).chroma


@dataclass(slots=True)
class _Group:
    """Pixels counted under one name, with the sums of what they are made of."""

    count: int = 0
    chroma: float = 0.0
    red: int = 0
    green: int = 0
    blue: int = 0

    def add(self, other: "_Group") -> None:
        self.count += other.count
        self.chroma += other.chroma
        self.red += other.red
        self.green += other.green
        self.blue += other.blue

    @property
    def rgb(self) -> RGB:
        return round(self.red / self.count), round(self.green / self.count), round(self.blue / self.count)


def dominant(picture: "Image") -> tuple[Dominant, ...]:
    """The at most three colours that dominate `picture` (mode RGB, small), the weightiest first."""
    total = picture.width * picture.height
    shades = _shades(picture, total)
    weighed = sorted(
        ((_weight(group, total), family, names) for family, group, names in _by_family(shades)),
        key=lambda item: (-item[0], item[1]),
    )
    chosen = [item for item in weighed if item[0] > 0 and item[0] >= _BESIDE_THE_FIRST * weighed[0][0]]
    return tuple(_dominant(family, names, shades, total) for _, family, names in chosen[:_MOST])


def _shades(picture: "Image", total: int) -> dict[str, _Group]:
    """The pixels of `picture` by the name of their colour."""
    shades: dict[str, _Group] = defaultdict(_Group)
    levels = picture.point([value // _STEP * _STEP + _STEP // 2 for value in range(256)] * 3)
    for count, color in levels.getcolors(total) or []:
        name, chroma = _look(cast("RGB", color))
        red, green, blue = cast("RGB", color)
        group = shades[name]
        group.count += count
        group.chroma += count * chroma
        group.red += count * red
        group.green += count * green
        group.blue += count * blue
    return shades


def _by_family(shades: dict[str, _Group]) -> Iterator[tuple[str, _Group, list[str]]]:
    members: dict[str, list[str]] = defaultdict(list)
    for name in shades:
        members[families()[name]].append(name)
    for family, names in members.items():
        yield family, _whole(names, shades), names


def _whole(names: list[str], shades: dict[str, _Group]) -> _Group:
    whole = _Group()
    for name in names:
        whole.add(shades[name])
    return whole


def _weight(group: _Group, total: int) -> float:
    """How much a family counts: its area, more for strong colours, less for neutral ones; 0: it does not dominate."""
    share, chroma = group.count / total, group.chroma / group.count
    if chroma < _NEUTRAL:
        return share * 0.5 if share >= _LEAST_NEUTRAL else 0.0
    least = max(_LEAST_STRONG, _LEAST_WEAK - chroma)
    return share * min(0.4 + 8 * chroma, 1.7) if share >= least else 0.0


def _dominant(family: str, names: list[str], shades: dict[str, _Group], total: int) -> Dominant:
    """One shade's name where it makes up most of the family, else the plain one."""
    whole = _whole(names, shades)
    largest = max(names, key=lambda name: (shades[name].count, name))
    if shades[largest].count >= _ONE_SHADE * whole.count or family not in families():
        return Dominant(largest, family, shades[largest].rgb, shades[largest].count / total)
    return Dominant(family, family, whole.rgb, whole.count / total)
