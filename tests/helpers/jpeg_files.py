"""JPEG files made by hand around a picture that Pillow encodes: segments in any order, MPF, trailers."""

import io
import struct
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageCms

JFIF = b"JFIF\0\1\2\1\0\x48\0\x48\0\0"
EXIF_ID = b"Exif\0\0"
XMP_ID = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION_ID = b"http://ns.adobe.com/xmp/extension/\0"
IRB_ID = b"Photoshop 3.0\0"
APP0, APP1, APP2, APP11, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xFE


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def picture(size: tuple[int, int] = (48, 32), **options: int) -> bytes:
    """A small photo as Pillow writes it, without any APP segment: from SOI to EOI."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.putpixel((3, 3), (250, 20, 20))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85, **options)
    return b"\xff\xd8" + b"".join(raw for marker, raw in split(buffer.getvalue()) if not 0xE0 <= marker <= 0xEF)


def split(jpeg: bytes) -> list[tuple[int, bytes]]:
    """(marker, bytes) of each segment; the last one runs from SOS to the end."""
    parts: list[tuple[int, bytes]] = []
    at = 2
    while True:
        marker = jpeg[at + 1]
        if marker == 0xDA:
            return [*parts, (marker, jpeg[at:])]
        (length,) = struct.unpack_from(">H", jpeg, at + 2)
        parts.append((marker, jpeg[at : at + 2 + length]))
        at += 2 + length


def jpeg(*segments: bytes, body: bytes | None = None, trailer: bytes = b"", jfif: bool = True) -> bytes:
    """SOI, JFIF, the given segments, the picture, the trailer."""
    head = segment(APP0, JFIF) if jfif else b""
    return b"\xff\xd8" + head + b"".join(segments) + (body or picture())[2:] + trailer


def exif(block: bytes) -> bytes:
    return segment(APP1, EXIF_ID + block)


def xmp(packet: bytes) -> bytes:
    return segment(APP1, XMP_ID + packet)


def irb(block: bytes) -> bytes:
    return segment(APP13, IRB_ID + block)


@cache
def icc() -> bytes:
    """A colour profile; the same bytes at every call, though a new profile carries the time."""
    return segment(APP2, b"ICC_PROFILE\0\1\1" + ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def resource(number: int, data: bytes) -> bytes:
    """One Photoshop image resource with an empty name."""
    return b"8BIM" + struct.pack(">H", number) + b"\0\0" + struct.pack(">I", len(data)) + data + bytes(len(data) % 2)


def mpf(entries: Sequence[tuple[int, int]], order: str = ">") -> bytes:
    """An MPF segment that lists (length, offset from the segment's own TIFF header) of each image."""
    rows = b"".join(struct.pack(order + "IIIHH", 0x030000, size, offset, 0, 0) for size, offset in entries)
    head = b"MM\0*" if order == ">" else b"II*\0"
    table = struct.pack(order + "H", 3)
    table += struct.pack(order + "HHI", 0xB000, 7, 4) + b"0100"
    table += struct.pack(order + "HHII", 0xB001, 4, 1, len(entries))
    table += struct.pack(order + "HHII", 0xB002, 7, len(rows), 8 + 2 + 36 + 4)
    return segment(APP2, b"MPF\0" + head + struct.pack(order + "I", 8) + table + bytes(4) + rows)


def with_mpf(*before: bytes, after: Sequence[bytes] = (), others: Sequence[bytes], order: str = ">") -> bytes:
    """A file whose MPF segment, between `before` and `after`, lists the file's own image and the `others` behind it."""
    blank = jpeg(*before, mpf([(0, 0)] * (1 + len(others)), order), *after)
    base = blank.index(b"MPF\0") + 4
    entries, at = [(len(blank), 0)], len(blank)
    for other in others:
        entries.append((len(other), at - base))
        at += len(other)
    return jpeg(*before, mpf(entries, order), *after) + b"".join(others)


def mpf_images(data: bytes) -> list[bytes]:
    """The images the MPF segment of a file lists, cut out of it by length and offset."""
    base = data.index(b"MPF\0") + 4
    order = ">" if data[base : base + 2] == b"MM" else "<"
    (count,) = struct.unpack_from(order + "I", data, base + 8 + 2 + 12 + 8)
    images = []
    for n in range(count):
        _, size, offset = struct.unpack_from(order + "III", data, base + 50 + 16 * n)
        start = base + offset if offset else 0
        images.append(data[start : start + size])
    return images


def afcp(start: int, items: Sequence[tuple[bytes, bytes]]) -> bytes:
    """An AFCP trailer that begins at `start` of its file; its offsets are absolute."""
    head = b"AXS!" + struct.pack(">HHI", 0x0100, len(items), 0)
    at = start + 12 + 12 * len(items)
    directory, body = b"", b""
    for tag, data in items:
        directory += tag + struct.pack(">II", len(data), at + len(body))
        body += data
    return head + directory + body + b"AXS!" + struct.pack(">II", start, 0)


def afcp_items(data: bytes) -> list[bytes]:
    """The items of the AFCP trailer at the end of a file, found by its offsets."""
    assert data[-12:-8] == b"AXS!"
    (start,) = struct.unpack_from(">I", data, len(data) - 8)
    assert data[start : start + 4] == b"AXS!"
    (count,) = struct.unpack_from(">H", data, start + 6)
    spans = [struct.unpack_from(">II", data, start + 12 + 12 * n + 4) for n in range(count)]
    return [data[offset : offset + size] for size, offset in spans]
