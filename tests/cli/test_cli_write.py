"""`cutline write`: a person's own words."""

import os
from pathlib import Path

import pytest

from cutline.cli.write import Words, captioned
from cutline.core import metadata
from cutline.core.photo import Caption, Policy
from helpers.command import Cutline, mortal
from helpers.little_photos import jpeg

THERE = Caption("old title", "old text", ("sea", "Sun"), "")


@pytest.mark.parametrize(
    ("policy", "words", "result"),
    [
        (None, Words(title="new"), Caption("new", "old text", ("sea", "Sun"))),
        (None, Words(title=""), Caption("", "old text", ("sea", "Sun"))),
        (None, Words(tags=("SEA", "pier")), Caption("old title", "old text", ("sea", "Sun", "pier"))),
        (None, Words(removed=("sun",)), Caption("old title", "old text", ("sea",))),
        (None, Words(tags=("pier",), removed=("sea",)), Caption("old title", "old text", ("Sun", "pier"))),
        ("merge", Words(title="new", alt_text="alt"), Caption("old title", "old text", ("sea", "Sun"), "alt")),
        ("merge", Words(tags=("pier",)), Caption("old title", "old text", ("sea", "Sun", "pier"))),
        (
            "fill",
            Words(title="", tags=("pier",), alt_text="alt"),
            Caption("old title", "old text", ("sea", "Sun"), "alt"),
        ),
        ("fill", Words(removed=("sea",)), Caption("old title", "old text", ("Sun",))),
        ("replace", Words(title="new", tags=("pier",)), Caption("new", "old text", ("pier",))),
        ("replace", Words(tags=()), Caption("old title", "old text", ())),
        ("replace", Words(description=""), Caption("old title", "", ("sea", "Sun"))),
    ],
)
def test_what_words_do_to_a_caption(policy: Policy | None, words: Words, result: Caption) -> None:
    assert captioned(THERE, words, policy) == result


def test_words_reach_the_file_and_the_record_says_so(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    words = ("--title", "  Zürich \n", "--description", "one\ntwo", "--alt-text", "alt", "--tag", "b", "--tag", "a")
    result = cutline("write", photo, *words, "--json")
    assert result.status == 0
    assert result.record == {
        "path": str(photo),
        "status": "written",
        "title": "Zürich",
        "description": "one\ntwo",
        "alt_text": "alt",
        "tags": ["b", "a"],
        "error": None,
    }
    assert metadata.read(photo).caption == Caption("Zürich", "one\ntwo", ("b", "a"), "alt")
    assert cutline("write", photo, *words, "--json").record["status"] == "unchanged"


def test_an_empty_text_clears_and_a_removed_tag_goes(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    cutline("write", photo, "--title", "T", "--tag", "a", "--tag", "b")
    cutline("write", photo, "--title", "", "--remove-tag", "A")
    assert metadata.read(photo).caption == Caption(tags=("b",))
    cutline("write", photo, "--policy", "replace", "--tag", "")
    assert metadata.read(photo).caption == Caption()


def test_the_policy_setting_is_about_backends_not_about_a_persons_words(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    cutline("write", photo, "--title", "old")
    cutline("write", photo, "--title", "new", "--set", "policy=fill")
    assert metadata.read(photo).caption.title == "new"
    cutline("write", photo, "--title", "newest", "--policy", "fill")
    assert metadata.read(photo).caption.title == "new"


def test_many_tags_are_all_written(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    words = [word for number in range(120) for word in ("--tag", f"tag {number}")]
    assert len(cutline("write", photo, *words, "--json").record["tags"]) == 120


def test_bad_files_fail_alone(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_text("text")
    result = cutline("write", photo, tmp_path / "b.jpg", tmp_path / "c.jpg", "--title", "x", "--json")
    assert result.status == 1
    assert [r["status"] for r in result.records] == ["written", "failed", "failed"]
    human = cutline("write", photo, tmp_path / "b.jpg", "--title", "x").out.splitlines()
    assert human[-1] == "2 photos: 1 unchanged, 1 failed."


def test_the_modification_time_is_kept_unless_told_otherwise(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    os.utime(photo, (1_000_000_000, 1_000_000_000))
    cutline("write", photo, "--title", "x")
    assert photo.stat().st_mtime == 1_000_000_000
    cutline("write", photo, "--title", "y", "--set", "keep_mtime=false")
    assert photo.stat().st_mtime > 1_000_000_000


@pytest.mark.needs("setpriv")
def test_what_is_read_only_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    photo = jpeg(folder / "a.jpg")
    before = photo.read_bytes()
    folder.chmod(0o555)
    try:
        for words in (("write", "--title", "x"), ("tag",)):
            result = mortal(*words, "--json", photo)
            assert (result.status, result.record["error"]["code"]) == (1, "read_only")
        for format_, output in (("csv", folder / "t.csv"), ("xmp", folder), ("xmp", folder / "sidecars")):
            refused = mortal("export", photo, "--format", format_, "--output", output)
            assert refused.status == 3
            assert refused.sentence.endswith(".")
        demo = mortal("demo", folder)
        assert (demo.status, "may not be written" in demo.sentence) == (3, True)
    finally:
        folder.chmod(0o755)
    assert photo.read_bytes() == before
    assert [entry.name for entry in folder.iterdir()] == ["a.jpg"]


@pytest.mark.needs("setpriv")
def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    (tmp_path / "closed").mkdir()
    photo.chmod(0)
    (tmp_path / "closed").chmod(0)
    try:
        result = mortal("show", photo, tmp_path / "closed", "--json")
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert result.status == 1
    assert [r["error"]["code"] for r in result.records] == ["unreadable"] * 2
