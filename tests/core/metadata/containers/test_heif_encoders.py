"""HEIC and AVIF files made by libheif and libavif, looked at by their decoders, by ExifTool and by exiv2."""

import io
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

from cutline.core import metadata
from cutline.core.metadata.reading import picture_hash
from cutline.core.photo import FIELDS, Caption
from helpers.exif_blocks import camera, description
from helpers.png_files import picture
from helpers.spliced import exiftool, exiv2, numbered
from helpers.xmp_packets import PHOTOSHOP

CAPTION = Caption("Zürich 東京", "first line\nsecond 😀", ("Zürich", "東京", "two words"), "a lake")
LONG = Caption("t", "long " * 2000 + "end", tuple(f"tag {n}" for n in range(60)), "alt " * 30 + "end")
EXIF = b"Exif\0\0" + camera("<", [description(b"old words\0")], thumbnail=b"\xff\xd8" + bytes(60) + b"\xff\xd9")
ICC = b"".join((b"\0\0\0\x84lcms", bytes(124)))


def _heic(*images: Image.Image, **options: Any) -> bytes:
    file: Any = pillow_heif.from_pillow(images[0])
    for image in images[1:]:
        file.add_from_pillow(image)
    target = io.BytesIO()
    file.save(target, quality=60, **options)
    return target.getvalue()


def _avif(*images: Image.Image, **options: Any) -> bytes:
    target = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": images[1:], "duration": 100} if images[1:] else {}
    images[0].save(target, "AVIF", quality=60, speed=10, **options, **more)
    return target.getvalue()


ONE = picture((70, 50))
SEE_THROUGH = ONE.convert("RGBA")
SEE_THROUGH.putalpha(Image.linear_gradient("L").resize(ONE.size))
MANY = (ONE, ONE.rotate(90), ONE.rotate(180))
MADE: dict[str, Callable[[], bytes]] = {
    "bare.heic": lambda: _heic(ONE),
    "rich.heic": lambda: _heic(ONE, exif=EXIF, xmp=PHOTOSHOP),
    "exif.heic": lambda: _heic(ONE, exif=EXIF),
    "alpha.heic": lambda: _heic(SEE_THROUGH, xmp=PHOTOSHOP),
    "many.heic": lambda: _heic(*MANY, primary_index=1),
    "many rich.heic": lambda: _heic(*MANY, primary_index=2, exif=EXIF, xmp=PHOTOSHOP),
    "bare.avif": lambda: _avif(ONE),
    "rich.avif": lambda: _avif(ONE, exif=EXIF, xmp=PHOTOSHOP),
    "alpha.avif": lambda: _avif(SEE_THROUGH, exif=EXIF),
    "tiles.avif": lambda: _avif(ONE.resize((600, 300)), tile_rows=1, tile_cols=1),
    "played.avif": lambda: _avif(*MANY),
    "played rich.avif": lambda: _avif(*MANY, exif=EXIF, xmp=PHOTOSHOP),
    "played alpha.avif": lambda: _avif(SEE_THROUGH, SEE_THROUGH.rotate(90), xmp=PHOTOSHOP),
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """Every file, made once."""
    return {name: make() for name, make in MADE.items()}


@pytest.fixture(params=MADE)
def photo(request: pytest.FixtureRequest, made: dict[str, bytes], tmp_path: Path) -> Path:
    """One of them, in a folder of its own."""
    name: str = request.param
    path = tmp_path / name
    path.write_bytes(made[name])
    return path


def frames(path: Path) -> list[object]:
    """The pixels of every picture in the file, and how large its thumbnails are."""
    if path.suffix == ".heic":
        file = pillow_heif.open_heif(path)
        found = [(i.mode, i.size, i.to_pillow().tobytes(), i.info["thumbnails"]) for i in file]
        return [*found, file.primary_index]
    with Image.open(path) as image:
        seen: list[object] = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            seen.append((image.mode, image.size, image.tobytes(), image.info.get("timestamp")))
        return seen


OURS = ("IFD0:ImageDescription", "IFD0:XP", "XMP-dc:Title", "XMP-dc:Description", "XMP-dc:Subject", "XMP-x:XMPToolkit",
        "XMP-iptcCore:AltTextAccessibility", "XMP-lr:Hier", "XMP-digiKam:Tags", "QuickTime:MediaData",
        "XMP-acdsee:", "XMP-mediapro:", "XMP-microsoft:")  # fmt: skip


def others(path: Path) -> dict[str, Any]:
    """Everything ExifTool sees that is not ours; where pictures stand is seen by their bytes."""
    facts = exiftool(path, "-ee", "-u", "-b", "-n")
    moving = (":ChunkOffset", ":ThumbnailOffset")
    return {name: v for name, v in facts.items() if not name.startswith(OURS) and not name.endswith(moving)}


@pytest.mark.needs("exiftool")
def test_exiftool_reads_what_was_written_and_sees_no_other_change(photo: Path) -> None:
    before = others(photo)
    metadata.write(photo, LONG, FIELDS, mode="embed")
    metadata.write(photo, CAPTION, FIELDS, mode="embed")
    facts, after = exiftool(photo, "-b"), others(photo)
    assert facts["XMP-dc:Title"] == CAPTION.title
    assert facts["XMP-dc:Description"] == facts["IFD0:ImageDescription"] == CAPTION.description
    assert tuple(numbered(facts["XMP-dc:Subject"])) == CAPTION.tags
    assert facts["XMP-iptcCore:AltTextAccessibility"] == CAPTION.alt_text
    assert {name: value for name, value in after.items() if name in before} == before
    assert after.keys() - before.keys() <= {"File:ExifByteOrder"}


def test_only_the_caption_changes(photo: Path) -> None:
    decoded, known = frames(photo), picture_hash(photo)
    for caption in (CAPTION, LONG, CAPTION, Caption()):
        written = metadata.write(photo, caption, FIELDS, mode="embed")
        assert written.caption == metadata.read(photo).caption == caption
        assert frames(photo) == decoded
        assert picture_hash(photo) == known


@pytest.mark.needs("exiv2")
def test_exiv2_reads_what_was_written(photo: Path) -> None:
    metadata.write(photo, CAPTION, FIELDS)
    said = exiv2(photo, "X")
    for text in (CAPTION.title, "first line", *CAPTION.tags):
        assert text in said
    assert "first line" in exiv2(photo, "E")


def test_the_decoders_hand_out_what_was_written(photo: Path) -> None:
    metadata.write(photo, CAPTION, FIELDS)
    if photo.name in ("played.avif", "played alpha.avif"):
        return  # libavif takes the words of a track, and this one has none of this kind
    with Image.open(io.BytesIO(photo.read_bytes())) if photo.suffix == ".avif" else _opened(photo) as image:
        assert CAPTION.title.encode() in image.info["xmp"]
        assert CAPTION.title.encode("utf-16-le") in image.info["exif"]


def _opened(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = pillow_heif.open_heif(path)
    image = file[file.primary_index].to_pillow()
    image.info.update({key: file.info[key] for key in ("xmp", "exif")})
    return image


def test_a_bare_file_is_itself_again_once_its_caption_is_cleared(photo: Path) -> None:
    if "bare" in photo.name:
        data = photo.read_bytes()
        metadata.write(photo, CAPTION, FIELDS)
        metadata.write(photo, LONG, FIELDS)
        metadata.write(photo, Caption(), FIELDS)
        assert photo.read_bytes() == data


def test_writing_the_same_again_changes_nothing(photo: Path) -> None:
    metadata.write(photo, CAPTION, FIELDS)
    data, status = photo.read_bytes(), photo.stat()
    assert metadata.write(photo, CAPTION, FIELDS).changed is False
    assert photo.read_bytes() == data
    assert photo.stat().st_mtime_ns == status.st_mtime_ns


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("name", ["bare.heic", "rich.heic", "bare.avif", "rich.avif"])
def test_what_exiftool_wrote_is_read_and_changed(name: str, made: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(made[name])
    command = ["exiftool", "-q", "-m", "-overwrite_original", "-XMP-dc:Title=by another", "-ImageDescription=its words"]
    subprocess.run([*command, "-XMP-dc:Subject=one", str(path)], check=True)
    said = metadata.read(path).caption
    assert (said.title, said.description) == ("by another", "its words")
    assert "one" in said.tags
    decoded = frames(path)
    metadata.write(path, LONG, FIELDS)
    assert metadata.read(path).caption == LONG
    assert frames(path) == decoded
    assert b"by another" not in path.read_bytes()
    subprocess.run([*command, str(path)], check=True)  # and the other way round
    assert metadata.read(path).caption.title == "by another"
    assert frames(path) == decoded
