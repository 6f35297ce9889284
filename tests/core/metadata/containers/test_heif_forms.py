"""Files built by hand: every form of the tables, and all that must stay where it is found."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from cutline.core.errors import Unsupported
from cutline.core.metadata.blocks import exif, xmp
from cutline.core.metadata.containers import heif
from cutline.core.metadata.splice import minimal
from cutline.core.photo import FIELDS, Caption
from helpers.heif_boxes import EXIF_HEAD, MASK, PICTURE, Form, Item, box, exif_item, full, items, row, xmp_item
from helpers.heif_boxes import heif as made
from helpers.spliced import parsed, picture, with_blocks
from helpers.xmp_packets import DARKTABLE, PHOTOSHOP

XMP = xmp.edit(None, Caption("Zürich 東京", "first\nsecond", ("one", "two"), "a lake"), FIELDS)
LONGER = xmp.edit(None, Caption("t", "long " * 3000, ("one",), ""), FIELDS)
EXIF = exif.edit(None, Caption("title", "description", ("tag",)), FIELDS)
BIG_EXIF = exif.edit(None, Caption("title", "description " * 500, ("tag",)), FIELDS)
OLD = exif.edit(None, Caption("an old title", "", ()), FIELDS)

FORMS = {
    "version 0": Form(iloc=0),
    "version 1": Form(),
    "version 2, wide numbers": Form(iloc=2, wide=True),
    "offsets of 8 bytes": Form(sizes=(8, 8, 0, 0)),
    "bases and offsets": Form(sizes=(4, 4, 4, 0), base=100),
    "bases of 8 bytes alone": Form(sizes=(0, 4, 8, 0)),
    "bases of 4 bytes alone, version 0": Form(iloc=0, sizes=(0, 8, 4, 0)),
    "bases that are zero": Form(sizes=(4, 4, 4, 0)),
    "indices": Form(sizes=(4, 4, 0, 4)),
    "indices of 8 bytes": Form(iloc=2, sizes=(8, 4, 8, 8), base=50),
    "sizes of 64 bits": Form(large=True),
    "open end": Form(open=True),
    "room behind meta": Form(free=4000),
    "little room behind meta": Form(free=20),
    "mdat in front": Form(front=True),
    "avif": Form(brand=b"avif"),
}  # fmt: skip
NEW = [PICTURE, MASK]
TWO_PIECES = replace(PICTURE, number=7, pieces=2)


def test_every_form_is_read() -> None:
    for form in FORMS.values():
        data = made([PICTURE, MASK, exif_item(3, EXIF), xmp_item(4, XMP)], form)
        layout = parsed(heif, data)
        assert dict(layout.blocks) == {"exif": EXIF, "xmp": XMP}
        assert layout.sidecar_only == ""
        assert layout.holds == {"exif", "xmp"}
        held = b"".join(data[offset : offset + length] for offset, length in layout.picture)
        assert PICTURE.data in held
        assert MASK.data in held
        assert XMP not in held
        assert EXIF not in held


@pytest.mark.parametrize("name", FORMS)
def test_new_items_are_added_and_taken_away_again(name: str) -> None:
    data = made([PICTURE, MASK, *([TWO_PIECES] if FORMS[name].sizes[0] else [])], FORMS[name])
    new = with_blocks(heif, data, {"xmp": XMP, "exif": EXIF})
    found = items(new)
    assert {number: found[number] for number in items(data)} == items(data)
    assert sorted(found.values(), key=len)[-1] == XMP
    assert EXIF_HEAD + EXIF in found.values()
    assert dict(parsed(heif, new).blocks) == {"exif": EXIF, "xmp": XMP}
    assert picture(heif, new) == picture(heif, data)
    assert row(new)[-1][2] == len(new)
    cleared = with_blocks(heif, new, {"xmp": b"", "exif": b""})
    if name == "little room behind meta":  # which has grown by what the items left behind
        assert items(cleared) == items(data)
        assert with_blocks(heif, cleared, {"xmp": XMP, "exif": EXIF}) == new
    else:
        assert cleared == (_closed(data) if name == "open end" else data)


def _closed(data: bytes) -> bytes:
    """The file with the size of its last box, which goes to the end, written into it."""
    start = row(data)[-1][1] - 8
    return data[:start] + (len(data) - start).to_bytes(4, "big") + data[start + 4 :]


@pytest.mark.parametrize("name", FORMS)
def test_items_that_are_there_are_changed(name: str) -> None:
    data = made([PICTURE, exif_item(3, OLD), xmp_item(4, XMP), MASK], FORMS[name])
    for block in (LONGER, XMP[:200] + b" " * 20 + XMP[200:], xmp.trimmed(XMP)):
        new = with_blocks(heif, data, {"xmp": block, "exif": EXIF})
        assert items(new)[4] == block
        assert items(new)[3] == EXIF_HEAD + EXIF
        assert {n: items(new)[n] for n in (1, 2)} == {1: PICTURE.data, 2: MASK.data}
        assert dict(parsed(heif, new).blocks) == {"exif": EXIF, "xmp": block}
        assert picture(heif, new) == picture(heif, data)


@pytest.mark.parametrize("name", FORMS)
def test_what_is_there_already_changes_no_byte(name: str) -> None:
    data = made([PICTURE, exif_item(3, EXIF), xmp_item(4, XMP)], FORMS[name])
    layout = parsed(heif, data)
    assert heif.splices(layout, {"exif": EXIF, "xmp": XMP}) == []
    assert heif.splices(layout, {}) == []


@pytest.mark.parametrize("name", FORMS)
def test_no_words_linger_and_no_edit_makes_the_file_grow_for_good(name: str) -> None:
    first = xmp.edit(None, Caption("Quetzalcoatl", "Popocatepetl " * 200, ("Xochimilco",), "Tlaloc"), FIELDS)
    old = exif.edit(None, Caption("Quetzalcoatl", "Popocatepetl"), FIELDS)
    data = made([PICTURE, exif_item(3, old), xmp_item(4, first), MASK], FORMS[name])
    sizes = set()
    for _ in range(4):
        data = with_blocks(heif, data, {"xmp": LONGER, "exif": BIG_EXIF})
        sizes.add(len(data))
        data = with_blocks(heif, data, {"xmp": XMP, "exif": EXIF})
        sizes.add(len(data))
    assert len(sizes) == 2
    data = with_blocks(heif, data, {"xmp": b"", "exif": b""})
    assert not any(
        word in data for word in (b"Quetzalcoatl", b"Popocatepetl", b"Tlaloc", b"long long", "東京".encode())
    )
    assert b"Exif" not in data
    assert b"rdf+xml" not in data
    assert items(data) == {1: PICTURE.data, 2: MASK.data}
    assert b"cdsc" not in data


def test_what_fits_stays_at_its_place_and_nothing_moves() -> None:
    data = made([PICTURE, xmp_item(4, PHOTOSHOP), MASK])
    shorter = PHOTOSHOP.replace(b"xpacket", b"xpacke")
    layout = parsed(heif, data)
    splices = minimal(io.BytesIO(data), heif.splices(layout, {"xmp": shorter}))
    assert all(splice.old_length == len(splice.new_bytes) for splice in splices)
    new = with_blocks(heif, data, {"xmp": shorter})
    assert len(new) == len(data)
    assert new.index(shorter) == data.index(PHOTOSHOP)
    gone = len(PHOTOSHOP) - len(shorter)
    assert new[new.index(shorter) + len(shorter) :][: gone + 1] == bytes(gone) + b"\xee"


def test_what_does_not_fit_moves_to_the_end_and_nothing_else_does() -> None:
    data = made([PICTURE, xmp_item(4, PHOTOSHOP), MASK])
    new = with_blocks(heif, data, {"xmp": LONGER})
    assert new.index(MASK.data) == data.index(MASK.data)
    assert new.endswith(LONGER)
    assert new[data.index(PHOTOSHOP) :][: len(PHOTOSHOP)] == bytes(len(PHOTOSHOP))
    assert [name for name, _, _ in row(new)] == [b"ftyp", b"meta", b"mdat", b"mdat"]


def test_free_room_behind_meta_is_used_so_that_nothing_moves() -> None:
    data = made(NEW, Form(free=4000))
    new = with_blocks(heif, data, {"xmp": XMP})
    assert new.index(PICTURE.data) == data.index(PICTURE.data)
    assert new[: len(data)].endswith(data[data.index(PICTURE.data) :])


@pytest.mark.parametrize("pieces", [2, 5])
def test_a_block_in_pieces_is_read_and_written_in_one(pieces: int) -> None:
    data = made([PICTURE, exif_item(3, EXIF, pieces=pieces), xmp_item(4, XMP, pieces=pieces)])
    assert dict(parsed(heif, data).blocks) == {"exif": EXIF, "xmp": XMP}
    new = with_blocks(heif, data, {"xmp": PHOTOSHOP})
    assert items(new) == {**items(data), 4: PHOTOSHOP}
    assert XMP[:100] not in new


def test_blocks_in_idat_are_changed_there_or_move_out() -> None:
    data = made([PICTURE, exif_item(3, EXIF, method=1), xmp_item(4, XMP, method=1), replace(MASK, method=1)])
    assert dict(parsed(heif, data).blocks) == {"exif": EXIF, "xmp": XMP}
    for block in (PHOTOSHOP, LONGER, xmp.trimmed(XMP)):
        new = with_blocks(heif, data, {"xmp": block})
        assert items(new) == {**items(data), 4: block}
        assert picture(heif, new) == picture(heif, data)
        assert (b"a lake" in new) == (b"a lake" in block)


def test_items_made_of_other_items_stay() -> None:
    data = made([PICTURE, Item(5, b"tiff", b"", method=2), MASK])
    new = with_blocks(heif, data, {"xmp": XMP})
    assert parsed(heif, new).blocks["xmp"] == XMP
    assert with_blocks(heif, new, {"xmp": b""}) == data


@pytest.mark.parametrize(
    "tail", [box(b"mpvd", b"film" * 50), box(b"sefd", b"SEFT"), box(b"mpvd", b"x") + b"junk at the end"]
)
def test_what_is_looked_for_at_the_end_stays_there(tail: bytes) -> None:
    data = made(NEW, tail=tail)
    new = with_blocks(heif, data, {"xmp": XMP, "exif": EXIF})
    assert new.endswith(tail)
    assert dict(parsed(heif, new).blocks) == {"exif": EXIF, "xmp": XMP}
    assert with_blocks(heif, new, {"xmp": b"", "exif": b""}) == data


def test_bytes_behind_the_last_box_stay() -> None:
    data = made(NEW, tail=b"no box at all")
    assert with_blocks(heif, data, {"xmp": XMP}).endswith(b"no box at all")


def test_an_item_of_another_picture_is_not_ours() -> None:
    data = made([PICTURE, MASK, xmp_item(4, DARKTABLE, (2,)), exif_item(5, OLD, (2,))])
    layout = parsed(heif, data)
    assert dict(layout.blocks) == {}
    new = with_blocks(heif, data, {"xmp": XMP, "exif": EXIF})
    assert {n: items(new)[n] for n in (4, 5)} == {4: DARKTABLE, 5: EXIF_HEAD + OLD}
    assert dict(parsed(heif, new).blocks) == {"exif": EXIF, "xmp": XMP}
    assert picture(heif, new) == picture(heif, data)


def test_the_item_that_describes_the_picture_comes_first_and_one_of_nothing_follows() -> None:
    data = made([PICTURE, xmp_item(4, DARKTABLE, ()), xmp_item(5, PHOTOSHOP)])
    assert parsed(heif, data).blocks["xmp"] == PHOTOSHOP
    wanted = Caption("Both say this", "and this", ("tag",), "alt")
    new = with_blocks(heif, data, {"xmp": xmp.edit(PHOTOSHOP, wanted, FIELDS)})
    for number in (4, 5):
        assert xmp.read(items(new)[number]).title == "Both say this"
    assert b"darktable" in items(new)[4]


def test_of_two_packets_one_is_not_left_alone() -> None:
    lonely = xmp.edit(None, Caption("title"), FIELDS)
    data = made([PICTURE, xmp_item(4, lonely), xmp_item(5, PHOTOSHOP)])
    with pytest.raises(Unsupported):
        with_blocks(heif, data, {"xmp": b""})
    both = made([PICTURE, xmp_item(4, lonely), xmp_item(5, lonely)])
    assert items(with_blocks(heif, both, {"xmp": b""})) == {1: PICTURE.data}


def test_iptc_has_no_place() -> None:
    with pytest.raises(Unsupported):
        with_blocks(heif, made(NEW), {"irb": b"8BIM"})


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\0",
        b"\0\0\0\x06Exif\0\0",
        b"\0\0\0\0Exif\0\0",
        b"\0\0\0\x02\0\0",
        b"Exif\0\0",
        b"",
        b"\xff\xff\xff\xffExif\0\0",
    ],
)
def test_the_tiff_block_is_found_behind_whatever_stands_in_front_of_it(head: bytes) -> None:
    data = made([PICTURE, Item(3, b"Exif", head + OLD, (1,))])
    assert parsed(heif, data).blocks["exif"] == OLD
    new = with_blocks(heif, data, {"exif": BIG_EXIF})
    assert items(new)[3] == head + BIG_EXIF


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"\0\0\0\x06Exif\0\0"])
def test_an_empty_exif_item_is_filled(content: bytes) -> None:
    data = made([PICTURE, Item(3, b"Exif", content, (1,)), MASK])
    assert parsed(heif, data).blocks["exif"] == b""
    new = with_blocks(heif, data, {"exif": EXIF})
    assert items(new)[3].endswith(b"\0" + EXIF)
    assert parsed(heif, new).blocks["exif"] == EXIF


def test_numbers_that_are_taken_are_not_given_again() -> None:
    groups = box(b"grpl", full(b"altr", 0, (40_000).to_bytes(4, "big"), (1).to_bytes(4, "big"), (1).to_bytes(4, "big")))
    new = with_blocks(heif, made(NEW, inside=groups), {"xmp": XMP, "exif": EXIF})
    assert sorted(items(new)) == [1, 2, 40_001, 40_002]
    highest = made([PICTURE, replace(MASK, number=65_535)])
    assert sorted(items(with_blocks(heif, highest, {"xmp": XMP, "exif": EXIF}))) == [1, 2, 3, 65_535]
    wide = made([PICTURE, replace(MASK, number=65_535)], Form(iloc=2, wide=True))
    assert sorted(items(with_blocks(heif, wide, {"xmp": XMP}))) == [1, 65_535, 65_536]


@pytest.mark.parametrize("sizes", [(0, 4, 0, 0), (0, 4, 0, 4), (4, 4, 0, 0)])
def test_numbers_too_large_for_their_size_make_the_table_wider(sizes: tuple[int, int, int, int]) -> None:
    data = made([replace(PICTURE, method=1)], Form(sizes=sizes))
    new = with_blocks(heif, data, {"xmp": XMP, "exif": EXIF})
    assert items(new) == {1: PICTURE.data, 2: XMP, 3: EXIF_HEAD + EXIF}


@pytest.mark.parametrize("sizes", [(4, 4, 0, 0), (4, 4, 4, 0), (8, 4, 0, 0)])
def test_a_file_beyond_4_gb_gets_offsets_of_8_bytes(sizes: tuple[int, int, int, int], tmp_path: Path) -> None:
    data, size = made(NEW, Form(sizes=sizes, base=9, large=True)), 5 << 30
    _, start, _ = row(data)[-1]
    path = tmp_path / "large.heic"
    path.write_bytes(data[: start - 8] + (size - start + 16).to_bytes(8, "big") + data[start:])
    os.truncate(path, size)  # holes, no bytes on the disk
    with path.open("rb") as file:
        layout = heif.parse(file, size)
        splices = minimal(file, heif.splices(layout, {"xmp": XMP}))
    assert splices[-1].offset == size
    assert splices[-1].new_bytes.endswith(XMP)
    grown = sum(len(splice.new_bytes) - splice.old_length for splice in splices[:-1])
    told = next(splice.new_bytes for splice in splices if (size + grown + 8).to_bytes(8, "big") in splice.new_bytes)
    assert len(XMP).to_bytes(sizes[1] if sizes[0] == 8 else 8, "big") in told


def test_the_name_of_the_format_is_that_of_its_brands() -> None:
    names = {b"heic": "heic", b"avif": "avif", b"mif1": "heif", b"hevc": "heic", b"avis": "avif"}
    for brand, name in names.items():
        data = made(NEW, Form(brand=brand))
        assert heif.matches(data[:64])
        assert parsed(heif, data).format == name
    for brand in (b"isom", b"mp42", b"qt  ", b"3gp4", b"crx "):
        assert not heif.matches(box(b"ftyp", brand, bytes(4), brand, b"isom") + bytes(20))
    assert not heif.matches(b"\xff\xd8\xff\xe0")
