"""What all formats have in common: streaming, atomic, and the same way in."""

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import export
from cutline.core.errors import Cancelled, ConfigError
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import Caption

PATHS = [Path(f"photos/{number}.jpg") for number in range(50)]  # kept: Python has a growing table of names of its own


def readings(number: int) -> Iterator[tuple[Path, Reading]]:
    for index in range(number):
        caption = Caption(f"title {index}", "d" * 500, tuple(f"tag {index} {n}" for n in range(30)))
        yield PATHS[index % 50], Reading(caption, "jpeg", Stamp(0, 0))


def peak(name: str, number: int, place: Path) -> int:
    tracemalloc.start()
    try:
        assert export.write(name, readings(number), place) == number
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["csv", "json"])
def test_memory_does_not_grow_with_the_number_of_photos(name: str, tmp_path: Path) -> None:
    peak(name, 10, tmp_path / "warm")  # modules are loaded, patterns compiled
    few, many = peak(name, 100, tmp_path / "few"), peak(name, 10_000, tmp_path / "many")
    assert many < few + 200_000
    assert (tmp_path / "many").stat().st_size > 9_000_000


@pytest.mark.parametrize("name", list(export.FORMATS))
def test_every_format_names_itself_and_writes(name: str, tmp_path: Path) -> None:
    label, ending = export.FORMATS[name]
    assert label
    assert export.write(name, readings(3), tmp_path / f"out{ending}") == 3
    assert (tmp_path / f"out{ending}").is_dir() is (ending == "")


def failing() -> Iterator[tuple[Path, Reading]]:
    yield from readings(2)
    raise Cancelled("Stopped.")


@pytest.mark.parametrize("name", ["csv", "json"])
def test_an_export_that_fails_leaves_what_was_there_and_nothing_else(name: str, tmp_path: Path) -> None:
    place = tmp_path / "out"
    with pytest.raises(Cancelled):
        export.write(name, failing(), place)
    assert os.listdir(tmp_path) == []
    place.write_text("before")
    with pytest.raises(Cancelled):
        export.write(name, failing(), place)
    assert (os.listdir(tmp_path), place.read_text()) == (["out"], "before")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="csv, json, xmp"):
        export.write("html", [], tmp_path / "out")


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("real.csv")
    export.write("csv", readings(1), tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert "title 0" in (tmp_path / "real.csv").read_text("utf-8-sig")
