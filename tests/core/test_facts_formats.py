"""The same facts from every format that a camera writes; ExifTool reads the same."""

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from cutline.core.facts import Facts, read_facts
from helpers import raw_files
from helpers.exif_blocks import camera
from helpers.heif_files import heic
from helpers.pictures import quarters, saved
from helpers.raw_files import jpeg

PREVIEW = jpeg(quarters((600, 400)))
RAW = {
    "a.nef": raw_files.nef([PREVIEW], 6),
    "a.cr2": raw_files.cr2(PREVIEW, PREVIEW, 6),
    "a.cr3": raw_files.cr3(PREVIEW, PREVIEW, PREVIEW, 6),
    "a.rw2": raw_files.rw2(PREVIEW, 6),
    "a.orf": raw_files.orf(PREVIEW, 6),
    "a.mrw": raw_files.mrw(PREVIEW, 6),
    "a.dng": raw_files.dng(PREVIEW, 6),
}


@pytest.mark.parametrize("name", RAW)
def test_raw_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(RAW[name])
    facts = read_facts(tmp_path / name)
    assert (facts.make, facts.model, facts.orientation) == ("Halden", "Works 1", 6)
    assert facts.taken == datetime(2024, 6, 12, 18, 30, 5)
    assert facts.exposure_seconds == 1 / 250
    assert facts.from_camera


def test_fujifilm_says_it_in_the_jpeg(tmp_path: Path) -> None:
    (tmp_path / "a.raf").write_bytes(raw_files.raf(jpeg(quarters((600, 400)), exif=b"Exif\0\0" + camera())))
    check(read_facts(tmp_path / "a.raf"))


@pytest.mark.parametrize("suffix", ["heic", "avif"])
def test_heic_and_avif(tmp_path: Path, suffix: str) -> None:
    path, exif = tmp_path / f"a.{suffix}", b"Exif\0\0" + camera()
    heic(quarters(), path, exif=exif) if suffix == "heic" else saved(quarters(), path, exif=exif)
    check(read_facts(path))


def check(facts: Facts) -> None:
    assert facts.make == "Cutline Works"
    assert facts.taken == datetime(2024, 7, 1, 19, 30)
    assert facts.latitude == pytest.approx(47 + 22 / 60 + 30 / 3600)
    assert facts.exposure_seconds == 1 / 250


@pytest.mark.needs("exiftool")
def test_exiftool_reads_the_same(tmp_path: Path) -> None:
    for name, data in RAW.items():
        (tmp_path / name).write_bytes(data)
    command = ["exiftool", "-json", "-n", "-Make", "-Model", "-DateTimeOriginal", "-ExposureTime", "-Orientation"]
    run = subprocess.run([*command, str(tmp_path)], capture_output=True, check=True)
    told = {Path(photo.pop("SourceFile")).name: photo for photo in json.loads(run.stdout)}
    assert set(told) == set(RAW)
    for name, said in told.items():
        facts = read_facts(tmp_path / name)
        assert facts.taken is not None
        assert said == {
            "Make": facts.make,
            "Model": facts.model,
            "DateTimeOriginal": facts.taken.strftime("%Y:%m:%d %H:%M:%S"),
            "ExposureTime": facts.exposure_seconds,
            "Orientation": facts.orientation,
        }, name


@pytest.mark.parametrize("name", RAW)
def test_cut_anywhere_never_raises(tmp_path: Path, name: str) -> None:
    for kept in range(0, 400, 7):
        (tmp_path / name).write_bytes(RAW[name][:kept])
        assert isinstance(read_facts(tmp_path / name), Facts)
