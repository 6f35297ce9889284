"""Every kind of pixel to RGB in sRGB.

    flattened   palettes looked up, transparency laid on white; what is left is L, RGB, CMYK, LAB, I or F
    (the picture is shrunk in between: that is cheaper, and right, in any of these)
    srgb        deep greys brought to 8 bits, colours converted through the ICC profile where there is a usable one

A profile that is broken, or that belongs to another kind of pixel, is ignored, as browsers do.
"""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

_PROFILE_ERRORS = (OSError, TypeError, ValueError, ImageCms.PyCMSError)
_MODE_OF_SPACE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


def flattened(image: Image.Image) -> Image.Image:
    """`image` without palette and without transparency (white behind it): mode L, RGB, CMYK, LAB, I or F."""
    if image.mode.startswith("I;16"):
        return image.convert("I")
    if image.mode in ("CMYK", "LAB", "I", "F"):
        return image
    if image.has_transparency_data:
        grey = image.mode in ("1", "L", "LA", "La")
        return _on_white(image.convert("LA" if grey else "RGBA"))
    return image.convert("L") if image.mode in ("1", "L") else image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    mode = {"LA": "L", "RGBA": "RGB"}[image.mode]
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert(mode)
    paper = Image.new(mode, image.size, "white")
    paper.paste(image.convert(mode), mask=alpha)
    return paper


def srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """`image`, as `flattened` leaves it, in mode RGB and sRGB; `profile` is its ICC profile."""
    if image.mode in ("I", "F"):
        image = _eight_bits(image)
    if profile or image.mode == "LAB":
        mode, transform = _transform(profile or b"", image.mode == "LAB")
        if transform is not None and (image.mode == mode or (image.mode, mode) == ("L", "RGB")):
            return transform.apply(image if image.mode == mode else image.convert(mode))
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 or 32 bits, or of floats, in mode L.

    Files do not say which number is white. Floats in 0..1 and whole numbers in 0..255 or 0..65535 are taken by those
    scales; anything else (scientific pictures) is stretched between its darkest and brightest point.
    """
    low, high = (float(v) for v in image.getextrema())  # type: ignore[arg-type]
    if low < 0 or high > 65535 or not low <= high:
        scale = 255 / (high - low) if high > low else 0.0
        offset = -low * scale
    else:
        white = 1.0 if image.mode == "F" and high <= 1 else 255.0 if high <= 255 else 65535.0
        scale, offset = 255 / white, 0.0
    return image.convert("F").point(lambda value: value * scale + offset).convert("L")


@lru_cache(maxsize=16)
def _transform(profile: bytes, lab: bool) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """The pixel mode that `profile` is for, and the way from it to sRGB; None: broken, or sRGB already."""
    target = ImageCms.createProfile("sRGB")
    try:
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB") if lab else BytesIO(profile))
        mode = _MODE_OF_SPACE[source.profile.xcolor_space.strip()]
        transform = ImageCms.buildTransform(
            source,
            target,
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (KeyError, *_PROFILE_ERRORS):
        return "", None
    return mode, None if mode == "RGB" and _changes_nothing(transform) else transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether `transform` leaves a cube of colours as they are, give or take one step of 255."""
    steps = range(0, 256, 51)
    cube = Image.frombytes("RGB", (36, 6), bytes(v for r in steps for g in steps for b in steps for v in (r, g, b)))
    difference = ImageChops.difference(cube, transform.apply(cube))
    return all(high <= 1 for _, high in difference.getextrema())  # type: ignore[misc]
