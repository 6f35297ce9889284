"""Bad files and odd places, given to the program as its user would: each fails alone, and costs nothing."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from helpers import command
from helpers.command import Cutline, Result, finished
from helpers.imagedescriber_service import ImagedescriberService
from helpers.little_photos import jpeg
from helpers.pictures import noise, png
from helpers.service_runs import DONE, KEY, SOME_FAILED, by_name, check_failure, digests, tag_words, variable

ASKED = "imagedescriber"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImagedescriberService]:
    monkeypatch.setenv(variable(ASKED), KEY)
    with ImagedescriberService(KEY) as service:
        yield service


def truncated(path: Path, keep: float = 0.5) -> None:
    """The first part of a real picture, in the format its name says."""
    noise((320, 240)).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])


def claiming(path: Path, width: int = 30_000, height: int = 30_000) -> None:
    """A few hundred bytes of JPEG whose frame header says another size."""
    Image.new("L", (64, 64)).save(path, progressive=True)
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    path.write_bytes(data)


Make = Callable[[Path], object]
BAD: dict[str, tuple[Make, str]] = {
    "missing.jpg": (lambda path: None, "unreadable"),
    "text.jpg": (lambda path: path.write_text("no picture at all\n" * 50), "unreadable"),
    "page.png": (lambda path: path.write_text("<!DOCTYPE html><html></html>"), "unreadable"),
    "zero.jpg": (lambda path: path.write_bytes(b""), "unreadable"),
    "zero.webp": (lambda path: path.write_bytes(b""), "unreadable"),
    "half.jpg": (truncated, "unreadable"),
    "half.png": (truncated, "unreadable"),
    "half.webp": (truncated, "unreadable"),
    "head.jpg": (lambda path: truncated(path, 0.001), "unreadable"),
    "bomb.png": (lambda path: path.write_bytes(png(30_000, 30_000, bytes(2000))), "unreadable"),
    "bomb.jpg": (claiming, "unreadable"),
    "loop.jpg": (lambda path: path.symlink_to(path), "unreadable"),
    "dangling.jpg": (lambda path: path.symlink_to(path.parent / "gone.jpg"), "unreadable"),
    "pipe.jpg": (os.mkfifo, "unreadable"),
}
CUT = {"half.jpg", "half.png", "half.webp", "bomb.jpg", "bomb.png"}
"""What has a head that can be read, and no whole picture behind it."""


def bad_and_good(folder: Path, names: Iterator[str] | list[str]) -> list[Path]:
    """Bad files with good ones before, between and behind them."""
    paths = []
    for number, name in enumerate(names):
        BAD[name][0](folder / name)
        paths += [jpeg(folder / f"good {number}.jpg", 60 + number, 40), folder / name]
    return paths


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_fails_alone_and_costs_nothing(
    cutline: Cutline, service: ImagedescriberService, tmp_path: Path, name: str
) -> None:
    good, bad = bad_and_good(tmp_path, [name])
    before = digests(tmp_path)
    result = cutline(*tag_words(ASKED, service.base_url, bad, good), "--json")
    assert result.status == SOME_FAILED
    found = by_name(result)
    check_failure(found[name], BAD[name][1])
    assert found[name]["error"]["message"].count(name) == 1
    assert (found[good.name]["status"], found[good.name]["title"]) == ("written", "A picture 60 by 40")
    assert len(service.requests) == 1
    after = digests(tmp_path)
    assert after.keys() == before.keys()
    assert [there for there in before if after[there] != before[there]] == [good.name]
    again = by_name(cutline(*tag_words(ASKED, service.base_url, bad, good), "--json"))
    assert (again[good.name]["status"], again[good.name]["cached"]) == ("unchanged", True)
    assert len(service.requests) == 1


def test_all_of_them_at_once_by_several_hands(cutline: Cutline, service: ImagedescriberService, tmp_path: Path) -> None:
    paths = bad_and_good(tmp_path, list(BAD))
    result = cutline(*tag_words(ASKED, service.base_url, *paths, parallel=4), "--json")
    found = by_name(result)
    assert result.status == SOME_FAILED
    assert len(found) == len(paths)
    assert {name: found[name]["error"]["code"] for name in BAD} == {name: code for name, (_, code) in BAD.items()}
    assert {r["status"] for name, r in found.items() if name not in BAD} == {"written"}
    assert len(service.requests) == len(BAD)
    assert "Traceback" not in result.err


def test_the_same_found_in_a_folder_and_told_to_a_person(cutline: Cutline, tmp_path: Path) -> None:
    bad_and_good(tmp_path, list(BAD))
    (tmp_path / "circle").symlink_to(tmp_path, target_is_directory=True)
    result = cutline("tag", tmp_path)
    there = len(BAD) - 1  # all but the missing one
    *lines, total = result.out.splitlines()
    assert (result.status, result.err) == (SOME_FAILED, "")
    assert total == f"{there + len(BAD)} photos: {len(BAD)} written, {there} failed."
    failed = [line for line in lines if line.startswith("failed")]
    assert len(failed) == there
    for line in failed:
        assert line.endswith(".")
        assert line.count(str(tmp_path)) == 1, "the name once, in front"


def test_the_offline_analyser_meets_them_too(cutline: Cutline, tmp_path: Path) -> None:
    paths = bad_and_good(tmp_path, list(BAD))
    found = by_name(cutline("tag", "--json", *paths))
    for name, (_, code) in BAD.items():
        check_failure(found[name], code)
    assert {r["status"] for name, r in found.items() if name not in BAD} == {"written"}


@pytest.mark.parametrize("line", ["show --json", "show", "write --title x --json", "write --title x"])
def test_the_other_commands_go_on_too(cutline: Cutline, tmp_path: Path, line: str) -> None:
    wholly_bad = [name for name in BAD if name not in CUT]
    paths = bad_and_good(tmp_path, wholly_bad)
    before = digests(tmp_path)
    result = cutline(*line.split(), *paths)
    assert result.status == SOME_FAILED
    told = result.out + result.err
    assert "Traceback" not in told
    if line.endswith("--json"):
        found = by_name(result)
        assert {name: found[name]["error"]["code"] for name in wholly_bad} == {n: BAD[n][1] for n in wholly_bad}
        assert all(found[name]["title"] is not None for name in found if name.startswith("good"))
    lines = (result.err if "show" in line else result.out).splitlines()
    if line != "write --title x --json":
        assert sum(any(f"{os.sep}{name}" in told_line for name in wholly_bad) for told_line in lines) == len(wholly_bad)
    assert {name: digest for name, digest in digests(tmp_path).items() if name in BAD} == {
        name: digest for name, digest in before.items() if name in BAD
    }


def test_an_export_holds_the_good_ones_and_names_the_others(cutline: Cutline, tmp_path: Path) -> None:
    paths = bad_and_good(tmp_path, ["missing.jpg", "text.jpg", "zero.jpg", "loop.jpg", "pipe.jpg"])
    out = tmp_path / "table.csv"
    result = cutline("export", *paths, "--format", "csv", "--output", out)
    assert (result.status, len(result.err.splitlines())) == (SOME_FAILED, 5)
    assert out.read_text("utf-8-sig").count("good ") == 5
    assert "text.jpg" not in out.read_text("utf-8-sig")


def test_an_empty_folder_asks_nobody_for_anything(cutline: Cutline, tmp_path: Path) -> None:
    (tmp_path / "empty" / "emptier").mkdir(parents=True)
    result = cutline(*tag_words(ASKED, "http://127.0.0.1:9/api/v1", tmp_path / "empty"))  # nobody there, and no key
    assert (result.status, result.out) == (DONE, "")
    assert result.sentence == f"There are no photos in {tmp_path / 'empty'}."


def test_the_same_photo_in_every_guise_is_paid_for_once(
    cutline: Cutline, service: ImagedescriberService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    (tmp_path / "copy.jpg").write_bytes(photo.read_bytes())
    (tmp_path / "hard.jpg").hardlink_to(photo)
    (tmp_path / "soft.jpg").symlink_to(photo)
    (tmp_path / "circle").symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    guises: list[str | Path] = [photo, photo, "a.jpg", "./a.jpg", "circle/a.jpg", tmp_path, "soft.jpg", "circle"]
    result = cutline(*tag_words(ASKED, service.base_url, *guises, parallel=4), "--json")
    assert result.status == DONE
    assert sorted(by_name(result)) == ["a.jpg", "copy.jpg", "hard.jpg"]
    assert {r["status"] for r in result.records} == {"written"}
    assert sorted(r["cached"] for r in result.records) == [False, True, True]
    assert len(service.requests) == 1
    assert (tmp_path / "soft.jpg").is_symlink()


ODD_NAMES = [
    b"with space.jpg",
    b" leading and trailing .jpg",
    b"new\nline.jpg",
    b"tab\tand bell\x07.jpg",
    "🌅 emoji ‘quotes’.jpg".encode(),
    "right\u202eto left.jpg".encode(),
    b"-dash.jpg",
    b"--json.jpg",
    b"[red]100% {mark} $HOME `up`.jpg",
    b"back\\slash.jpg",
    b"n" * 240 + b".jpg",
]
if sys.platform == "linux":
    ODD_NAMES.append(b"caf\xe9 \xff.jpg")


def test_odd_names_are_tagged_shown_written_and_exported(service: ImagedescriberService, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(ODD_NAMES[-1].removesuffix(b".jpg"))
    folder.mkdir()
    for number, name in enumerate(ODD_NAMES):
        jpeg(folder / os.fsdecode(name), 60 + number, 40)
    tagged = finished(*tag_words(ASKED, service.base_url, folder), "--json")
    assert (tagged.status, len(tagged.err.splitlines())) == (DONE, 2)
    assert {os.fsencode(Path(record["path"]).name) for record in tagged.records} == set(ODD_NAMES)
    assert {record["status"] for record in tagged.records} == {"written"}
    assert len(service.requests) == len(ODD_NAMES)
    for words in (["show"], ["tag"], ["write", "--tag", "more"]):
        told = finished(*words, "--", folder)
        assert (told.status, told.err) == (DONE, "")
        assert not any(character in told.out for character in "\x07\t\u202e")
    out = tmp_path / "out.json"
    assert finished("export", folder, "--format", "json", "--output", out).status == DONE
    assert out.read_text("utf-8").count('"more"') == len(ODD_NAMES)
    assert sorted(os.listdir(os.fsencode(folder))) == sorted(ODD_NAMES), "no other file was left or made"


def test_odd_names_are_what_bad_files_are_called_by(cutline: Cutline, tmp_path: Path) -> None:
    names = [os.fsdecode(name) for name in ODD_NAMES[:-1]]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    result = cutline("tag", "--json", tmp_path)
    assert len(result.records) == len(names)
    for record in result.records:
        check_failure(record, "unreadable")


needs_setpriv = pytest.mark.needs("setpriv")


def as_a_person(service: ImagedescriberService, *paths: Path) -> Result:
    """`tag --json` by somebody whom permissions bind."""
    return command.mortal(*tag_words(ASKED, service.base_url, *paths), "--json")


@pytest.fixture
def locked() -> Iterator[Callable[[Path, int], None]]:
    """Takes permissions away, until the test is over."""
    changed: list[tuple[Path, int]] = []

    def lock(path: Path, mode: int) -> None:
        changed.append((path, path.stat().st_mode))
        path.chmod(mode)

    yield lock
    for path, mode in reversed(changed):
        path.chmod(mode)


Lock = Callable[[Path, int], None]


@needs_setpriv
def test_what_may_not_be_read_fails_alone_and_costs_nothing(
    service: ImagedescriberService, tmp_path: Path, locked: Lock
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    inside, secret, good = jpeg(closed / "in.jpg"), jpeg(tmp_path / "secret.jpg", 70), jpeg(tmp_path / "good.jpg", 80)
    locked(secret, 0)
    locked(closed, 0)
    result = as_a_person(service, closed, inside, secret, good)
    found = by_name(result)
    assert result.status == SOME_FAILED
    for name in ("closed", "in.jpg", "secret.jpg"):
        check_failure(found[name], "unreadable")
        assert "ermission" in found[name]["error"]["message"]
    assert found["good.jpg"]["status"] == "written"
    assert len(service.requests) == 1


@needs_setpriv
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_keeps_its_paid_answer_for_later(
    service: ImagedescriberService, tmp_path: Path, locked: Lock, what: str
) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    kept, good = jpeg(folder / "kept.jpg"), jpeg(tmp_path / "good.jpg", 80)
    before = digests(folder)
    locked(kept if what == "file" else folder, 0o444 if what == "file" else 0o555)
    found = by_name(result := as_a_person(service, kept, good))
    assert result.status == SOME_FAILED
    check_failure(found["kept.jpg"], "read_only")
    assert found["good.jpg"]["status"] == "written"
    assert digests(folder) == before
    asked = len(service.requests)
    kept.chmod(0o644)
    folder.chmod(0o755)
    later = by_name(as_a_person(service, kept, good))
    assert (later["kept.jpg"]["status"], later["kept.jpg"]["title"]) == ("written", "A picture 60 by 40")
    assert all(record["cached"] for record in later.values())
    assert len(service.requests) == asked == 2


@needs_setpriv
def test_a_read_only_photo_can_have_a_sidecar(service: ImagedescriberService, tmp_path: Path, locked: Lock) -> None:
    kept = jpeg(tmp_path / "kept.jpg")
    before = kept.read_bytes()
    locked(kept, 0o444)
    result = command.mortal(*tag_words(ASKED, service.base_url, kept), "--write", "sidecar", "--json")
    assert (result.status, result.record["title"]) == (DONE, "A picture 60 by 40")
    assert kept.read_bytes() == before


def test_circles_of_folders_are_walked_once(cutline: Cutline, service: ImagedescriberService, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for number, folder in enumerate((one, two)):
        folder.mkdir()
        jpeg(folder / f"{number}.jpg", 60 + number)
    for a, b in itertools.permutations((one, two)):
        (a / f"to {b.name}").symlink_to(b, target_is_directory=True)
        (a / "self").symlink_to(a / "self")
    result = cutline(*tag_words(ASKED, service.base_url, tmp_path), "--json")
    assert (result.status, sorted(by_name(result))) == (DONE, ["0.jpg", "1.jpg"])
    assert len(service.requests) == 2
