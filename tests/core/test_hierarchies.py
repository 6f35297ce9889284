"""Tags with a hierarchy, from keywords to files and back."""

from hashlib import md5
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cutline.core import metadata
from cutline.core.keywords import flat, leaf, levels, merge, pathed
from cutline.core.merge import merged
from cutline.core.metadata.blocks import xmp
from cutline.core.photo import FIELDS, Caption
from helpers import jpeg_files
from helpers.command import Cutline
from helpers.spliced import exiftool

FRANCE = "Places|Europe|France"


def test_a_path_has_levels_and_a_leaf() -> None:
    assert (levels(" Places | Europe||France "), leaf(FRANCE), leaf("sea")) == (
        ("Places", "Europe", "France"),
        "France",
        "sea",
    )
    assert (levels(" | "), leaf("|")) == ((), "")
    assert flat([FRANCE, "sea", "Countries|France"]) == ("France", "sea")


def test_a_list_of_paths_gives_names_their_homes() -> None:
    assert pathed(["sea", "France"], [FRANCE], more=False) == ("sea", FRANCE)
    assert pathed(["France"], [FRANCE, "Countries|France", "Animals|dog"], more=True) == (
        FRANCE, "Countries|France", "Animals|dog",
    )  # fmt: skip
    assert pathed(["France"], ["Animals|dog"], more=False) == ("France",)


@given(st.lists(st.text("ab|", max_size=6)), st.lists(st.text("ab|", max_size=6)))
def test_no_name_is_ever_lost(names: list[str], paths: list[str]) -> None:
    found = pathed(names, paths, more=True)
    assert {leaf(tag) for tag in found} >= {leaf(name) for name in names if "|" not in name}


def test_a_suggestion_that_a_hierarchy_ends_in_is_no_new_tag() -> None:
    assert merge([FRANCE], ["france", "sea"], 9) == (FRANCE, "sea")
    replaced = merged(Caption(tags=(FRANCE, "old")), Caption(tags=("France", "sea")), "replace", ["tags"], 9)
    assert replaced.tags == (FRANCE, "sea")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_files_hold_them_and_give_them_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.new("RGB", (8, 8)).save(path)
    caption = Caption("T", "D", ("sea", FRANCE, "Animals|dog"))
    assert metadata.write(path, caption, FIELDS).caption == caption
    assert metadata.read(path).caption == caption
    before = path.read_bytes()
    assert not metadata.write(path, caption, FIELDS).changed
    assert path.read_bytes() == before
    metadata.write(path, Caption("T", "D", ("sea",)), FIELDS)
    assert metadata.read(path).caption.tags == ("sea",)
    for word in (b"Europe", b"France", "France".encode("utf-16-le"), b"dog"):
        assert word not in path.read_bytes()


@pytest.mark.needs("exiftool")
def test_carriers_without_hierarchies_hold_the_last_level(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    metadata.write(path, Caption(tags=("sea", FRANCE)), FIELDS)
    said = exiftool(path)
    assert said["XMP-dc:Subject"] == said["IPTC:Keywords"] == ["sea", "France"]
    assert said["XMP-lr:HierarchicalSubject"] in (FRANCE, [FRANCE])
    assert said["XMP-digiKam:TagsList"] == ["sea", "Places/Europe/France"]
    assert said["IFD0:XPKeywords"] == "sea;France"


def test_a_sidecar_holds_them_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    caption = Caption(tags=(FRANCE, "sea"))
    assert metadata.write(path, caption, ["tags"], mode="sidecar").caption == caption
    assert metadata.read(path).caption == caption
    assert not metadata.write(path, caption, ["tags"], mode="sidecar", dry_run=True).changed


def test_a_tag_and_itself_with_a_hierarchy_are_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    assert metadata.write(path, Caption(tags=("France", FRANCE)), ["tags"]).caption.tags == (FRANCE,)


def test_on_the_command_line(cutline: Cutline, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    cutline("write", path, "--tag", " Places |Europe|France", "--tag", "sea")
    assert cutline("show", path, "--json").record["tags"] == [FRANCE, "sea"]
    cutline("write", path, "--remove-tag", "france")
    assert cutline("show", path, "--json").record["tags"] == ["sea"]


@pytest.mark.parametrize("removed", ["France", "Places|Europe|France", "places | europe|FRANCE"])
def test_a_tag_is_removed_by_its_name_or_by_all_of_it(cutline: Cutline, tmp_path: Path, removed: str) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    metadata.write(path, Caption(tags=(FRANCE, "Places|Europe", "sea")), ["tags"])
    cutline("write", path, "--remove-tag", removed)
    assert metadata.read(path).caption.tags == ("Places|Europe", "sea")
    assert b"France" not in path.read_bytes()


def test_a_flat_tag_that_is_given_a_place_is_one_tag(cutline: Cutline, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    metadata.write(path, Caption(tags=("France", "sea")), ["tags"])
    cutline("write", path, "--tag", FRANCE, "--tag", "france")
    assert metadata.read(path).caption.tags == ("sea", FRANCE)


def _photo_with(path: Path, keywords: list[str], digest: bytes) -> Path:
    """A JPEG whose XMP holds two tags with hierarchies, and whose IPTC block holds `keywords` and this digest."""
    iim = b"".join(b"\x1c\x02\x19" + len(word).to_bytes(2, "big") + word.encode() for word in keywords)
    resources = jpeg_files.resource(0x0404, iim) + jpeg_files.resource(0x0425, digest or md5(iim).digest())
    packet = xmp.edit(None, Caption(tags=(FRANCE, "Water|sea")), ["tags"])
    path.write_bytes(jpeg_files.jpeg(jpeg_files.xmp(packet), jpeg_files.irb(resources)))
    return path


def test_where_iptc_is_the_newer_word_only_its_tags_count(tmp_path: Path) -> None:
    older = _photo_with(tmp_path / "older.jpg", ["France", "sky"], b"")
    assert metadata.read(older).caption.tags == (FRANCE, "Water|sea")
    newer = _photo_with(tmp_path / "newer.jpg", ["sky", "France"], bytes(16))
    assert metadata.read(newer).caption.tags == ("sky", FRANCE)
    tags = metadata.read(newer).caption.tags
    assert metadata.write(newer, Caption(tags=tags), ["tags"]).caption.tags == tags
    assert b"sea" not in newer.read_bytes()
    assert not metadata.write(newer, Caption(tags=tags), ["tags"]).changed


def test_iptc_s_short_form_of_a_last_level_is_no_other_tag(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_files.jpeg())
    caption = Caption(tags=("Places|" + "very long " * 12 + "name", "sea"))
    assert metadata.write(path, caption, ["tags"]).caption == metadata.read(path).caption == caption
    assert not metadata.write(path, caption, ["tags"]).changed
