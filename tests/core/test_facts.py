"""What a camera wrote down, read from whole, odd and broken files; piexif, an independent writer, builds the blocks."""

import json
import struct
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import piexif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from piexif import GPSIFD, ExifIFD, ImageIFD
from PIL import Image

from cutline.core.facts import Facts, parse, read_facts

EXIF: dict[int, Any] = {
    ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:05",
    ExifIFD.OffsetTimeOriginal: b"+02:00",
    ExifIFD.ExposureTime: (8, 1),
    ExifIFD.FocalLength: (1000, 10),
    ExifIFD.FocalLengthIn35mmFilm: 150,
    ExifIFD.Flash: 0x19,
    ExifIFD.SubjectDistance: (25, 100),
    ExifIFD.SubjectDistanceRange: 1,
}
GPS: dict[int, Any] = {
    GPSIFD.GPSLatitudeRef: b"S",
    GPSIFD.GPSLatitude: ((33, 1), (52, 1), (1234, 100)),
    GPSIFD.GPSLongitudeRef: b"E",
    GPSIFD.GPSLongitude: ((151, 1), (12, 1), (0, 1)),
}
ZEROTH: dict[int, Any] = {ImageIFD.Make: b"Maker", ImageIFD.Model: b"Model 1", ImageIFD.Orientation: 6}
WHOLE = {"0th": ZEROTH, "Exif": EXIF, "GPS": GPS}


def block(exif: dict[int, Any] | None = None, gps: dict[int, Any] | None = None) -> bytes:
    dumped: bytes = piexif.dump({"0th": {}, "Exif": exif or {}, "GPS": gps or {}})
    return dumped[6:]


def only(tag: int, value: Any) -> Facts:
    """The facts in a block with this one Exif field."""
    return parse(block({tag: value}))


def check(facts: Facts) -> None:
    assert facts.taken == datetime(2024, 6, 12, 18, 30, 5, tzinfo=timezone(timedelta(hours=2)))
    assert facts.latitude == pytest.approx(-(33 + 52 / 60 + 12.34 / 3600))
    assert facts.longitude == pytest.approx(151.2)
    assert (facts.exposure_seconds, facts.focal_mm, facts.focal_35mm) == (8, 100, 150)
    assert facts.flash_fired is True
    assert facts.distance_m == 0.25
    assert facts.macro is True
    assert (facts.orientation, facts.make, facts.model) == (6, "Maker", "Model 1")
    assert facts.from_camera


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
def test_every_format_that_carries_exif(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"photo.{kind.lower()}"
    Image.new("RGB", (8, 8)).save(path, kind, exif=piexif.dump(WHOLE))
    check(read_facts(path))


def test_tiff_is_its_own_block(tmp_path: Path) -> None:
    path = tmp_path / "photo.tif"
    path.write_bytes(piexif.dump(WHOLE)[6:])
    check(read_facts(path))


def test_both_byte_orders() -> None:
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        date = b"2024:06:12 18:30:05\0"
        exif_at, date_at = 26, 44
        head = mark + struct.pack(order + "I", 8)
        ifd0 = struct.pack(order + "HHHIII", 1, 0x8769, 4, 1, exif_at, 0)
        exif = struct.pack(order + "HHHIII", 1, ExifIFD.DateTimeOriginal, 2, len(date), date_at, 0)
        assert parse(head + ifd0 + exif + date).taken == datetime(2024, 6, 12, 18, 30, 5)


@pytest.mark.needs("exiftool")
def test_exiftool_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (8, 8)).save(path, exif=piexif.dump(WHOLE))
    told = json.loads(subprocess.run(["exiftool", "-json", "-n", str(path)], capture_output=True, check=True).stdout)[0]
    facts = read_facts(path)
    assert facts.taken is not None
    assert told["DateTimeOriginal"] == facts.taken.strftime("%Y:%m:%d %H:%M:%S")
    assert (told["GPSLatitude"], told["GPSLongitude"]) == pytest.approx((facts.latitude, facts.longitude))
    assert (told["ExposureTime"], told["FocalLengthIn35mmFormat"]) == (facts.exposure_seconds, facts.focal_35mm)
    assert told["SubjectDistance"] == facts.distance_m


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (b"2024:06:12 18:30:05", datetime(2024, 6, 12, 18, 30, 5)),
        (b"2024-06-12 18:30:05", datetime(2024, 6, 12, 18, 30, 5)),
        (b"2024:06:12 18:30:05.25", datetime(2024, 6, 12, 18, 30, 5)),
        (b"2024:06:12 18:30:60", datetime(2024, 6, 12, 18, 30, 59)),  # a leap second
        (b"2024:06:12 18:30:05\0\0\0", datetime(2024, 6, 12, 18, 30, 5)),
        (b"0000:00:00 00:00:00", None),
        (b"    :  :     :  :  ", None),
        (b"2024:13:12 18:30:05", None),
        (b"2024:02:30 18:30:05", None),
        (b"2024:06:12 25:30:05", None),
        (b"1700:06:12 18:30:05", None),
        (b"9999:06:12 18:30:05", None),
        (b"1970:01:01 00:00:00", None),  # a clock that was never set
        (b"1980:01:01 00:00:00", None),
        (b"2024:06:12", None),
        (b"\xff\xfe\x80", None),
        (b"", None),
    ],
)
def test_dates(text: bytes, taken: datetime | None) -> None:
    assert only(ExifIFD.DateTimeOriginal, text).taken == taken


def test_only_the_shutter_s_date_counts(tmp_path: Path) -> None:
    dumped = piexif.dump(
        {
            "0th": {ImageIFD.DateTime: b"2024:06:12 18:30:05"},
            "Exif": {ExifIFD.DateTimeDigitized: b"2024:06:12 18:30:05"},
        }
    )
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (8, 8)).save(path, exif=dumped)
    assert read_facts(path).taken is None


@pytest.mark.parametrize(
    ("offset", "zone"),
    [
        (b"+02:00", timezone(timedelta(hours=2))),
        (b"-03:30", timezone(-timedelta(hours=3, minutes=30))),
        (b"+0900", timezone(timedelta(hours=9))),
        (b"Z", UTC),
        (b"+99:00", None),
        (b"   :  ", None),
        (b"Europe/Berlin", None),
    ],
)
def test_offsets(offset: bytes, zone: timezone | None) -> None:
    taken = parse(block({ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:05", ExifIFD.OffsetTimeOriginal: offset})).taken
    assert taken is not None
    assert taken.tzinfo == zone


def latitude(parts: Any, reference: bytes) -> float | None:
    return parse(block(gps={GPSIFD.GPSLatitude: parts, GPSIFD.GPSLatitudeRef: reference})).latitude


@pytest.mark.parametrize(
    ("parts", "reference", "degrees"),
    [
        (((48, 1), (30, 1), (0, 1)), b"N", 48.5),
        (((48, 1), (30, 1), (0, 1)), b"S", -48.5),
        (((485, 10), (0, 1), (0, 1)), b"n", 48.5),
        (((0, 1), (0, 1), (0, 1)), b"N", 0.0),
        (((91, 1), (0, 1), (0, 1)), b"N", None),
        (((48, 1), (75, 1), (0, 1)), b"N", None),
        (((48, 0), (30, 1), (0, 1)), b"N", None),
        (((0, 0), (0, 0), (0, 0)), b"N", None),
        (((48, 1), (30, 1), (0, 1)), b"", None),
        (((48, 1), (30, 1), (0, 1)), b"X", None),
    ],
)
def test_places(parts: Any, reference: bytes, degrees: float | None) -> None:
    assert latitude(parts, reference) == (None if degrees is None else pytest.approx(degrees))


@pytest.mark.parametrize("value", [(0, 0), (1, 0), (0, 1), (4_000_000_000, 1)])
def test_absurd_exposures_are_unknown(value: tuple[int, int]) -> None:
    assert only(ExifIFD.ExposureTime, value).exposure_seconds is None
    assert only(ExifIFD.FocalLength, value).focal_mm is None
    assert only(ExifIFD.SubjectDistance, value).distance_m is None


def test_flash() -> None:
    assert only(ExifIFD.Flash, 0x01).flash_fired is True
    assert only(ExifIFD.Flash, 0x10).flash_fired is False
    assert parse(block()).flash_fired is None


def test_unknown_is_not_zero() -> None:
    assert only(ExifIFD.FocalLengthIn35mmFilm, 0).focal_35mm is None
    assert only(ExifIFD.SubjectDistanceRange, 0).macro is None
    assert only(ExifIFD.SubjectDistanceRange, 3).macro is False


def test_names_are_free_of_what_is_no_text() -> None:
    dumped: bytes = piexif.dump({"0th": {ImageIFD.Make: b"Ma\x07ker \xff\n  Inc.  \0rest", ImageIFD.Orientation: 9}})
    facts = parse(dumped[6:])
    assert facts.make == "Ma ker Inc."
    assert facts.orientation is None


def test_one_wrong_field_leaves_the_others() -> None:
    whole = block({**EXIF, ExifIFD.ISOSpeedRatings: 100})
    entry = struct.pack(">HH", ExifIFD.ISOSpeedRatings, 3)
    wrong = whole.replace(entry, struct.pack(">HH", ExifIFD.ISOSpeedRatings, 99))
    assert wrong != whole
    with pytest.raises(ValueError, match="incorrect value type"):
        piexif.load(b"Exif\0\0" + wrong)
    assert parse(wrong).exposure_seconds == 8


def test_a_count_of_four_billion_takes_no_memory() -> None:
    whole = block({ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:05", ExifIFD.MakerNote: b"x" * 40})
    head = struct.pack(">HHI", ExifIFD.MakerNote, 7, 40)
    assert head in whole
    assert parse(whole.replace(head, struct.pack(">HHI", ExifIFD.MakerNote, 1, 0xFFFFFFFF))).taken


STUBS = (b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\0\0", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff",
         b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\xff\xffWEBP", b"text")  # fmt: skip


@pytest.mark.parametrize("content", STUBS)
def test_stubs_of_files_say_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    assert read_facts(path) == Facts()
    assert not read_facts(path).from_camera


def test_missing_files_and_folders_say_nothing(tmp_path: Path) -> None:
    assert read_facts(tmp_path / "missing.jpg") == Facts()
    assert read_facts(tmp_path) == Facts()


def test_exif_behind_fill_bytes_and_behind_xmp(tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", exif=piexif.dump(WHOLE))
    jpeg = file.getvalue()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x/>"
    at = jpeg.index(b"\xff\xe1")
    extra = b"\xff\xff\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg[:at] + extra + jpeg[at:])
    check(read_facts(path))


def test_only_the_head_is_read(tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", exif=piexif.dump(WHOLE))
    path = tmp_path / "photo.jpg"
    with path.open("wb") as sparse:
        sparse.write(file.getvalue())
        sparse.truncate(20_000_000_000)
    check(read_facts(path))


GOOD = block(EXIF, GPS)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_never_raise_and_stay_in_range(flips: list[tuple[int, int]]) -> None:
    broken = bytearray(GOOD)
    for place, value in flips:
        broken[place] = value
    facts = parse(bytes(broken))
    assert facts.latitude is None or -90 <= facts.latitude <= 90
    assert facts.longitude is None or -180 <= facts.longitude <= 180
    assert facts.exposure_seconds is None or 0 < facts.exposure_seconds <= 86_400
    assert facts.taken is None or facts.taken.year >= 1826
    assert (facts.make + facts.model).isprintable()


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]), st.integers(0, len(GOOD))
)
def test_any_bytes_and_any_cut_are_taken(content: bytes, mark: bytes, cut: int) -> None:
    parse(mark + content)
    parse(GOOD[:cut])
