"""A long run with everything against it: faults at the service, and a program that is killed again and again."""

import random
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from cutline.core import metadata, paths
from cutline.core.journal import Journal
from helpers.imgtags_service import ImgtagsService
from helpers.service import Arrival, Fault, dropped, raw, status

KEY = "sk-soak-0123456789"
PARALLEL = 4
FAULTS = (dropped, lambda: status(500), lambda: status(502), lambda: status(503), lambda: raw(b"", code=504))
"""Passing ones, for which nothing is charged."""


class Charging(ImgtagsService):
    """Counts what it charged for, by the size of the picture, of which no two have the same."""

    def __init__(self, seed: int, faulty: float) -> None:
        super().__init__(KEY)
        self.charged: Counter[tuple[int, int]] = Counter()
        self.arrivals = 0
        self._dice, self._faulty = random.Random(seed), faulty
        self._counting = threading.Lock()

    def arrived(self, arrival: Arrival) -> Fault | None:
        with self._counting:
            self.arrivals += 1
            return self._dice.choice(FAULTS)() if self._dice.random() < self._faulty else None

    def _look(self, part: Any) -> tuple[tuple[int, int], tuple[int, int, int]]:
        size, mean = super()._look(part)
        with self._counting:
            self.charged[size] += 1
        return size, mean


@dataclass
class Soaked:
    """What came of it."""

    photos: int
    kills: int = 0
    charged_twice: int = 0
    requests: int = 0
    damaged: list[str] = field(default_factory=list)
    without_words: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)
    standing_changes: Counter[str] = field(default_factory=Counter)
    """Writes that stand, by photo."""


def soak(folder: Path, count: int, kills: int, seed: int = 1) -> Soaked:
    """Tag `count` little photos in `folder`, killed `kills` times at random instants; then let it end."""
    dice = random.Random(seed)
    pixels = _photos(folder, count)
    result = Soaked(count)
    with Charging(seed, 0.2) as service:
        command = _command(folder, service.base_url)
        while result.kills < kills:
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            goal = service.arrivals + dice.randint(1, max(2, count // kills))
            while service.arrivals < goal and running.poll() is None:
                service.stopped.wait(0.002)
            service.stopped.wait(dice.uniform(0, 0.05))
            if running.poll() == 0:
                break
            if running.poll() is not None:
                continue  # it met so many faults in a row that it took the service for down
            running.kill()
            running.wait()
            result.kills += 1
        for _ in range(4):  # of a thousand photos, one or two meet five faults in a row; asked for again, they are done
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
        assert done.returncode == 0, done.stderr[-2000:]
        result.requests = service.arrivals
        result.charged_twice = sum(times - 1 for times in service.charged.values())
    _look_at(folder, pixels, result)
    return result


def _photos(folder: Path, count: int) -> dict[str, bytes]:
    """Photos of sizes of their own; their pixels by name."""
    folder.mkdir()
    found = {}
    for number in range(count):
        name = f"{number:05}.{('jpg', 'png', 'webp')[number % 3]}"
        image = Image.new("RGB", (50 + number % 100, 50 + number // 100), (number % 251, number % 241, 99))
        image.save(folder / name)
        found[name] = _pixels(folder / name)
    return found


def _pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        return image.convert("RGB").tobytes()


def _command(folder: Path, base_url: str) -> list[str]:
    values = {"base_url": base_url, "requests_per_minute": 0, "parallel": PARALLEL}
    sets = [word for name, value in values.items() for word in ("--set", f"backends.imgtags.{name}={value}")]
    return [sys.executable, "-m", "cutline", "tag", "--json", "--backend", "imgtags", *sets, str(folder)]


def _look_at(folder: Path, pixels: dict[str, bytes], result: Soaked) -> None:
    for name, before in pixels.items():
        if _pixels(folder / name) != before:
            result.damaged.append(name)
        if not metadata.read(folder / name).caption.description.startswith("A plain picture of"):
            result.without_words.append(name)
    result.left_behind = sorted({path.name for path in folder.iterdir()} - pixels.keys())
    journal = Journal(paths.state_dir() / "journal.sqlite")
    rows = journal.rows(
        "SELECT c.photo FROM changes c WHERE EXISTS (SELECT 1 FROM files f WHERE f.change = c.id AND f.state = 'done')"
    )
    result.standing_changes = Counter(Path(row[0].decode()).name for row in rows)
    journal.close()
