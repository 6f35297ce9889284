"""Ctrl-C, SIGTERM, a kill and a reader that leaves, on the real process."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import metadata
from helpers.chat_service import ChatService
from helpers.command import TAG_KEYS, finished, process, strict_lines
from helpers.imagedescriber_service import ImagedescriberService
from helpers.little_photos import jpeg
from helpers.service import late, silent

KEY = "sk-0123456789"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImagedescriberService]:
    monkeypatch.setenv("CUTLINE_IMAGEDESCRIBER_KEY", KEY)
    with ImagedescriberService(KEY) as service:
        yield service


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [jpeg(tmp_path / f"{number}.jpg", 60 + number, 40) for number in range(5)]


def tag_words(service: ImagedescriberService, photos: list[Path]) -> list[str]:
    section = "backends.imagedescriber"
    sets = [f"{section}.base_url={service.base_url}", f"{section}.requests_per_minute=0", f"{section}.parallel=1"]
    words = ["tag", "--backend", "imagedescriber", "--json", *(str(photo) for photo in photos)]
    return words + [word for setting in sets for word in ("--set", setting)]


def wait_for_requests(service: ImagedescriberService, number: int) -> None:
    deadline = time.monotonic() + 20
    while len(service.requests) < number:
        assert time.monotonic() < deadline, "the service was not asked"
        service.stopped.wait(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_and_keeps_the_answer_on_its_way(
    service: ImagedescriberService, photos: list[Path], number: signal.Signals
) -> None:
    service.faults += [late(0), late(1.5)]
    with process(*tag_words(service, photos)) as running:
        wait_for_requests(service, 2)
        assert running.stdout is not None
        first = running.stdout.readline()
        running.send_signal(number)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    records = strict_lines(first + out)
    assert [r["status"] for r in records] == ["written"] + ["cancelled"] * 4
    assert [r["path"] for r in records] == [str(photo) for photo in photos]
    assert all(list(r) == TAG_KEYS for r in records)
    assert "waiting up to 10 seconds" in err
    assert "Traceback" not in err
    continued = finished(*tag_words(service, photos))
    assert continued.status == 0
    assert [r["cached"] for r in continued.records] == [True, True, False, False, False]
    assert len(service.requests) == 5


def test_looking_for_the_model_of_a_server_that_hangs_is_stopped(photos: list[Path]) -> None:
    with ChatService(models=["seer"]) as server:
        server.faults += [silent()] * 20
        words = ["--backend", "openai", "--set", f"backends.openai.base_url={server.base_url}"]
        for more in ([], ["--estimate"]):
            asked = len(server.requests)
            with process("tag", *words, *more, str(photos[0])) as running:
                while len(server.requests) == asked:
                    assert running.poll() is None
                    server.stopped.wait(0.01)
                then = time.monotonic()
                running.send_signal(signal.SIGINT)
                _, err = running.communicate(timeout=20)
            assert running.returncode == 130
            assert time.monotonic() - then < 5
            assert "Traceback" not in err


def test_the_second_signal_leaves_at_once(service: ImagedescriberService, photos: list[Path]) -> None:
    service.faults += [silent()]
    with process(*tag_words(service, photos)) as running:
        wait_for_requests(service, 1)
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        while "waiting up to" not in running.stderr.readline():
            continue
        then = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert time.monotonic() - then < 5
    assert {r["status"] for r in strict_lines(out)} == {"cancelled"}
    assert "Traceback" not in err


def test_a_killed_run_continues(service: ImagedescriberService, photos: list[Path]) -> None:
    service.faults += [late(0), late(0), silent()]
    with process(*tag_words(service, photos)) as running:
        wait_for_requests(service, 3)
        running.kill()
        running.communicate(timeout=20)
    assert all(metadata.read(photo).stamp for photo in photos), "a kill damaged a photo"
    continued = finished(*tag_words(service, photos))
    assert continued.status == 0
    assert sorted(path.name for path in photos[0].parent.iterdir()) == [photo.name for photo in photos]
    assert [r["cached"] for r in continued.records][:3] == [True, True, False]
    assert len(service.requests) == 3 + 3


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path) -> None:
    for number in range(40):
        jpeg(tmp_path / f"{number}.jpg")
    for words in (["show", "--json"], ["show"], ["tag"], ["tag", "--json"]):
        with process(*words, str(tmp_path)) as running:
            assert running.stdout is not None
            running.stdout.readline()
            running.stdout.close()
            assert running.stderr is not None
            err = running.stderr.read()
        assert running.returncode in (0, 130)
        assert "Traceback" not in err
        assert "Broken" not in err


def test_a_closed_or_full_standard_output_is_no_crash(tmp_path: Path) -> None:
    jpeg(tmp_path / "a.jpg")
    script = 'exec "$0" -m cutline show "$1" >&-'
    words = ["sh", "-c", script, sys.executable, str(tmp_path)]
    closed = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (closed.returncode, closed.stderr) == (0, "")
    full = Path("/dev/full")
    if full.exists():
        with full.open("w") as out:
            result = finished("show", str(tmp_path), "--json", stdout=out)
        assert result.status == 3
        assert "Standard output" in result.sentence
