"""What a file is told to be by its first bytes, and what a person hears of one that cannot be decoded."""

from pathlib import Path

import pytest

from cutline.core.errors import Unreadable, Unsupported
from cutline.core.sniff import head, kind_of, refusal


def ftyp(*brands: bytes) -> bytes:
    return (16 + 4 * len(brands[1:])).to_bytes(4, "big") + b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:])


@pytest.mark.parametrize(
    ("name", "first", "kind"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "JPEG"),
        ("a.png", b"\xff\xd8\xff\xe0", "JPEG"),
        ("a.heic", ftyp(b"heic", b"mif1", b"heic"), "HEIC"),
        ("a.hif", ftyp(b"heix", b"mif1"), "HEIC"),
        ("a.heic", ftyp(b"mif1", b"mif1", b"heic"), "HEIC"),
        ("a.heic", ftyp(b"msf1", b"hevc"), "HEIC"),
        ("a.heic", ftyp(b"mif1", b"avif", b"mif1"), "AVIF"),
        ("a.avif", ftyp(b"avis", b"msf1"), "AVIF"),
        ("a.tif", b"II+\0\x08\0\0\0", "TIFF"),
        ("a.tif", b"MM\0*\0\0\0\x08", "TIFF"),
        ("a.DNG", b"MM\0*\0\0\0\x08", "raw"),
        ("a.nef", b"MM\0*\0\0\0\x08", "raw"),
        ("a.orf", b"IIRO\x08\0\0\0", "raw"),
        ("a.xyz", b"IIRS\x08\0\0\0", "raw"),
        ("a.cr3", ftyp(b"crx ", b"crx ", b"isom"), "raw"),
        ("a.jpg", b"FOVb\0\0\2\0", "raw"),
        ("a.kdc", b"\x01\xfeunknown\xff", "raw"),
        ("a.nef", b"\xff\xd8\xff\xe1", "JPEG"),
        ("a.dng", ftyp(b"heic"), "HEIC"),
        ("a.mp4", ftyp(b"isom", b"mp41"), None),
        ("a.nef", b"a letter", None),
        ("a.cr2", b"<!DOCTYPE html>", None),
        ("a.arw", bytes(400), None),
        ("a.raf", b"8BPS\0\1", None),
        ("a.jls", b"\xff\xd8\xff\xf7\0\x0b", None),
        ("a.xyz", b"\x01\xfeunknown\xff", None),
    ],
)
def test_the_first_bytes_decide_and_the_name_only_of_raw_files(name: str, first: bytes, kind: str | None) -> None:
    assert kind_of(Path(name), first) == kind


@pytest.mark.parametrize(
    ("first", "what"),
    [
        (b"8BPS\0\1", "a Photoshop document"),
        (b"\xff\x0a\xfa", "a JPEG XL picture"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
        (b"\xff\xd8\xff\xf7", "a JPEG-LS picture"),
        (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
        (b"qoif", "a QOI picture"),
    ],
)
def test_pictures_that_cannot_be_decoded_are_named(tmp_path: Path, first: bytes, what: str) -> None:
    path = tmp_path / "a.nef"
    path.write_bytes(first + bytes(100))
    assert kind_of(path, head(path)) is None
    error = refusal(path, head(path))
    assert isinstance(error, Unsupported)
    assert str(error) == f"a.nef: is {what}, which cannot be decoded; save it as JPEG or PNG and use that."


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "is a drawing (SVG)"),
        (b"<svg width='3'>", "is a drawing (SVG)"),
        (ftyp(b"qt  "), "is a video"),
        (b"\x1aE\xdf\xa3matroska", "is a video"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"Dear Sir", "is a text file"),
        (b"\x93\xff\x01\x8e\xd2\x17", "is not a picture in a format Cutline reads"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(first: bytes, says: str) -> None:
    error = refusal(Path("a.jpg"), first)
    assert isinstance(error, Unreadable)
    assert says in str(error)
    assert str(error).count(".") == 2
