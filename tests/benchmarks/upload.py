"""How long an upload takes to prepare, beside what a program without ideas does: `python tests/benchmarks/upload.py`.

Ours and a bare Pillow (open, transpose, convert, thumbnail, save) take turns, A B A B, on the same photos; the median
of each, their ratio, and the memory of one process that does only ours or only theirs.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageOps

from cutline.core.backends.base import Info
from cutline.core.picture import Upload
from cutline.core.settings import Upload as UploadSettings

INFO = Info(needs_key=False, local=False, gives=frozenset({"tags"}))
PHOTOS = {"12 MP": (4000, 3000), "24 MP": (6000, 4000)}


def ours(path: Path, side: int) -> int:
    return len(Upload(path, INFO, UploadSettings(max_side=side)).data)


def bare(path: Path, side: int) -> int:
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image.convert("RGB"))
        upright.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=None)
        file = BytesIO()
        upright.save(file, "JPEG", quality=88)
    return len(file.getvalue())


WAYS: dict[str, Callable[[Path, int], int]] = {"ours": ours, "bare": bare}


def photo(path: Path, size: tuple[int, int]) -> Path:
    """A picture that compresses about as photos do: clouds of noise, with grain."""
    rng = Random(7)
    parts = [
        Image.frombytes("RGB", (w, w), rng.randbytes(3 * w * w)).resize(size, Image.Resampling.BICUBIC)
        for w in (12, 150, 1500)
    ]
    Image.blend(Image.blend(parts[0], parts[1], 0.35), parts[2], 0.2).save(path, quality=92)
    return path


def seconds(way: Callable[[Path, int], int], path: Path, side: int) -> float:
    start = time.perf_counter()
    way(path, side)
    return time.perf_counter() - start


def peak(name: str, path: Path, side: int) -> float:
    """Megabytes that a process of its own takes for one upload, beyond what it had before (Linux)."""
    code = (
        "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1:3];"
        "import upload; from helpers.memory import peak;"
        "upload.WAYS[sys.argv[3]](Path(sys.argv[6]), 64); before = peak();"
        "upload.WAYS[sys.argv[3]](Path(sys.argv[4]), int(sys.argv[5])); print(peak() - before)"
    )
    small = path.with_name("small.jpg")
    Image.new("RGB", (64, 64)).save(small)
    here = Path(__file__).parent
    command: list[str | Path] = [sys.executable, "-c", code, here, here.parent, name, path, str(side), small]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        for name, size in PHOTOS.items():
            path = photo(Path(folder) / f"{name}.jpg", size)
            for side in (256, 1024, 2048):
                times: dict[str, list[float]] = {way: [] for way in WAYS}
                for _ in range(rounds):
                    for way, run in WAYS.items():
                        times[way].append(seconds(run, path, side))
                mine, theirs = (statistics.median(times[way]) * 1000 for way in WAYS)
                memory = ", ".join(f"{way} {peak(way, path, side):.0f} MB" for way in WAYS)
                what = f"{name} ({path.stat().st_size / 1e6:.1f} MB) at {side}"
                print(f"{what}: ours {mine:.0f} ms, bare {theirs:.0f} ms, ratio {mine / theirs:.2f}; {memory}")


if __name__ == "__main__":
    main()
