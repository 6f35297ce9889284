"""What `cutline tag` costs where every answer is kept: `python tests/benchmarks/cached.py [PHOTOS] [--folder DIR]`.

PHOTOS camera JPEGs of some 200 kilobytes (1,000), each another picture, are tagged once by a stand-in of imgtags. Then
they are put back and, in turns, tagged again by the command, start-up included, with the journal that holds all
answers; and read and written with the same words by a bare loop in this process, durably and with a way back, as the
command does. Nobody may be asked again. New copies are made for each turn, and are on the disk before it begins.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.read import originals
from cutline.core import metadata
from cutline.core.journal import Journal
from cutline.core.photo import DEFAULT_FIELDS, Caption
from cutline.core.runs import About, Recorder
from helpers.imgtags_service import ImgtagsService

KEY = "sk-benchmark-key"


def photos(count: int) -> dict[str, bytes]:
    """Contents by name; no two are the same picture, for a number of their quantisation table."""
    contents, made = [bytearray(data) for data in originals()], {}
    for n in range(count):
        data = contents[n % len(contents)]
        table = data.rindex(b"\xff\xdb") + 5
        data[table + 60], data[table + 61] = 20 + n // 10 % 100, 20 + n // 1000
        made[f"DSC_{n:05}.jpg"] = bytes(data)
    return made


def put(folder: Path, contents: dict[str, bytes]) -> list[Path]:
    """The photos as they were, on the disk."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    os.sync()
    return sorted(folder.iterdir())


def tag(folder: Path, home: Path, address: str) -> None:
    """The command, in a process of its own."""
    settings = {"base_url": address, "requests_per_minute": 0, "requests_per_hour": 0}
    words = [word for name, value in settings.items() for word in ("--set", f"backends.imgtags.{name}={value}")]
    command = [sys.executable, "-m", "cutline", "tag", "--backend", "imgtags", *words, str(folder)]
    env = {**os.environ, "CUTLINE_HOME": str(home), "CUTLINE_IMGTAGS_KEY": KEY}
    subprocess.run(command, env=env, check=True, capture_output=True)


def loop(paths: list[Path], words: dict[str, Caption], journal: Path) -> None:
    """Read and write, and nothing else."""
    with closing(Journal(journal)) as kept:
        recorder = Recorder(kept, About("write"))
        for path in paths:
            reading = metadata.read(path)
            record = recorder.of(path)
            metadata.write(path, words[path.name], DEFAULT_FIELDS, stamp=reading.stamp, record=record)
        recorder.close()


def timed(work: Callable[[], None]) -> float:
    """Milliseconds that it takes."""
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def measure(place: Path, count: int, rounds: int) -> None:
    """Print both, and the ratio round by round."""
    contents, folder, home = photos(count), place / "photos", place / "home"
    with ImgtagsService(KEY) as service:
        put(folder, contents)
        tag(folder, home, service.base_url)
        words = {path.name: metadata.read(path).caption for path in folder.iterdir()}
        asked, ours, bare = len(service.requests), [], []
        for n in range(rounds):
            again = place / f"home {n}"
            shutil.copytree(home, again)
            put(folder, contents)
            ours.append(timed(partial(tag, folder, again, service.base_url)))
            bare.append(timed(partial(loop, put(folder, contents), words, place / f"{n}.sqlite")))
        assert len(service.requests) == asked == count, "somebody was asked again"
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    print(f"{place}: {count} photos, {rounds} rounds, milliseconds a photo (medians)")
    print(f"cutline tag, answers kept {statistics.median(ours) / count:6.2f}")
    print(f"reading and writing       {statistics.median(bare) / count:6.2f}")
    print(f"ratio, round by round     {ratio:6.2f}")


def main() -> None:
    """Measure in each folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=int, nargs="?", default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, action="append", help="where; default: here and /dev/shm")
    given = parser.parse_args()
    for folder in given.folder or [Path.cwd(), Path("/dev/shm")]:
        with tempfile.TemporaryDirectory(prefix="cutline-benchmark-", dir=folder) as inner:
            measure(Path(inner), given.photos, given.rounds)


if __name__ == "__main__":
    main()
