"""What a PNG chunk carries of our blocks, and how to say it again: standard chunks, and forms from before the standard.

eXIf                                   EXIF (PNG third edition, 11.3.3.6)
iTXt  XML:com.adobe.xmp                XMP (XMP specification part 3), not compressed
tEXt, zTXt, iTXt  XML:com.adobe.xmp    XMP as some writers leave it; when edited it moves to the standard
                                       chunk, if there is none
tEXt, zTXt, iTXt  Raw profile type X   ImageMagick's text form: name, length, hexadecimal; X exif, APP1, xmp,
                                       iptc, 8bim, APP13; stays in that form when edited
"""

import re
import zlib
from dataclasses import dataclass

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import irb
from cutline.core.metadata.model import BlockName

XMP_KEYWORD = b"XML:com.adobe.xmp"
RAW_KEYWORD = b"Raw profile type "
ROOM = 32 << 20
"""Most bytes that the compressed blocks of one file are unpacked to."""
_GROWTH = 1100  # deflate cannot grow by more than 1032
EXIF_PREFIX = b"Exif\x00\x00"
_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\x00"
_PHOTOSHOP_PREFIX = b"Photoshop 3.0\x00"
_PREFIXES = (EXIF_PREFIX, _XMP_PREFIX, _PHOTOSHOP_PREFIX)
_PROFILE = re.compile(rb"\s*([^\n]*)\n\s*(\d{1,10})\s*\n?")
_RAW_TYPES: dict[bytes, BlockName] = {b"exif": "exif", b"app1": "exif", b"xmp": "xmp",
                                      b"iptc": "irb", b"8bim": "irb", b"app13": "irb"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """How a block stands in its chunk."""

    chunk: bytes
    """Chunk type: eXIf, tEXt, zTXt or iTXt."""
    head: bytes = b""
    """What a text chunk holds before its text: keyword, compression, language."""
    profile: bytes | None = None
    """The name in a raw profile; None where the block stands as it is."""
    prefix: bytes = b""
    """What stands before the block, such as ``Exif`` and two NULs."""
    bare_iim: bool = False
    """IPTC-IIM without the Photoshop resource around it."""
    compressed: bool = False
    broken: bool = False
    """Whether it could not be unpacked."""

    @property
    def standard(self) -> bool:
        """Whether other programs look for the block in this form first."""
        return self.profile is None and self.chunk in (b"eXIf", b"iTXt") and not (self.broken or self.compressed)


STANDARD: dict[BlockName, Form] = {
    "exif": Form(b"eXIf"),
    "xmp": Form(b"iTXt", XMP_KEYWORD + bytes(5)),
}


def interesting(chunk: bytes, head: bytes) -> bool:
    """Whether a chunk of this type that begins with `head` (at least 40 bytes) carries one of our blocks."""
    if chunk == b"eXIf":
        return True
    keyword = head.partition(b"\x00")[0]
    if chunk not in (b"tEXt", b"zTXt", b"iTXt"):
        return False
    return keyword == XMP_KEYWORD or (keyword.startswith(RAW_KEYWORD) and _raw_type(keyword) is not None)


def taken(chunk: bytes, data: bytes, room: int = ROOM) -> tuple[BlockName, Form, bytes]:
    """The block in the data of an `interesting` chunk; one that cannot be unpacked (to `room` bytes) as it stands."""
    if chunk == b"eXIf":
        prefix = EXIF_PREFIX if data.startswith(EXIF_PREFIX) else b""
        return "exif", Form(chunk, prefix=prefix), data[len(prefix) :]
    keyword = data.partition(b"\x00")[0]
    name = "xmp" if keyword == XMP_KEYWORD else _raw_type(keyword)
    assert name is not None
    try:
        head, text, compressed = _text(chunk, data, room)
        if keyword == XMP_KEYWORD:
            return "xmp", Form(chunk, head, compressed=compressed), text
        return _profile(chunk, head, text, compressed, name)
    except Malformed:
        return name, Form(chunk, broken=True), data


def packed(form: Form, block: bytes) -> tuple[bytes, bytes]:
    """Chunk type and data that carry `block` in `form`."""
    body = block
    if form.bare_iim:
        body = irb.read(block).iim or b""
    body = form.prefix + body
    if form.profile is not None:
        digits = body.hex().encode()
        lines = b"\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))
        body = b"\n%s\n%8d\n%s\n" % (form.profile, len(body), lines)
    if form.compressed:
        body = zlib.compress(body)
    return form.chunk, form.head + body


def _raw_type(keyword: bytes) -> BlockName | None:
    return _RAW_TYPES.get(keyword[len(RAW_KEYWORD) :].lower())


def _text(chunk: bytes, data: bytes, room: int) -> tuple[bytes, bytes, bool]:
    """(What stands before the text, the text, whether it was compressed). Raises `Malformed`."""
    at = data.index(b"\x00") + 1 if b"\x00" in data else len(data)
    compressed = chunk == b"zTXt"
    if chunk == b"zTXt":
        at += 1
    elif chunk == b"iTXt":
        compressed = data[at : at + 1] == b"\x01"
        language = data.find(b"\x00", at + 2)
        translated = data.find(b"\x00", language + 1)
        if language < 0 or translated < 0:
            raise Malformed("A text chunk of the PNG lacks its fields.")
        at = translated + 1
    text = data[at:]
    return data[:at], _inflated(text, room) if compressed else text, compressed


def _inflated(data: bytes, room: int) -> bytes:
    limit = min(max(room, 1), len(data) * _GROWTH + 64)
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, limit)
    except zlib.error:
        raise Malformed("A text chunk of the PNG cannot be decompressed.") from None
    if not unpacker.eof:
        raise Malformed("A text chunk of the PNG is cut, or far larger than metadata can be.")
    return text


def _profile(
    chunk: bytes, head: bytes, text: bytes, compressed: bool, name: BlockName
) -> tuple[BlockName, Form, bytes]:
    match = _PROFILE.match(text)
    if match is None:
        raise Malformed("A raw profile of the PNG lacks its length.")
    try:
        raw = bytes.fromhex(text[match.end() :].decode("ascii"))
    except ValueError:
        raise Malformed("A raw profile of the PNG is not hexadecimal.") from None
    if len(raw) < int(match[2]):
        raise Malformed("A raw profile of the PNG is shorter than it says.")
    raw = raw[: int(match[2])]
    prefix = next((p for p in _PREFIXES if raw.startswith(p)), b"")
    block = raw[len(prefix) :]
    if prefix == _XMP_PREFIX:
        name = "xmp"
    elif name == "irb" and block[:1] == b"\x1c":
        return name, Form(chunk, head, match[1], prefix, bare_iim=True, compressed=compressed), irb.edit(None, block)
    return name, Form(chunk, head, match[1], prefix, compressed=compressed), block
