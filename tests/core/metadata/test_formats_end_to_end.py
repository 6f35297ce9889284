"""Whole PNG and WebP files through the public functions, in every flavour Pillow can make and some it cannot."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import metadata
from cutline.core.errors import Unreadable
from cutline.core.metadata.blocks import iptc, irb
from cutline.core.photo import FIELDS, Caption
from helpers import png_files, webp_files
from helpers.spliced import exiftool, numbered, spliced
from helpers.xmp_packets import DIGIKAM, PHOTOSHOP

FULL = Caption("Zürich 東京", "😀\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")
FLAVOURS: dict[str, tuple[str, Callable[[], bytes]]] = {
    **{f"PNG, {name}": ("a.png", make) for name, make in png_files.FLAVOURS.items()},
    **{f"WebP, {name}": ("a.webp", make) for name, make in webp_files.FLAVOURS.items()},
}


def made(folder: Path, flavour: str) -> Path:
    name, make = FLAVOURS[flavour]
    path = folder / name
    path.write_bytes(make())
    return path


def pixels(data: bytes) -> list[bytes]:
    """Every frame, decoded."""
    image = Image.open(io.BytesIO(data))
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(image.convert("RGBA").tobytes())
    return frames


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_caption_is_written_read_and_changes_nothing_else(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    os.utime(path, ns=(10**18, 10**18 + 7))
    before = path.read_bytes()
    picture = metadata.picture_hash(path)
    assert metadata.read(path).caption == Caption()

    written = metadata.write(path, FULL, FIELDS)
    assert written.changed
    assert written.caption == metadata.read(path).caption == FULL
    assert metadata.picture_hash(path) == picture
    assert pixels(path.read_bytes()) == pixels(before)
    assert path.stat().st_mtime_ns == 10**18 + 7
    assert spliced(before, written.splices) == path.read_bytes()
    assert spliced(path.read_bytes(), written.inverse) == before

    again = metadata.write(path, FULL, FIELDS)
    assert not again.changed
    assert again.splices == ()


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_what_is_cleared_is_gone_from_the_bytes(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    metadata.write(path, Caption("Xylophone", "Quagmire", ("zephyr",), "Kumquat"), FIELDS)
    metadata.write(path, Caption("New", "", ("tag",), ""), FIELDS)
    data = path.read_bytes()
    for word in ("Xylophone", "Quagmire", "zephyr", "Kumquat"):
        assert word.encode() not in data
        assert word.encode("utf-16-le") not in data
    assert metadata.read(path).caption == Caption("New", "", ("tag",), "")
    metadata.write(path, Caption(), FIELDS)
    assert metadata.read(path).caption == Caption()
    assert pixels(path.read_bytes()) == pixels(FLAVOURS[flavour][1]())


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_exiftool_sees_all_carriers_and_the_rest_as_before(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    ours = ("XMP-dc:", "XMP-iptcCore:", "XMP-x:XMPToolkit", "IFD0:XP", "IFD0:ImageDescription", "File:",
            "RIFF:WebP_Flags", "ExifTool:", "RIFF:ImageWidth", "RIFF:ImageHeight", "RIFF:Alpha")  # fmt: skip
    before = {key: value for key, value in exiftool(path).items() if not key.startswith(ours)}
    metadata.write(path, FULL, FIELDS)
    said = exiftool(path)
    assert said["XMP-dc:Title"] == said["IFD0:XPTitle"] == FULL.title
    assert said["XMP-dc:Description"] == said["IFD0:ImageDescription"] == FULL.description
    assert numbered(said["XMP-dc:Subject"]) == said["IFD0:XPKeywords"].split(";") == list(FULL.tags)
    assert said["XMP-iptcCore:AltTextAccessibility"] == FULL.alt_text
    assert {key: value for key, value in said.items() if not key.startswith(ours)} == before


@pytest.mark.parametrize("flavour", ["PNG, rgb", "WebP, lossy", "WebP, animated"])
def test_a_dry_run_says_the_splices_and_writes_nothing(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    before = path.read_bytes()
    planned = metadata.write(path, FULL, FIELDS, dry_run=True)
    assert path.read_bytes() == before
    metadata.write(path, FULL, FIELDS)
    assert spliced(before, planned.splices) == path.read_bytes()


def test_tags_of_digikam_leave_with_their_hierarchies(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_files.with_chunks(png_files.plain(), png_files.xmp_itxt(DIGIKAM)))
    assert metadata.read(path).caption.tags == ("Places|Prague", "Animals|dog")
    metadata.write(path, Caption(tags=("Places|Prague", "bridge")), ["tags"])
    assert b"dog" not in path.read_bytes()
    assert metadata.read(path).caption.tags == ("Places|Prague", "bridge")
    assert not metadata.write(path, Caption(tags=("Places|Prague", "bridge")), ["tags"]).changed


@pytest.mark.needs("exiftool")
def test_old_homes_in_a_png_are_read_and_kept_in_step(tmp_path: Path) -> None:
    records = iptc.edit(None, Caption("Old title", "Old words", ("old",)), FIELDS)
    path = tmp_path / "a.png"
    path.write_bytes(
        png_files.with_chunks(
            png_files.plain(),
            png_files.raw_profile(b"iptc", irb.edit(None, records)),
            png_files.text(b"XML:com.adobe.xmp", PHOTOSHOP, compressed=True),
        )
    )
    assert metadata.read(path).caption.title == "An old bridge"
    assert metadata.read(path).caption.description == "Old words"
    metadata.write(path, FULL, FIELDS)
    assert metadata.read(path).caption == FULL
    said = exiftool(path)
    assert said["IPTC:ObjectName"] == said["XMP-dc:Title"] == FULL.title
    assert said["IPTC:Caption-Abstract"] == FULL.description
    assert said["XMP-xmp:Rating"] == 4
    metadata.write(path, Caption(), FIELDS)
    assert metadata.read(path).caption == Caption()


@pytest.mark.parametrize("flavour", ["PNG, rgb", "WebP, lossy"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_a_file_cut_short_is_unreadable_and_stays(tmp_path: Path, flavour: str, share: float) -> None:
    path = made(tmp_path, flavour)
    cut = path.read_bytes()[: int(path.stat().st_size * share)]
    path.write_bytes(cut)
    with pytest.raises(Unreadable, match=path.name):
        metadata.read(path)
    with pytest.raises(Unreadable, match=path.name):
        metadata.write(path, FULL, FIELDS)
    assert path.read_bytes() == cut


@pytest.mark.parametrize("flavour", ["PNG, rgb", "WebP, lossy"])
def test_a_malformed_packet_stays_and_the_other_carriers_are_written(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    metadata.write(path, FULL, FIELDS)
    data = path.read_bytes().replace(b"</rdf:RDF>", b"</rdf:RDf>")
    broken = data if flavour.startswith("WebP") else _with_right_checksums(data)
    path.write_bytes(broken)
    written = metadata.write(path, Caption("Another title"), ["title"])
    assert any("XMP" in note for note in written.notes)
    assert metadata.read(path).caption.title == "Another title"
    assert b"</rdf:RDf>" in path.read_bytes()


def _with_right_checksums(data: bytes) -> bytes:
    return png_files.SIGNATURE + b"".join(png_files.chunk(kind, body) for kind, body in png_files.chunks(data))
