"""What a write costs: `python tests/benchmarks/write.py [PHOTOS] [MEGABYTES]`.

Compares embedding a caption, with and without fsync, and with the way back kept, with `cp` followed by fsync, and with
one ExifTool process for all photos, round after round so that a busy disk hurts all of them alike. Prints seconds a
photo and ratios to cp + fsync.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cutline.core import metadata
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, Caption
from cutline.core.runs import About, Recorder
from helpers import jpeg_files as files
from helpers.exif_blocks import camera

CAPTION = Caption("Zürich", "東京 and some more words", tuple(f"tag {n}" for n in range(30)), "alt text")
ROUNDS = 5


def make(folder: Path, count: int, megabytes: float) -> list[Path]:
    """Photos of a camera's size: a real head and picture, and random bytes behind them."""
    data = files.jpeg(files.exif(camera(thumbnail=b"\xff\xd8" + bytes(8000) + b"\xff\xd9")))
    photos = []
    for n in range(count):
        path = folder / f"photo {n}.jpg"
        path.write_bytes(data + os.urandom(int(megabytes * 1_000_000)))
        photos.append(path)
    os.sync()
    return photos


def ours(photos: list[Path]) -> None:
    for path in photos:
        metadata.write(path, CAPTION, FIELDS)


def ours_recorded(photos: list[Path]) -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, closing(Journal(Path(folder) / "j.sqlite")) as journal:
        recorder = Recorder(journal, About("write"))
        for path in photos:
            metadata.write(path, CAPTION, FIELDS, record=recorder.of(path))
        recorder.close()


def ours_without_fsync(photos: list[Path]) -> None:
    with mock.patch("os.fsync"):
        ours(photos)


def copy_and_fsync(photos: list[Path]) -> None:
    for path in photos:
        copy = path.with_suffix(".copy")
        shutil.copyfile(path, copy)
        with copy.open("rb+") as file:
            os.fsync(file.fileno())
        copy.rename(path)


def exiftool(photos: list[Path]) -> None:
    command = [
        "exiftool",
        "-q",
        "-m",
        "-P",
        "-overwrite_original",
        "-codedcharacterset=utf8",
        f"-XMP-dc:Title={CAPTION.title}",
    ]
    command += [f"-ImageDescription={CAPTION.description}", f"-IPTC:Caption-Abstract={CAPTION.description}"]
    command += [f"-IPTC:Keywords={tag}" for tag in CAPTION.tags] + [str(path) for path in photos]
    subprocess.run(command, check=True)


WAYS: dict[str, Callable[[list[Path]], None]] = {
    "cp + fsync": copy_and_fsync,
    "cutline": ours,
    "cutline, undoable": ours_recorded,
    "cutline without fsync": ours_without_fsync,
    "exiftool": exiftool,
}


def reading(photos: list[Path]) -> float:
    """Photos read in a second."""
    started = time.perf_counter()
    for path in photos * 20:
        metadata.read(path)
    return 20 * len(photos) / (time.perf_counter() - started)


def main(count: int, megabytes: float) -> None:
    """Run every way in turn, round after round."""
    ways = {name: way for name, way in WAYS.items() if name != "exiftool" or shutil.which("exiftool")}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for _ in range(ROUNDS):
            for name, way in ways.items():
                photos = make(Path(folder), count, megabytes)
                started = time.perf_counter()
                way(photos)
                seconds[name].append((time.perf_counter() - started) / count)
        ours(photos)
        rate = reading(photos)
    base = statistics.median(seconds["cp + fsync"])
    for name, times in seconds.items():
        middle = statistics.median(times)
        rounds = " ".join(f"{1000 * each:.1f}" for each in times)
        print(f"{name:22} {1000 * middle:8.2f} ms a photo   {middle / base:5.2f} of cp + fsync   (rounds: {rounds})")
    print(f"reading                {rate:8.0f} photos a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10, float(sys.argv[2]) if len(sys.argv) > 2 else 8)
