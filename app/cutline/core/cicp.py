"""Colours given by number, as an ICC profile, so that they go to sRGB by the same way as all others.

ITU-T H.273 numbers the primaries and the transfer curves that video knows; HEIC and AVIF use them instead of a profile.
Curves of high dynamic range (PQ and HLG) reach far beyond the white of paper. A screen's white is put where ITU-R
BT.2408 puts it, at 203 cd/m2; what is brighter is squeezed into the upper end instead of being cut off.
The profile is one of three matrices and a curve (ICC.1:2001-04, version 2).
"""

import math
import struct
from collections.abc import Callable
from functools import lru_cache

_D50 = (0.9642, 1.0, 0.8249)

_PRIMARIES = {
    1: ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)),
    9: ((0.67348, 0.27904, -0.00194), (0.16566, 0.67534, 0.02998), (0.12505, 0.04561, 0.79686)),
    12: ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
}
"""XYZ of red, green and blue, adapted to D50: BT.709, as sRGB, BT.2020, Display P3. Others are close to the first."""

_WHITE = 203.0  # cd/m2
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2  # cd/m2, and the way from scene to screen (BT.2100, table 5)
_KNEE = 0.6
_POINTS = 1024


def _srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else math.pow((value + 0.055) / 1.055, 2.4)


def _pq(value: float) -> float:
    """SMPTE ST 2084, as light of which 1 is white."""
    root = math.pow(value, 1 / 78.84375)
    light = max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return 10_000 / _WHITE * math.pow(light, 1 / 0.1593017578125)


def _hlg(value: float) -> float:
    """ARIB STD-B67, as light of which 1 is white."""
    scene = value * value / 3 if value <= 0.5 else (math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return _HLG_PEAK / _WHITE * math.pow(scene, _HLG_GAMMA)


def _squeezed(light: float) -> float:
    """Light of any strength within 0..1: as it is up to the knee, then ever less."""
    over = (light - _KNEE) / (1 - _KNEE)
    return light if over <= 0 else 1 - (1 - _KNEE) * math.exp(-over)


_CURVES: dict[int, Callable[[float], float]] = {
    4: lambda value: math.pow(value, 2.2),
    5: lambda value: math.pow(value, 2.8),
    8: lambda value: value,
    16: lambda value: _squeezed(_pq(value)),
    18: lambda value: _squeezed(_hlg(value)),
}
"""From numbers to light; what is not here is as good as sRGB."""


@lru_cache(maxsize=16)
def profile(primaries: int, transfer: int) -> bytes | None:
    """The ICC profile for colours with these numbers of H.273; None where they are sRGB, or as good as that."""
    if primaries not in _PRIMARIES:
        primaries = 1
    if primaries == 1 and transfer not in _CURVES:
        return None
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, _PRIMARIES[primaries]), strict=True))
    curve = _curve(_CURVES.get(transfer, _srgb))
    return _packed(tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve) | {b"wtpt": _xyz(_D50)})


def _fixed(values: tuple[float, ...]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _curve(light: Callable[[float], float]) -> bytes:
    points = (round(65535 * min(1.0, light(n / (_POINTS - 1)))) for n in range(_POINTS))
    return b"curv\0\0\0\0" + struct.pack(f">I{_POINTS}H", _POINTS, *points)


def _packed(tags: dict[bytes, bytes]) -> bytes:
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + len(table) + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(data), len(value))
        data += value
    head = struct.pack(">I4sI12s12s4s28x", start + len(data), b"", 0x02100000, b"mntrRGB XYZ ", b"", b"acsp")
    return (head + _fixed(_D50)).ljust(128, b"\0") + table + data
