"""What a write costs: `python tests/benchmarks/write.py [PHOTOS] [--folder DIR]...`.

The same caption goes into PHOTOS camera JPEGs of 3 to 8 megabytes, in every way that `writers` knows, once on the
disk (the current folder) and once in memory (/dev/shm), or in the folders named; each gets its own table. The ways
take turns with a few photos each, in another order every round, so that a busy machine hurts all of them alike; new
copies are made for each turn, and everything is on the disk before a turn begins. Needs the extra “benchmarks” and
ExifTool; a peer that is missing is left out.
"""

import argparse
import io
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import writers
from helpers import jpeg_files as files
from helpers.exif_blocks import camera

TURN = 10  # photos of one way in one round
BASE = "durable copy"


def originals() -> list[bytes]:
    """Photos of 3 to 8 megabytes: what a camera writes, around noise that Pillow encodes."""
    made = []
    for side in (1750, 2010, 2220, 2420, 2640, 2840):
        noise = Image.frombytes("RGB", (side, side), random.Random(side).randbytes(3 * side * side))
        buffer = io.BytesIO()
        noise.save(buffer, "JPEG", quality=92)
        body = b"\xff\xd8" + b"".join(raw for marker, raw in files.split(buffer.getvalue()) if marker != files.APP0)
        block = camera(maker_note=b"NoteMaker\0" + bytes(range(250)) * 80, thumbnail=_thumbnail(noise))
        made.append(files.jpeg(files.exif(block), files.icc(), body=body, jfif=False))
    return made


def _thumbnail(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.resize((160, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


def copies(folder: Path, photos: list[bytes], first: int) -> list[Path]:
    """`TURN` new files, all on the disk."""
    paths = [folder / f"photo {n}.jpg" for n in range(first, first + TURN)]
    for n, path in enumerate(paths, first):
        path.write_bytes(photos[n % len(photos)])
    os.sync()
    return paths


def measured(folder: Path, count: int) -> dict[str, list[float]]:
    """Milliseconds a photo of each way, one figure a round; a first round, which warms up, is left out."""
    photos, milliseconds = originals(), dict[str, list[float]]()
    with ExitStack() as open_:
        ways: dict[str, writers.Way] = {
            BASE: writers.durable_copy,
            "copy, fsync": writers.copy,
            "cutline": writers.ours,
            "cutline, undoable": open_.enter_context(writers.ours_undoable(folder)),
            "cutline, no fsync": writers.ours_without_fsync,
        }
        if shutil.which("exiftool"):
            ways["exiftool"] = open_.enter_context(writers.exiftool())
        if find_spec("exiv2"):
            ways["exiv2"] = writers.exiv2
            ways["exiv2, fsync"] = writers.exiv2_with_fsync
        for first in range(-TURN, count, TURN):
            for name in random.sample(list(ways), len(ways)):
                paths = copies(folder, photos, first)
                started = time.perf_counter()
                ways[name](paths)
                spent = 1000 * (time.perf_counter() - started) / TURN
                if first >= 0:
                    milliseconds.setdefault(name, []).append(spent)
                for path in paths:
                    path.unlink()
        return {name: milliseconds[name] for name in ways}


def show(folder: Path, milliseconds: dict[str, list[float]]) -> None:
    """One table: a photo's time in each way, and what part it is of the others' times.

    The lower quartile tells more than the median where the machine has other work to do: that only ever adds.
    """
    quartiles = {name: statistics.quantiles(times, n=4) for name, times in milliseconds.items()}
    rounds = len(milliseconds[BASE])
    print(f"\n{folder}: {rounds} rounds of {TURN} photos for each way; milliseconds a photo, and ratios of the medians")
    print("(of the lower quartiles) to what stands in the column\n")
    rivals = [name for name in quartiles if not name.startswith("cutline")]
    print(f"{'':18}" + "".join(f"{head:>8}" for head in ("1/4", "median", "3/4")) + "".join(f"{r:>15}" for r in rivals))
    for name, (low, middle, high) in quartiles.items():
        row = "".join(f"{value:8.2f}" for value in (low, middle, high))
        for rival in rivals:
            other = quartiles[rival]
            row += f"{middle / other[1]:>8.2f} ({low / other[0]:.2f})"
        print(f"{name:18}{row}")


def main() -> None:
    """Measure in each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=int, nargs="?", default=500, help=f"for each way, at least {2 * TURN}")
    parser.add_argument("--folder", type=Path, action="append", help="where; default: here and /dev/shm")
    given = parser.parse_args()
    for folder in given.folder or [Path.cwd(), Path("/dev/shm")]:
        with tempfile.TemporaryDirectory(prefix="cutline-benchmark-", dir=folder) as inner:
            show(folder, measured(Path(inner), max(given.photos, 2 * TURN)))


if __name__ == "__main__":
    main()
