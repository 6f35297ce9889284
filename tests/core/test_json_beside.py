"""Answers as JSON beside photos: written, taken, and never in anybody's way."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core import json_beside
from cutline.core.photo import Caption, Credits, Suggestion
from helpers.command import Cutline
from helpers.little_photos import jpeg

ANSWER = Suggestion(
    Caption("Zürich", "A view\nof it", ("one", "東京 🐘"), "alt"), "imgtags", "m", "r-1", Credits(1, 9), {"scene": "x"}
)


def test_what_is_written_is_taken(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    assert json_beside.write(photo, ANSWER) == ""
    document = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert (document["title"], document["tags"], document["credits"]) == (
        "Zürich",
        ["one", "東京 🐘"],
        {"used": 1, "remaining": 9},
    )
    taken = json_beside.taken(photo)
    assert taken is not None
    assert (taken.caption, taken.backend, taken.model) == (ANSWER.caption, "imgtags", "m")


def test_the_same_answer_is_not_written_twice_and_another_replaces_it(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    json_beside.write(photo, ANSWER)
    inode = (tmp_path / "a.json").stat().st_ino
    json_beside.write(photo, ANSWER)
    assert (tmp_path / "a.json").stat().st_ino == inode
    json_beside.write(photo, Suggestion(Caption("Other"), "imgtags"))
    assert "Other" in (tmp_path / "a.json").read_text()


@pytest.mark.parametrize("content", ['{"title": "mine"}', "[]", "no json", "", '{"code": 0, "data": {}}'])
def test_what_another_program_wrote_stays(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    assert json_beside.write(tmp_path / "a.jpg", ANSWER) == "a.json is another program's and stays as it is."
    assert (tmp_path / "a.json").read_text() == content


def test_photos_that_share_a_stem_have_files_of_their_own(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        (tmp_path / name).touch()
    for name in ("a.jpg", "a.png"):
        json_beside.write(tmp_path / name, Suggestion(Caption(name), "x"))
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["a.jpg.json", "a.png.json"]
    taken = json_beside.taken(tmp_path / "a.png")
    assert taken is not None
    assert taken.caption.title == "a.png"


IMAGEDESCRIBER = {
    "code": 0,
    "message": "success",
    "data": {"tags": {"tags": ["sea", "sun"], "title": "T", "description": "D"}, "credits": {"amount": 1}},
}
SHAPES = {
    "imagedescriber": IMAGEDESCRIBER,
    "its data": IMAGEDESCRIBER["data"],
    "its tags": {"tags": ["sea", "sun"], "title": "T", "description": "D"},
    "imgtags": {"success": True, "data": {"title": "T", "description": "D", "tags": "sea, sun"}},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_services_own_answers_are_taken(tmp_path: Path, shape: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(SHAPES[shape]))
    taken = json_beside.taken(tmp_path / "a.jpg")
    assert taken is not None
    assert taken.caption == Caption("T", "D", ("sea", "sun"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["tags", "data", "title", "description", "x"]), x),
    )
)
def test_any_document_is_survived(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "a.json").write_text(json.dumps(document))
    json_beside.taken(folder / "a.jpg")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b'{"title": "' + b"x" * 2_000_000 + b'"}'])
def test_a_file_that_is_no_answer_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    assert json_beside.taken(tmp_path / "a.jpg") is None


def test_a_folder_that_may_not_be_written_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "a.jpg.json").mkdir()
    assert json_beside.write(tmp_path / "a.jpg", ANSWER) != ""


def test_a_run_keeps_answers_beside_the_photos_and_another_takes_them(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    (first,) = cutline("tag", "--json", photo, "--sidecar-json").records
    document = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert (document["cutline_answer"], document["title"]) == (1, first["title"])
    document["title"] = "Corrected by hand"
    (tmp_path / "a.json").write_text(json.dumps(document))
    (second,) = cutline("tag", "--json", photo, "--from-json", "--policy", "replace").records
    assert (second["status"], second["title"], second["cached"]) == ("written", "Corrected by hand", True)


def test_a_dry_run_writes_nothing_beside_anything(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    cutline("tag", photo, "--sidecar-json", "--dry-run")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]


def test_somebody_elses_file_is_told_of_and_the_photo_is_written(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    (tmp_path / "a.json").write_text("{}")
    result = cutline("tag", "--json", photo, "--sidecar-json")
    assert result.record["status"] == "written"
    assert "a.json is another program's and stays as it is." in result.err
