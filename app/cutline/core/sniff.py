"""What a file holds, told from its first bytes, and why it is not a picture Cutline can read.

    head(path)      the first bytes, or why there are none
    kind_of(...)    the picture format they announce, or None where it is none that Cutline decodes
    refusal(...)    one sentence about a file in no such format: empty, text, a web page, a Photoshop file, a video, ...

The name's ending decides only where the bytes cannot: most raw formats are TIFF files with a small preview in front.
"""

import codecs
import stat
from pathlib import Path
from typing import Literal

from cutline.core.errors import PhotoError, Unreadable, Unsupported
from cutline.core.photo import Photo
from cutline.core.scan import RAW

Format = Literal["JPEG", "PNG", "WebP", "GIF", "TIFF", "BMP", "AVIF", "HEIC", "raw"]

HEAD = 512
"""How many bytes are enough to tell."""

_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
)
_JPEG_LS = b"\xff\xd8\xff\xf7"
_RAW_MAGIC = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"mif2"})

_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"8BPS", "a Photoshop document"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (_JPEG_LS, "a JPEG-LS picture"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"qoif", "a QOI picture"),
    (b"II\xbc\x01", "a JPEG XR picture"),
)
"""Pictures that Cutline cannot decode."""


def head(path: Path) -> bytes:
    """The first bytes of the file at `path`; `Unreadable` where it is no file, empty, or may not be read."""
    name = Photo(path).name
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{name}: is not a file; choose a picture file.")
        with path.open("rb") as file:
            first = file.read(HEAD)
    except OSError as error:
        raise unreachable(path, error) from None
    if not first:
        raise Unreadable(f"{name}: the file is empty (0 bytes); get it again from where it came from.")
    return first


def unreachable(path: Path, error: OSError) -> Unreadable:
    """The operating system's refusal to read the file at `path`, in a person's words."""
    name = Photo(path).name
    if isinstance(error, FileNotFoundError):
        return Unreadable(f"{name}: there is no such file any more; was it moved or renamed?")
    if isinstance(error, PermissionError):
        return Unreadable(f"{name}: you may not read this file; change its permissions or ask its owner.")
    return Unreadable(f"{name}: the file cannot be read ({error.strerror}); check the disk it is on.")


def kind_of(path: Path, first: bytes) -> Format | None:
    """What the file at `path`, with these `first` bytes, is decoded as; None: Cutline cannot."""
    return "raw" if is_raw(path, first) else format_of(first)


def format_of(first: bytes) -> Format | None:
    """The picture format that a file's `first` bytes announce; None: none that Cutline decodes, or a raw file's."""
    for magic, name in _MAGIC:
        if first.startswith(magic) and not first.startswith(_JPEG_LS):
            return name
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "WebP"
    known = brands(first)
    return "AVIF" if known & _AVIF_BRANDS else "HEIC" if known & _HEIC_BRANDS else None


def brands(first: bytes) -> set[bytes]:
    """The brands of a file of the ISO base media family (ISO/IEC 14496-12, `ftyp`); empty for any other."""
    if first[4:8] != b"ftyp":
        return set()
    box = first[8 : int.from_bytes(first[:4], "big")]
    return {box[:4]} | {box[at : at + 4] for at in range(8, len(box) - 3, 4)}


def is_raw(path: Path, first: bytes) -> bool:
    """Whether the file at `path` is a camera's raw file: told by its first bytes, or by its name where those do not."""
    if first.startswith(_RAW_MAGIC) or b"crx " in brands(first):
        return True
    return path.suffix.lower() in RAW and format_of(first) in (None, "TIFF") and not _is_known(first)


def _is_known(first: bytes) -> bool:
    return first.startswith(tuple(magic for magic, _ in _FOREIGN)) or _is_text(first) or not first.strip(b"\0")


def refusal(path: Path, first: bytes) -> PhotoError:
    """Why the file at `path`, which is in none of the formats Cutline decodes, is refused."""
    name = Photo(path).name
    for magic, kind in _FOREIGN:
        if first.startswith(magic):
            return Unsupported(f"{name}: is {kind}, which cannot be decoded; save it as JPEG or PNG and use that.")
    return Unreadable(f"{name}: {_what(first)}")


def _what(first: bytes) -> str:
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "holds a web page, not a picture; download the picture again."
    if b"<svg" in first.lower() and _is_text(first):
        return "is a drawing (SVG), not a photo; save it as PNG and use that."
    if first.startswith(b"%PDF"):
        return "is a PDF document, not a picture; save its pictures as JPEG and use those."
    if brands(first) or first[:4] == b"\x1aE\xdf\xa3":
        return "is a video, not a picture; save a frame of it as JPEG and use that."
    if _is_text(first):
        return "is a text file, not a picture, whatever its name says; choose another file."
    if not first.strip(b"\0"):
        return "holds nothing but zeros; the copy was probably cut short, so get it again from where it came from."
    return "is not a picture in a format Cutline reads (JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF, HEIC, raw); convert it."


def _is_text(first: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(first, final=len(first) < HEAD)
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\t\r\n\f\ufeff" for c in text)
