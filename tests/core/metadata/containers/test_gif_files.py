import io
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import metadata
from cutline.core.errors import Unreadable, Unsupported
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.containers import gif
from cutline.core.photo import FIELDS, Caption
from helpers import gif_files as made
from helpers.spliced import exiftool, numbered, parsed, picture, with_blocks
from helpers.xmp_packets import PHOTOSHOP

FULL = Caption("Zürich 東京", "😀\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")
XMP = xmp.edit(None, FULL, FIELDS)


def frames(data: bytes) -> list[tuple[bytes, object, object]]:
    """Every frame: its pixels, its delay and how often all of them are played."""
    image = Image.open(io.BytesIO(data))
    found = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        found.append((image.convert("RGBA").tobytes(), image.info.get("duration"), image.info.get("loop")))
    return found


@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_xmp_goes_in_and_out_and_all_else_stays(flavour: str) -> None:
    data = made.FLAVOURS[flavour]()
    new = with_blocks(gif, data, {"xmp": XMP})
    assert dict(parsed(gif, new).blocks) == {"xmp": XMP}
    assert frames(new) == frames(data)
    assert picture(gif, new) == picture(gif, data)
    assert new[:6] == b"GIF89a"
    assert [part for part in made.parts(new)[1:] if not part.startswith(b"\x21\xff\x0bXMP")] == made.parts(data)[1:]
    assert with_blocks(gif, new, {"xmp": b""}) == b"GIF89a" + data[6:]


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("flavour", made.FLAVOURS)
def test_other_programs_read_it_and_what_was_there(flavour: str, tmp_path: Path) -> None:
    before, after = tmp_path / "a.gif", tmp_path / "b.gif"
    before.write_bytes(made.FLAVOURS[flavour]())
    after.write_bytes(with_blocks(gif, before.read_bytes(), {"xmp": XMP}))
    said = exiftool(after, "-XMP:all")
    assert said["XMP-dc:Title"] == FULL.title
    assert said["XMP-dc:Description"] == FULL.description
    assert said["XMP-iptcCore:AltTextAccessibility"] == FULL.alt_text
    assert numbered(said["XMP-dc:Subject"]) == list(FULL.tags)
    old, rest = (exiftool(path, "-a", "-ee", "-u", "-all", "--XMP:all") for path in (before, after))
    assert {**rest, "GIF:GIFVersion": "89a"} == {**old, "GIF:GIFVersion": "89a"}


def test_a_new_extension_stands_behind_the_loop_and_in_front_of_the_first_delay() -> None:
    new = with_blocks(gif, made.animated(), {"xmp": XMP})
    assert made.parts(new)[2:4] == [made.LOOP, made.xmp(XMP)]
    assert made.parts(new)[4].startswith(b"\x21\xf9")
    new = with_blocks(gif, made.FLAVOURS["delay before comment"](), {"xmp": XMP})
    assert made.parts(new)[2] == made.xmp(XMP)


def test_an_extension_is_replaced_where_it_stands() -> None:
    data = made.gif(made.parts(made.still())[2], made.COMMENT, made.xmp(PHOTOSHOP), made.COMMENT)
    new = with_blocks(gif, data, {"xmp": XMP})
    assert made.parts(new)[3:] == [made.COMMENT, made.xmp(XMP), made.COMMENT, b";"]


@pytest.mark.parametrize("step", [255, 254, 32, 10, 1])
def test_a_packet_in_sub_blocks_is_read_and_leaves_as_the_standard_has_it(step: int) -> None:
    image = made.parts(made.still())[2]
    data = made.gif(made.xmp_in_blocks(PHOTOSHOP, step), image)
    assert parsed(gif, data).blocks["xmp"] == PHOTOSHOP
    assert gif.splices(parsed(gif, data), {"xmp": PHOTOSHOP}) == []
    assert with_blocks(gif, data, {"xmp": XMP}) == made.gif(made.xmp(XMP), image)


@pytest.mark.parametrize("damage", [made.MAGIC[1:], made.MAGIC[:100] + b"\0", b"\1\0\0"])
def test_a_packet_whose_trailer_is_damaged_is_never_taken_for_a_sound_one(damage: bytes) -> None:
    data = made.gif(made.xmp(PHOTOSHOP, damage), made.parts(made.still())[2])
    try:
        layout = parsed(gif, data)
    except Unreadable:
        return
    new = gif.splices(layout, {"xmp": XMP})
    assert frames(with_blocks(gif, data, {"xmp": XMP})) == frames(made.still())
    assert len(new) == 1


def test_several_packets_are_kept_in_step() -> None:
    other = xmp.edit(None, Caption("Second", tags=("two",)), FIELDS)
    image = made.parts(made.still())[2]
    data = made.gif(made.xmp(PHOTOSHOP), image, made.xmp_in_blocks(other), made.xmp(b"broken <"))
    assert parsed(gif, data).blocks["xmp"] == PHOTOSHOP
    new = made.parts(with_blocks(gif, data, {"xmp": xmp.edit(PHOTOSHOP, Caption("New"), ["title"])}))
    first, second = (xmp.read(part[14:-258]) for part in (new[2], new[4]))
    assert (first.title, second.title, second.tags) == ("New", "New", ("two",))
    assert new[5] == made.xmp(b"broken <")
    assert made.parts(with_blocks(gif, data, {"xmp": b""}))[2:] == [image, b";"]


def test_a_second_packet_loses_its_nuls_too() -> None:
    image = made.parts(made.still())[2]
    data = made.gif(made.xmp(PHOTOSHOP), made.xmp_in_blocks(PHOTOSHOP.replace(b"bridge", b"brigde") + bytes(9)), image)
    new = made.parts(with_blocks(gif, data, {"xmp": XMP}))
    assert new[2].endswith(made.MAGIC)
    assert new[3].endswith(made.MAGIC)
    assert xmp.read(new[3][14:-258]).title == FULL.title


def test_nuls_around_a_packet_do_not_get_into_the_standards_form(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(made.gif(made.xmp_in_blocks(PHOTOSHOP + bytes(20)), made.parts(made.still())[2]))
    assert metadata.write(path, FULL, FIELDS).changed
    assert metadata.read(path).caption == FULL
    assert not metadata.write(path, FULL, FIELDS).changed
    with pytest.raises(Unsupported, match="zero byte"):
        gif.extension(b"a\0b")


def test_only_what_is_played_is_the_picture() -> None:
    data = made.animated()
    with_comment = data[:-1] + made.COMMENT + made.xmp(XMP) + b"\x21\xff\x0bICCRGBG1012\x01x\0;trailing"
    assert picture(gif, with_comment) == picture(gif, data) == data[6:-1]


def test_content_credentials_are_noted() -> None:
    data = made.gif(b"\x21\xff\x0bC2PA_GIF\1\0\0\4jumb\0", made.parts(made.still())[2])
    assert "C2PA" in parsed(gif, data).notes[0]
    assert parsed(gif, made.animated()).notes == ()


def test_exif_and_iptc_have_no_place() -> None:
    assert parsed(gif, made.still()).holds == {"xmp"}
    with pytest.raises(Unsupported, match="no place"):
        with_blocks(gif, made.still(), {"irb": b"x"})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"GIF88a" + made.still()[6:],
        made.still()[:20],
        made.gif(tail=b""),
        made.gif(),
        made.gif(made.COMMENT),
        made.still()[:-4],
        made.animated()[:-4],
        made.gif(made.parts(made.still())[2], made.xmp(XMP)[:-300], tail=b""),
        made.gif(made.parts(made.still())[2], b"\x21", tail=b""),
        made.gif(made.parts(made.still())[2], b"\x2c\0\0", tail=b""),
        made.gif(b"?", made.parts(made.still())[2]),
    ],
)
def test_what_is_cut_or_no_gif_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        parsed(gif, data)


def test_what_follows_something_that_is_no_block_is_left_alone() -> None:
    image = made.parts(made.still())[2]
    data = made.gif(image, b"?" + made.xmp(PHOTOSHOP))
    assert parsed(gif, data).blocks == {}
    assert with_blocks(gif, data, {"xmp": XMP}) == made.gif(made.xmp(XMP), image, b"?" + made.xmp(PHOTOSHOP))


def test_more_packets_than_anyone_means_are_unsupported() -> None:
    with pytest.raises(Unsupported, match="more than 1,000"):
        parsed(gif, made.gif(made.xmp(b"<") * 1001, made.parts(made.still())[2]))


def test_a_long_picture_is_walked_in_windows() -> None:
    image = made.parts(made.still())[2]
    long = image[:-1] + made.blocks(bytes(range(1, 256)) * 2000) + b"\0"
    data = made.gif(long, made.xmp(PHOTOSHOP), long)
    assert parsed(gif, data).blocks["xmp"] == PHOTOSHOP
    assert parsed(gif, data).picture == ((6, 19 + len(long)), (25 + len(long) + len(made.xmp(PHOTOSHOP)), len(long)))
