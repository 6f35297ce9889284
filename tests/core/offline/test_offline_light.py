"""Tones: black and white, sepia, dark and bright, hard and soft, and the shape of a picture."""

import random
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageOps

from cutline.core.offline.light import frame_of, light_of

SIZE = (96, 64)


def scene(low: int = 0, high: int = 255) -> Image.Image:
    """A grey picture with soft and hard edges, tones from `low` to `high`."""
    chance = random.Random(7)
    picture = Image.frombytes("L", (12, 8), chance.randbytes(96)).resize(SIZE, Image.Resampling.BICUBIC)
    ImageDraw.Draw(picture).ellipse((20, 10, 50, 40), fill=255)
    ImageDraw.Draw(picture).rectangle((60, 30, 90, 60), fill=0)
    picture = ImageOps.autocontrast(picture)
    return picture.point([low + level * (high - low) // 255 for level in range(256)])


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    picture.resize((SIZE[0] * 6, SIZE[1] * 6), Image.Resampling.BICUBIC).save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB").reduce(6)


def toned(picture: Image.Image, dark: str, middle: str, light: str) -> Image.Image:
    return ImageOps.colorize(picture, dark, light, middle)


@pytest.mark.parametrize("quality", [30, 60, 95])
def test_grey_is_black_and_white_through_any_jpeg(quality: int) -> None:
    assert light_of(as_jpeg(scene().convert("RGB"), quality)).tone == "black_and_white"


def test_chroma_noise_does_not_make_it_a_colour_picture() -> None:
    chance = random.Random(1)
    grey = scene().convert("RGB")
    noisy = Image.frombytes(
        "RGB", SIZE, bytes(max(0, min(255, value + chance.randint(-5, 5))) for value in grey.tobytes())
    )
    assert light_of(as_jpeg(noisy, 75)).tone == "black_and_white"


def test_a_red_rose_on_black_is_a_colour_picture() -> None:
    picture = Image.new("RGB", SIZE, "#050505")
    ImageDraw.Draw(picture).ellipse((40, 25, 52, 37), fill="#d01028")
    ImageDraw.Draw(picture).line((46, 37, 46, 64), fill="#e8e8e8")
    assert light_of(as_jpeg(picture, 85)).tone == "color"


def test_a_weak_cast_over_everything_is_a_colour_picture_or_toned_but_not_grey() -> None:
    cast = Image.merge("RGB", (scene(20, 255), scene(10, 235), scene(0, 215)))
    assert light_of(cast).tone != "black_and_white"


def test_muted_colours_are_colours() -> None:
    fog = ImageOps.colorize(scene(60, 220), "#000000", "#f4fbff", "#7c8084")
    moor = ImageOps.colorize(scene(60, 220), "#000000", "#fffdf4", "#84807a")
    fog.paste(moor, (0, 0), Image.linear_gradient("L").resize(SIZE))
    assert light_of(as_jpeg(fog, 85)).tone == "color"


def test_a_faint_tint_is_monochrome() -> None:
    assert light_of(as_jpeg(toned(scene(), "#000000", "#868078", "#fffdf8"), 85)).tone in ("sepia", "monochrome")


def test_sepia_and_other_tints() -> None:
    assert light_of(as_jpeg(toned(scene(), "#1a0f05", "#8c6f4c", "#fff6e0"), 85)).tone == "sepia"
    assert light_of(as_jpeg(toned(scene(), "#04101c", "#4c6f8c", "#e8f4ff"), 85)).tone == "monochrome"


def test_colours_of_nature_are_no_toning() -> None:
    dune = Image.linear_gradient("L").resize(SIZE)
    sunset = ImageOps.colorize(dune, "#101838", "#ffb040", "#a03838")
    assert light_of(sunset).tone == "color"
    forest = Image.merge(
        "RGB", (scene(0, 140), scene(20, 200).transpose(Image.Transpose.FLIP_LEFT_RIGHT), scene(0, 90))
    )
    assert light_of(forest).tone == "color"


@pytest.mark.parametrize("color", ["#000000", "#808080", "#ffffff", "#0000ff", "#8c6f4c"])
def test_one_flat_tone_is_no_black_and_white_photo(color: str) -> None:
    assert light_of(Image.new("RGB", SIZE, color)).tone == "color"


def test_dark_bright_and_neither() -> None:
    assert light_of(scene(0, 70).convert("RGB")).key == "dark"
    assert light_of(scene(190, 255).convert("RGB")).key == "bright"
    assert light_of(scene().convert("RGB")).key is None
    assert light_of(Image.new("RGB", SIZE, "#000000")).key == "dark"
    assert light_of(Image.new("RGB", SIZE, "#ffffff")).key == "bright"


def test_hard_soft_and_ordinary_contrast() -> None:
    stripes = Image.new("RGB", SIZE, "white")
    stripes.paste((0, 0, 0), (0, 0, 48, 64))
    assert light_of(stripes).contrast == "high_contrast"
    assert light_of(scene(120, 165).convert("RGB")).contrast == "low_contrast"
    assert light_of(scene(30, 220).convert("RGB")).contrast is None
    assert light_of(Image.new("RGB", SIZE, "#808080")).contrast is None  # nothing to contrast with


def test_lightness_is_cie_s() -> None:
    assert light_of(Image.new("RGB", (4, 4), "#777777")).mean == pytest.approx(50.0, abs=0.5)
    assert light_of(Image.new("RGB", (4, 4), "#ffffff")).mean == pytest.approx(100.0, abs=0.1)


@pytest.mark.parametrize(
    ("width", "height", "frame"),
    [
        (96, 64, "landscape"), (64, 96, "portrait"), (64, 64, "square"), (65, 64, "square"), (96, 48, "panorama"),
        (96, 24, "panorama"), (96, 54, "landscape"), (24, 96, "portrait"), (1, 1, "square"), (96, 1, "panorama"),
    ],
)  # fmt: skip
def test_shapes(width: int, height: int, frame: str) -> None:
    assert frame_of(width, height) == frame


@pytest.mark.parametrize("size", [(1, 1), (96, 1), (1, 96)])
def test_tiny_pictures_have_tones(size: tuple[int, int]) -> None:
    assert light_of(Image.new("RGB", size, "#102030")).tone == "color"
