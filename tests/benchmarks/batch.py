"""How well a run uses a service, in a minute of six seconds: `python tests/benchmarks/batch.py [--minute SECONDS]`.

rate      sent / permitted, and rejections, against strict limiters that count every request, at several latencies,
          by one process and by two at once
faults    requests for each photo, where a fifth of the requests fails in one of the passing ways
cost      CPU seconds for each photo of 24 megapixels beside the bare preparation of its upload (A B A B), and the
          peak memory of a run with 2,000 of them queued
control   how long pause, resume and cancel take while every request hangs, in milliseconds
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cutline.core.batch import Run, State
from cutline.core.control import Control
from cutline.core.picture import Upload
from cutline.core.settings import Settings, changed
from helpers.imgtags_service import ImgtagsService
from helpers.service import dropped, late, raw, silent, status, truncated

KEY = "sk-benchmark-key"
LIMIT = 60  # requests in it, as imgtags permits
WARM = 4  # photos that are not counted
FAULTS = (dropped, truncated, lambda: status(500), lambda: status(503), lambda: raw(b'{"success": tru'))


def settings(base_url: str, per_minute: float) -> Settings:
    """Those of a run against a stand-in."""
    result = changed(Settings(), "backend", "imgtags")
    for name, value in {"base_url": base_url, "requests_per_minute": per_minute, "timeout": 30}.items():
        result = changed(result, f"backends.imgtags.{name}", value)
    return result


def little(folder: Path, count: int) -> list[Path]:
    """Photos that cost nothing to prepare, no two alike."""
    paths = []
    for number in range(count):
        path = folder / f"{number}.jpg"
        Image.new("RGB", (64, 48), (number % 256, number // 256, 90)).save(path, "PNG")
        paths.append(path)
    return paths


def large(folder: Path, count: int, distinct: int) -> list[Path]:
    """`count` names of 24-megapixel JPEGs; the first `distinct` differ, in a number of their quantisation table."""
    rng = random.Random(3)
    noise = Image.frombytes("RGB", (750, 500), rng.randbytes(3 * 750 * 500)).resize(
        (6000, 4000), Image.Resampling.BICUBIC
    )
    buffer = BytesIO()
    noise.save(buffer, "JPEG", quality=80)
    data = bytearray(buffer.getvalue())
    table = data.index(b"\xff\xdb") + 5
    paths: list[Path] = []
    for number in range(count):
        path = folder / f"{number}.jpg"
        if number < distinct:
            data[table + 60], data[table + 61] = 20 + number % 50, 20 + number // 50
            path.write_bytes(data)
        else:
            os.link(paths[0], path)
        paths.append(path)
    return paths


def worker(arguments: argparse.Namespace) -> None:
    """One process: tag the photos of a folder until `stop_after` are answered; what that took, as JSON."""
    from contextlib import closing

    from cutline.core import backends, paths
    from cutline.core.answering import parallel
    from cutline.core.journal import Journal
    from cutline.core.photo import Photo
    from cutline.core.tagging import Tagger

    chosen = settings(arguments.base_url, arguments.per_minute)
    photos = [Photo(path) for path in sorted(Path(arguments.folder).glob("*.jpg"), key=lambda path: int(path.stem))]
    photos = photos[arguments.part :: arguments.parts]
    control, done, failed = Control(), 0, 0
    with (
        closing(backends.create("imgtags", chosen, lambda: KEY)) as backend,
        closing(Journal(paths.state_dir() / "journal.sqlite")) as journal,
    ):
        tagger = Tagger(backend, journal, chosen)
        begun = cpu()
        run = Run(photos, tagger.answer, tagger.settle, control, parallel(backend, chosen))
        for step in run:
            if step.state is not State.ASKING and not control.cancelled:
                done, failed = done + 1, failed + (step.state is State.FAILED)
                if done == WARM:  # by then everything has been imported
                    begun = cpu()
                if done == arguments.stop_after:
                    control.cancel()
        run.drain(30)
        spent = cpu() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"done": done, "failed": failed, "cpu": spent / max(1, done - WARM), "megabytes": memory}))


def bare(arguments: argparse.Namespace) -> None:
    """One process that only prepares uploads, one after the other."""
    from cutline.core.backends.base import Info

    info = Info(needs_key=False, local=False, gives=frozenset({"tags"}), max_bytes=10_000_000)
    chosen = sorted(Path(arguments.folder).glob("*.jpg"), key=lambda path: int(path.stem))[: arguments.stop_after]
    len(Upload(chosen[0], info, Settings().upload).data)  # what is imported with the first
    begun = cpu()
    for path in chosen:
        len(Upload(path, info, Settings().upload).data)
    print(json.dumps({"cpu": (cpu() - begun) / len(chosen)}))


def cpu() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def started(role: str, folder: Path, home: Path, **options: object) -> "subprocess.Popen[str]":
    """This script in another process."""
    words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, __file__, "--role", role, "--folder", str(folder), *words]
    return subprocess.Popen(command, env={**os.environ, "CUTLINE_HOME": str(home)}, stdout=subprocess.PIPE, text=True)


def told(process: "subprocess.Popen[str]") -> dict[str, float]:
    """What it printed."""
    out, _ = process.communicate()
    assert process.returncode == 0, process.returncode
    result: dict[str, float] = json.loads(out)
    return result


def rate(latency: float, processes: int, count: int, minute: float) -> None:
    """Print how much of the permitted rate was used."""
    with tempfile.TemporaryDirectory() as place, ImgtagsService(KEY, limit=LIMIT, window=minute * 0.999) as service:
        folder, home = Path(place) / "photos", Path(place) / "home"
        folder.mkdir()
        little(folder, count)
        service.faults += [late(latency * random.uniform(0.7, 1.3)) for _ in range(2 * count)]
        running = [
            started(
                "worker",
                folder,
                home,
                base_url=service.base_url,
                per_minute=LIMIT * 60 / minute,
                part=n,
                parts=processes,
            )
            for n in range(processes)
        ]
        failed = sum(told(process)["failed"] for process in running)
        sent = [request.at for request in service.requests]
        used = (len(sent) - 1) / (sent[-1] - sent[0]) / (LIMIT / minute)
        who = "one process" if processes == 1 else f"{processes} processes"
        print(
            f"rate      {who:12} latency {latency:4.1f} s: {used:.3f} of the permitted rate,"
            f" {service.rejections} rejections, {failed:.0f} failed, {len(sent)} requests for {count} photos"
        )


def faults(count: int) -> None:
    """Print how many requests a photo took where a fifth of them failed."""
    dice = random.Random(11)
    with tempfile.TemporaryDirectory() as place, ImgtagsService(KEY) as service:
        folder = Path(place) / "photos"
        folder.mkdir()
        little(folder, count)
        service.faults += [dice.choice(FAULTS)() if dice.random() < 0.2 else late(0.05) for _ in range(4 * count)]
        result = told(started("worker", folder, Path(place) / "home", base_url=service.base_url, per_minute=0))
        print(
            f"faults    20 % of the requests: {len(service.requests) / count:.2f} requests a photo (1.25 expected),"
            f" {result['failed']:.0f} of {count} failed"
        )


def cost(rounds: int, count: int) -> None:
    """Print CPU and memory of large photos."""
    ours, alone, memory = [], [], 0.0
    with tempfile.TemporaryDirectory() as place, ImgtagsService(KEY) as service:
        folder = Path(place) / "photos"
        folder.mkdir()
        large(folder, 2000, rounds * count)
        for number in range(rounds):
            home = Path(place) / f"home {number}"
            result = told(started("worker", folder, home, base_url=service.base_url, per_minute=0, stop_after=count))
            ours.append(result["cpu"])
            memory = max(memory, result["megabytes"])
            alone.append(told(started("bare", folder, home, stop_after=count))["cpu"])
    a, b = statistics.median(ours), statistics.median(alone)
    words = f"{1000 * a:.0f} ms of CPU a photo of 24 MP, {1000 * b:.0f} ms to prepare its upload alone"
    print(f"cost      {words}: {a / b:.2f}")
    print(f"cost      {memory:.0f} MB at most, with 2,000 such photos queued and {count} done")


def control() -> None:
    """Print how long pause, resume and cancel take: pressed by another thread, at the end while every request hangs."""
    from cutline.core import backends
    from cutline.core.answering import parallel
    from cutline.core.journal import Journal
    from cutline.core.photo import Photo
    from cutline.core.tagging import Tagger

    with tempfile.TemporaryDirectory() as place, ImgtagsService(KEY) as service:
        photos = [Photo(path) for path in little(Path(place), 400)]
        service.faults += [late(0.05)] * 150 + [silent()] * 300
        chosen = settings(service.base_url, 0)
        journal, backend = Journal(Path(place) / "j.sqlite"), backends.create("imgtags", chosen, lambda: KEY)
        tagger, hand = Tagger(backend, journal, chosen), Hand(service)
        run = Run(photos, tagger.answer, tagger.settle, hand.control, parallel(backend, chosen))
        hand.start()
        for _ in run:
            pass
        hand.ended = time.monotonic()
        hand.join()
        service.stopped.set()
        run.drain(5)
        backend.close()
        journal.close()
        print(f"control   {hand.words()}")


class Hand(threading.Thread):
    """Presses the buttons."""

    def __init__(self, service: ImgtagsService) -> None:
        super().__init__()
        self.control, self.ended = Control(), 0.0
        self._service = service
        self._pressed: dict[str, float] = {}

    def run(self) -> None:
        """Pause, resume, and cancel once everything hangs."""
        self._until(30)
        self._press("pause", self.control.pause)
        time.sleep(1)
        self._press("resume", self.control.resume)
        self._until(156)
        self._press("cancel", self.control.cancel)

    def words(self) -> str:
        """Milliseconds until no request was sent any more; until one was sent again; until the run had ended."""
        sent = [request.at for request in self._service.requests]
        pause, resume, cancel = (self._pressed[name] for name in ("pause", "resume", "cancel"))
        last = max((at for at in sent if pause < at < resume), default=pause)
        first = min(at for at in sent if at > resume)
        times = {"pause": last - pause, "resume": first - resume, "cancel": self.ended - cancel}
        return ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in times.items())

    def _until(self, requests: int) -> None:
        while len(self._service.requests) < requests:
            time.sleep(0.005)

    def _press(self, name: str, button: Callable[[], None]) -> None:
        self._pressed[name] = time.monotonic()
        button()


def main() -> None:
    """Run all of it, or one process of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=600, help="photos of the rate")
    parser.add_argument("--minute", type=float, default=6.0, help="seconds that stand for a minute")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--role", choices=["worker", "bare"])
    parser.add_argument("--folder")
    parser.add_argument("--base-url")
    parser.add_argument("--per-minute", type=float)
    parser.add_argument("--stop-after", type=int, default=10**9)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.role:
        {"worker": worker, "bare": bare}[arguments.role](arguments)
        return
    for latency, processes in ((0.1, 1), (1.0, 1), (2.5, 1), (1.0, 2)):
        rate(latency, processes, arguments.photos, arguments.minute)
    faults(arguments.photos)
    cost(arguments.rounds, 12)
    control()


if __name__ == "__main__":
    main()
