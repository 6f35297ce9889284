"""Every kind of picture comes out upright, in RGB, in sRGB, and as large as asked for."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from cutline.core.decode import decoded
from cutline.core.pixels import within
from helpers import profiles
from helpers.pictures import (
    BLUE,
    CORNERS,
    GREEN,
    RED,
    TURNED,
    YELLOW,
    alike,
    corners,
    exif,
    noise,
    png,
    quarters,
    saved,
)

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


@pytest.mark.parametrize("side", [96, 40])
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
@pytest.mark.parametrize("orientation", TURNED)
def test_upright_in_all_eight_orientations(tmp_path: Path, orientation: int, suffix: str, side: int) -> None:
    path = tmp_path / f"turned.{suffix}"
    if suffix == "tif":
        quarters().save(path, tiffinfo=_tags(orientation), compression="tiff_lzw")
    else:
        quarters().save(path, exif=exif(orientation), quality=95)
    picture = decoded(path, side)
    assert picture.size == (within((96, 64), side) if orientation < 5 else within((64, 96), side))
    assert alike(corners(picture), TURNED[orientation])


def _tags(orientation: int) -> ImageFileDirectory_v2:
    tags = ImageFileDirectory_v2()
    tags[0x0112] = orientation
    return tags


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(tmp_path: Path, orientation: int) -> None:
    path = saved(quarters(), tmp_path / "odd.jpg", exif=exif(orientation), quality=95)
    assert alike(corners(decoded(path, 96)), CORNERS)


@pytest.mark.parametrize(
    "damage", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01"]
)
def test_broken_exif_costs_the_orientation_not_the_picture(tmp_path: Path, damage: bytes) -> None:
    path = saved(quarters(), tmp_path / "broken.jpg", exif=b"Exif\0\0" + damage, quality=95)
    assert alike(corners(decoded(path, 96)), CORNERS)


@pytest.mark.parametrize("size", [(3000, 2000), (2000, 3000), (2049, 11), (1024, 1024), (7, 5)])
@pytest.mark.parametrize("side", [256, 1024, 4096])
def test_the_longest_side_is_what_was_asked_for_and_never_more(
    tmp_path: Path, size: tuple[int, int], side: int
) -> None:
    path = saved(quarters(size), tmp_path / "a.jpg")
    picture = decoded(path, side)
    assert max(picture.size) == min(side, max(size))
    assert picture.size == within(size, side)
    assert min(picture.size) >= 1


def test_what_comes_out_carries_nothing_but_pixels(tmp_path: Path) -> None:
    path = saved(quarters(), tmp_path / "a.jpg", exif=exif(), comment=b"secret", icc_profile=profiles.wide_gamut())
    for side in (96, 40):
        picture = decoded(path, side)
        assert type(picture) is Image.Image
        assert picture.mode == "RGB"
        assert picture.info == {}
        assert not picture.getexif()


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I;16B", "I", "F"])
def test_tiff_of_every_mode(tmp_path: Path, mode: str, compression: str | None) -> None:
    grey = quarters(colors=(BLACK, WHITE, WHITE, BLACK))
    path = saved(_as(grey, mode), tmp_path / "a.tif", compression=compression)
    assert alike(corners(decoded(path, 96)), (BLACK, WHITE, WHITE, BLACK), 3)


def _as(image: Image.Image, mode: str) -> Image.Image:
    if mode in ("I", "I;16", "I;16B"):
        deep = image.convert("L").convert("I").point(lambda value: value * 257)
        return deep if mode == "I" else deep.convert("I;16") if mode == "I;16" else _big_endian(image)
    if mode == "F":
        return image.convert("L").convert("F").point(lambda value: value * (1 / 255))
    return image.convert(mode)


def _big_endian(image: Image.Image) -> Image.Image:
    data = b"".join(bytes((value, value)) for value in image.convert("L").tobytes())
    return Image.frombytes("I;16B", image.size, data)


def test_sixteen_bit_greys_keep_their_middle(tmp_path: Path) -> None:
    middle = (32768).to_bytes(2, "big")
    (tmp_path / "a.png").write_bytes(png(8, 8, (b"\0" + middle * 8) * 8, depth=16, color=0))
    assert alike(corners(decoded(tmp_path / "a.png", 8)), [(128, 128, 128)] * 4, 1)


def test_sixteen_bit_colours_keep_their_middle(tmp_path: Path) -> None:
    pixel = b"".join(value.to_bytes(2, "big") for value in (52428, 32768, 13107))
    (tmp_path / "a.png").write_bytes(png(8, 8, (b"\0" + pixel * 8) * 8, depth=16, color=2))
    assert alike(corners(decoded(tmp_path / "a.png", 8)), [(204, 128, 51)] * 4, 1)


@pytest.mark.parametrize(
    ("values", "greys"),
    [
        ((0.0, 0.5, 0.5, 1.0), (0, 128, 128, 255)),
        ((-40.0, 10.0, 10.0, 60.0), (0, 128, 128, 255)),
        ((7.0,) * 4, (7,) * 4),
    ],
)
def test_floats_are_taken_by_their_likely_scale(
    tmp_path: Path, values: tuple[float, ...], greys: tuple[int, ...]
) -> None:
    small = Image.new("F", (2, 2))
    small.putdata(values)
    path = saved(small.resize((8, 8), Image.Resampling.NEAREST), tmp_path / "a.tif")
    assert alike(corners(decoded(path, 8)), [(grey, grey, grey) for grey in greys], 1)


def test_a_float_tiff_of_nothing_but_nan_is_still_a_picture(tmp_path: Path) -> None:
    path = saved(Image.new("F", (8, 8), float("nan")), tmp_path / "a.tif")
    assert decoded(path, 8).size == (8, 8)


@pytest.mark.parametrize("suffix", ["png", "webp", "gif", "tif", "avif"])
def test_transparency_is_laid_on_white(tmp_path: Path, suffix: str) -> None:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 48, 32))
    path = saved(picture, tmp_path / f"a.{suffix}", **({"lossless": True} if suffix == "webp" else {}))
    assert alike(corners(decoded(path, 96)), (WHITE, GREEN, BLUE, YELLOW))


def test_half_transparent_is_half_white_and_no_dark_rim_appears(tmp_path: Path) -> None:
    path = saved(Image.new("RGBA", (64, 64), (200, 0, 0, 128)), tmp_path / "a.png")
    assert alike(corners(decoded(path, 16)), [(227, 127, 127)] * 4, 2)
    cut = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    cut.paste((255, 255, 255, 255), (0, 0, 33, 64))
    assert decoded(saved(cut, tmp_path / "b.png"), 16).convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_transparent_colour_of_png_is_white(tmp_path: Path, mode: str) -> None:
    picture = quarters(colors=(BLACK, WHITE, WHITE, BLACK)).convert(mode)
    black = {"1": 0, "L": 0, "P": picture.getpixel((0, 0)), "RGB": BLACK}[mode]
    path = saved(picture, tmp_path / "a.png", transparency=black)
    assert alike(corners(decoded(path, 96)), [WHITE] * 4, 1)


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif", "avif"])
def test_of_an_animation_the_first_frame_is_taken(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (32, 32), color) for color in (RED, GREEN, BLUE)]
    path = saved(frames[0], tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:])
    assert alike(corners(decoded(path, 32)), [RED] * 4)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_bmp(tmp_path: Path, mode: str) -> None:
    path = saved(quarters(colors=(BLACK, WHITE, WHITE, BLACK)).convert(mode), tmp_path / "a.bmp")
    assert alike(corners(decoded(path, 96)), (BLACK, WHITE, WHITE, BLACK), 0)


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_cmyk_as_adobe_stores_it_and_as_tiff_does(tmp_path: Path, suffix: str) -> None:
    path = saved(quarters().convert("CMYK"), tmp_path / f"a.{suffix}", quality=95)
    with Image.open(path) as stored:
        assert stored.mode == "CMYK"
        assert suffix == "tif" or b"Adobe" in path.read_bytes()
    assert alike(corners(decoded(path, 96)), CORNERS)


def test_cmyk_through_its_own_profile(tmp_path: Path) -> None:
    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    path = saved(cyan, tmp_path / "a.tif", icc_profile=profiles.green_cyan())
    red, green, blue = corners(decoded(path, 32))[0]
    assert green > 150
    assert max(red, blue) < 100


def test_an_rgb_profile_is_applied(tmp_path: Path) -> None:
    for suffix in ("jpg", "png", "webp", "tif"):
        options = {"quality": 98, "icc_profile": profiles.swapped()} | ({"lossless": True} if suffix == "webp" else {})
        path = saved(Image.new("RGB", (32, 32), (255, 0, 0)), tmp_path / f"a.{suffix}", **options)
        assert alike(corners(decoded(path, 32)), [(0, 0, 255)] * 4), suffix


def test_a_wide_gamut_is_brought_into_srgb(tmp_path: Path) -> None:
    color = (120, 180, 120)
    path = saved(Image.new("RGB", (32, 32), color), tmp_path / "a.png", icc_profile=profiles.wide_gamut())
    seen = corners(decoded(path, 32))[0]
    assert alike([seen], [(81, 181, 117)], 2)  # worked out from the matrices of Adobe RGB (1998) and sRGB


def test_a_picture_that_is_srgb_already_is_left_alone(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    original = noise((64, 64))
    path = saved(original, tmp_path / "a.png", icc_profile=profile)
    assert decoded(path, 64).tobytes() == original.tobytes()


def test_a_grey_profile_is_applied(tmp_path: Path) -> None:
    path = saved(Image.new("L", (32, 32), 55), tmp_path / "a.png", icc_profile=profiles.linear_grey())
    assert alike(corners(decoded(path, 32)), [(128, 128, 128)] * 4, 2)


def test_a_grey_picture_with_a_colour_profile(tmp_path: Path) -> None:
    path = saved(Image.new("L", (32, 32), 100), tmp_path / "a.jpg", icc_profile=profiles.swapped())
    assert alike(corners(decoded(path, 32)), [(100, 100, 100)] * 4, 4)


@pytest.mark.parametrize(
    "profile", [b"", b"not a profile", profiles.swapped()[:200], profiles.green_cyan(), bytes(4000)]
)
def test_a_profile_that_is_broken_or_of_another_kind_is_ignored(tmp_path: Path, profile: bytes) -> None:
    path = saved(quarters(), tmp_path / "a.jpg", icc_profile=profile, quality=95)
    assert alike(corners(decoded(path, 96)), CORNERS)


def test_lab(tmp_path: Path) -> None:
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    path = saved(to_lab.apply(quarters()), tmp_path / "a.tif")
    assert alike(corners(decoded(path, 96)), CORNERS, 4)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_decoded_at_a_fraction_of_its_size(tmp_path: Path, progressive: bool) -> None:
    whole = quarters((1600, 1200))
    path = saved(whole, tmp_path / "a.jpg", quality=95, progressive=progressive)
    for side in (1600, 900, 500, 100):
        assert alike(corners(decoded(path, side)), CORNERS)


def test_the_scaled_decode_looks_like_the_whole_one_scaled(tmp_path: Path) -> None:
    smooth = ImageOps.colorize(
        noise((24, 16)).convert("L").resize((1200, 800), Image.Resampling.BICUBIC), "navy", "gold"
    )
    path = saved(smooth, tmp_path / "a.jpg", quality=95)
    ours = decoded(path, 200)
    with Image.open(path) as whole:
        theirs = whole.resize((200, 133), Image.Resampling.LANCZOS, reducing_gap=None)
    difference = [abs(a - b) for a, b in zip(ours.tobytes(), theirs.tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 2


def test_a_file_is_known_by_what_it_holds_not_by_its_name(tmp_path: Path) -> None:
    file = BytesIO()
    quarters().save(file, "PNG")
    path = tmp_path / "really a png.jpg"
    path.write_bytes(file.getvalue())
    assert alike(corners(decoded(path, 96)), CORNERS, 0)
