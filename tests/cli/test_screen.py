"""Whether there is a screen, and what is said where there is none."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cutline.cli import screen
from cutline.core.errors import ConfigError
from helpers.command import finished, without_screen

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "there", "starts"),
    [
        ({}, False, False),
        ({"DISPLAY": ":6999"}, False, False),
        ({"DISPLAY": "nonsense"}, False, False),
        ({"DISPLAY": "another-machine:10.0"}, True, True),
        ({"WAYLAND_DISPLAY": "wayland-6999"}, False, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, False, True),
        ({"QT_QPA_PLATFORM": "minimal", "DISPLAY": "another-machine:10.0"}, False, True),
        ({"QT_QPA_PLATFORM": "xcb"}, True, True),
        ({"QT_QPA_PLATFORM": "wayland;xcb"}, True, True),
    ],
)
def test_what_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], there: bool, starts: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert screen.there() is there
    if starts:
        screen.require()
        return
    with pytest.raises(ConfigError, match="There is no screen"):
        screen.require()


def test_a_display_that_answers_is_a_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", ".")  # socket addresses are short
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert not screen.there()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wayland-7")
        server.listen()
        assert screen.there()
        monkeypatch.setenv("DISPLAY", ":6999")
        screen.require()


@pytest.mark.parametrize("words", [(), ("a.jpg",), ("--set", "lang=de", "a.jpg")])
@pytest.mark.parametrize("display", ["", ":6999"])
def test_no_screen_is_one_sentence_and_2(words: tuple[str, ...], display: str) -> None:
    result = finished(*words, env=without_screen() | ({"DISPLAY": display} if display else {}))
    assert (result.status, result.out) == (2, "")
    assert "There is no screen" in result.sentence


def test_a_qt_that_does_not_load_is_one_sentence_and_2() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = None; sys.argv = ['cutline'];"
        "from cutline.__main__ import main; sys.exit(main())"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Qt does not load" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_wrong_settings_are_said_before_a_window_opens() -> None:
    result = finished("--set", "lang", "a.jpg", env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    assert (result.status, result.out) == (2, "")
    assert "section.key=value" in result.sentence
