"""What a file holds, told from its first bytes, and why it is not a picture Cutline can read.

    head(path)      the first bytes, or why there are none
    format_of(head) the picture format they announce, or None
    refusal(...)    one sentence about a file in no such format: empty, text, a web page, a raw file, a video, ...

The name's ending decides only where the bytes cannot: most raw formats are TIFF files with a small preview in front.
"""

import codecs
import stat
from pathlib import Path
from typing import Literal

from cutline.core.errors import PhotoError, Unreadable, Unsupported
from cutline.core.photo import Photo
from cutline.core.scan import RAW

Format = Literal["JPEG", "PNG", "WebP", "GIF", "TIFF", "BMP", "AVIF"]

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
_RAW_MAGIC = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"mif2"}


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


def format_of(first: bytes) -> Format | None:
    """The format that a file's `first` bytes announce; None: none that Cutline decodes."""
    for magic, name in _MAGIC:
        if first.startswith(magic):
            return name
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "WebP"
    return "AVIF" if brands(first) & {b"avif", b"avis"} else None


def brands(first: bytes) -> set[bytes]:
    """The brands of a file of the ISO base media family (ISO/IEC 14496-12, `ftyp`); empty for any other."""
    if first[4:8] != b"ftyp":
        return set()
    box = first[8 : int.from_bytes(first[:4], "big")]
    return {box[:4]} | {box[at : at + 4] for at in range(8, len(box) - 3, 4)}


def is_raw(path: Path, first: bytes) -> bool:
    """Whether the file at `path` is a camera's raw file."""
    if path.suffix.lower() in RAW:
        return format_of(first) in (None, "TIFF")
    return first.startswith(_RAW_MAGIC) or b"crx " in brands(first)


def refusal(path: Path, first: bytes) -> PhotoError:
    """Why the file at `path`, which is in none of the formats Cutline decodes, is refused."""
    name = Photo(path).name
    if is_raw(path, first):
        return Unsupported(f"{name}: camera raw files cannot be read yet; save the picture as JPEG and use that.")
    known = brands(first)
    if known & _HEIF_BRANDS:
        return Unsupported(f"{name}: HEIC pictures cannot be read yet; save the picture as JPEG and use that.")
    return Unreadable(f"{name}: {_what(first, bool(known))}")


def _what(first: bytes, is_media: bool) -> str:
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "holds a web page, not a picture; download the picture again."
    if first.startswith(b"%PDF"):
        return "is a PDF document, not a picture; save its pictures as JPEG and use those."
    if is_media or first[:4] == b"\x1aE\xdf\xa3":
        return "is a video, not a picture; save a frame of it as JPEG and use that."
    if _is_text(first):
        return "is a text file, not a picture, whatever its name says; choose another file."
    if not first.strip(b"\0"):
        return "holds nothing but zeros; the copy was probably cut short, so get it again from where it came from."
    return "is not a picture in a format Cutline reads (JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF); convert it to JPEG."


def _is_text(first: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(first, final=len(first) < HEAD)
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\t\r\n\f\ufeff" for c in text)
