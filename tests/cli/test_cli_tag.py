"""`cutline tag` with the offline backend, on good and bad files."""

import os
import shutil
import struct
import sys
import zlib
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.photo import Caption
from helpers.command import TAG_KEYS, Cutline, finished
from helpers.little_photos import jpeg


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return jpeg(tmp_path / "harbour at dusk.jpg")


def test_a_record_has_the_documented_shape_and_says_what_is_in_the_file(cutline: Cutline, photo: Path) -> None:
    result = cutline("tag", photo, "--json")
    record = result.record
    assert result.status == 0
    assert list(record) == TAG_KEYS
    assert (record["path"], record["status"], record["backend"]) == (str(photo), "written", "offline")
    assert (record["cached"], record["credits"], record["error"]) == (False, None, None)
    there = metadata.read(photo).caption
    assert record["title"] == there.title == "Harbour at dusk"
    assert record["description"] == there.description != ""
    assert record["tags"] == list(there.tags)
    assert "harbour" in record["tags"]
    assert result.err == "1 photo: 1 written.\n"


def test_a_second_run_asks_nothing_and_changes_nothing(cutline: Cutline, photo: Path) -> None:
    cutline("tag", photo)
    before = photo.read_bytes()
    again = cutline("tag", photo, "--json").record
    assert (again["status"], again["cached"]) == ("unchanged", True)
    assert photo.read_bytes() == before
    assert cutline("tag", photo, "--json", "--fresh").record["cached"] is False


def test_lines_for_a_person_name_the_photo_and_the_sum(cutline: Cutline, photo: Path) -> None:
    result = cutline("tag", photo)
    line, total = result.out.splitlines()
    assert line.startswith("written    ")
    assert photo.name in line
    assert "“Harbour at dusk”" in line
    assert total == "1 photo: 1 written."
    assert result.err == ""


def test_a_dry_run_writes_nothing_and_hides_nothing(cutline: Cutline, photo: Path) -> None:
    cutline("write", photo, "--tag", "old", "--title", "Mine")
    before = photo.read_bytes()
    record = cutline("tag", photo, "--dry-run", "--policy", "replace", "--json").record
    assert photo.read_bytes() == before
    assert (record["status"], record["title"], record["tags"]) == ("suggested", "Mine", ["old"])
    assert record["suggestion"]["title"] == record["after"]["title"] == "Harbour at dusk"
    assert record["after"]["alt_text"] == "" != record["suggestion"]["alt_text"]
    lines = cutline("tag", photo, "--dry-run", "--policy", "replace").out
    assert "title: “Mine” → “Harbour at dusk”" in lines
    assert "+harbour" in lines
    assert "−old" in lines


@pytest.mark.parametrize(
    ("policy", "title", "keeps_tags"),
    [("merge", "Mine", True), ("fill", "Mine", True), ("replace", "Harbour at dusk", False)],
)
def test_policies(cutline: Cutline, photo: Path, policy: str, title: str, keeps_tags: bool) -> None:
    cutline("write", photo, "--tag", "old", "--title", "Mine")
    record = cutline("tag", photo, "--policy", policy, "--json").record
    assert record["title"] == title
    assert ("old" in record["tags"]) is keeps_tags
    assert ("harbour" in record["tags"]) is (policy != "fill")


def test_nothing_missing_is_skipped_unasked(cutline: Cutline, photo: Path) -> None:
    cutline("tag", photo)
    result = cutline("tag", photo, "--policy", "fill", "--json")
    assert (result.status, result.record["status"], result.record["title"]) == (0, "skipped", "Harbour at dusk")
    assert "Nothing is missing" in result.err


def test_fields_lang_and_max_tags(cutline: Cutline, photo: Path) -> None:
    record = cutline("tag", photo, "--fields", "tags,alt_text", "--max-tags", "2", "--lang", "de", "--json").record
    assert (record["title"], record["description"]) == ("", "")
    assert len(record["tags"]) == 2
    assert "Querformat" in record["alt_text"]


def test_sidecar_mode_leaves_the_photo_alone(cutline: Cutline, photo: Path) -> None:
    before = photo.read_bytes()
    assert cutline("tag", photo, "--write", "sidecar").status == 0
    assert photo.read_bytes() == before
    assert cutline("show", photo, "--json").record["sidecar"] == str(photo.with_suffix(".xmp"))


def test_folders_in_folders_unless_told_otherwise(cutline: Cutline, tmp_path: Path) -> None:
    (tmp_path / "all" / "deep").mkdir(parents=True)
    top, deep = jpeg(tmp_path / "all" / "a.jpg"), jpeg(tmp_path / "all" / "deep" / "b.jpg", 40, 60)
    assert [r["path"] for r in cutline("tag", tmp_path / "all", "--json", "--no-recursive").records] == [str(top)]
    assert {r["path"] for r in cutline("tag", tmp_path / "all", "--json").records} == {str(top), str(deep)}


@pytest.mark.parametrize("command", ["tag", "show", "write --title x"])
def test_an_empty_folder_is_one_sentence_and_0(cutline: Cutline, tmp_path: Path, command: str) -> None:
    for mode in ([], ["--json"]):
        result = cutline(*command.split(), tmp_path, *mode)
        assert (result.status, result.out) == (0, "")
        assert result.sentence.startswith("There are no photos in ")


def bad_files(folder: Path) -> dict[str, str]:
    """One file of each kind that cannot be tagged, with its error code."""
    (folder / "text.jpg").write_text("no picture at all\n" * 20)
    (folder / "zero.jpg").write_bytes(b"")
    whole = jpeg(folder / "cut.jpg", 600, 400).read_bytes()
    (folder / "cut.jpg").write_bytes(whole[:150])
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    return {
        "text.jpg": "unreadable",
        "zero.jpg": "unreadable",
        "cut.jpg": "unreadable",
        "missing.jpg": "unreadable",
        "loop.jpg": "unreadable",
    }


def test_bad_files_fail_alone_with_one_sentence_each(cutline: Cutline, photo: Path, tmp_path: Path) -> None:
    codes = bad_files(tmp_path)
    result = cutline("tag", "--json", photo, *(tmp_path / name for name in codes))
    assert result.status == 1
    found = {Path(r["path"]).name: r for r in result.records}
    assert found.pop(photo.name)["status"] == "written"
    assert {name: r["error"]["code"] for name, r in found.items()} == codes
    for record in found.values():
        assert list(record) == TAG_KEYS
        assert (record["status"], record["title"], record["tags"]) == ("failed", "", [])
        assert record["error"]["message"].endswith(".")
        assert "\n" not in record["error"]["message"]


def test_bad_files_are_lines_for_a_person_too(cutline: Cutline, tmp_path: Path) -> None:
    codes = bad_files(tmp_path)
    result = cutline("tag", *(tmp_path / name for name in codes))
    assert result.status == 1
    lines = result.out.splitlines()
    assert len(lines) == len(codes) + 1
    assert all(line.startswith("failed     ") for line in lines[:-1])
    assert lines[-1] == "5 photos: 5 failed."
    assert all(line.count(str(tmp_path)) == 1 for line in lines[:-1])


def huge_png() -> bytes:
    """A black PNG of 30,000 x 30,000 pixels, one bit each."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(3751 * 1000)) for _ in range(30)) + packer.flush()
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_huge_picture_in_a_few_bytes_fails_alone(cutline: Cutline, photo: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(huge_png())
    result = cutline("tag", "--json", bomb, photo)
    found = {Path(r["path"]).name: r for r in result.records}
    assert result.status == 1
    assert (found["bomb.png"]["status"], found["bomb.png"]["error"]["code"]) == ("failed", "unreadable")
    assert found[photo.name]["status"] == "written"


def test_twins_and_loops_are_tagged_once(cutline: Cutline, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "link.jpg").symlink_to(photo)
    result = cutline("tag", "--json", photo, photo, tmp_path, tmp_path / "again", str(photo.parent / "." / photo.name))
    assert [r["path"] for r in result.records] == [str(photo)]


def test_copies_of_a_picture_cost_one_question(cutline: Cutline, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    copies = [shutil.copy(photo, tmp_path / "other" / photo.name)]
    records = cutline(
        "tag", "--json", "--fields", "title", photo, *copies, "--set", "backends.offline.parallel=4"
    ).records
    assert {r["status"] for r in records} == {"written"}


@pytest.mark.parametrize(
    "name",
    [
        "with space.jpg",
        "new\nline.jpg",
        "🌅 emoji.jpg",
        "tab\there.jpg",
        "[red]markup.jpg",
        "“quoted”.jpg",
        "-dash.jpg",
    ],
)
def test_strange_names(cutline: Cutline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    jpeg(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert cutline("tag", "--json", "--", name).record["path"] == name
    result = cutline("tag", "--", name)
    assert len(result.out.splitlines()) == 2
    assert name.replace("\n", "\\n").replace("\t", "\\t") in result.out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' names are always text")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = b"caf\xe9 \xff.jpg"
    (tmp_path / os.fsdecode(name)).write_bytes(jpeg(tmp_path / "a.jpg").read_bytes())
    (tmp_path / "a.jpg").unlink()
    whole = finished("tag", "--json", name, cwd=tmp_path)
    assert whole.status == 0
    assert os.fsencode(whole.record["path"]) == name
    listed = finished("tag", ".", cwd=tmp_path, env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert listed.status == 0
    assert "caf\\udce9 \\udcff.jpg" in listed.out
    table = finished("export", ".", "--format", "csv", "--output", "t.csv", cwd=tmp_path)
    assert (table.status, table.err) == (0, "")
    assert "caf\\udce9 \\udcff.jpg" in (tmp_path / "t.csv").read_text("utf-8-sig")


def test_the_folders_of_a_batch_stay_clean(cutline: Cutline, photo: Path, tmp_path: Path) -> None:
    cutline("tag", photo)
    assert [entry.name for entry in tmp_path.iterdir()] == [photo.name]


def test_what_was_there_is_read_for_a_photo_that_failed(cutline: Cutline, photo: Path) -> None:
    cutline("write", photo, "--title", "Mine")
    record = cutline("tag", photo, "--json", "--backend", "imgtags").record
    assert (record["status"], record["title"]) == ("failed", "Mine")
    assert metadata.read(photo).caption == Caption(title="Mine")


def test_a_name_that_is_too_long_fails_alone(cutline: Cutline, photo: Path) -> None:
    result = cutline("tag", "--json", "x" * 300 + ".jpg", photo)
    assert [r["status"] for r in result.records] == ["failed", "written"]
    assert (result.status, result.records[0]["error"]["code"]) == (1, "unreadable")


def test_a_journal_that_cannot_be_used_stops_the_run(cutline: Cutline, photo: Path, cutline_home: Path) -> None:
    (cutline_home / "state").mkdir()
    (cutline_home / "state" / "journal.sqlite").write_bytes(b"no database at all" * 100)
    before = photo.read_bytes()
    result = cutline("tag", photo, "--json")
    assert (result.status, result.out) == (3, "")
    assert "journal" in result.sentence
    assert photo.read_bytes() == before
