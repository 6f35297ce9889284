"""A strict look at an uploaded picture: it decodes whole, and brings no metadata along."""

import io
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError


@dataclass(frozen=True)
class Picture:
    """What a strict look at an uploaded picture finds."""

    format: str
    size: tuple[int, int]
    mean: tuple[int, int, int]
    wrong: tuple[str, ...] = field(default=())


_METADATA = ("exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Raw profile type exif", "parsed_exif")


def picture_in(data: bytes) -> Picture:
    """Decode a picture whole; `wrong` names metadata that should have stayed at home."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            found = [name for name in _METADATA if image.info.get(name)]
            found += ["exif tags"] if dict(image.getexif()) else []
            text = getattr(image, "text", None)
            found += ["text chunks"] if text else []
            segments = getattr(image, "applist", [])
            found += [name for name, _ in segments if name not in ("APP0", "APP2", "APP14")]
            pixel: Any = image.convert("RGB").resize((1, 1)).getpixel((0, 0))
            return Picture(image.format or "", image.size, pixel, tuple(found))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        return Picture("", (0, 0), (0, 0, 0), (f"not a picture: {error}",))
