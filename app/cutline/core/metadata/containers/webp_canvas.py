"""The VP8X chunk that a simple WebP lacks, made from the header of its bitstream (RFC 9649, sections 2.5 to 2.7)."""

from cutline.core.errors import Unreadable

ALPHA = 0x10
HEAD = 10  # bytes of a bitstream that tell its size


def canvas(fourcc: bytes, head: bytes) -> tuple[int, int, bool]:
    """(Width, height, whether there is alpha) of a VP8 or VP8L bitstream beginning with `head`. Raises `Unreadable`."""
    if fourcc == b"VP8 " and len(head) >= HEAD and head[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return width, height, False
    if fourcc == b"VP8L" and len(head) >= 5 and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    raise Unreadable("The WebP picture is damaged: its bitstream has no valid header.")


def vp8x(flags: int, width: int, height: int) -> bytes:
    """A whole VP8X chunk. Raises `Unreadable` for a picture without area."""
    if not width or not height:
        raise Unreadable("The WebP picture is damaged: it has no width or no height.")
    return b"VP8X\x0a\x00\x00\x00" + bytes((flags, 0, 0, 0)) + _size(width) + _size(height)


def _size(pixels: int) -> bytes:
    return (pixels - 1).to_bytes(3, "little")
