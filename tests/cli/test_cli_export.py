"""`cutline export`: files, folders, and what must not be overwritten."""

import csv
import json
import os
from pathlib import Path

import pytest

from helpers.command import SHOW_KEYS, Cutline
from helpers.little_photos import jpeg


@pytest.fixture
def photos(cutline: Cutline, tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(3):
        photo = jpeg(folder / f"{number}.jpg")
        cutline(
            "write", photo, "--title", f"=1+{number}", "--description", "Zürich,\n“東京”", "--tag", "a", "--tag", "b"
        )
    return folder


def test_csv(cutline: Cutline, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    result = cutline("export", photos, "--format", "csv", "--output", out)
    assert (result.status, result.out, result.err) == (0, f"3 photos exported to {out}.\n", "")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"] for row in rows] == ["'=1+0", "'=1+1", "'=1+2"]
    assert {(row["description"], row["tags"], row["format"]) for row in rows} == {("Zürich,\n“東京”", "a; b", "jpeg")}


def test_json(cutline: Cutline, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert cutline("export", photos, "--format", "json", "--output", out).status == 0
    document = json.loads(out.read_bytes())
    assert list(document) == ["version", "photos"]
    assert document["version"] == 1
    assert [list(photo) for photo in document["photos"]] == [SHOW_KEYS] * 3
    assert document["photos"] == cutline("show", photos, "--json").records


def test_xmp(cutline: Cutline, photos: Path, tmp_path: Path) -> None:
    result = cutline("export", photos, "--format", "xmp", "--output", tmp_path / "sidecars")
    assert (result.status, result.err) == (0, "")
    assert sorted(os.listdir(tmp_path / "sidecars")) == ["0.xmp", "1.xmp", "2.xmp"]


def test_unreadable_photos_are_left_out_and_told(cutline: Cutline, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.jpg").write_text("text")
    out = tmp_path / "out.json"
    result = cutline("export", photos, photos / "missing.jpg", "--format", "json", "--output", out)
    assert (result.status, result.out) == (1, f"3 photos exported to {out}.\n")
    assert len(result.err.splitlines()) == 2
    assert len(json.loads(out.read_bytes())["photos"]) == 3


def test_nothing_to_export_makes_nothing(cutline: Cutline, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out.csv"
    result = cutline("export", tmp_path / "empty", "--format", "csv", "--output", out)
    assert (result.status, result.out) == (0, "")
    assert "no photos" in result.sentence
    assert cutline("export", tmp_path / "missing.jpg", "--format", "csv", "--output", out).status == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("format_", "output", "said"),
    [
        ("csv", "photos", "is a folder"),
        ("xmp", "photos/0.jpg", "is a file"),
        ("csv", "photos/0.jpg", "named like a photo"),
        ("json", "photos/new.JPG", "named like a photo"),
        ("json", "nowhere/out.json", "does not exist"),
        ("xmp", "nowhere/out", "does not exist"),
        ("csv", "pipe", "not an ordinary file"),
        ("csv", "link.csv", "named like a photo"),
        ("csv", "/dev/stdout", "not a stream"),
        ("json", "/dev/fd/1", "not a stream"),
        ("xmp", "/dev/null", "not a stream"),
    ],
)
def test_an_output_that_cannot_be_meant(cutline: Cutline, photos: Path, format_: str, output: str, said: str) -> None:
    os.mkfifo(photos.parent / "pipe")
    (photos.parent / "link.csv").symlink_to(photos / "0.jpg")
    before = (photos / "0.jpg").read_bytes()
    result = cutline("export", photos, "--format", format_, "--output", photos.parent / output)
    assert result.status == 2
    assert said in result.sentence
    assert (photos / "0.jpg").read_bytes() == before


def test_a_photo_under_another_name_is_not_overwritten(cutline: Cutline, photos: Path, tmp_path: Path) -> None:
    odd = tmp_path / "picture.csv"
    odd.write_bytes((photos / "0.jpg").read_bytes())
    result = cutline("export", photos, odd, "--format", "csv", "--output", odd)
    assert result.status == 2
    assert "one of the photos" in result.sentence
    assert odd.read_bytes() == (photos / "0.jpg").read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["photos", "picture.csv"]


def test_an_existing_export_is_replaced_whole(cutline: Cutline, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old" * 10_000)
    assert cutline("export", photos, "--format", "json", "--output", out).status == 0
    assert len(json.loads(out.read_bytes())["photos"]) == 3


@pytest.mark.parametrize("format_", ["csv", "json", "xmp"])
def test_a_dash_is_no_file(cutline: Cutline, photos: Path, monkeypatch: pytest.MonkeyPatch, format_: str) -> None:
    monkeypatch.chdir(photos.parent)
    result = cutline("export", photos, "--format", format_, "--output", "-")
    assert (result.status, "not a stream" in result.sentence) == (2, True)
    assert os.listdir() == ["photos"]
