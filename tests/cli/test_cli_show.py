"""`cutline show`: every field, for a person and for a program."""

from pathlib import Path

from helpers.command import SHOW_KEYS, Cutline, finished
from helpers.little_photos import jpeg


def filled(cutline: Cutline, path: Path) -> Path:
    photo = jpeg(path)
    words = ("--title", "Zürich", "--description", "first\nsecond", "--alt-text", "東京", "--tag", "🌅", "--tag", "b")
    assert cutline("write", photo, *words).status == 0
    return photo


def test_a_record_has_the_documented_shape(cutline: Cutline, tmp_path: Path) -> None:
    photo = filled(cutline, tmp_path / "a.jpg")
    result = cutline("show", photo, "--json")
    assert (result.status, result.err) == (0, "")
    assert list(result.record) == SHOW_KEYS
    assert result.record == {
        "path": str(photo),
        "title": "Zürich",
        "description": "first\nsecond",
        "alt_text": "東京",
        "tags": ["🌅", "b"],
        "format": "jpeg",
        "sidecar": None,
    }


def test_a_person_sees_every_field(cutline: Cutline, tmp_path: Path) -> None:
    photo = filled(cutline, tmp_path / "a.jpg")
    assert cutline("show", photo).out.splitlines() == [
        f"{photo}  jpeg",
        "  title        Zürich",
        "  description  first",
        "               second",
        "  tags         🌅, b",
        "  alt text     東京",
    ]


def test_what_is_no_picture_is_an_error_record_and_the_others_go_on(cutline: Cutline, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("text")
    photo = jpeg(tmp_path / "z.jpg")
    result = cutline("show", tmp_path, tmp_path / "missing.jpg", "--json")
    assert result.status == 1
    text, good, missing = result.records
    assert (good["path"], text["path"]) == (str(photo), str(tmp_path / "text.jpg"))
    for record in (text, missing):
        assert set(record) == {"path", "error"}
        assert record["error"]["code"] == "unreadable"
        assert record["error"]["message"].endswith(".")
    human = cutline("show", tmp_path, tmp_path / "missing.jpg")
    assert human.status == 1
    assert len(human.err.splitlines()) == 2
    assert all(line.count(str(tmp_path)) == 1 for line in human.err.splitlines())
    assert "z.jpg" in human.out


def test_a_sidecar_is_named(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    cutline("write", photo, "--title", "x", "--write", "sidecar")
    assert cutline("show", photo, "--json").record["sidecar"] == str(tmp_path / "a.xmp")
    assert f"sidecar {tmp_path / 'a.xmp'}" in cutline("show", photo).out


def test_it_works_as_a_process_of_its_own(tmp_path: Path) -> None:
    jpeg(tmp_path / "a.jpg")
    result = finished("show", "a.jpg", "--json", cwd=tmp_path)
    assert (result.status, result.record["path"]) == (0, "a.jpg")
