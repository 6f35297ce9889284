import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cutline.core.errors import ChangedMeanwhile, Malformed, ReadOnly, Unreadable
from cutline.core.metadata import sidecar
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import FIELDS, Caption
from helpers.spliced import exiftool, exiv2, numbered
from helpers.xmp_packets import DARKTABLE, DIGIKAM, LIGHTROOM

FULL = Caption("Zürich 😀", "東京\nsecond line", tuple(f"tag {n}" for n in range(100)), "alt text")


def photo(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(b"picture")
    return path


@pytest.mark.parametrize("name", ["a.xmp", "a.XMP", "a.jpg.xmp", "a.jpg.XMP"])
def test_both_namings_are_found_and_reused(tmp_path: Path, name: str) -> None:
    path = photo(tmp_path, "a.jpg")
    assert sidecar.find(path) is None
    (tmp_path / name).write_bytes(LIGHTROOM)
    found = sidecar.find(path)
    assert found is not None
    assert found.samefile(tmp_path / name)
    assert sidecar.read(found).description == "Fog over the lake"
    assert sidecar.write(path, Caption("New"), ["title"]) == (found, True)
    assert len(list(tmp_path.iterdir())) == 2
    assert sidecar.read(found).title == "New"


@pytest.mark.parametrize(
    ("names", "about", "expected"),
    [
        (["a.cr2"], "a.cr2", "a.xmp"),
        (["a.jpg"], "a.jpg", "a.xmp"),
        (["a.tar.gif"], "a.tar.gif", "a.tar.xmp"),
        (["a.jpg", "a.png"], "a.jpg", "a.jpg.xmp"),
        (["a.JPG", "a.CR2"], "a.JPG", "a.JPG.xmp"),
        (["a.JPG", "a.CR2"], "a.CR2", "a.xmp"),
        (["a.jpg", "a.txt", "b.png"], "a.jpg", "a.xmp"),
    ],
)
def test_new_ones_are_named_so_that_they_stand_for_one_photo(
    tmp_path: Path, names: list[str], about: str, expected: str
) -> None:
    for name in names:
        photo(tmp_path, name)
    assert sidecar.write(tmp_path / about, FULL, FIELDS) == (tmp_path / expected, True)
    assert sidecar.find(tmp_path / about) == tmp_path / expected
    others = [name for name in names if name != about]
    assert all(sidecar.find(tmp_path / name) is None for name in others if not name.endswith((".txt", "b.png")))


def test_the_short_name_belongs_to_the_raw_photo(tmp_path: Path) -> None:
    raw, jpeg = photo(tmp_path, "a.NEF"), photo(tmp_path, "a.jpg")
    (tmp_path / "a.xmp").write_bytes(LIGHTROOM)
    assert sidecar.find(raw) == tmp_path / "a.xmp"
    assert sidecar.find(jpeg) is None
    assert sidecar.write(jpeg, Caption("Of the JPEG"), FIELDS) == (tmp_path / "a.jpg.xmp", True)
    assert (tmp_path / "a.xmp").read_bytes() == LIGHTROOM
    assert sidecar.find(jpeg) == tmp_path / "a.jpg.xmp"
    assert sidecar.find(raw) == tmp_path / "a.xmp"


def test_where_both_exist_the_short_one_is_read_as_digikam_does(tmp_path: Path) -> None:
    raw = photo(tmp_path, "a.cr2")
    (tmp_path / "a.cr2.xmp").write_bytes(DARKTABLE)
    assert sidecar.find(raw) == tmp_path / "a.cr2.xmp"
    (tmp_path / "a.xmp").write_bytes(LIGHTROOM)
    assert sidecar.find(raw) == tmp_path / "a.xmp"


def test_a_sidecar_two_photos_share_is_read_but_changed_only_in_a_copy(tmp_path: Path) -> None:
    one, two = photo(tmp_path, "a.jpg"), photo(tmp_path, "a.png")
    (tmp_path / "a.xmp").write_bytes(LIGHTROOM)
    assert sidecar.find(one) == sidecar.find(two) == tmp_path / "a.xmp"
    assert sidecar.write(one, Caption("One"), ["title"]) == (tmp_path / "a.jpg.xmp", True)
    assert (tmp_path / "a.xmp").read_bytes() == LIGHTROOM
    copy = (tmp_path / "a.jpg.xmp").read_bytes()
    assert b"crs:Exposure2012" in copy
    assert xmp.read(copy).title == "One"
    assert sidecar.find(one) == tmp_path / "a.jpg.xmp"
    assert sidecar.find(two) == tmp_path / "a.xmp"


def test_a_folder_of_that_name_is_no_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").mkdir()
    assert sidecar.find(photo(tmp_path, "a.jpg")) is None


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    path = photo(tmp_path, "a.dng")
    target, changed = sidecar.write(path, FULL, FIELDS)
    assert changed
    before = target.stat()
    assert sidecar.write(path, FULL, FIELDS) == (target, False)
    assert target.stat() == before


def test_a_cleared_sidecar_is_an_empty_document(tmp_path: Path) -> None:
    path = photo(tmp_path, "a.dng")
    target, _ = sidecar.write(path, FULL, FIELDS)
    assert sidecar.write(path, Caption(), FIELDS) == (target, True)
    assert sidecar.read(target) == CarrierText()
    assert target.read_bytes() == sidecar.packet(Caption())


@pytest.mark.needs("exiftool", "exiv2")
@pytest.mark.parametrize("packet", [None, DARKTABLE, DIGIKAM])
def test_other_programs_read_it(tmp_path: Path, packet: bytes | None) -> None:
    path = photo(tmp_path, "a.dng")
    if packet:
        (tmp_path / "a.dng.xmp").write_bytes(packet)
    target, _ = sidecar.write(path, FULL, FIELDS)
    said = exiftool(target)
    assert said["XMP-dc:Title"] == FULL.title
    assert said["XMP-dc:Description"] == FULL.description
    assert numbered(said["XMP-dc:Subject"]) == list(FULL.tags)
    assert said["XMP-iptcCore:AltTextAccessibility"] == FULL.alt_text
    assert FULL.title in exiv2(target, "X")


def test_the_packet_for_export_is_a_whole_document() -> None:
    document = sidecar.packet(FULL)
    assert document.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<x:xmpmeta')
    assert xmp.read(document) == CarrierText(FULL.title, FULL.description, FULL.tags, FULL.alt_text)
    assert b"xpacket" not in document


def test_errors_name_the_sidecar_and_leave_it(tmp_path: Path) -> None:
    path = photo(tmp_path, "a.dng")
    broken = tmp_path / "a.xmp"
    broken.write_bytes(b"<x:xmpmeta>")
    for act in (lambda: sidecar.read(broken), lambda: sidecar.write(path, FULL, FIELDS)):
        with pytest.raises(Malformed, match=r"a\.xmp: The XMP packet is not well-formed"):
            act()
    assert broken.read_bytes() == b"<x:xmpmeta>"
    with pytest.raises(Unreadable, match=r"none\.xmp: the sidecar cannot be read"):
        sidecar.read(tmp_path / "none.xmp")


def test_a_file_far_too_large_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "a.xmp"
    with huge.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(Unreadable, match="too large"):
        sidecar.read(huge)


def test_names_that_are_no_text_work(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a \xff\n.dng"))
    path.write_bytes(b"picture")
    target, _ = sidecar.write(path, FULL, FIELDS)
    target.write_bytes(b"<")
    with pytest.raises(Malformed) as raised:
        sidecar.read(target)
    assert str(raised.value).isprintable()


def test_the_longest_name_a_disk_allows_gets_a_sidecar(tmp_path: Path) -> None:
    path = photo(tmp_path, "x" * 251 + ".jpg")
    assert sidecar.write(path, FULL, FIELDS) == (tmp_path / ("x" * 251 + ".xmp"), True)


def test_a_replaced_sidecar_keeps_what_it_is_besides_its_bytes(tmp_path: Path) -> None:
    path, beside = tmp_path / "a.jpg", tmp_path / "a.xmp"
    path.write_bytes(b"")
    beside.write_bytes(DARKTABLE)
    beside.chmod(0o646)
    os.setxattr(beside, "user.rating", b"5")
    assert sidecar.write(path, FULL, FIELDS) == (beside, True)
    assert beside.stat().st_mode & 0o7777 == 0o646
    assert os.getxattr(beside, "user.rating") == b"5"


def test_a_read_only_sidecar_is_refused(tmp_path: Path) -> None:
    path, beside = tmp_path / "a.jpg", tmp_path / "a.xmp"
    path.write_bytes(b"")
    beside.write_bytes(DARKTABLE)
    beside.chmod(0o444)
    with pytest.raises(ReadOnly, match=r"a\.xmp"):
        sidecar.write(path, FULL, FIELDS)
    assert beside.read_bytes() == DARKTABLE


def test_a_sidecar_that_changes_while_it_is_written_is_not_overwritten(tmp_path: Path) -> None:
    path, beside = tmp_path / "a.jpg", tmp_path / "a.xmp"
    path.write_bytes(b"")
    beside.write_bytes(DARKTABLE)

    @contextmanager
    def meddling(file: Path, old: bytes | None, new: bytes) -> Iterator[None]:
        file.write_bytes(DARKTABLE + b"\n")
        yield

    with pytest.raises(ChangedMeanwhile, match=r"a\.xmp"):
        sidecar.write(path, FULL, FIELDS, meddling)
    assert beside.read_bytes() == DARKTABLE + b"\n"
