"""The look at a new file before it takes the old one's place: every way it can be wrong is seen."""

import io
from contextlib import nullcontext
from pathlib import Path

import pytest

from cutline.core.errors import DiskError
from cutline.core.metadata.containers import jpeg, tiff
from cutline.core.metadata.detect import container_for
from cutline.core.metadata.model import BlockName, Splice
from cutline.core.metadata.splice import minimal
from cutline.core.metadata.verify import verify
from helpers import jpeg_files as files
from helpers import tiff_files
from helpers.exif_blocks import camera
from helpers.spliced import parsed, spliced
from helpers.tiff_files import entry_at, with_number

OLD = files.jpeg(files.exif(camera()), files.icc(), trailer=bytes(range(256)) * 3000)
NEW: dict[BlockName, bytes] = {"exif": camera(">"), "xmp": b"<x/>"}
LAYOUT = parsed(jpeg, OLD)
SPLICES = minimal(io.BytesIO(OLD), jpeg.splices(LAYOUT, NEW))
RIGHT = spliced(OLD, SPLICES)


def look(result: bytes, source: bytes = OLD, new: dict[BlockName, bytes] = NEW) -> None:
    container = container_for(OLD, Path("a.jpg"))
    assert container is not None
    verify(container, io.BytesIO(source), io.BytesIO(result), LAYOUT, SPLICES, new)


def test_what_is_right_passes() -> None:
    look(RIGHT)


@pytest.mark.parametrize("at", [-1, -300_000, -700_000, RIGHT.index(b"ICC_PROFILE") + 20])
def test_one_other_byte_anywhere_is_seen(at: int) -> None:
    wrong = bytearray(RIGHT)
    wrong[at] ^= 1
    with pytest.raises(DiskError):
        look(bytes(wrong))


@pytest.mark.parametrize("result", [RIGHT[:-1], RIGHT + b"x", RIGHT[:500], b"", OLD])
def test_another_length_is_seen(result: bytes) -> None:
    with pytest.raises(DiskError):
        look(result)


def test_a_block_that_is_not_what_was_meant_is_seen() -> None:
    with pytest.raises(DiskError, match="does not hold"):
        look(RIGHT, new={**NEW, "xmp": b"<y/>"})


def test_a_source_that_changed_meanwhile_is_seen() -> None:
    with pytest.raises(DiskError, match="faithful"):
        look(RIGHT, source=OLD[:-5] + b"other")


def test_a_table_that_leads_to_other_bytes_is_seen() -> None:
    old = tiff_files.one()
    layout = parsed(tiff, old)
    new: dict[BlockName, bytes] = {"xmp": b"<x/>"}
    right = spliced(old, tiff.splices(layout, new))
    at = entry_at(right, 273) + 8  # of the first strip's offset
    strip = int.from_bytes(right[at : at + 4], "little")
    for offset, is_right in ((strip, True), (strip + 1, False)):
        result = with_number(right, at, offset)
        splices = minimal(io.BytesIO(old), [Splice(0, len(old), result)])
        with nullcontext() if is_right else pytest.raises(DiskError, match="picture"):
            verify(tiff, io.BytesIO(old), io.BytesIO(result), layout, splices, new)
