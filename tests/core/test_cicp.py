"""Profiles made from numbers do what the standards' formulas do."""

import struct

import pytest
from PIL import Image

from cutline.core.cicp import profile
from cutline.core.color import srgb

D65 = (0.3127, 0.3290)
CHROMATICITIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
"""Red, green and blue of ITU-T H.273, table 2."""

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]


def times(matrix: Matrix, vector: Vector) -> Vector:
    a, b, c = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return a, b, c


def inverse(m: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det),
        ((f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det),
        ((d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det),
    )


def to_xyz(primaries: int) -> Matrix:
    """SMPTE RP 177."""
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in CHROMATICITIES[primaries]]
    x, y, z = zip(*columns, strict=True)
    white = (D65[0] / D65[1], 1.0, (1 - D65[0] - D65[1]) / D65[1])
    scale = times(inverse((x, y, z)), white)
    r, g, b = (tuple(value * s for value, s in zip(row, scale, strict=True)) for row in (x, y, z))
    return r, g, b


def light(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def number(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


@pytest.mark.parametrize("colour", [(120, 180, 120), (200, 100, 90), (60, 70, 160), (128, 128, 128), (255, 255, 255)])
@pytest.mark.parametrize("primaries", [9, 12])
def test_wide_gamuts_by_the_matrices_of_the_standards(primaries: int, colour: tuple[int, int, int]) -> None:
    linear = times(to_xyz(primaries), tuple(light(v / 255) for v in colour))  # type: ignore[arg-type]
    wanted = [number(value) for value in times(inverse(to_xyz(1)), linear)]
    seen = srgb(Image.new("RGB", (1, 1), colour), profile(primaries, 13)).tobytes()
    assert all(abs(a - b) <= 2 for a, b in zip(seen, wanted, strict=True)), (list(seen), wanted)


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 13), (1, 1), (1, 6), (2, 2), (5, 6), (6, 1), (0, 0), (99, 99)])
def test_what_is_srgb_or_as_good_as_that_needs_no_profile(primaries: int, transfer: int) -> None:
    assert profile(primaries, transfer) is None


def grey(transfer: int, value: int) -> int:
    return srgb(Image.new("RGB", (1, 1), (value,) * 3), profile(1, transfer)).tobytes()[0]


@pytest.mark.parametrize("transfer", [4, 5, 8, 16, 18])
def test_every_curve_rises_from_black_to_white(transfer: int) -> None:
    greys = [grey(transfer, value) for value in range(0, 256, 15)]
    assert greys == sorted(greys)
    assert greys[0] == 0
    assert greys[-1] >= 254


def test_gamma_and_linear_light() -> None:
    assert grey(8, 55) == pytest.approx(number(55 / 255), abs=1)
    assert grey(4, 128) == pytest.approx(number((128 / 255) ** 2.2), abs=1)
    assert grey(5, 128) == pytest.approx(number((128 / 255) ** 2.8), abs=1)


def test_below_the_knee_light_is_as_it_is() -> None:
    """18 % grey is at 38 % of PQ and HLG (ITU-R BT.2408, table 1: 26 cd/m2 of 203)."""
    for transfer in (16, 18):
        assert grey(transfer, round(0.38 * 255)) == pytest.approx(number(26 / 203), abs=4)


def test_it_is_a_profile_of_the_size_it_says() -> None:
    made = profile(12, 16)
    assert made is not None
    assert struct.unpack_from(">I", made) == (len(made),)
    assert made[36:40] == b"acsp"
