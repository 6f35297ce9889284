"""Whole TIFF, BigTIFF and DNG files through the public functions, hand-made and Pillow's, with independent readers."""

import io
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from corpus import judged
from cutline.core import metadata
from cutline.core.errors import Unreadable, Unsupported
from cutline.core.photo import FIELDS, Caption
from helpers import tiff_files
from helpers.spliced import exiftool, exiv2, numbered
from helpers.tiff_files import FLAVOURS

FULL = Caption("Zürich 東京", "Grüße\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")
SHORT = Caption("Sun", "A sun", ("sun",), "")
OLD_WORDS = (b"old title", b"old words of IIM", b"words of the camera's own")
HELD_BY_EXIV2 = [name for name in FLAVOURS if not name.startswith("BigTIFF")]


def made(folder: Path, flavour: str) -> Path:
    path = folder / ("a.dng" if flavour.startswith("DNG") else "a.tif")
    path.write_bytes(FLAVOURS[flavour]())
    return path


def pixels(data: bytes) -> list[bytes]:
    """Every page, decoded; none of a big-endian BigTIFF, which Pillow does not know."""
    if data.startswith(b"MM\0+"):
        return []
    image = Image.open(io.BytesIO(data))
    found = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        found.append(image.convert("RGB").tobytes())
    return found


@pytest.mark.needs("exiftool")
def test_nothing_that_is_looked_at_in_a_corpus_is_wrong(tmp_path: Path) -> None:
    """Pixels, bytes, foreign fields, warnings, read back, second write, what lingers, undo."""
    for number, make in enumerate(FLAVOURS.values()):
        (tmp_path / f"{number}.tif").write_bytes(make())
    verdicts = list(judged(iter(sorted(tmp_path.iterdir()))))
    assert len(verdicts) == len(FLAVOURS)
    assert [verdict for verdict in verdicts if verdict.refused or verdict.sidecar or verdict.faults] == []


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_picture_is_known_by_its_hash_before_and_after(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    picture, reading = metadata.picture_hash(path), metadata.read(path)
    assert (reading.format, reading.notes) == ("dng" if flavour.startswith("DNG") else "tiff", ())
    written = metadata.write(path, FULL, FIELDS, mode="embed")
    assert (written.notes, written.sidecar, written.caption) == ((), None, FULL)
    assert metadata.picture_hash(path) == picture


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_what_is_cleared_is_gone_from_the_bytes(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    metadata.write(path, Caption("Xylophone", "Quagmire", ("zephyr",), "Kumquat"), FIELDS)
    metadata.write(path, Caption("New", "", ("tag",), ""), FIELDS)
    data = path.read_bytes()
    for word in ("Xylophone", "Quagmire", "zephyr", "Kumquat"):
        assert word.encode() not in data
        assert word.encode("utf-16-le") not in data
    assert not any(word in data for word in OLD_WORDS)
    assert metadata.read(path).caption == Caption("New", "", ("tag",), "")
    metadata.write(path, Caption(), FIELDS)
    assert metadata.read(path).caption == Caption()
    assert pixels(path.read_bytes()) == pixels(FLAVOURS[flavour]())


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_repeated_writes_do_not_let_the_file_grow(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    sizes = []
    for caption in (FULL, SHORT, Caption(), FULL, SHORT, Caption(), FULL, SHORT, Caption()):
        metadata.write(path, caption, FIELDS)
        assert metadata.read(path).caption == caption
        sizes.append(path.stat().st_size)
    assert sizes[3:6] == sizes[6:9]
    assert max(sizes[3:]) <= sizes[0] + 100  # what a shorter value gave up of its place
    assert sizes[-1] <= len(FLAVOURS[flavour]()) + 1000  # IFD0 and little else


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_exiftool_finds_the_caption_in_all_carriers(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    metadata.write(path, FULL, FIELDS)
    said = exiftool(path)
    title, description = ("XMP-dc:Title", "IFD0:XPTitle", "IPTC:ObjectName"), ("XMP-dc:Description", "IFD0:XPComment")
    assert {said[key] for key in title} == {FULL.title}
    assert {said[key] for key in (*description, "IFD0:ImageDescription", "IPTC:Caption-Abstract")} == {FULL.description}
    tags = (numbered(said["XMP-dc:Subject"]), numbered(said["IPTC:Keywords"]), said["IFD0:XPKeywords"].split(";"))
    assert all(each == list(FULL.tags) for each in tags)


@pytest.mark.needs("exiv2")
@pytest.mark.parametrize("flavour", HELD_BY_EXIV2)
def test_exiv2_reads_what_was_written(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    metadata.write(path, SHORT, FIELDS)
    assert re.search(r"Exif\.Image\.ImageDescription +A sun", exiv2(path, "E"))
    assert re.search(r"Iptc\.Application2\.Keywords +sun", exiv2(path, "I"))
    assert re.search(r'Xmp\.dc\.title +lang="x-default" Sun', exiv2(path, "X"))


@pytest.mark.needs("exiftool")
@pytest.mark.parametrize("flavour", HELD_BY_EXIV2)
def test_what_exiftool_wrote_is_read_and_changed(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    words = ("-XMP-dc:Title=Theirs", "-IPTC:Keywords=one", "-IPTC:Keywords=two", "-IFD0:ImageDescription=Words")
    exiftool_writes(path, "-codedcharacterset=utf8", "-XMP-dc:Subject=one", "-XMP-dc:Subject=two", *words)
    assert metadata.read(path).caption == Caption("Theirs", "Words", ("one", "two"), "")
    metadata.write(path, FULL, FIELDS)
    assert metadata.read(path).caption == FULL
    assert b"Theirs" not in path.read_bytes()


def exiftool_writes(path: Path, *assignments: str) -> None:
    subprocess.run(["exiftool", "-q", "-m", "-overwrite_original", *assignments, str(path)], check=True)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_file_cut_short_is_not_embedded_into(tmp_path: Path, flavour: str, share: float) -> None:
    path = made(tmp_path, flavour)
    cut = path.read_bytes()[: int(path.stat().st_size * share)]
    path.write_bytes(cut)
    if flavour == "odd length" and share == 0.99:  # only what nothing leads to is lost
        assert metadata.write(path, FULL, FIELDS, mode="embed").changed
        return
    with pytest.raises((Unreadable, Unsupported), match=path.name):
        metadata.write(path, FULL, FIELDS, mode="embed")
    assert path.read_bytes() == cut


def test_a_file_that_cannot_be_changed_safely_gets_a_sidecar(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    data = tiff_files.camera()
    path.write_bytes(tiff_files.with_number(data, tiff_files.entry_at(data, 271) + 8, len(data)))
    before = path.read_bytes()
    assert metadata.read(path).caption.description == "words of the camera's own"
    written = metadata.write(path, FULL, FIELDS)
    assert written.sidecar == tmp_path / "a.xmp"
    assert "values that stand outside of it" in written.notes[0]
    assert path.read_bytes() == before
    assert metadata.read(path).caption == FULL


@pytest.mark.parametrize("flavour", ["little-endian", "BigTIFF", "Photoshop"])
def test_a_malformed_packet_stays_and_the_other_carriers_are_written(tmp_path: Path, flavour: str) -> None:
    path = made(tmp_path, flavour)
    metadata.write(path, FULL, FIELDS)
    path.write_bytes(path.read_bytes().replace(b"</rdf:RDF>", b"</rdf:RDf>"))
    written = metadata.write(path, Caption("Another title"), ["title"], mode="embed")
    assert any("XMP" in note for note in written.notes)
    assert metadata.read(path).caption.title == "Another title"
    assert b"</rdf:RDf>" in path.read_bytes()
