"""The sample photos: small, readable, and with the EXIF that makes them worth tagging."""

import subprocess
from pathlib import Path

import piexif
import pytest

from cutline.core.decode import decoded
from cutline.core.paths import resource
from cutline.core.scan import EXTENSIONS
from cutline.core.thumbnail import embedded, thumbnail

SAMPLES = sorted(path for path in resource("samples").rglob("*") if path.is_file())


def loaded(name: str) -> dict[str, dict[int, object]]:
    found: dict[str, dict[int, object]] = piexif.load(str(resource("samples") / name))
    return found


def test_there_is_a_handful_of_pictures_and_nothing_else() -> None:
    assert len(SAMPLES) == 6
    assert {path.suffix for path in SAMPLES} == {".jpg", ".png", ".webp"} <= EXTENSIONS
    assert sum(path.stat().st_size for path in SAMPLES) < 900_000


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_each_is_a_picture_of_some_contrast(path: Path) -> None:
    picture = decoded(path, 2048)
    assert max(picture.size) >= 1200
    low, high = picture.convert("L").getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    assert high - low > 120


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.suffix == ".jpg"], ids=lambda path: path.name)
def test_the_thumbnails_inside_are_of_the_same_pictures(path: Path) -> None:
    small, decoded_small = embedded(path, 100, 100), thumbnail(path, 161)
    assert small is not None
    assert (small.width > small.height) == (decoded_small.width > decoded_small.height)
    pixels = decoded(path, 100).tobytes()
    assert sum(abs(a - b) for a, b in zip(small.rgb, pixels, strict=True)) / len(pixels) < 8


def test_the_flower_was_taken_upright_with_flash_and_close() -> None:
    exif = loaded("garden/gerbera.jpg")
    assert exif["0th"][piexif.ImageIFD.Orientation] == 6
    assert exif["Exif"][piexif.ExifIFD.Flash] == 9
    assert exif["Exif"][piexif.ExifIFD.SubjectDistanceRange] == 1
    picture = decoded(resource("samples") / "garden" / "gerbera.jpg", 600)
    assert picture.size == (400, 600)
    red, green, _ = picture.resize((3, 4)).getpixel((1, 1))  # type: ignore[misc]
    assert red > green  # the blossom is above, its stem below
    red, green, _ = picture.resize((3, 4)).getpixel((1, 3))  # type: ignore[misc]
    assert green > red


def test_the_others_say_where_when_and_how_long() -> None:
    night = loaded("DSC_0417.jpg")["Exif"]
    assert night[piexif.ExifIFD.ExposureTime] == (8, 1)
    lake = loaded("mountain lake, New Zealand.webp")
    assert lake["GPS"][piexif.GPSIFD.GPSLatitudeRef] == b"S"
    assert b"HALDEN" in bytes(loaded("dusk over the water.jpg")["Exif"][piexif.ExifIFD.MakerNote])  # type: ignore[call-overload]


@pytest.mark.needs("exiftool")
def test_exiftool_finds_nothing_wrong_and_no_caption_yet() -> None:
    command = ["exiftool", "-a", "-G1", "-s", "-validate", "-warning", "-error", "-DateTimeOriginal", "-XMP:all"]
    run = subprocess.run([*command, "-IPTC:all", *SAMPLES], capture_output=True, text=True, check=False)
    assert run.stdout.count("[ExifIFD]       DateTimeOriginal") == 6
    assert "[XMP" not in run.stdout
    assert "[IPTC" not in run.stdout
    assert "Error" not in run.stdout
    warnings = [line for line in run.stdout.splitlines() if "Warning  " in line and "[minor]" not in line]
    assert not warnings
