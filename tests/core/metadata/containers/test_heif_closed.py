"""Files into which nothing is embedded, since nothing in them could be moved safely; and damaged ones."""

import io
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.boxes import MOST
from cutline.core.errors import PhotoError, Unreadable, Unsupported
from cutline.core.metadata.blocks import exif, xmp
from cutline.core.metadata.containers import heif
from cutline.core.metadata.containers.bmff_raw import raw_blocks
from cutline.core.photo import FIELDS, Caption
from helpers.heif_boxes import MASK, PICTURE, Form, Item, box, exif_item, full, xmp_item
from helpers.heif_boxes import heif as made
from helpers.mutants import Counting
from helpers.spliced import parsed

XMP = xmp.edit(None, Caption("Zürich", "words", ("one", "two"), "a lake"), FIELDS)
EXIF = exif.edit(None, Caption("title", "description", ("tag",)), FIELDS)
OURS = [PICTURE, xmp_item(3, XMP), exif_item(4, EXIF)]


def _property_of(item: int) -> bytes:
    return box(b"iprp", box(b"ipco"), full(b"ipma", 0, struct.pack(">IHBB", 1, item, 1, 1)))


def _group_of(item: int) -> bytes:
    return box(b"grpl", full(b"altr", 0, struct.pack(">IIII", 900, 2, 1, item)))


def _stretched(data: bytes, item: bytes, length: int) -> bytes:
    """The file with the length of the item that has these bytes set to `length`."""
    place = struct.pack(">II", data.index(item), len(item))
    assert data.count(place) == 1
    return data.replace(place, struct.pack(">II", data.index(item), length))


CLOSED = {
    "fragments": made(OURS, tail=box(b"moof", bytes(8))),
    "an index of fragments": made(OURS, tail=box(b"sidx", bytes(8))),
    "a second meta": made(OURS, tail=full(b"meta", 0)),
    "more boxes than are looked at": made(OURS, tail=box(b"what") * MOST),
    "further tables of contents": made(OURS, tail=box(b"meco", bytes(8))),
    "no handler for pictures": made(OURS, Form(handler=b"mp7t")),
    "an item in two tables": made(OURS, inside=full(b"iref", 0)),
    "metadata with properties": made(OURS, inside=_property_of(3)).replace(b"iprp", b"skip", 1),
    "metadata in a group": made(OURS, inside=_group_of(4)),
    "metadata that something refers to": made([*OURS, Item(5, b"hvc1", b"x", (3,), link=b"dimg")]),
    "metadata that makes up something": made([PICTURE, xmp_item(3, XMP, link=b"dimg")]),
    "compressed metadata": made([PICTURE, xmp_item(3, XMP, encoding=b"deflate")]),
    "protected metadata": made([PICTURE, exif_item(3, EXIF, protection=1)]),
    "metadata made of other items": made([PICTURE, exif_item(3, EXIF, method=2)]),
    "metadata that ends behind the file": _stretched(made(OURS), XMP, 1 << 20),
    "metadata that reaches into the next": _stretched(made(OURS), XMP, len(XMP) + 20),
    "a picture that reaches into metadata": _stretched(made(OURS), PICTURE.data, len(PICTURE.data) + 2),
    "a picture that ends behind the file": _stretched(made(OURS), PICTURE.data, 1 << 20),
    "lengths that are not said": made([PICTURE], Form(sizes=(4, 0, 0, 0))),
    "a brief file": box(b"ftyp", b"avif" + bytes(4) + b"mif3") + box(b"mini", bytes(40)),
    "a sequence alone": box(b"ftyp", b"avis" + bytes(4) + b"avis") + box(b"moov", bytes(0)) + box(b"mdat", bytes(9)),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_nothing_is_embedded(name: str, tmp_path: Path) -> None:
    layout = parsed(heif, CLOSED[name])
    assert layout.sidecar_only
    assert not layout.sidecar_only.endswith(".")
    assert layout.picture == ((0, len(CLOSED[name])),)
    path = tmp_path / "a.heic"
    path.write_bytes(CLOSED[name])
    with pytest.raises(Unsupported, match="sidecar"):
        metadata.write(path, Caption("title"), ["title"], mode="embed")
    written = metadata.write(path, Caption("title"), ["title"])
    assert written.sidecar == tmp_path / "a.xmp"
    assert any(layout.sidecar_only in note for note in written.notes)
    assert path.read_bytes() == CLOSED[name]
    assert metadata.read(path).caption.title == "title"


@pytest.mark.parametrize("name", ["fragments", "a second meta", "metadata in a group", "further tables of contents"])
def test_what_they_say_is_read_all_the_same(name: str) -> None:
    assert dict(parsed(heif, CLOSED[name]).blocks) == {"xmp": XMP, "exif": EXIF}


WHOLE = made([*OURS, MASK])
UNREADABLE = {
    "cut in a picture": WHOLE[:-10],
    "cut in meta": WHOLE[:120],
    "cut behind the brands": WHOLE[:24],
    "no picture": box(b"ftyp", b"heic" + bytes(4) + b"mif1") + box(b"mdat", b"x"),
    "a table cut short": WHOLE.replace(b"iloc\1\0\0\0\x44\0\0\4", b"iloc\1\0\0\0\x44\0\0\xff"),
    "sizes of no kind": WHOLE.replace(b"iloc\1\0\0\0\x44", b"iloc\1\0\0\0\x35"),
    "a version from the future": WHOLE.replace(b"iloc\1", b"iloc\7"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_damaged_files_are_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(UNREADABLE[name])
    with pytest.raises(Unreadable, match=r"a\.heic: .*\.$"):
        metadata.read(path)


def test_millions_of_pieces_that_take_no_room_are_refused() -> None:
    rows = b"".join(struct.pack(">HHHH", n, 0, 0, 0xFFFF) for n in range(1, 5000))
    table = full(b"iloc", 1, b"\0\0", struct.pack(">H", 4999), rows)
    iinf = full(b"iinf", 0, b"\0\0")
    data = box(b"ftyp", b"heic" + bytes(4) + b"mif1") + full(b"meta", 0, table, iinf)
    with pytest.raises(Unreadable):
        parsed(heif, data)


def test_many_items_of_the_same_bytes_are_not_read_over_and_over() -> None:
    one = made([PICTURE, *(xmp_item(n, b"" if n > 3 else XMP * 20) for n in range(3, 600))])
    place = struct.pack(">II", one.index(XMP), len(XMP) * 20)
    empty = one.index(XMP) + len(XMP) * 20
    data = one
    for n in range(597):
        data = data.replace(struct.pack(">II", empty + 1 + n, 0), place[:3] + bytes((place[3] + n % 2,)) + place[4:], 1)
    file = Counting(data)
    assert heif.parse(file, len(data)).sidecar_only
    assert file.bytes_read < 4 * len(data)


def test_what_canon_keeps_in_its_raw_files_is_read(tmp_path: Path) -> None:
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    adobe = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    brand = box(b"ftyp", b"crx " + bytes(4) + b"crx isom")
    moov = box(b"moov", box(b"uuid", canon, box(b"CNCV", b"Canon"), box(b"CMT1", EXIF), box(b"CMT2", b"II*\0")))
    data = brand + moov + box(b"uuid", adobe, XMP) + box(b"mdat", bytes(50))
    assert raw_blocks(io.BytesIO(data), len(data)) == {"exif": EXIF, "xmp": XMP}
    path = tmp_path / "a.cr3"
    path.write_bytes(data)
    assert metadata.read(path).caption.alt_text == "a lake"
    assert raw_blocks(io.BytesIO(brand + moov), len(brand + moov)) == {"exif": EXIF}
    for cut in range(len(data)):
        assert set(raw_blocks(io.BytesIO(data[:cut]), cut)) <= {"exif", "xmp"}


def test_content_credentials_are_told_of() -> None:
    manifest = box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481"), bytes(40))
    assert "C2PA" in parsed(heif, made(OURS, tail=manifest)).notes[0]
    assert "C2PA" in parsed(heif, made(OURS, tail=box(b"jumb", bytes(40)))).notes[0]
    assert parsed(heif, made(OURS)).notes == ()


def test_another_file_is_none_of_ours() -> None:
    iloc = made([PICTURE])
    at = iloc.index(b"iloc") + 4 + 4 + 2 + 2 + 2 + 2
    assert parsed(heif, iloc).sidecar_only == ""
    assert parsed(heif, iloc[:at] + b"\0\1" + iloc[at + 2 :]).sidecar_only


def test_any_picture_that_is_cut_is_refused_or_left_alone() -> None:
    for cut in range(len(WHOLE)):
        try:
            layout = parsed(heif, WHOLE[:cut])
        except PhotoError:
            continue
        assert layout.sidecar_only, cut


def test_two_pictures_differ_and_a_turned_one_too() -> None:
    one, other = made([PICTURE]), made([replace(PICTURE, data=PICTURE.data[::-1])])
    held = [
        b"".join(d[o : o + n] for o, n in parsed(heif, d).picture) for d in (one, other, one.replace(b"ispe", b"irot"))
    ]
    assert len(set(held)) == 3
