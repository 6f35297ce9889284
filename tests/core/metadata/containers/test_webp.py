import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cutline.core.errors import PhotoError, Unreadable, Unsupported
from cutline.core.metadata.blocks import exif, xmp
from cutline.core.metadata.containers import webp
from cutline.core.metadata.model import BlockName
from cutline.core.photo import FIELDS, Caption
from helpers import webp_files as made
from helpers.spliced import exiftool, exiv2, is_sentence, numbered, parsed, picture, with_blocks
from helpers.xmp_packets import PHOTOSHOP

FULL = Caption("Zürich 東京", "😀\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")
EXIF = exif.edit(None, FULL, FIELDS)
XMP = xmp.edit(None, FULL, FIELDS)
BOTH: dict[BlockName, bytes] = {"exif": EXIF, "xmp": XMP}
IMAGE = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}


def pixels(data: bytes) -> list[bytes]:
    """Every frame, decoded."""
    image = Image.open(io.BytesIO(data))
    frames = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(image.convert("RGBA").tobytes())
    return frames


def flags(data: bytes) -> int:
    return dict(made.chunks(data))[b"VP8X"][0]


@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_blocks_go_in_behind_the_picture_with_honest_flags(flavour: str) -> None:
    data = made.FLAVOURS[flavour]()
    new = with_blocks(webp, data, BOTH)
    assert dict(parsed(webp, new).blocks) == BOTH
    kinds = [kind for kind, _ in made.chunks(new)]
    assert kinds[0] == b"VP8X"
    assert kinds[-2:] == [b"EXIF", b"XMP "]
    assert flags(new) & 0x0C == 0x0C
    assert pixels(new) == pixels(data)
    assert picture(webp, new) == picture(webp, data)
    assert Image.open(io.BytesIO(new)).size == Image.open(io.BytesIO(data)).size
    assert Image.open(io.BytesIO(new)).mode == Image.open(io.BytesIO(data)).mode


@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_alpha_animation_and_profile_bits_are_those_of_the_picture(flavour: str) -> None:
    bits = flags(with_blocks(webp, made.FLAVOURS[flavour](), BOTH)) & ~0x0C
    assert bits == {
        "lossless with alpha": 0x10,
        "lossy with alpha": 0x10,
        "animated": 0x12,
        "with a profile": 0x20,
    }.get(flavour, 0)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (255, 257), (300, 40)])
@pytest.mark.parametrize("make", [made.lossy, made.lossless])
def test_the_canvas_of_a_simple_file_is_its_own_size(make: object, size: tuple[int, int]) -> None:
    new = with_blocks(webp, make(size), {"xmp": XMP})  # type: ignore[operator]
    assert dict(made.chunks(new))[b"VP8X"][4:] == b"".join((side - 1).to_bytes(3, "little") for side in size)
    assert flags(new) == 0x04


@pytest.mark.needs("exiftool", "exiv2")
@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_other_programs_read_it(flavour: str, tmp_path: Path) -> None:
    before, after = tmp_path / "a.webp", tmp_path / "b.webp"
    data = made.FLAVOURS[flavour]()
    before.write_bytes(data)
    layout = parsed(webp, data)
    block = exif.edit(layout.blocks.get("exif"), FULL, FIELDS)
    after.write_bytes(with_blocks(webp, data, {"exif": block, "xmp": XMP}))
    said = exiftool(after, "-validate", "-warning", "-all")
    assert said["XMP-dc:Title"] == said["IFD0:XPTitle"] == FULL.title
    assert said["XMP-dc:Description"] == said["IFD0:ImageDescription"] == FULL.description
    assert numbered(said["XMP-dc:Subject"]) == list(FULL.tags)
    old = exiftool(before, "-validate", "-warning", "-all")
    assert said["ExifTool:Validate"] == old["ExifTool:Validate"]
    assert said.get("IFD0:Make") == old.get("IFD0:Make")
    assert FULL.title in exiv2(after, "X")


def test_a_canvas_chunk_behind_the_picture_gets_no_second_one_in_front_of_it() -> None:
    canvas = next(data for kind, data in made.chunks(made.lossy_alpha()) if kind == b"VP8X")
    odd = made.riff(*(made.chunk(kind, data) for kind, data in [*made.chunks(made.lossy()), (b"VP8X", canvas)]))
    assert pixels(odd) == pixels(made.lossy())
    assert "wrong place" in parsed(webp, odd).sidecar_only
    assert parsed(webp, made.lossy_alpha()).sidecar_only == ""


def test_flags_follow_when_blocks_go() -> None:
    full = with_blocks(webp, made.lossy_alpha(), BOTH)
    assert flags(full) == 0x1C
    less = with_blocks(webp, full, {"exif": b""})
    assert flags(less) == 0x14
    none = with_blocks(webp, less, {"xmp": b""})
    assert none == made.lossy_alpha()
    simple = with_blocks(webp, with_blocks(webp, made.lossy(), BOTH), {"exif": b"", "xmp": b""})
    assert [kind for kind, _ in made.chunks(simple)] == [b"VP8X", b"VP8 "]
    assert flags(simple) == 0


def test_wrong_flags_are_put_right_by_the_next_change() -> None:
    data = made.riff(made.vp8x(0, (13, 9)), *_image(), made.chunk(b"EXIF", EXIF))
    assert flags(with_blocks(webp, data, {"xmp": XMP})) == 0x0C


def test_exif_goes_before_xmp_and_unknown_chunks_stay_behind() -> None:
    unknown = made.chunk(b"what", b"odd")
    data = made.riff(made.vp8x(4, (13, 9)), *_image(), made.chunk(b"XMP ", PHOTOSHOP), unknown)
    new = with_blocks(webp, data, {"exif": EXIF})
    assert [kind for kind, _ in made.chunks(new)][-3:] == [b"EXIF", b"XMP ", b"what"]
    new = with_blocks(webp, data, BOTH)
    assert [kind for kind, _ in made.chunks(new)][-3:] == [b"EXIF", b"XMP ", b"what"]
    assert dict(parsed(webp, new).blocks) == BOTH
    data = made.riff(made.vp8x(8, (13, 9)), *_image(), unknown, made.chunk(b"EXIF", EXIF))
    new = with_blocks(webp, data, {"xmp": XMP})
    assert [kind for kind, _ in made.chunks(new)][-3:] == [b"what", b"EXIF", b"XMP "]
    data = made.riff(made.vp8x(0, (13, 9)), *_image(), unknown)
    new = with_blocks(webp, data, BOTH)
    assert [kind for kind, _ in made.chunks(new)][-3:] == [b"EXIF", b"XMP ", b"what"]


def test_a_prefixed_exif_chunk_is_read_and_a_changed_one_written_as_the_standard_says() -> None:
    data = made.riff(made.vp8x(8, (13, 9)), *_image(), made.chunk(b"EXIF", b"Exif\x00\x00" + EXIF))
    assert parsed(webp, data).blocks["exif"] == EXIF
    assert webp.splices(parsed(webp, data), {"exif": EXIF}) == []
    block = exif.edit(EXIF, Caption("Other"), ["title"])
    assert dict(made.chunks(with_blocks(webp, data, {"exif": block})))[b"EXIF"] == block


def test_two_packets_are_kept_in_step() -> None:
    other = xmp.edit(None, Caption("Second", tags=("two",)), FIELDS)
    data = made.riff(made.vp8x(4, (13, 9)), *_image(), made.chunk(b"XMP ", PHOTOSHOP), made.chunk(b"XMP\x00", other))
    assert parsed(webp, data).blocks["xmp"] == PHOTOSHOP
    new = with_blocks(webp, data, {"xmp": xmp.edit(PHOTOSHOP, Caption("New"), ["title"])})
    packets = [body for kind, body in made.chunks(new) if kind == b"XMP "]
    assert [xmp.read(packet).title for packet in packets] == ["New", "New"]
    assert xmp.read(packets[1]).tags == ("two",)


def test_trailing_bytes_stay_and_do_not_count() -> None:
    data = made.lossy() + b"trailing"
    new = with_blocks(webp, data, BOTH)
    assert new == with_blocks(webp, made.lossy(), BOTH) + b"trailing"


def test_a_missing_last_padding_byte_is_added_when_something_follows() -> None:
    bare = made.riff(made.vp8x(0, (13, 9)), *_image(), made.chunk(b"what", b"odd"))[:-1]
    for data in (bare, bare[:4] + (len(bare) - 8).to_bytes(4, "little") + bare[8:]):
        new = with_blocks(webp, data, BOTH)
        assert made.chunks(new)[-1] == (b"what", b"odd")
        assert dict(parsed(webp, new).blocks) == BOTH
    vp8 = dict(made.chunks(made.lossy()))[b"VP8 "]
    odd = made.riff(made.chunk(b"VP8 ", vp8[: len(vp8) - 1 + len(vp8) % 2]))
    for data in (odd[:-1], odd[:4] + (len(odd) - 9).to_bytes(4, "little") + odd[8:-1]):
        new = with_blocks(webp, data, BOTH)
        assert [kind for kind, _ in made.chunks(new)] == [b"VP8X", b"VP8 ", b"EXIF", b"XMP "]
        assert picture(webp, new) == picture(webp, data)


def test_iptc_is_refused_and_content_credentials_are_noted() -> None:
    with pytest.raises(Unsupported, match="IPTC"):
        with_blocks(webp, made.lossy(), {"irb": b"x"})
    assert "irb" not in parsed(webp, made.lossy()).holds
    data = made.riff(made.vp8x(0, (13, 9)), *_image(), made.chunk(b"C2PA", b"jumb"))
    assert "Content Credentials" in parsed(webp, data).notes[0]


def test_the_same_blocks_are_no_change() -> None:
    layout = parsed(webp, with_blocks(webp, made.lossy(), BOTH))
    assert webp.splices(layout, BOTH) == []
    assert webp.splices(parsed(webp, made.lossy()), {"exif": b"", "xmp": b""}) == []


def _image() -> list[bytes]:
    return [made.chunk(kind, body) for kind, body in made.chunks(made.lossy())]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"RIFF\x04\x00\x00\x00WEBP",
        b"RIFF\x04\x00\x00\x00WAVE",
        made.lossy()[:-2],
        made.lossy()[:40],
        made.riff(made.chunk(b"VP8 ", b"no header here")),
        made.riff(made.chunk(b"VP8 ", b"")),
        made.riff(made.chunk(b"VP8L", b"\x00\x00\x00\x00\x00")),
        made.riff(made.chunk(b"VP8X", b"short"), made.chunk(b"VP8 ", b"x")),
        made.riff(made.chunk(b"EXIF", b"x")),
        made.riff(made.chunk(b"ANMF", bytes(16))),
        made.riff(b"VP8 \xff\xff\xff\xff"),
    ],
)
def test_what_is_cut_or_no_webp_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        parsed(webp, data)


def test_more_blocks_than_anyone_means_are_unsupported() -> None:
    with pytest.raises(Unsupported, match="more than 1,000"):
        parsed(webp, made.riff(made.vp8x(4, (13, 9)), *_image(), *[made.chunk(b"XMP ", b"")] * 1001))


extra = st.builds(
    made.chunk,
    st.sampled_from([b"EXIF", b"XMP ", b"what", b"ICCP", b"XMP\x00"]),
    st.sampled_from([EXIF, PHOTOSHOP, b"odd"]),
)


@settings(max_examples=150, deadline=None)
@given(st.booleans(), st.integers(0, 255), st.lists(extra, max_size=4), st.binary(max_size=5), st.sampled_from(
    [BOTH, {"exif": EXIF}, {"xmp": XMP}, {"exif": b"", "xmp": b""}, {"exif": b""}]))  # fmt: skip
def test_any_mixture_of_chunks_keeps_what_is_not_ours(
    extended: bool, bits: int, behind: list[bytes], tail: bytes, new: dict[BlockName, bytes]
) -> None:
    head = [made.vp8x(bits, (13, 9))] if extended else []
    data = made.riff(*head, *_image(), *behind) + tail
    result = with_blocks(webp, data, new)
    blocks = parsed(webp, result).blocks
    assert all(blocks.get(name, b"") == block for name, block in new.items())
    kept = [c for c in made.chunks(data) if c[0] in (b"what", b"ICCP", b"VP8 ")]
    assert [c for c in made.chunks(result) if c[0] in (b"what", b"ICCP", b"VP8 ")] == kept
    if result != data:
        assert not blocks or flags(result) & 0x0C == (0x08 if "exif" in blocks else 0) | (
            0x04 if "xmp" in blocks else 0
        )
    assert with_blocks(webp, result, new) == result
    assert result.endswith(tail)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files_are_parsed_or_refused(data: st.DataObject) -> None:
    whole = made.riff(made.vp8x(12, (13, 9)), *_image(), made.chunk(b"EXIF", EXIF), made.chunk(b"XMP ", PHOTOSHOP))
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 30)) :]
    try:
        new = with_blocks(webp, damaged, BOTH)
    except PhotoError as error:
        is_sentence(error)
    else:
        assert dict(parsed(webp, new).blocks) == BOTH
