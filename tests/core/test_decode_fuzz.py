"""Damaged pictures, thousands of them: each is decoded or refused as itself, in little memory and time."""

import tempfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.decode import decoded
from cutline.core.errors import CutlineError
from cutline.core.thumbnail import embedded, thumbnail
from helpers import memory, profiles
from helpers.pictures import exif, noise, quarters

KINDS = ["JPEG", "progressive", "PNG", "GIF", "TIFF", "LZW", "WebP", "BMP", "AVIF"]


@cache
def picture(kind: str) -> bytes:
    file, small = BytesIO(), BytesIO()
    quarters((48, 32)).save(small, "JPEG")
    extra = {"exif": exif(6, small.getvalue()), "icc_profile": profiles.swapped()}
    image = Image.blend(noise((96, 64)), quarters(), 0.8)
    match kind:
        case "JPEG" | "WebP" | "AVIF":
            image.save(file, kind, **extra)
        case "PNG":
            image.convert("P").save(file, kind, **extra, transparency=3)
        case "progressive":
            image.save(file, "JPEG", progressive=True, **extra)
        case "TIFF":
            image.save(file, kind, **extra)
        case "LZW":
            image.save(file, "TIFF", compression="tiff_lzw")
        case _:
            image.save(file, kind)
    return file.getvalue()


def handled(data: bytes, kind: str) -> None:
    """`data` is decoded in 32 pixels, or refused with a `CutlineError` of one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{kind}"
        path.write_bytes(data)
        for attempt in (decoded, thumbnail, embedded):
            said = f"a.{kind}: fine"
            try:
                result = attempt(path, 32)
            except CutlineError as error:
                said = str(error)
            else:
                assert result is None or max(result.width, result.height) <= 32
            assert said.startswith(f"a.{kind}: ")
            assert "\n" not in said


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1))
def test_cut_anywhere(kind: str, cut: float) -> None:
    whole = picture(kind)
    handled(whole[: int(len(whole) * cut)], kind)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=90, deadline=None)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=12),
    early=st.booleans(),
)
def test_bytes_flipped_anywhere(kind: str, flips: list[tuple[float, int]], early: bool) -> None:
    data = bytearray(picture(kind))
    for where, change in flips:
        data[int(where * (min(len(data), 400) if early else len(data)))] ^= change
    handled(bytes(data), kind)


@settings(max_examples=150, deadline=None)
@given(
    start=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0*", b"BM"]),
    rest=st.binary(),
)
def test_rubbish_behind_a_pictures_first_bytes(start: bytes, rest: bytes) -> None:
    handled(start + rest, "x")


@pytest.fixture(autouse=True, scope="module")
def _in_little_memory() -> Iterator[None]:
    """All of these together take little more than Pillow itself."""
    handled(picture("JPEG"), "JPEG")
    before = memory.peak()
    yield
    assert memory.peak() - before < 300_000_000
