"""XMP segments whose identifier a writer's bug spoiled: other programs read them, so there must not be a second one."""

from pathlib import Path

import pytest

from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.containers import jpeg
from cutline.core.photo import FIELDS, Caption
from helpers import jpeg_files as made
from helpers.spliced import exiftool, parsed, picture, with_blocks
from helpers.xmp_packets import PHOTOSHOP

ODD_ID = b"XMP\0://ns.adobe.com/xap/1.0/\0"
ODD = made.segment(made.APP1, ODD_ID + PHOTOSHOP)
NEW = xmp.edit(PHOTOSHOP, Caption("New", "words", ("tag",)), FIELDS)


@pytest.mark.needs("exiftool")
def test_it_is_read_and_replaced_by_a_standard_one(tmp_path: Path) -> None:
    data = made.jpeg(ODD, made.icc())
    assert parsed(jpeg, data).blocks == {"xmp": PHOTOSHOP}
    new = with_blocks(jpeg, data, {"xmp": NEW})
    assert new == made.jpeg(made.xmp(NEW), made.icc())
    assert picture(jpeg, new) == picture(jpeg, data)
    path = tmp_path / "a.jpg"
    path.write_bytes(new)
    assert exiftool(path, "-a")["XMP-dc:Title"] == "New"


def test_beside_a_standard_one_it_is_kept_in_step() -> None:
    other = xmp.edit(None, Caption("Other", tags=("two",)), FIELDS)
    data = made.jpeg(made.xmp(PHOTOSHOP), made.segment(made.APP1, ODD_ID + other))
    new = with_blocks(jpeg, data, {"xmp": xmp.edit(PHOTOSHOP, Caption("New"), ["title"])})
    payloads = [raw[4 + len(ODD_ID) :] for marker, raw in made.split(new) if marker == made.APP1]
    assert [xmp.read(packet).title for packet in payloads] == ["New", "New"]
    assert xmp.read(payloads[1]).tags == ("two",)


def test_it_goes_when_nothing_is_left_in_it() -> None:
    assert with_blocks(jpeg, made.jpeg(ODD), {"xmp": b""}) == made.jpeg()
