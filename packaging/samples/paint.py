"""Paints the sample photos: `python packaging/samples/paint.py [FOLDER]` (default: resources/samples).

They are made by this script alone, the same bytes each time for one version of Pillow, and carry the EXIF that a camera
would have written: of an invented camera, but true to the scene (dates, exposure, position, orientation).
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import piexif
from city import city
from dusk import dusk
from exif_block import exif_block
from flower import flower
from forest import forest
from mountains import mountains
from pier import pier
from PIL import Image

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "samples"
_THUMBNAIL = (160, 160)
_MAKER_NOTE = b"HALDEN\0\1" + bytes(range(256)) + b"\x07\x00lens\0Halden 35/2\0shutter count\0\x00\x00\x2a\x51"
_OPTIONS: dict[str, dict[str, Any]] = {".jpg": {"optimize": True}, ".png": {"optimize": True}, ".webp": {"method": 6}}
Fraction = tuple[int, int]


@dataclass(frozen=True)
class Shot:
    """A scene, and what the camera wrote about it."""

    name: str
    scene: Callable[[], Image.Image]
    taken: str
    """YYYY:MM:DD HH:MM:SS, local time."""
    zone: str
    exposure: Fraction
    """Seconds."""
    aperture: Fraction
    iso: int
    focal: int
    """Millimetres, on 36 x 24 mm."""
    quality: int = 84
    flash: int = 0x10
    orientation: int = 1
    position: tuple[float, float, int] | None = None
    """Degrees north, degrees east, metres above the sea."""
    distance: Fraction | None = None
    """To the subject, in metres."""
    maker_note: bool = False
    thumbnail: bool = True


SHOTS = (
    Shot(
        "dusk over the water.jpg",
        dusk,
        "2024:09:14 19:21:08",
        "+02:00",
        (1, 60),
        (8, 1),
        200,
        35,
        position=(45.6412, 10.6893, 66),
        maker_note=True,
    ),
    Shot(
        "forest in the morning mist.jpg",
        forest,
        "2025:05:03 06:48:31",
        "+02:00",
        (1, 125),
        (4, 1),
        400,
        50,
        position=(48.5427, 8.2160, 912),
    ),
    Shot("DSC_0417.jpg", city, "2025:01:18 22:06:54", "+01:00", (8, 1), (11, 1), 100, 28),
    Shot(
        "garden/gerbera.jpg",
        flower,
        "2025:06:21 14:32:10",
        "+02:00",
        (1, 200),
        (28, 10),
        100,
        100,
        flash=0x09,
        orientation=6,
        distance=(31, 100),
    ),
    Shot(
        "old pier in the fog.png",
        pier,
        "2024:11:09 08:17:45",
        "+00:00",
        (30, 1),
        (11, 1),
        50,
        24,
        thumbnail=False,
    ),
    Shot(
        "mountain lake, New Zealand.webp",
        mountains,
        "2025:01:24 11:05:00",
        "+13:00",
        (1, 400),
        (9, 1),
        100,
        24,
        quality=80,
        position=(-44.0127, 170.1466, 524),
        thumbnail=False,
    ),
)


def exif(shot: Shot, stored: Image.Image) -> bytes:
    """The EXIF block of `shot`, whose pixels lie as in `stored`."""
    main = {
        piexif.ImageIFD.Make: "Halden",
        piexif.ImageIFD.Model: "Halden M7",
        piexif.ImageIFD.Orientation: shot.orientation,
        piexif.ImageIFD.XResolution: (72, 1),
        piexif.ImageIFD.YResolution: (72, 1),
        piexif.ImageIFD.ResolutionUnit: 2,
        piexif.ImageIFD.Software: "M7 firmware 1.4",
        piexif.ImageIFD.DateTime: shot.taken,
        piexif.ImageIFD.YCbCrPositioning: 1,
    }
    blocks: dict[str, Any] = {"0th": main, "Exif": _camera(shot, stored), "GPS": _gps(shot)}
    if shot.thumbnail:
        small = stored.convert("RGB")
        small.thumbnail(_THUMBNAIL)
        file = BytesIO()
        small.save(file, "JPEG", quality=75)
        compressed = {piexif.ImageIFD.Compression: 6, piexif.ImageIFD.XResolution: (72, 1)}
        compressed |= {piexif.ImageIFD.YResolution: (72, 1), piexif.ImageIFD.ResolutionUnit: 2}
        blocks |= {"1st": compressed, "thumbnail": file.getvalue()}
    return exif_block(blocks)


def _camera(shot: Shot, stored: Image.Image) -> dict[int, Any]:
    tag = piexif.ExifIFD
    values = {
        tag.ExifVersion: b"0232",
        tag.FlashpixVersion: b"0100",
        tag.ComponentsConfiguration: b"\1\2\3\0",
        tag.DateTimeOriginal: shot.taken,
        tag.DateTimeDigitized: shot.taken,
        tag.OffsetTimeOriginal: shot.zone,
        tag.ExposureTime: shot.exposure,
        tag.FNumber: shot.aperture,
        tag.ISOSpeedRatings: shot.iso,
        tag.FocalLength: (shot.focal, 1),
        tag.FocalLengthIn35mmFilm: shot.focal,
        tag.ExposureProgram: 3,
        tag.MeteringMode: 5,
        tag.Flash: shot.flash,
        tag.ColorSpace: 1,
        tag.PixelXDimension: stored.width,
        tag.PixelYDimension: stored.height,
        tag.LensModel: f"Halden {shot.focal} mm",
    }
    if shot.distance:
        values |= {tag.SubjectDistance: shot.distance, tag.SubjectDistanceRange: 1}
    if shot.maker_note:
        values[tag.MakerNote] = _MAKER_NOTE
    return values


def _gps(shot: Shot) -> dict[int, Any]:
    if shot.position is None:
        return {}
    north, east, height = shot.position
    tag = piexif.GPSIFD
    return {
        tag.GPSVersionID: (2, 3, 0, 0),
        tag.GPSLatitudeRef: "N" if north >= 0 else "S",
        tag.GPSLatitude: _degrees(abs(north)),
        tag.GPSLongitudeRef: "E" if east >= 0 else "W",
        tag.GPSLongitude: _degrees(abs(east)),
        tag.GPSAltitudeRef: 0,
        tag.GPSAltitude: (height, 1),
    }


def _degrees(value: float) -> tuple[Fraction, Fraction, Fraction]:
    hundredths = round(value * 360_000)
    return (hundredths // 360_000, 1), (hundredths // 6000 % 60, 1), (hundredths % 6000, 100)


def _stored(shot: Shot) -> Image.Image:
    """The picture as the sensor saw it: lying, where the camera was turned."""
    picture = shot.scene()
    return picture.transpose(Image.Transpose.ROTATE_90) if shot.orientation == 6 else picture


def main() -> None:
    """Paint them all."""
    parser = argparse.ArgumentParser(description="Paint the sample photos.")
    parser.add_argument("folder", nargs="?", type=Path, default=_FOLDER)
    folder: Path = parser.parse_args().folder
    for shot in SHOTS:
        stored = _stored(shot)
        path = folder / shot.name
        path.parent.mkdir(parents=True, exist_ok=True)
        options = _OPTIONS[path.suffix]
        stored.save(path, exif=exif(shot, stored), quality=shot.quality, **options)
        print(f"{path}: {stored.width} x {stored.height}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
