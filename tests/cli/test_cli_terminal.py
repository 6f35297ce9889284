"""On a terminal: a bar, colours unless NO_COLOR says no, and results that stay whole."""

import os
import pty
import re
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from helpers.command import strict_lines
from helpers.little_photos import jpeg
from helpers.terminal import until_the_end

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(30):
        jpeg(folder / f"{number}.jpg", 60 + number, 40)
    return folder


def shown(*words: str, out: int | None = None, columns: int = 80, **env: str) -> str:
    """What a terminal shows of standard error and, where it does not go to `out`, of standard output."""
    terminal, side = pty.openpty()
    termios.tcsetwinsize(side, (24, columns))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    command = [sys.executable, "-m", "cutline", *words]
    environment = kept | {"TERM": "xterm-256color"} | env
    running = subprocess.Popen(command, stdin=side, stdout=side if out is None else out, stderr=side, env=environment)
    os.close(side)
    text = until_the_end(terminal)
    assert running.wait(30) == 0
    return text.decode()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_a_bar_counts_and_every_photo_has_its_line(photos: Path) -> None:
    text = shown("tag", str(photos))
    assert "30 of 30 photos" in plain(text)
    assert "\x1b[32mwritten" in text
    assert len(re.findall(r"written    .*\.jpg", plain(text))) == 30
    assert plain(text).rstrip().endswith("30 photos: 30 written.")
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1  # the cursor comes back


def test_no_color_means_none(photos: Path) -> None:
    text = shown("tag", str(photos), NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", text)
    assert "30 of 30 photos" in plain(text)


def test_json_in_a_file_has_its_bar_on_the_terminal(photos: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with log.open("w") as out:
        text = shown("tag", str(photos), "--json", out=out.fileno())
    assert len(strict_lines(log.read_text())) == 30
    assert "30 of 30 photos" in plain(text)


def test_json_on_the_terminal_has_no_bar(photos: Path) -> None:
    text = shown("tag", str(photos), "--json")
    assert "30 of 30 photos" not in text
    lines = text.replace("\r\n", "\n").splitlines()
    assert len(strict_lines("\n".join(lines[:-1]) + "\n")) == 30


def test_hostile_words_cannot_steer_the_terminal(tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "\x1b]0;owned\x07.jpg")
    for words in (("tag", str(photo)), ("show", str(photo)), ("tag", str(tmp_path / "\x1b[2Jmissing"))):
        command = [sys.executable, "-m", "cutline", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert "\x1b" not in done.stdout + done.stderr
        assert "\x07" not in done.stdout + done.stderr


def test_a_narrow_terminal_lists_what_has_no_room_as_a_table() -> None:
    for columns, is_table in ((200, True), (100, False), (30, False)):
        text = plain(shown("backends", columns=columns))
        assert ("┃" in text) is is_table
        assert "…" not in text
        for word in ("imagedescriber", "en zh fr de es ja ko", "no limit", "title, description, tags, alt text"):
            assert word in text


def test_the_bar_leaves_room_for_what_the_terminal_echoes(photos: Path) -> None:
    text = plain(shown("tag", str(photos), columns=60))
    bars = [line for line in re.split(r"[\r\n]+", text) if "of 30 photos" in line]
    assert bars
    assert max(len(line) for line in bars) <= 58


@pytest.mark.parametrize("typed", [b"\x03", b"\x04"])
def test_a_key_that_is_not_given_after_all_leaves_the_prompt_on_its_line(typed: bytes) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "cutline", "keys", "set", "imgtags"])
    seen = b""
    while b"not shown" not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, typed)
    lines = (seen + until_the_end(terminal)).decode().split("\r\n")
    os.waitpid(child, 0)
    assert lines[0].startswith("Key for imgtags (it is not shown): ")
    assert "cutline: " not in lines[0]
    assert any(line.startswith("cutline: ") for line in lines[1:])
