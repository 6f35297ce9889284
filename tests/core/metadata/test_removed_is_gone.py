"""What was removed is gone: no byte of an old caption is left in a file, in any encoding, compressed or not."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.metadata.blocks import exif, irb, xmp
from cutline.core.photo import FIELDS, Caption
from helpers import gif_files, jpeg_files, png_files, tiff_files, webp_files
from helpers.exif_blocks import ASCII, camera, description, windows
from helpers.tiff_files import dataset
from helpers.xmp_packets import DIGIKAM, LIGHTROOM, PHOTOSHOP

SECRET = "Geheimnisträger"
OLD = Caption(
    f"{SECRET} title that is not short",
    f"{SECRET} words " * 12 + "end",
    (f"{SECRET} tag", f"People|{SECRET} leaf", f"{SECRET} tag with 東京"),
    f"{SECRET} alt",
)
OTHERS = {
    "shorter": Caption("t", "d", ("x",), "a"),
    "longer": Caption("New." * 50, "New words." * 300, tuple(f"tag {n}" for n in range(200)), "alt." * 60),
    "none": Caption(),
}

EXIF = camera(extra=[description(OLD.description.encode() + b"\0"), windows(0x9C9B, OLD.title),
                     windows(0x9C9C, OLD.description), windows(0x9C9E, ";".join(OLD.tags)),
                     (0x013B, ASCII, b"A. Photographer\0")])  # fmt: skip
RECORDS = dataset(5, OLD.title.encode()[:64]) + dataset(80, b"by") + dataset(120, OLD.description.encode())
IRB = jpeg_files.resource(0x0404, RECORDS + dataset(25, OLD.tags[0].encode())) + jpeg_files.resource(0x03ED, bytes(16))
XMP = {name: xmp.edit(packet, OLD, FIELDS) for name, packet in
       (("Lightroom", LIGHTROOM), ("digiKam", DIGIKAM), ("Photoshop", PHOTOSHOP), ("ours", None))}  # fmt: skip


def _jpeg(packet: bytes) -> bytes:
    return jpeg_files.jpeg(jpeg_files.exif(EXIF), jpeg_files.xmp(packet), jpeg_files.irb(IRB))


def _jpeg_twice(packet: bytes) -> bytes:
    """Each block a second time, as bad copies of a file have it."""
    twice = jpeg_files.exif(EXIF), jpeg_files.xmp(packet), jpeg_files.irb(IRB)
    return jpeg_files.jpeg(*twice, *twice)


def _png(packet: bytes) -> bytes:
    chunks = png_files.chunk(b"eXIf", EXIF), png_files.xmp_itxt(packet, compressed=True)
    return png_files.with_chunks(png_files.plain(), *chunks)


def _png_of_imagemagick(packet: bytes) -> bytes:
    profiles = (
        png_files.raw_profile(b"exif", b"Exif\0\0" + EXIF),
        png_files.raw_profile(b"iptc", IRB),
        png_files.raw_profile(b"xmp", packet, compressed=False),
        png_files.text(png_files.XMP_KEYWORD, packet, compressed=True),
    )
    return png_files.with_chunks(png_files.plain(), *profiles)


def _webp(packet: bytes) -> bytes:
    chunks = webp_files.chunks(webp_files.lossless_alpha())
    body = [chunk for chunk in chunks if chunk[0] not in (b"VP8X", b"EXIF", b"XMP ")]
    extended = (b"VP8X", webp_files.vp8x(0x10 | 0x08 | 0x04, (13, 9)))
    everything = [extended, *body, (b"EXIF", EXIF), (b"XMP ", packet)]
    return webp_files.riff(*(webp_files.chunk(*chunk) for chunk in everything))


FILES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "JPEG": ("a.jpg", _jpeg),
    "JPEG, all twice": ("a.jpg", _jpeg_twice),
    "PNG": ("a.png", _png),
    "PNG of ImageMagick": ("a.png", _png_of_imagemagick),
    "WebP": ("a.webp", _webp),
}


BARE: dict[str, Callable[[], bytes]] = {
    "a.jpg": jpeg_files.jpeg,
    "a.png": png_files.plain,
    "a.webp": webp_files.lossy,
    "a.tif": tiff_files.pages,
    "a.gif": gif_files.still,
}


def inside(data: bytes) -> Iterator[bytes]:
    """The bytes of a file, and what is in them compressed or as digits."""
    yield data
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        unpacked = zlib.decompressobj()
        try:
            text = unpacked.decompress(data[match.start() :])
        except zlib.error:
            continue
        yield text
        yield _undigited(text)
    yield _undigited(data)


def _undigited(text: bytes) -> bytes:
    runs = re.findall(rb"(?:[0-9a-f]{2,72}\n)+", text)
    digits = [run.replace(b"\n", b"") for run in runs]
    return b"\n".join(bytes.fromhex(run[: len(run) // 2 * 2].decode()) for run in digits)


def found(data: bytes) -> list[str]:
    """In which encodings the secret is in the file."""
    encodings = ("utf-8", "utf-16-le", "cp1252")
    words = {name: SECRET.encode(name) for name in encodings} | {"escaped": SECRET.encode("ascii", "xmlcharrefreplace")}
    return [name for name, word in words.items() for part in inside(data) if word in part]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("packet", XMP)
@pytest.mark.parametrize("kind", FILES)
def test_in_files_of_other_programs(tmp_path: Path, kind: str, packet: str, other: str) -> None:
    name, make = FILES[kind]
    photo = tmp_path / name
    photo.write_bytes(make(XMP[packet]))
    assert found(photo.read_bytes())
    metadata.write(photo, OTHERS[other], FIELDS)
    assert found(photo.read_bytes()) == []
    assert metadata.read(photo).caption == OTHERS[other]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", BARE)
def test_in_files_that_we_wrote(tmp_path: Path, name: str, other: str) -> None:
    photo = tmp_path / name
    photo.write_bytes(BARE[name]())
    metadata.write(photo, OTHERS["shorter"], FIELDS)
    metadata.write(photo, OLD, FIELDS)
    assert found(photo.read_bytes())
    metadata.write(photo, OTHERS[other], FIELDS)
    assert found(photo.read_bytes()) == []


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("packet", XMP)
def test_in_sidecars(tmp_path: Path, packet: str, other: str) -> None:
    photo, beside = tmp_path / "a.jpg", tmp_path / "a.xmp"
    photo.write_bytes(jpeg_files.jpeg())
    beside.write_bytes(XMP[packet])
    metadata.write(photo, OTHERS[other], FIELDS, mode="sidecar")
    assert found(beside.read_bytes()) == []
    beside.write_bytes(XMP[packet])
    metadata.write(photo, OTHERS[other], FIELDS)
    assert found(beside.read_bytes()) == []
    assert found(photo.read_bytes()) == []


@pytest.mark.parametrize("field", FIELDS)
def test_one_field_alone(tmp_path: Path, field: str) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(_jpeg(XMP["digiKam"]))
    others = {name: value for name, value in zip(FIELDS, ("T", "D", ("x",), "A"), strict=True) if name != field}
    metadata.write(photo, Caption(**others), list(others))  # type: ignore[arg-type]
    assert found(photo.read_bytes())
    metadata.write(photo, Caption(), [field])  # type: ignore[list-item]
    assert found(photo.read_bytes()) == []


def test_the_search_finds_what_is_hidden() -> None:
    packet = XMP["ours"]
    assert found(png_files.raw_profile(b"exif", EXIF)) == ["utf-8", "utf-16-le"]
    assert found(png_files.raw_profile(b"xmp", packet, compressed=False)) == ["utf-8"]
    assert found(png_files.xmp_itxt(packet, compressed=True)) == ["utf-8"]
    assert found(irb.captioned(b"", OLD, FIELDS)) == ["utf-8"]
    assert found(exif.edit(None, OLD, ["title"])) == ["utf-16-le"]
