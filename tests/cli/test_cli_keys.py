"""`cutline keys`: a key goes in unseen and is never shown."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.command import Cutline, Result, finished
from helpers.terminal import until_the_end

KEY = "sk-Zq81-never-shown"
_UNWANTED = ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY")


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


def test_without_a_keyring_a_key_is_not_kept_and_3(cutline_home: Path) -> None:
    result = finished("keys", "set", "imgtags", input_text=f"{KEY}\n")
    assert (result.status, result.out) == (3, "")
    assert "CUTLINE_IMGTAGS_KEY" in result.sentence
    assert KEY not in result.err
    assert not any(KEY in path.read_text(errors="replace") for path in cutline_home.rglob("*") if path.is_file())


@pytest.mark.parametrize("text", ["", "\n", "two words\n", "Zürich\n", "x" * 5000 + "\n", "\udcff\n"])
def test_what_is_no_key_is_2(text: str) -> None:
    raw = text.encode("utf-8", "surrogateescape")
    words = [sys.executable, "-m", "cutline", "keys", "set", "imgtags"]
    done = subprocess.run(words, input=raw, capture_output=True, timeout=60, check=False)
    result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert (result.status, result.out) == (2, "")
    assert result.sentence.endswith(".")
    assert "xxxx" not in result.err


def test_a_key_is_no_argument() -> None:
    result = finished("keys", "set", "imgtags", KEY)
    assert result.status == 2


def test_status_says_where_a_key_comes_from_and_never_the_key(
    cutline: Cutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", KEY)
    every = cutline("keys", "status")
    assert every.status == 0
    lines = dict(line.split(": ", 1) for line in every.out.splitlines())
    assert set(lines) == {"imagedescriber", "imgtags", "offline", "openai"}
    assert "CUTLINE_IMGTAGS_KEY" in lines["imgtags"]
    assert lines["imagedescriber"].startswith("There is no key.")
    assert lines["offline"] == "It needs no key."
    assert KEY not in every.out
    assert cutline("keys", "status", "imgtags").out == f"imgtags: {lines['imgtags']}\n"


def test_a_wrong_key_in_the_environment_is_said_and_not_shown(
    cutline: Cutline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", "Zürich 1 2 3")
    result = cutline("keys", "status", "imgtags")
    assert "is no key" in result.out
    assert "rich 1" not in result.out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_the_key_is_asked_for_and_not_echoed() -> None:
    terminal, side = pty.openpty()
    words = [sys.executable, "-m", "cutline", "keys", "set", "imgtags"]
    with subprocess.Popen(words, stdin=side, stdout=side, stderr=side, start_new_session=True) as running:
        os.close(side)
        shown = b""
        while b"not shown" not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, KEY.encode() + b"\n")
        shown += until_the_end(terminal)
    assert running.returncode == 3
    assert KEY.encode() not in shown
    assert b"CUTLINE_IMGTAGS_KEY" in shown


@pytest.mark.needs("dbus-run-session", "gnome-keyring-daemon")
def test_a_key_stored_by_one_call_is_used_by_the_next_and_can_be_deleted(tmp_path: Path) -> None:
    script = """
        printf %s "a password" | gnome-keyring-daemon --unlock --components=secrets >"$HOME/daemon.log" 2>&1
        printf '%s\\n' "$TEST_SECRET" | "$0" -m cutline keys set imgtags
        unset TEST_SECRET
        "$0" -m cutline keys status imgtags
        "$0" -m cutline keys delete imgtags
        "$0" -m cutline keys status imgtags
    """
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    mine = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime), "TEST_SECRET": KEY}
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    words = ["dbus-run-session", "--", "sh", "-c", script, sys.executable]
    done = subprocess.run(words, env=kept | mine | folders, capture_output=True, text=True, timeout=60, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("imgtags: ")]
    kept_line, gone_line = "imgtags: The key is in the keyring", "imgtags: There is no key;"
    assert [line.startswith(kept_line) for line in lines] == [True, True, False, False], done
    assert [line.startswith(gone_line) for line in lines] == [False, False, True, True]
    assert KEY not in done.stdout + done.stderr
