"""IIM records and image resources in TIFF files: two fields that hold the same, in every combination."""

import hashlib

import pytest

from cutline.core.metadata.blocks import iptc, irb
from cutline.core.metadata.containers import tiff
from cutline.core.metadata.plan import planned
from cutline.core.photo import FIELDS, Caption
from helpers import tiff_files
from helpers.jpeg_files import resource
from helpers.spliced import parsed, spliced
from helpers.tiff_files import BYTE, LONG, RECORDS, SETTINGS, UNDEFINED, entry_at
from helpers.tiff_writes import CAPTION, changes, texts, value, written


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [LONG, UNDEFINED, BYTE])
def test_records_of_any_type_are_read_and_keep_their_type(order: str, kind: int) -> None:
    data = tiff_files.photoshop(order, kind=kind, resources=b"")
    assert texts(parsed(tiff, data)) == ("old title", "old words of IIM")
    new = written(data)
    assert texts(parsed(tiff, new)) == ("A title", "A description")
    assert b"by one" in value(new, 33723)
    at = entry_at(new, 33723) + 2
    assert int.from_bytes(new[at : at + 2], "little" if order == "<" else "big") == kind


def test_records_whose_bytes_were_swapped_are_read() -> None:
    filled = RECORDS + bytes(-len(RECORDS) % 4)
    swapped = b"".join(filled[at : at + 4][::-1] for at in range(0, len(filled), 4))
    data = tiff_files.photoshop(records=swapped, resources=b"")
    assert texts(parsed(tiff, data)) == ("old title", "old words of IIM")
    assert spliced(data, changes(data, Caption("old title", "old words of IIM"))).find(swapped) > 0
    assert value(written(data), 33723).startswith(b"\x1c\1\x5a")


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("kind", [LONG, UNDEFINED])
def test_photoshops_resources_are_kept_in_step(twice: bool, kind: int) -> None:
    filled = RECORDS + bytes(-len(RECORDS) % 4 if kind == LONG else 0)
    digest = resource(0x0425, hashlib.md5(filled).digest())
    resources = SETTINGS + (resource(0x0404, RECORDS) if twice else b"") + digest
    new = written(tiff_files.photoshop(resources=resources, kind=kind))
    there = irb.parse(value(new, 34377))[0]
    assert [r.id for r in there] == ([0x03ED, 0x0404, 0x0425] if twice else [0x03ED, 0x0425])
    assert there[-1].data == hashlib.md5(value(new, 33723)).digest()
    assert not twice or there[1].data == value(new, 33723)
    assert b"old words of IIM" not in new
    assert irb.parse(value(written(new, Caption()), 34377))[0][0].raw == SETTINGS


def test_records_in_photoshops_resources_only_are_found() -> None:
    data = tiff_files.photoshop(records=b"", resources=SETTINGS + resource(0x0404, RECORDS))
    assert texts(parsed(tiff, data)) == ("old title", "old words of IIM")
    new = written(data)
    assert irb.read(value(new, 34377)).iim == value(new, 33723)


def test_records_that_differ_lose_the_caption_and_keep_the_rest() -> None:
    other = tiff_files.dataset(5, b"another title") + tiff_files.dataset(90, b"Zug")
    new = written(tiff_files.photoshop(resources=resource(0x0404, other)))
    kept = irb.read(value(new, 34377)).iim or b""
    assert [item.data for item in iptc.parse(kept)[0] if item.id == (2, 90)] == [b"Zug"]
    assert iptc.read(kept).title is None
    assert b"another title" not in new
    assert texts(parsed(tiff, new)) == ("A title", "A description")
    written(new, Caption())


def test_resources_that_are_none_stay_and_the_records_are_written() -> None:
    new = written(tiff_files.photoshop(resources=b"no resources at all"))
    assert value(new, 34377) == b"no resources at all"
    assert texts(parsed(tiff, new)) == ("A title", "A description")


def test_malformed_records_stay() -> None:
    broken = b"\x1c\2\5\xff\xff"
    data = tiff_files.photoshop(records=broken, resources=SETTINGS)
    layout = parsed(tiff, data)
    plan = planned(layout, CAPTION, FIELDS)
    assert "irb" not in plan.blocks
    assert any("IPTC" in note for note in plan.notes)


def test_a_new_field_for_records_is_of_type_long_as_photoshop_writes_it() -> None:
    new = written(tiff_files.one())
    assert new[entry_at(new, 33723) + 2] == LONG
    assert len(value(new, 33723)) % 4 == 0
