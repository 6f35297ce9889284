"""Colours by name: the table against colours whose names people agree on, and what dominates a picture."""

import math
import random
import tomllib

import pytest
from PIL import Image, ImageDraw

from cutline.core.offline.colors import RGB, dominant, families, lch, name_of
from cutline.core.paths import resource

AGREED: dict[str, str] = {
    # CSS colour: our name
    "#000000": "black", "#ffffff": "white", "#808080": "grey", "#d3d3d3": "light_grey", "#404040": "dark_grey",
    "#ff0000": "red", "#dc143c": "red", "#800000": "dark_red", "#8b0000": "dark_red", "#b22222": "red",
    "#ffa500": "orange", "#ff8c00": "orange", "#ff7518": "orange", "#8b4513": "brown", "#d2b48c": "light_brown",
    "#3e2723": "dark_brown", "#f5f5dc": "beige", "#ffff00": "yellow", "#ffd700": "yellow", "#fffacd": "light_yellow",
    "#daa520": "ochre", "#808000": "olive", "#008000": "green", "#00ff00": "green", "#228b22": "green",
    "#006400": "dark_green", "#90ee90": "light_green", "#008080": "dark_turquoise", "#40e0d0": "turquoise",
    "#0000ff": "blue", "#4169e1": "blue", "#000080": "dark_blue", "#191970": "dark_blue", "#87ceeb": "light_blue",
    "#708090": "greyish_blue", "#800080": "purple", "#8a2be2": "purple", "#4b0082": "dark_purple",
    "#e6e6fa": "light_purple", "#ffc0cb": "light_pink", "#ff69b4": "pink", "#ff1493": "pink", "#ff00ff": "magenta",
    "#fa8072": "salmon",
}  # fmt: skip


def rgb(text: str) -> RGB:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@pytest.mark.parametrize("color", AGREED)
def test_colours_have_the_names_people_give_them(color: str) -> None:
    assert name_of(rgb(color)) == AGREED[color]


@pytest.mark.parametrize(
    ("color", "lightness", "chroma", "hue"),
    [("#ff0000", 0.628, 0.258, 29.2), ("#00ff00", 0.866, 0.295, 142.5), ("#0000ff", 0.452, 0.313, 264.1)],
)
def test_oklch_is_what_its_author_gives(color: str, lightness: float, chroma: float, hue: float) -> None:
    found = lch(rgb(color))
    assert math.isclose(found.lightness, lightness, abs_tol=0.001)
    assert math.isclose(found.chroma, chroma, abs_tol=0.001)
    assert math.isclose(found.hue, hue, abs_tol=0.2)


def test_every_colour_has_a_name() -> None:
    levels = [*range(0, 256, 12), 255]
    assert {name_of((r, g, b)) for r in levels for g in levels for b in levels} <= families().keys()


def test_every_row_of_the_table_names_something() -> None:
    levels = [*range(0, 256, 6), 255]
    seen = {name_of((r, g, b)) for r in levels for g in levels for b in levels}
    assert seen == families().keys()


def test_greys_never_get_a_hue() -> None:
    neutral = set(tomllib.loads(resource("offline/colors.toml").read_text(encoding="utf-8"))["neutral"])
    for level in range(256):
        assert name_of((level, level, level)) in neutral
        if 40 <= level <= 245:  # a cast that nobody sees
            assert name_of((level + 2, level, level - 2)) in neutral


HUES = {  # OKLCh hue in degrees: the families it may be called, whatever the lightness
    20: {"red", "pink", "brown"},
    60: {"orange", "brown", "beige"},
    110: {"yellow", "green", "beige"},
    145: {"green"},
    190: {"turquoise"},
    245: {"blue"},
    264: {"blue"},
    305: {"purple"},
    355: {"pink", "purple", "red"},
}


def from_lch(lightness: float, chroma: float, hue: float) -> RGB | None:
    """The sRGB colour, None where there is none: the inverse that Björn Ottosson gives."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    light = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    if not all(0 <= value <= 1 for value in light):
        return None
    signal = [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in light]
    return round(255 * signal[0]), round(255 * signal[1]), round(255 * signal[2])


@pytest.mark.parametrize("hue", HUES)
def test_hues_keep_their_family_from_dark_to_light(hue: int) -> None:
    seen = set()
    for lightness in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        for chroma in (0.06, 0.09, 0.12, 0.16):
            color = from_lch(lightness, chroma, hue)
            if color:
                seen.add(families()[name_of(color)])
    assert seen
    assert seen <= HUES[hue]


@pytest.mark.parametrize(("dark", "light"), [("dark_blue", "light_blue"), ("dark_green", "light_green")])
def test_dark_is_darker_than_light(dark: str, light: str) -> None:
    levels = [*range(0, 256, 15)]
    by_name: dict[str, list[float]] = {}
    for color in ((r, g, b) for r in levels for g in levels for b in levels):
        by_name.setdefault(name_of(color), []).append(lch(color).lightness)
    assert max(by_name[dark]) < min(by_name[light])


def flat(color: str, size: tuple[int, int] = (60, 40)) -> Image.Image:
    return Image.new("RGB", size, color)


@pytest.mark.parametrize("color", AGREED)
def test_a_flat_picture_has_one_colour(color: str) -> None:
    (only,) = dominant(flat(color))
    assert only.name == AGREED[color]
    assert only.share == 1
    assert all(abs(one - two) <= 4 for one, two in zip(only.rgb, rgb(color), strict=True))
    assert only.hex == "#{:02x}{:02x}{:02x}".format(*only.rgb)


def test_shares_are_of_the_area() -> None:
    picture = flat("#0000ff")
    picture.paste(rgb("#ffa500"), (0, 0, 60, 10))
    blue, orange = dominant(picture)
    assert (blue.name, orange.name) == ("blue", "orange")
    assert (blue.share, orange.share) == (0.75, 0.25)


def test_a_red_rose_on_black_is_black_and_red() -> None:
    picture = flat("#000000", (100, 100))
    ImageDraw.Draw(picture).ellipse((38, 38, 66, 66), fill="#d01028")
    assert {color.name for color in dominant(picture)} == {"black", "red"}


def test_specks_do_not_dominate() -> None:
    picture = flat("#008000", (100, 100))
    ImageDraw.Draw(picture).rectangle((0, 0, 9, 9), fill="#ff0000")
    assert [color.name for color in dominant(picture)] == ["green"]


def test_shades_of_one_family_are_one_colour() -> None:
    picture = flat("#000080", (90, 30))
    picture.paste(rgb("#4169e1"), (30, 0, 60, 30))
    picture.paste(rgb("#87ceeb"), (60, 0, 90, 30))
    (only,) = dominant(picture)
    assert (only.name, only.family) == ("blue", "blue")
    assert only.share > 0.99


def test_at_most_three_and_the_strong_ones_first() -> None:
    picture = flat("#808080", (100, 10))
    for place, color in enumerate(("#ff0000", "#0000ff", "#ffff00", "#008000")):
        picture.paste(rgb(color), (place * 15, 0, place * 15 + 15, 10))
    found = dominant(picture)
    assert len(found) == 3
    assert "grey" not in {color.family for color in found}


def test_a_noisy_mix_of_everything_has_no_colour_of_its_own_by_chance() -> None:
    chance = random.Random(4)
    mixed = Image.frombytes("RGB", (96, 64), chance.randbytes(96 * 64 * 3))
    assert dominant(mixed) == dominant(mixed.transpose(Image.Transpose.ROTATE_90))


@pytest.mark.parametrize("size", [(1, 1), (96, 1), (1, 96)])
def test_tiny_pictures(size: tuple[int, int]) -> None:
    assert [color.name for color in dominant(flat("#0000ff", size))] == ["blue"]
