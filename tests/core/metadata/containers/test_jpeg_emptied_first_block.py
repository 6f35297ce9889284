"""A file with two blocks of a kind, of which the first has nothing left to say when a field is cleared."""

from pathlib import Path

import pytest

from cutline.core.metadata.blocks import exif, xmp
from cutline.core.metadata.reading import read
from cutline.core.metadata.writing import write
from cutline.core.photo import FIELDS, Caption
from helpers import exif_blocks
from helpers import jpeg_files as made
from helpers.spliced import exiftool
from helpers.xmp_packets import described, framed

OURS = Caption("Title", "words", ("one", "two"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jpg"


@pytest.mark.needs("exiftool")
def test_what_the_second_xmp_packet_says_stays(path: Path) -> None:
    second = framed(described("<dc:rights>mine</dc:rights>"))
    path.write_bytes(made.jpeg(made.xmp(xmp.edit(None, OURS, ["tags"])), made.xmp(second)))
    assert write(path, Caption(), ["tags"], mode="embed").changed
    assert made.xmp(second) in path.read_bytes()
    assert exiftool(path)["XMP-dc:Rights"] == "mine"
    assert read(path).caption == Caption()
    assert not write(path, Caption(), ["tags"], mode="embed").changed
    write(path, OURS, FIELDS, mode="embed")
    assert read(path).caption == OURS


@pytest.mark.needs("exiftool")
def test_what_the_second_exif_block_says_stays(path: Path) -> None:
    second = exif_blocks.camera(">")
    path.write_bytes(made.jpeg(made.exif(exif.edit(None, OURS, ["title"]) or b""), made.exif(second)))
    assert write(path, Caption(), ["title"], mode="embed").changed
    assert made.exif(second) in path.read_bytes()
    assert exiftool(path)["IFD0:Model"] == "Model T"
    assert read(path).caption == Caption()
    write(path, OURS, FIELDS, mode="embed")
    assert read(path).caption == OURS


def test_two_equal_packets_both_go(path: Path) -> None:
    packet = made.xmp(xmp.edit(None, OURS, ["tags"]))
    path.write_bytes(made.jpeg(packet, packet))
    write(path, Caption(), ["tags"], mode="embed")
    assert made.XMP_ID not in path.read_bytes()
