"""JPEG headers: what a picture to look at is told from, and heads that never end."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cutline.core.jpeg_head import header
from helpers.pictures import exif, quarters
from helpers.raw_files import LOSSLESS, jpeg


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": exif(6)}, {"comment": b"x" * 3000}])
def test_size_exif_and_kind(options: dict[str, Any]) -> None:
    head = header(jpeg(quarters((90, 60)), **options))
    assert head is not None
    assert (head.size, head.is_picture) == ((90, 60), True)
    assert head.orientation == (6 if "exif" in options else None)
    assert (head.exif == exif(6)[6:]) == ("exif" in options)


def test_the_length_ends_with_the_frame_header() -> None:
    data = jpeg(quarters((90, 60)), exif=exif(1, jpeg(quarters((30, 20)))))
    head = header(data)
    assert head is not None
    assert data[head.length : head.length + 2] == b"\xff\xc4"
    assert header(data[: head.length]) == head
    assert header(data[: head.length - 10]) is None


def test_grey_is_a_picture_and_sensor_data_or_cmyk_are_not() -> None:
    file = BytesIO()
    Image.new("CMYK", (60, 40)).save(file, "JPEG")
    kinds = [header(data) for data in (jpeg(Image.new("L", (60, 40))), LOSSLESS, file.getvalue())]
    assert [head is not None and head.is_picture for head in kinds] == [True, False, False]


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xd9", b"\xff\xd8" + b"\xff" * 5000, b"\xff\xd8\xff\xe0\0\0",
     b"\xff\xd8" + b"\xff\xe0\0\2" * 5000, b"\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\0\3", b"GIF89a"],
)  # fmt: skip
def test_what_has_no_head(data: bytes) -> None:
    assert header(data) is None


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    head = header(b"\xff\xd8\xff" + data)
    assert head is None or min(head.size) > 0
