import io
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.errors import PhotoError, Unreadable, Unsupported
from cutline.core.metadata.blocks import exif, iptc, irb, xmp
from cutline.core.metadata.containers import png
from cutline.core.metadata.model import BlockName
from cutline.core.photo import FIELDS, Caption
from helpers import png_files as made
from helpers.spliced import exiftool, exiv2, is_sentence, numbered, parsed, picture, spliced, with_blocks
from helpers.xmp_packets import PHOTOSHOP

FULL = Caption("Zürich 東京", "😀\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")
EXIF = exif.edit(None, FULL, FIELDS)
XMP = xmp.edit(None, FULL, FIELDS)
BOTH: dict[BlockName, bytes] = {"exif": EXIF, "xmp": XMP}


def pixels(data: bytes) -> list[bytes]:
    """Every frame, decoded."""
    image = Image.open(io.BytesIO(data))
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(image.convert("RGBA").tobytes())
    return frames


@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_blocks_go_in_before_the_picture_and_out_without_a_trace(flavour: str) -> None:
    data = made.FLAVOURS[flavour]()
    new = with_blocks(png, data, BOTH)
    layout = parsed(png, new)
    assert dict(layout.blocks) == BOTH
    assert layout.holds == {"exif", "xmp"}
    kinds = [kind for kind, _ in made.chunks(new)]
    assert kinds.index(b"eXIf") < kinds.index(b"iTXt") < kinds.index(b"IDAT")
    assert pixels(new) == pixels(data)
    assert picture(png, new) == picture(png, data)
    assert with_blocks(png, new, {"exif": b"", "xmp": b""}) == data


@pytest.mark.needs("exiftool", "exiv2")
@pytest.mark.parametrize("flavour", ["rgb", "palette", "animated", "with a profile"])
def test_other_programs_read_it_and_the_rest_as_before(flavour: str, tmp_path: Path) -> None:
    before, after = tmp_path / "a.png", tmp_path / "b.png"
    data = made.with_chunks(made.FLAVOURS[flavour](), made.text(b"Software", b"Camera"), made.chunk(b"tIME", bytes(7)))
    before.write_bytes(data)
    after.write_bytes(with_blocks(png, data, BOTH))
    said = exiftool(after, "-validate", "-warning", "-all")
    assert said["XMP-dc:Title"] == said["IFD0:XPTitle"] == FULL.title
    assert said["XMP-dc:Description"] == said["IFD0:ImageDescription"] == FULL.description
    assert numbered(said["XMP-dc:Subject"]) == list(FULL.tags)
    assert said["XMP-iptcCore:AltTextAccessibility"] == FULL.alt_text
    old = {key: value for key, value in exiftool(before).items() if not key.startswith("ExifTool:")}
    assert old.items() <= said.items()
    assert FULL.title in exiv2(after, "X")


def test_a_block_that_is_there_is_edited_where_it_stands() -> None:
    after_image = made.with_chunks(made.plain(), made.xmp_itxt(PHOTOSHOP), made.chunk(b"eXIf", EXIF), behind=b"IDAT")
    layout = parsed(png, after_image)
    assert dict(layout.blocks) == {"xmp": PHOTOSHOP, "exif": EXIF}
    packet = xmp.edit(PHOTOSHOP, FULL, FIELDS)
    splices = png.splices(layout, {"xmp": packet})
    assert len(splices) == 1
    new = spliced(after_image, splices)
    assert [kind for kind, _ in made.chunks(new)] == [kind for kind, _ in made.chunks(after_image)]
    assert parsed(png, new).blocks["xmp"] == packet


def test_the_same_blocks_are_no_change() -> None:
    layout = parsed(png, with_blocks(png, made.plain(), BOTH))
    assert png.splices(layout, BOTH) == []
    assert png.splices(layout, {}) == []
    assert png.splices(parsed(png, made.plain()), {"xmp": b""}) == []


@pytest.mark.parametrize(
    "carrier",
    [
        made.xmp_itxt(PHOTOSHOP, compressed=True),
        made.text(b"XML:com.adobe.xmp", PHOTOSHOP),
        made.text(b"XML:com.adobe.xmp", PHOTOSHOP, compressed=True),
    ],
)
def test_xmp_in_other_text_chunks_is_read_and_edited_into_a_standard_one(carrier: bytes) -> None:
    data = made.with_chunks(made.plain(), carrier)
    assert parsed(png, data).blocks["xmp"] == PHOTOSHOP
    packet = xmp.edit(PHOTOSHOP, FULL, FIELDS)
    new = with_blocks(png, data, {"xmp": packet})
    assert parsed(png, new).blocks["xmp"] == packet
    assert made.xmp_itxt(packet) in new
    assert b"An old bridge" not in b"".join(body for _, body in made.chunks(new))
    assert with_blocks(png, data, {"xmp": b""}) == made.plain()


def test_of_several_empty_chunks_one_is_filled() -> None:
    empty = made.chunk(b"eXIf")
    new = with_blocks(png, made.with_chunks(made.plain(), empty, empty), {"exif": EXIF})
    assert [body for kind, body in made.chunks(new) if kind == b"eXIf"] == [EXIF, b""]


def test_two_packets_are_kept_in_step_each_with_what_else_it_says() -> None:
    other = xmp.edit(None, Caption("Legacy", tags=("old",)), FIELDS)
    data = made.with_chunks(made.plain(), made.text(b"XML:com.adobe.xmp", other, True), made.xmp_itxt(PHOTOSHOP))
    assert parsed(png, data).blocks["xmp"] == PHOTOSHOP
    new = with_blocks(png, data, {"xmp": xmp.edit(PHOTOSHOP, Caption("New"), ["title"])})
    packets = [
        zlib.decompress(body[19:]) if kind == b"zTXt" else body[22:]
        for kind, body in made.chunks(new)
        if kind in (b"zTXt", b"iTXt")
    ]
    assert [xmp.read(packet).title for packet in packets] == ["New", "New"]
    assert [xmp.read(packet).tags for packet in packets] == [("old",), ("bridge", "Aare & river")]


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("name", [b"exif", b"APP1"])
def test_a_raw_exif_profile_is_edited_where_it_stands_and_gets_no_second_block_beside_it(
    name: bytes, tmp_path: Path
) -> None:
    old = exif.edit(None, Caption("Old title"), FIELDS)
    data = made.with_chunks(made.plain(), made.raw_profile(name, b"Exif\x00\x00" + old))
    assert parsed(png, data).blocks["exif"] == old
    new = with_blocks(png, data, {"exif": exif.edit(old, Caption("New title"), ["title"])})
    path = tmp_path / "a.png"
    path.write_bytes(new)
    said = exiftool(path)
    assert said["IFD0:XPTitle"] == "New title"
    kinds = [kind for kind, _ in made.chunks(new)]
    assert (kinds.count(b"eXIf"), kinds.count(b"zTXt")) == (0, 1)
    body = next(body for kind, body in made.chunks(new) if kind == b"zTXt")
    profile = zlib.decompress(body.split(b"\x00", 2)[2])
    assert "New title".encode("utf-16-le").hex() in profile.replace(b"\n", b"").decode()
    assert "Old title".encode("utf-16-le").hex() not in profile.replace(b"\n", b"").decode()


def test_a_raw_app1_profile_can_hold_xmp_which_moves_into_a_standard_chunk() -> None:
    data = made.with_chunks(
        made.plain(), made.raw_profile(b"APP1", b"http://ns.adobe.com/xap/1.0/\x00" + PHOTOSHOP, compressed=False)
    )
    assert parsed(png, data).blocks["xmp"] == PHOTOSHOP
    new = with_blocks(png, data, {"xmp": xmp.edit(PHOTOSHOP, FULL, FIELDS)})
    assert [kind for kind, _ in made.chunks(new)].count(b"iTXt") == 1
    assert [kind for kind, _ in made.chunks(new)].count(b"tEXt") == 0
    assert b"An old bridge".hex().encode() not in new.replace(b"\n", b"")


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("bare", [True, False])
def test_a_raw_iptc_profile_is_kept_in_step_in_its_own_form(bare: bool, tmp_path: Path) -> None:
    records = iptc.edit(None, Caption("Old", tags=("old",)), FIELDS)
    value = records if bare else irb.edit(None, records)
    data = made.with_chunks(made.plain(), made.raw_profile(b"iptc", value))
    layout = parsed(png, data)
    assert layout.holds == {"exif", "xmp", "irb"}
    assert irb.read(layout.blocks["irb"]).iim == records
    new_records = iptc.edit(records, Caption("New", tags=("new",)), FIELDS)
    new = with_blocks(png, data, {"irb": irb.edit(layout.blocks["irb"], new_records)})
    path = tmp_path / "a.png"
    path.write_bytes(new)
    assert exiftool(path)["IPTC:ObjectName"] == "New"
    assert irb.read(parsed(png, new).blocks["irb"]).iim == new_records
    body = next(body for kind, body in made.chunks(new) if kind == b"zTXt")
    lines = zlib.decompress(body.split(b"\x00", 2)[2]).split(b"\n")
    assert bytes.fromhex(lines[3].decode()).startswith(b"\x1c\x01" if bare else b"8BIM\x04\x04")
    assert with_blocks(png, data, {"irb": b""}) == made.plain()


def test_iptc_has_no_place_of_its_own() -> None:
    with pytest.raises(Unsupported, match="IPTC"):
        with_blocks(png, made.plain(), {"irb": irb.edit(None, iptc.edit(None, FULL, FIELDS))})


@pytest.mark.parametrize(
    "carrier",
    [
        made.chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + b"not deflated"),
        made.chunk(b"zTXt", b"XML:com.adobe.xmp\x00\x00" + zlib.compress(PHOTOSHOP)[:-9]),
        made.chunk(b"iTXt", b"XML:com.adobe.xmp\x00"),
        made.chunk(b"tEXt", b"Raw profile type xmp\x00no length here"),
        made.chunk(b"tEXt", b"Raw profile type xmp\x00\nxmp\n      99\nabcd\n"),
        made.chunk(b"tEXt", b"Raw profile type xmp\x00\nxmp\n       2\nxyz!\n"),
        made.chunk(b"zTXt", b"XML:com.adobe.xmp\x00\x00" + zlib.compress(b" " * (80 << 20))),
    ],
)
def test_a_carrier_that_cannot_be_unpacked_is_there_malformed(carrier: bytes) -> None:
    data = made.with_chunks(made.plain(), carrier)
    block = parsed(png, data).blocks["xmp"]
    assert len(block) <= len(carrier)
    with pytest.raises(Unreadable):
        xmp.read(block)
    assert carrier in with_blocks(png, data, {"exif": EXIF})


def test_exif_with_the_jpeg_prefix_is_read_and_keeps_it() -> None:
    data = made.with_chunks(made.plain(), made.chunk(b"eXIf", b"Exif\x00\x00" + EXIF))
    assert parsed(png, data).blocks["exif"] == EXIF
    assert png.splices(parsed(png, data), {"exif": EXIF}) == []


def test_foreign_chunks_wrong_checksums_and_trailing_bytes_stay() -> None:
    strange = (
        made.chunk(b"prIv", b"secret", crc=7) + made.text(b"Comment", b"mine") + made.chunk(b"zTXt", b"k\x00\x00junk")
    )
    data = made.with_chunks(made.plain(), strange) + b"trailing" * 9
    new = with_blocks(png, data, BOTH)
    at = new.index(made.chunk(b"eXIf", EXIF))
    added = made.chunk(b"eXIf", EXIF) + made.xmp_itxt(XMP)
    assert new == data[:at] + added + data[at:]
    assert with_blocks(png, new, {"exif": b"", "xmp": b""}) == data


def test_content_credentials_are_noted() -> None:
    notes = parsed(png, made.with_chunks(made.plain(), made.chunk(b"caBX", b"jumb"))).notes
    assert len(notes) == 1
    assert "Content Credentials" in notes[0]


def test_metadata_changes_nothing_of_what_counts_as_picture() -> None:
    one = made.with_chunks(made.animated(), made.text(b"Author", b"someone"), made.xmp_itxt(PHOTOSHOP))
    assert picture(png, one) == picture(png, made.animated())
    assert picture(png, made.animated()) != picture(png, made.plain())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        made.SIGNATURE,
        made.SIGNATURE + made.chunk(b"IEND"),
        made.SIGNATURE + made.chunk(b"IDAT", b"x") + made.chunk(b"IEND"),
        made.SIGNATURE + made.chunk(b"IHDR", bytes(13)) + made.chunk(b"IEND"),
        made.plain()[:-5],
        made.plain()[:60],
        made.plain().replace(b"IDAT", b"I\x00AT"),
        b"GIF89a",
        made.SIGNATURE + b"\xff" * 40,
    ],
)
def test_what_is_cut_or_no_png_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        parsed(png, data)


def test_many_bombs_are_not_unpacked() -> None:
    bomb = made.text(b"XML:com.adobe.xmp", bytes(20 << 20), compressed=True)
    data = made.with_chunks(made.plain(), bomb, bomb, bomb)
    tracemalloc.start()
    parsed(png, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 << 20
    with pytest.raises(Unsupported, match="more than 1,000"):
        parsed(png, made.with_chunks(made.plain(), made.xmp_itxt(b"<a/>") * 1001))


def test_matches_by_signature() -> None:
    assert png.matches(made.plain()[:64])
    assert not png.matches(b"\xff\xd8\xff")


extra = st.one_of(
    st.builds(made.chunk, st.sampled_from([b"prIv", b"tIME", b"sPLT", b"zTXt", b"tEXt"]), st.binary(max_size=20)),
    st.builds(made.raw_profile, st.sampled_from([b"exif", b"iptc", b"xmp", b"icc", b"APP1"]), st.binary(max_size=40)),
    st.just(made.xmp_itxt(PHOTOSHOP)),
    st.just(made.chunk(b"eXIf", EXIF)),
    st.just(made.text(b"XML:com.adobe.xmp", PHOTOSHOP, True)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(extra, max_size=5), st.lists(extra, max_size=3), st.binary(max_size=9))
def test_any_mixture_of_chunks_keeps_what_is_not_ours(before: list[bytes], behind: list[bytes], tail: bytes) -> None:
    data = made.with_chunks(made.with_chunks(made.plain(), *before), *behind, behind=b"IDAT") + tail
    new = with_blocks(png, data, BOTH)
    assert {name: parsed(png, new).blocks[name] for name in BOTH} == BOTH
    assert with_blocks(png, new, BOTH) == new
    assert picture(png, new) == picture(png, data)
    ours = (b"eXIf", b"iTXt", b"zTXt", b"tEXt")
    assert [c for c in made.chunks(new) if c[0] not in ours] == [c for c in made.chunks(data) if c[0] not in ours]
    assert new.endswith(tail)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files_are_parsed_or_refused(data: st.DataObject) -> None:
    whole = made.with_chunks(made.plain(), made.xmp_itxt(PHOTOSHOP), made.raw_profile(b"exif", EXIF))
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 30)) :]
    try:
        new = with_blocks(png, damaged, BOTH)
    except PhotoError as error:
        is_sentence(error)
    else:
        assert {name: parsed(png, new).blocks[name] for name in BOTH} == BOTH
