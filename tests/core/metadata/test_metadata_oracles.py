"""What ExifTool and exiv2, which share no line of code with us, read of the photos we write."""

import base64
import io
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cutline.core import metadata
from cutline.core.photo import FIELDS, Caption
from helpers import jpeg_files as files
from helpers.exif_blocks import camera, description, windows
from helpers.spliced import exiftool, exiv2, numbered

CAPTIONS = {
    "umlaut": Caption("Zürich", "Zürich", ("Zürich",), "Zürich"),
    "japanese": Caption("東京", "東京 の夜", ("東京", "夜"), "東京"),
    "emoji": Caption("😀", "a smile 😀 and a flag 🇨🇭", ("😀", "🇨🇭"), "😀"),
    "line break": Caption("one", "first line\nsecond line", ("a", "b"), "first\nsecond"),
    "many tags": Caption("many", "a hundred", tuple(f"tag {n}" for n in range(100)), "many"),
}
OURS = frozenset(
    {
        "IFD0:ImageDescription", "IFD0:XPTitle", "IFD0:XPComment", "IFD0:XPKeywords",
        "IPTC:ObjectName", "IPTC:Caption-Abstract", "IPTC:Keywords", "IPTC:CodedCharacterSet",
        "IPTC:ApplicationRecordVersion", "Photoshop:IPTCDigest", "File:CurrentIPTCDigest",
        "XMP-dc:Title", "XMP-dc:Description", "XMP-dc:Subject", "XMP-iptcCore:AltTextAccessibility",
    }
)  # fmt: skip
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="4" photoshop:City="Basel">'
    "<dc:creator><rdf:Seq><rdf:li>A. Photographer</rdf:li></rdf:Seq></dc:creator>"
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">old</rdf:li><rdf:li xml:lang="fr">vieux</rdf:li></rdf:Alt>'
    '</dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()
IIM = b"\x1c\x02\x00\x00\x02\x00\x04\x1c\x02\x50\x00\x0fA. Photographer\x1c\x02\x78\x00\x09old words"


def thumbnail() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((16, 12)).save(buffer, "JPEG")
    return buffer.getvalue()


def rich(order: str) -> bytes:
    """A photo with all that must not be touched: maker note, GPS, Interop, thumbnail, ICC, XMP, IPTC, MPF, a second
    image."""
    block = camera(
        order, [description(b"old words\0"), windows(0x9C9C, "old words")], thumbnail=thumbnail(), trailing=b"tail"
    )
    resources = files.resource(0x03ED, bytes(16)) + files.resource(0x0404, IIM) + files.resource(0x040A, b"\1")
    before = (files.exif(block), files.xmp(XMP), files.irb(resources), files.icc(), files.segment(files.COM, b"hello"))
    return files.with_mpf(*before, others=[files.picture((20, 20))])


def pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.tobytes()


def utf16(value: str) -> str:
    """ExifTool 12 takes the two halves of a character beyond U+FFFF in an XP field for two: put them together."""
    if not value.startswith("base64:"):
        return value
    halves = base64.b64decode(value.removeprefix("base64:")).decode(errors="surrogatepass")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16")


def seen(path: Path) -> dict[str, Any]:
    """Everything ExifTool sees that is not ours, binary values included; where images stand is seen by their bytes."""
    facts = exiftool(path, "-ee", "-u", "-b", "-n")
    moving = ("MPImage1:MPImageLength", "MPImage2:MPImageStart")
    return {name: value for name, value in facts.items() if name not in OURS and name not in moving}


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("name", CAPTIONS)
@pytest.mark.parametrize("order", ["<", ">"])
def test_exiftool_reads_all_carriers_as_written_and_all_else_unchanged(tmp_path: Path, name: str, order: str) -> None:
    path, caption = tmp_path / "photo.jpg", CAPTIONS[name]
    path.write_bytes(rich(order))
    before, decoded = seen(path), pixels(path)
    metadata.write(path, caption, FIELDS)
    facts = exiftool(path, "-b")
    for title in ("XMP-dc:Title", "IPTC:ObjectName", "IFD0:XPTitle"):
        assert utf16(str(facts[title])) == caption.title
    for words in ("XMP-dc:Description", "IPTC:Caption-Abstract", "IFD0:ImageDescription", "IFD0:XPComment"):
        assert utf16(facts[words]) == caption.description
    for tags in ("XMP-dc:Subject", "IPTC:Keywords"):
        assert tuple(numbered(facts[tags])) == caption.tags
    assert utf16(facts["IFD0:XPKeywords"]) == ";".join(caption.tags)
    assert facts["XMP-iptcCore:AltTextAccessibility"] == caption.alt_text
    after = seen(path)
    assert after == before
    assert after["MPImage2:MPImage2"] == before["MPImage2:MPImage2"]
    assert len(before) > 50
    assert pixels(path) == decoded


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("name", CAPTIONS)
def test_exiftool_finds_no_fault_with_a_bare_photo_that_was_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(files.jpeg())
    before = seen(path)
    metadata.write(path, CAPTIONS[name], FIELDS)
    command = ["exiftool", "-validate", "-warning", "-error", "-a", "-s3", str(path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert all("Warnings" in line or line.startswith("Missing required JPEG IFD0 tag") for line in lines), lines
    assert set(seen(path)) - set(before) <= {"XMP-x:XMPToolkit"}
    metadata.write(path, Caption(), FIELDS)
    assert path.read_bytes() == files.jpeg()


@pytest.mark.needs("exiftool")
def test_we_read_what_exiftool_writes(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(files.jpeg())
    caption = CAPTIONS["japanese"]
    command = ["exiftool", "-q", "-overwrite_original", "-codedcharacterset=utf8", "-charset", "iptc=UTF8"]
    command += [f"-XMP-dc:Title={caption.title}", f"-ImageDescription={caption.description}"]
    command += [f"-IPTC:Keywords={tag}" for tag in caption.tags] + [str(path)]
    subprocess.run(command, check=True)
    assert metadata.read(path).caption == Caption(caption.title, caption.description, caption.tags)


@pytest.mark.needs("exiv2")
@pytest.mark.parametrize("name", CAPTIONS)
def test_exiv2_reads_the_same(tmp_path: Path, name: str) -> None:
    path, caption = tmp_path / "photo.jpg", CAPTIONS[name]
    path.write_bytes(rich("<"))
    exif_before = [line for line in exiv2(path, "E").splitlines() if "Image.XP" not in line]
    metadata.write(path, caption, FIELDS)
    exif, iptc, xmp = exiv2(path, "E"), exiv2(path, "I"), exiv2(path, "X")
    first_line = caption.description.split("\n")[0]
    assert f"Exif.Image.ImageDescription {first_line}" in [" ".join(line.split()) for line in exif.splitlines()]
    for text in (caption.title, first_line, *caption.tags):
        assert text in iptc
        assert text in xmp
    kept = ("Exif.GPSInfo", "Exif.Photo", "Exif.Iop", "Exif.Thumbnail", "Exif.Image.Model")
    after = exif.splitlines()
    assert [line for line in after if line.startswith(kept)] == [line for line in exif_before if line.startswith(kept)]
