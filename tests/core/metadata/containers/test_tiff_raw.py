"""Camera raw files: what they say is read, and no byte of them changes."""

import io
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.errors import Unsupported
from cutline.core.metadata.blocks import exif, iptc, irb, xmp
from cutline.core.metadata.containers import raw
from cutline.core.metadata.detect import HEAD, container_for
from cutline.core.photo import FIELDS, Caption
from helpers import jpeg_files, tiff_files
from helpers.tiff_files import ASCII, BYTE, LONG, RECORDS
from helpers.xmp_packets import PHOTOSHOP

CAPTION = Caption("A title", "A description", ("one",), "")


def negative(order: str = "<") -> bytes:
    """A file as NEF, ARW or PEF are."""
    rows: list[tiff_files.Row] = [(270, ASCII, b"words of a camera\0"), (700, BYTE, PHOTOSHOP),
                                  (33723, LONG, RECORDS + bytes(-len(RECORDS) % 4))]  # fmt: skip
    return tiff_files.one(order, *rows)


def raf(segments: bytes = b"", start: int = 200, length: int | None = None) -> bytes:
    jpeg = jpeg_files.jpeg(segments)
    head = b"FUJIFILMCCD-RAW 0201FF393101X-T1".ljust(84, b"\0")
    place = start.to_bytes(4, "big") + (len(jpeg) if length is None else length).to_bytes(4, "big")
    return (head + place).ljust(200, b"\0") + jpeg + bytes(500)


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", ["a.nef", "a.CR2", "a.arw", "a.pef", "a.srw", "a.3fr"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_raw_file_is_read_and_gets_a_sidecar(tmp_path: Path, name: str, order: str) -> None:
    path = write(tmp_path, name, negative(order))
    reading = metadata.read(path)
    assert reading.format == name.lower()[2:]
    assert reading.caption.description == "words of a camera"
    assert reading.caption.title == xmp.read(PHOTOSHOP).title
    with pytest.raises(Unsupported, match="negative"):
        metadata.write(path, CAPTION, FIELDS, mode="embed")
    written = metadata.write(path, CAPTION, FIELDS)
    assert (written.sidecar, written.splices) == (tmp_path / "a.xmp", ())
    assert path.read_bytes() == negative(order)
    assert metadata.read(path).caption.title == "A title"


@pytest.mark.parametrize(
    ("mark", "name"), [(b"IIRO", "a.orf"), (b"IIRS", "a.orf"), (b"IIU\0", "a.rw2"), (b"MMOR", "a.orf")]
)
def test_a_makers_own_number_in_the_header_is_no_obstacle(tmp_path: Path, mark: bytes, name: str) -> None:
    data = mark + negative("<" if mark[:2] == b"II" else ">")[4:]
    reading = metadata.read(write(tmp_path, name, data))
    assert reading.format == name[2:]
    assert reading.caption.description == "words of a camera"


def test_the_records_of_a_raw_file_are_read() -> None:
    layout = raw.Raw("nef").parse(io.BytesIO(negative()), len(negative()))
    assert iptc.read(irb.read(layout.blocks["irb"]).iim or b"").title == "old title"
    assert layout.picture == ((0, len(negative())),)
    assert raw.Raw("nef").splices(layout, {}) == []


def test_canons_mark_tells_a_raw_file_of_any_name(tmp_path: Path) -> None:
    data = negative()[:8] + b"CR\x02\0" + negative()[12:]
    assert metadata.read(write(tmp_path, "a.tif", data)).format == "raw"
    assert metadata.read(write(tmp_path, "b.tif", negative())).format == "tiff"


def test_a_dng_is_no_raw_file_that_is_never_changed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.dng", tiff_files.dng())
    assert metadata.write(path, CAPTION, FIELDS).sidecar is None
    assert metadata.read(path).caption == CAPTION


def test_a_raf_is_read_through_its_jpeg(tmp_path: Path) -> None:
    block = exif.edit(None, Caption(description="words of a camera"), FIELDS)
    segments = jpeg_files.exif(block) + jpeg_files.xmp(PHOTOSHOP)
    reading = metadata.read(write(tmp_path, "a.raf", raf(segments)))
    assert reading.format == "raf"
    assert reading.caption.description == "words of a camera"
    assert reading.caption.title == xmp.read(PHOTOSHOP).title


DAMAGED = {
    "a.nef": [negative()[:length] for length in (4, 8, 20, 300)],
    "a.orf": [b"IIRO", b"MMOR" + bytes(60)],
    "a.raf": [
        raf(start=2**32 - 1),
        raf(length=0),
        raf(length=50),
        raf(start=0),
        raf()[:90],
        raf()[:300],
        b"FUJIFILMCCD-RAW ",
    ],
    "a.crw": [b"II\x1a\0\0\0HEAPCCDR" + bytes(50)],
    "a.x3f": [b"FOVb" + bytes(50)],
    "a.mrw": [b"\0MRM" + bytes(50)],
    "a.cr3": [b"\0\0\0\x18ftypcrx " + bytes(50)],
}


@pytest.mark.parametrize(("name", "data"), [(name, data) for name, each in DAMAGED.items() for data in each])
def test_what_cannot_be_read_says_nothing_and_is_no_error(tmp_path: Path, name: str, data: bytes) -> None:
    path = write(tmp_path, name, data)
    reading = metadata.read(path)
    assert (reading.caption, reading.format) == (Caption(), name[2:])
    assert metadata.write(path, CAPTION, FIELDS).sidecar == tmp_path / "a.xmp"


def test_a_jpeg_with_a_raw_files_name_is_a_jpeg() -> None:
    container = container_for(jpeg_files.jpeg()[:HEAD], Path("a.nef"))
    assert getattr(container, "FORMAT", "") == "jpeg"
