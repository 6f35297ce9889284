"""Tags with a hierarchy, from keywords to files and back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cutline.core import metadata
from cutline.core.keywords import flat, leaf, levels, merge, pathed
from cutline.core.merge import merged
from cutline.core.photo import FIELDS, Caption
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
