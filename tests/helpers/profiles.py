"""ICC profiles made by hand (ICC.1:2001-04, version 2): small, and so far from sRGB that a test sees it."""

import struct
from collections.abc import Mapping

_D50 = (0.9642, 1.0, 0.8249)


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def _text(kind: bytes, words: str) -> bytes:
    raw = words.encode() + b"\0"
    if kind == b"text":
        return b"text\0\0\0\0" + raw
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + bytes(12 + 67)


def _profile(kind: bytes, space: bytes, connection: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    everything = {b"desc": _text(b"desc", "by hand"), b"cprt": _text(b"text", "none"), b"wtpt": _xyz(*_D50), **tags}
    table, data = struct.pack(">I", len(everything)), b""
    start = 128 + 4 + 12 * len(everything)
    for name, value in everything.items():
        table += struct.pack(">4sII", name, start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    date = struct.pack(">6H", 2024, 1, 1, 0, 0, 0)
    head = struct.pack(">I4sI", start + len(data), bytes(4), 0x02100000) + kind + space + connection + date
    head += b"acsp" + bytes(28) + _fixed(*_D50)
    return head + bytes(128 - len(head)) + table + data


def wide_gamut() -> bytes:
    """An RGB profile with Adobe RGB's (1998) primaries, adapted to D50, and gamma 2.2."""
    red, green, blue = (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)
    tags = {b"rXYZ": _xyz(*red), b"gXYZ": _xyz(*green), b"bXYZ": _xyz(*blue)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(2.19921875)))


def swapped() -> bytes:
    """An RGB profile in which red means blue and blue red: what it does cannot be overlooked."""
    red, green, blue = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)
    tags = {b"rXYZ": _xyz(*blue), b"gXYZ": _xyz(*green), b"bXYZ": _xyz(*red)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(2.2)))


def linear_grey() -> bytes:
    """A grey profile with gamma 1: its middle grey is much brighter than sRGB's."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"kTRC": _gamma(1.0)})


def green_cyan() -> bytes:
    """A CMYK profile whose cyan ink is green: a lookup table of two points for each ink, into 8-bit Lab."""
    ramp = bytes(range(256))
    cells = bytearray()
    for inks in range(16):
        cyan, black = inks & 8, inks & 1
        paper = inks == 0
        lab = (255, 128, 128) if paper else (0, 128, 128) if black else (180, 40, 200) if cyan else (128, 128, 128)
        cells += bytes(lab)
    identity = _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + ramp * 4 + bytes(cells) + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table})
