"""The wrapping of an XMP packet: its encoding, its ``<?xpacket?>`` frame and the padding in it.

    byte-order mark, XML declaration, <?xpacket begin?>   document element   padding   <?xpacket end="w"?>   NULs

A packet that may be written in place keeps its length as long as a change fits its padding (ISO 16684-1, section 7.3).
"""

import re

from cutline.core.errors import Malformed

PADDING = 2048
"""Bytes of white space that a new packet gets to grow into."""
_LARGEST_PADDING = 8192
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = re.compile(rb"<\?xpacket\s+end\s*=\s*[\"']([rw])[\"']\s*\?>")
_DECLARATION = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe\x00\x00": "utf-32-le", b"\x00\x00\xfe\xff": "utf-32-be",
         b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}  # fmt: skip
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "utf-16": "utf-8",
           "iso-8859-1": "latin-1", "latin1": "latin-1", "windows-1252": "cp1252"}  # fmt: skip


def blank(packet: bytes) -> bool:
    """Whether `packet` is only white space, NULs or a byte-order mark: as good as none."""
    return not packet.strip(b"\xef\xbb\xbf \t\r\n\x00")


def opened(packet: bytes) -> tuple[bytes, bytes, bytes]:
    """`packet` as (what stands before, XML in UTF-8, what stands behind); joined they are what can be written back.

    A packet in UTF-16, UTF-32, Latin-1 or Windows-1252 comes back converted. Raises `Malformed`.
    """
    codec, mark = _codec(packet)
    if codec != "utf-8":
        text = _decoded(packet[len(mark) :], codec)
        packet, mark = _redeclared(text.encode()), b""
    body = packet[len(mark) :]
    xml = body.lstrip(b" \t\r\n\x00")
    before = mark + body[: len(body) - len(xml)]
    kept = xml.rstrip(b"\x00")
    return before, kept, xml[len(kept) :]


def _codec(packet: bytes) -> tuple[str, bytes]:
    for mark, codec in _BOMS.items():
        if packet.startswith(mark):
            return codec, mark
    head = packet[:4]
    if head == b"<\x00\x00\x00" or head == b"\x00\x00\x00<":
        return ("utf-32-le" if head[0] else "utf-32-be"), b""
    if head[:2] == b"<\x00" or head[:2] == b"\x00<":
        return ("utf-16-le" if head[0] else "utf-16-be"), b""
    declared = _DECLARATION.match(packet.lstrip()[:200])
    name = declared[1].decode().lower() if declared else "utf-8"
    if name not in _CODECS:
        raise Malformed(f"The XMP packet is written in {name}; Cutline reads XMP in UTF-8, UTF-16 and Latin-1.")
    return _CODECS[name], b""


def _decoded(packet: bytes, codec: str) -> str:
    try:
        return packet.decode(codec).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise Malformed(f"The XMP packet is not valid {codec.upper()} text ({error.reason}).") from None


def _redeclared(xml: bytes) -> bytes:
    match = _DECLARATION.match(xml.lstrip()[:200])
    if match is None:
        return xml
    offset = len(xml) - len(xml.lstrip())
    return xml[: offset + match.start(1)] + b"UTF-8" + xml[offset + match.end(1) :]


def wrapped(document: str) -> bytes:
    """`document` in a new writable packet with room to grow."""
    return f'{_BEGIN}{document}\n{_pad(PADDING).decode()}<?xpacket end="w"?>'.encode()


def _pad(length: int) -> bytes:
    """White space of `length` bytes in lines of 100."""
    return (b" " * 99 + b"\n") * (length // 100) + b" " * (length % 100)


def padding(xml: bytes, root_end: int) -> tuple[int, int] | None:
    """The span of the white space before ``<?xpacket end="w"?>``; None where the packet is not for writing in place."""
    end = _END.search(xml, root_end)
    if end is None or end[1] != b"w" or xml[root_end : end.start()].strip(b" \t\r\n"):
        return None
    return root_end, end.start()


def repadded(old: bytes, growth: int) -> bytes:
    """The padding `old` after the text before it grew by `growth` bytes: the packet keeps its length where it can.

    A packet that had no room gets none, one that had too little gets new room.
    """
    room = len(old) - growth
    if growth == 0 or len(old) < 16:
        return old
    if room < 1 or room > max(len(old), _LARGEST_PADDING):
        return b"\n" + _pad(PADDING - 1)
    if room >= len(old):
        return old + b" " * (room - len(old))
    return old[:1] + old[len(old) - room + 1 :]
