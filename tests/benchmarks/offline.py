"""What the offline backend costs beside the scaled decode it cannot do without.

    python tests/benchmarks/offline.py [ROUNDS]

A: Image.open, draft and load at the size the backend looks at.  B: the whole backend, file to suggestion.
Both on JPEGs of 12 and 24 megapixels made here, in turns A B A B, in CPU time; the goal is B / A of at most 1.5.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import piexif
from PIL import Image

from cutline.core.backends.base import Request
from cutline.core.backends.offline import SIDE, create
from cutline.core.control import Control
from cutline.core.picture import Upload
from cutline.core.settings import Settings

SIZES = {"12 MP": (4000, 3000), "24 MP": (6000, 4000)}


def made(path: Path, size: tuple[int, int]) -> Path:
    """A JPEG with smooth colour, edges and grain, so that its entropy is a photograph's."""
    chance = random.Random(size[0])
    small = Image.frombytes("RGB", (24, 16), chance.randbytes(24 * 16 * 3)).resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 24)
    exif = piexif.dump({"Exif": {piexif.ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:00"}})
    Image.blend(small, grain.convert("RGB"), 0.3).save(path, quality=90, exif=exif)
    return path


def bare(path: Path) -> None:
    with Image.open(path) as image:
        image.draft("RGB", (SIDE, SIDE))
        image.load()


def whole(path: Path) -> None:
    backend, settings, request = create(Settings(), lambda: None), Settings(), Request(path)
    backend.fingerprint(request)
    backend.ask(Upload(path, backend.info, settings.upload), request, Control())


def seconds(what: Callable[[Path], None], path: Path) -> float:
    start = time.process_time()
    what(path)
    return time.process_time() - start


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, size in SIZES.items():
            path = made(Path(folder) / f"dusk over the water {size[0]}.jpg", size)
            whole(path)
            times = [(seconds(bare, path), seconds(whole, path)) for _ in range(rounds)]
            a, b = (statistics.median(column) for column in zip(*times, strict=True))
            size_mb = path.stat().st_size / 1e6
            ratio = statistics.median(two / one for one, two in times)
            print(f"{name} ({size_mb:.1f} MB): decode {1000 * a:.1f} ms, offline {1000 * b:.1f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
