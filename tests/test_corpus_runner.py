"""The corpus runner on a little folder: all is well there, and every check finds what it is there to find."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import corpus
from cutline.core import metadata
from cutline.core.errors import Unsupported
from cutline.core.metadata.model import Written
from cutline.core.photo import Caption
from helpers import gif_files, jpeg_files, png_files, webp_files
from helpers.corpus_checks import CHECKS
from helpers.corpus_exiftool import ExifTool, foreign, values, warnings
from helpers.corpus_photos import format_of, frames, photos, safe_name
from helpers.corpus_trial import CAPTION, Check, Verdict, Write
from helpers.exif_blocks import camera, description

pytestmark = pytest.mark.needs("exiftool")

OLD = "what the photo said before all this"
EXIF = camera("<", [description(OLD.encode() + b"\0")])


def photo() -> bytes:
    """A JPEG with a camera's EXIF, a comment and an old description."""
    return jpeg_files.jpeg(jpeg_files.exif(EXIF), jpeg_files.segment(jpeg_files.COM, b"a comment of somebody"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos of several formats, odd names, the same one twice, and what is no photo."""
    made = tmp_path / "made"
    (made / "below").mkdir(parents=True)
    for name, data in {
        "camera.jpg": photo(),
        "again.jpg": photo(),
        "no ending": png_files.plain(),
        "line\nbreak.webp": webp_files.lossy(),
        "below/moving.gif": gif_files.animated(),
        "below/cut.jpg": photo()[:300],
        "below/read me.txt": b"no photo",
        "below/empty.png": b"",
    }.items():
        (made / name).write_bytes(data)
    Image.new("L", (8, 8)).save(made / "scan.bmp")
    return made


def one(tmp_path: Path, data: bytes, write: Write, ending: str = ".jpg") -> Verdict:
    """The verdict on one photo, written by a writer of the test's."""
    path = tmp_path / f"one{ending}"
    path.write_bytes(data)
    (verdict,) = corpus.judged(iter([path]), write=write)
    return verdict


def test_a_sound_writer_passes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert corpus.main([str(folder), "--verbose"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {
        line.split()[0]: line.split()[1:] for line in lines if line.split()[0] in ("jpeg", "png", "all", "bmp", "gif")
    }
    none = ["0"] * len(CHECKS)
    assert rows["jpeg"] == ["2", "1", "0", "0.0", "0", "1", *none]
    assert rows["bmp"] == ["1", "1", "0", "0.0", "1", "0", *none]
    assert rows["all"] == ["6", "5", "0", "0.0", "1", "4", *none]
    assert any(line.startswith("refused, does not decode: 1 jpeg: ") for line in lines)
    assert any(line.startswith("sidecar: 1 bmp: ") for line in lines)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_formats_can_be_chosen_and_limited(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "another.gif").write_bytes(gif_files.still())
    assert corpus.main([str(folder), "--only", "gif", "--only", "png", "--most", "1"]) == 0
    last = capsys.readouterr().out.splitlines()[-1].split()
    assert last[:3] == ["all", "2", "2"]


def test_photos_are_found_by_content_and_by_ending(folder: Path) -> None:
    found = list(photos([folder, folder]))
    assert [path.name for path in found] == [
        "again.jpg", "cut.jpg", "moving.gif", "line\nbreak.webp", "no ending", "scan.bmp"]  # fmt: skip
    assert [format_of(path) for path in found] == ["jpeg", "jpeg", "gif", "webp", "png", "bmp"]
    assert [safe_name(path) for path in found[3:5]] == ["photo.webp", "photo"]
    assert safe_name(Path("a.j\npg")) == "photo"


def test_frames_are_all_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    path.write_bytes(gif_files.animated())
    first = frames(path)
    assert first is not None
    assert len(set(first)) == 3
    path.write_bytes(gif_files.animated()[:-30])
    assert frames(path) is None


Damage = Callable[[bytes], bytes]


def other_pixels(data: bytes) -> bytes:
    """A pixel's worth of compressed data changed."""
    at = data.rindex(b"\xff\xda") + 40
    return data[:at] + bytes((data[at] ^ 0x10,)) + data[at + 1 :]


DAMAGES: dict[str, tuple[Damage, str]] = {
    "pixels": (other_pixels, "frames"),
    "bytes": (lambda data: data.replace(b"of somebody", b"of nobody  "), "not what its splices say"),
    "fields": (lambda data: data.replace(b"of somebody", b"of nobody  "), "File:Main:Comment"),
    "warnings": (lambda data: data.replace(b"Exif\0\0II*\0", b"Exif\0\0II*\1"), "EXIF"),
    "read back": (lambda data: data.replace(b"Huitzilopochtli", b"Huitzilopochtlo"), "Huitzilopochtlo"),
    "lingers": (lambda data: data + b"Quetzalcoatl", "Quetzalc"),
    "undo": (lambda data: data + b"x", "the bytes differ"),
}


@pytest.mark.parametrize("check", DAMAGES)
def test_a_writer_that_damages_a_file_is_found_out(check: str, tmp_path: Path) -> None:
    damage, words = DAMAGES[check]

    def write(path: Path, caption: Caption, *arguments: Any, **options: Any) -> Written:
        written = metadata.write(path, caption, *arguments, **options)
        if caption == CAPTION and written.changed:
            status, data = path.stat(), damage(path.read_bytes())
            path.write_bytes(data)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return written

    verdict = one(tmp_path, photo(), write)
    assert words in " ".join(verdict.faults[check])


def test_a_lingering_old_description_is_found(tmp_path: Path) -> None:
    def write(path: Path, caption: Caption, *arguments: Any, **options: Any) -> Written:
        written = metadata.write(path, caption, *arguments, **options)
        path.write_bytes(path.read_bytes() + OLD.encode())
        return written

    assert "of before" in " ".join(one(tmp_path, photo(), write).faults["lingers"])


def test_a_second_write_that_writes_again_is_found(tmp_path: Path) -> None:
    def write(path: Path, caption: Caption, *arguments: Any, **options: Any) -> Written:
        written = metadata.write(path, caption, *arguments, **options)
        return Written(True, written.caption, written.splices, written.inverse)

    assert "second write" in one(tmp_path, photo(), write).faults


def test_a_time_that_is_not_put_back_is_found(tmp_path: Path) -> None:
    def write(path: Path, caption: Caption, *arguments: Any, **options: Any) -> Written:
        os.utime(path)
        return metadata.write(path, caption, *arguments, **options)

    assert "the time differs" in one(tmp_path, photo(), write).faults["undo"]


def test_a_sidecar_that_is_left_or_touches_the_photo_is_found(tmp_path: Path) -> None:
    def write(path: Path, caption: Caption, *arguments: Any, **options: Any) -> Written:
        written = metadata.write(path, caption, *arguments, **options, mode="sidecar")
        (path.parent / "more.xmp").write_bytes(b"x")
        return written

    verdict = one(tmp_path, png_files.plain(), write, ".png")
    assert verdict.sidecar
    assert verdict.faults == {"undo": ["more.xmp is left"]}


def test_a_refusal_is_told_with_its_reason(tmp_path: Path) -> None:
    def write(path: Path, *arguments: Any, **options: Any) -> Written:
        raise Unsupported(f"{path}: is not to my taste.")

    verdict = one(tmp_path, photo(), write)
    assert (verdict.refused, verdict.decoded, verdict.faults) == ("is not to my taste.", True, {})


def test_faults_are_listed_and_make_the_status_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upside_down: dict[str, Check] = {"pixels": lambda trial: ["they are upside down"]}
    assert corpus.main([str(folder), "--only", "png", "--verbose"], upside_down) == 1
    out = capsys.readouterr().out
    assert "no ending: pixels: they are upside down" in out
    assert out.splitlines()[-1].split() == ["all", "1", "1", "0", "0.0", "0", "1", "1"]


def test_exiftool_tells_groups_and_documents_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    metadata.write(path, CAPTION, ("title", "tags"))
    with ExifTool() as exiftool:
        said = exiftool.said(path)
        assert exiftool.said(tmp_path / "none.jpg") == {}
    assert values(said, "XMP-dc:Subject") == list(CAPTION.tags)
    assert values(said, "IFD0:ImageDescription") == [OLD]
    rest = foreign(said)
    assert "IFD0:Main:Make" in rest
    assert not any(key.endswith(("Subject", "ImageDescription", "FileSize")) for key in rest)
    assert warnings({"ExifTool:Main:Warning": ["Bad 12"], "IFD0:Main:Make": ["x"]}) == ["Bad "]
