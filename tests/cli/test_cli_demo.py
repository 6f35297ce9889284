"""`cutline demo`: the main job on the sample photos."""

from pathlib import Path

import pytest

from cutline.__main__ import run
from cutline.cli import screen
from cutline.core import metadata, paths
from cutline.core.settings import Settings
from helpers.command import Cutline
from helpers.little_photos import jpeg


def sample_names() -> list[str]:
    samples = paths.resource("samples")
    return sorted(str(path.relative_to(samples)) for path in samples.rglob("*") if path.is_file())


def test_every_sample_is_tagged_read_back_and_shown(cutline: Cutline, tmp_path: Path) -> None:
    place = tmp_path / "new" / "demo"
    result = cutline("demo", place)
    assert (result.status, result.err) == (0, "")
    assert sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) == sample_names()
    assert len(sample_names()) >= 5
    assert result.out.count("as written") == len(sample_names())
    for name in sample_names():
        caption = metadata.read(place / name).caption
        assert caption.title
        assert len(caption.tags) >= 3
        assert name.split("/")[-1][:12] in result.out
    assert f"The photos are in {place}." in result.out


def test_the_samples_themselves_are_not_touched(cutline: Cutline, tmp_path: Path) -> None:
    samples = paths.resource("samples")
    before = {name: (samples / name).read_bytes() for name in sample_names()}
    cutline("demo", tmp_path / "demo")
    assert {name: (samples / name).read_bytes() for name in sample_names()} == before


def test_nothing_is_overwritten_and_other_photos_are_left_alone(cutline: Cutline, tmp_path: Path) -> None:
    other = jpeg(tmp_path / "mine.jpg")
    before = other.read_bytes()
    assert cutline("demo", tmp_path).status == 0
    assert other.read_bytes() == before
    again = cutline("demo", tmp_path)
    assert again.status == 2
    assert "already holds" in again.sentence


def test_a_file_in_place_of_the_folder_is_said(cutline: Cutline, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = cutline("demo", tmp_path / "file" / "demo")
    assert result.status == 3
    assert "cannot be copied" in result.sentence


def test_without_a_folder_it_makes_a_new_one(cutline: Cutline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cutline("demo").status == 0
    (made,) = tmp_path.iterdir()
    assert made.name.startswith("cutline-demo-")


def test_with_a_screen_the_window_opens_on_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[list[Path], Settings]] = []

    def window(photos: list[Path], settings: Settings) -> int:
        opened.append((photos, settings))
        return 0

    monkeypatch.setattr("cutline.__main__.open_window", window)
    assert run(["demo", str(tmp_path / "a")]) == 0
    assert opened == []  # tests have no screen
    monkeypatch.setattr(screen, "there", lambda: True)
    assert run(["--set", "lang=de", "demo", str(tmp_path / "b")]) == 0
    ((photos, settings),) = opened
    assert (photos, settings.lang) == ([tmp_path / "b"], "de")
