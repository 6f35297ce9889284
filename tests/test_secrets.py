"""The hunt for the key: whatever happens in a run, the key is in no file, no stream, no photo, no journal, no log.

It is hunted as it is, in hexadecimal, in UTF-16, quoted for a URL, and in base64 at each of the three places that it
can have there.
"""

import base64
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from cutline.core.backends import http, imagedescriber, imgtags
from cutline.core.backends.wire import Wire
from helpers.command import Cutline, Result, finished
from helpers.little_photos import jpeg
from helpers.service import (
    DRIPPED_BODY,
    Fault,
    StandIn,
    answering,
    drip,
    dropped,
    html,
    no_http,
    raw,
    redirect,
    silent,
    status,
    truncated,
)
from helpers.service_runs import SERVICES, STOPPED, tag_words, variable

KEY = "sk-live+Zq81/never=shown"
QUOTED = {"code": KEY, "message": f"Bad key {KEY}", "request_id": KEY, "data": {KEY: [KEY]}, KEY: KEY}


def forms(key: str) -> dict[str, bytes]:
    """`key` in every form it is hunted in."""
    plain = key.encode()
    found = {
        "plain": plain,
        "UTF-16": key.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "URL": quote(key, "").encode(),
    }
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + plain)
        found[f"base64 at {shift}"] = whole[(0, 2, 3)[shift] : len(whole) // 4 * 4 - 4]
    return found


NEEDLES = forms(KEY)


def hunt(where: str, data: bytes) -> None:
    for form, needle in NEEDLES.items():
        assert needle not in data, f"the key ({form}) is in {where}"


def hunt_below(folder: Path) -> None:
    """In every file below `folder`, its name, and what a database in it says."""
    for path in folder.rglob("*"):
        hunt(str(path), os.fsencode(path))
        if path.is_file():
            hunt(str(path), path.read_bytes())
            if path.suffix == ".sqlite":
                database = sqlite3.connect(path)
                hunt(f"{path}, dumped", "\n".join(database.iterdump()).encode())
                database.close()


def hunt_in(result: Result, *folders: Path) -> None:
    hunt("standard output", result.out.encode())
    hunt("standard error", result.err.encode())
    for folder in folders:
        hunt_below(folder)


@pytest.fixture(params=SERVICES)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    monkeypatch.setenv(variable(name), KEY)
    monkeypatch.setattr(http, "WAITS", (0.001,) * 4)
    monkeypatch.setattr(http, "LIMITED", (0.001,) * 4)
    return name


@pytest.fixture
def service(backend: str) -> Iterator[StandIn]:
    with SERVICES[backend](KEY) as service:
        yield service
        sent = [request.headers["authorization"] for request in service.requests]
        assert set(sent) == {f"Bearer {KEY}"}, "the key was used, so there was something to lose"


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    return [jpeg(folder / f"{number}.jpg", 60 + number, 40) for number in range(2)]


FAULTS: dict[str, Fault] = {
    "quoted with 200": answering(QUOTED),
    "quoted with 401": answering(QUOTED, 401),
    "quoted with 402": answering(QUOTED, 402),
    "quoted with 429": answering(QUOTED, 429, {"Retry-After": KEY}),
    "quoted with 500": answering(QUOTED, 500),
    "quoted deeper": answering({"success": False, "error": {"code": KEY, "message": f"{KEY} {KEY}"}}, 422),
    "quoted per field": answering({"message": "Bad.", "errors": {KEY: [KEY]}}, 422),
    "quoted in plain text": status(403, body=KEY.encode()),
    "quoted in broken json": raw(b'{"key": "' + KEY.encode()),
    "quoted in a page": raw(b"<html>" + KEY.encode(), "text/html", 403),
    "quoted in a redirect": redirect(f"https://{KEY}@elsewhere.example/{KEY}?key={KEY}"),
    "html": html(),
    "down": status(503),
    "truncated": truncated(),
    "dropped": dropped(),
    "no http": no_http(),
    "silent": silent(),
    "dripped": drip(DRIPPED_BODY),
}


@pytest.mark.parametrize("form", [["--json"], []])
def test_a_run_that_succeeds_and_all_that_comes_of_it(
    cutline: Cutline,
    service: StandIn,
    backend: str,
    photos: list[Path],
    cutline_home: Path,
    caplog: pytest.LogCaptureFixture,
    form: list[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    result = cutline(*tag_words(backend, service.base_url, *photos), *form)
    assert result.status == 0
    assert "written" in result.out
    hunt_in(result, cutline_home, photos[0].parent)
    for format_ in ("csv", "json", "xmp"):
        out = photos[0].parent.parent / f"out.{format_}"
        hunt_in(cutline("export", *photos, "--format", format_, "--output", out), out.parent)
    for words in (["show", *photos], ["backends"], ["keys", "status"], ["keys", "status", backend], ["--help"]):
        hunt_in(cutline(*words))
    assert "POST" in caplog.text, "the libraries do log, so that there is something to hunt in"
    hunt("the log of the libraries", caplog.text.encode())


@pytest.mark.parametrize("form", [["--json"], []])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_run_that_fails(
    cutline: Cutline,
    service: StandIn,
    backend: str,
    photos: list[Path],
    cutline_home: Path,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    form: list[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    service.faults += [fault] * 5
    result = cutline(*tag_words(backend, service.base_url, photos[0], timeout=1), *form)
    assert result.status in (1, STOPPED)
    assert "failed" in result.out
    hunt_in(result, cutline_home, photos[0].parent)
    hunt("the log of the libraries", caplog.text.encode())


def test_a_key_in_an_answer_reaches_neither_journal_nor_photo(
    cutline: Cutline, service: StandIn, backend: str, photos: list[Path], cutline_home: Path
) -> None:
    found = {"tags": [KEY, "sky"], "title": KEY, "description": f"A sign that says {KEY}."}
    documents = {
        "imagedescriber": {"code": 0, "request_id": KEY, "data": {"tags": found, "credits": {KEY: KEY}}},
        "imgtags": {"success": True, "data": found | {"scene": {KEY: KEY}}, "meta": {KEY: [KEY]}},
    }
    service.faults += [answering(documents[backend])]
    result = cutline(*tag_words(backend, service.base_url, photos[0]), "--json")
    assert result.record["status"] == "written"
    assert "•••" in result.record["description"]
    assert "sky" in result.record["tags"]
    hunt_in(result, cutline_home, photos[0].parent)


def crash(*_: object, **__: object) -> None:
    """A mistake of ours."""
    raise ZeroDivisionError("a mistake of ours")


def crash_telling(*values: object, **named: object) -> None:
    """A mistake that takes everything it was called with into its message, as libraries do."""
    raise LookupError(f"{values!r} {named!r}")


def careless(method: Callable[..., object]) -> Callable[..., object]:
    """A mistake in the middle of the frames that hold the key, chained to one that tells it."""

    def crashing(*values: object, **named: object) -> object:
        try:
            crash_telling(*values, **named)
        except LookupError as error:
            raise ZeroDivisionError(f"while sending {values!r}") from error
        return method(*values, **named)

    return crashing


def crashed(result: Result, home: Path) -> str:
    """The log of a run that met a mistake of ours."""
    assert result.status == STOPPED
    assert re.search(
        r"^cutline: Cutline made a mistake \(\w+\); the details are in .*cutline\.log\.$", result.err, re.M
    )
    log = (home / "state" / "cutline.log").read_text()
    assert "Traceback" in log
    return log


def test_a_mistake_of_ours_is_logged_without_the_key(
    cutline: Cutline,
    service: StandIn,
    backend: str,
    photos: list[Path],
    cutline_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr({"imagedescriber": imagedescriber, "imgtags": imgtags}[backend], "suggestion", crash)
    result = cutline(*tag_words(backend, service.base_url, *photos), "--json")
    assert "a mistake of ours" in crashed(result, cutline_home)
    hunt_in(result, cutline_home, photos[0].parent)


@pytest.mark.parametrize("backend_id", SERVICES)
def test_a_mistake_that_tells_the_key_is_logged_with_stars(
    cutline: Cutline,
    backend_id: str,
    photos: list[Path],
    cutline_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable(backend_id), KEY)
    monkeypatch.setattr(Wire, "send", careless(Wire.send))
    result = cutline(*tag_words(backend_id, "http://127.0.0.1:9/api/v1", *photos), "--json")
    log = crashed(result, cutline_home)
    assert "Bearer •••" in log
    assert "while sending" in log
    hunt_in(result, cutline_home, photos[0].parent)


def test_keys_that_are_none_are_not_shown_either(
    cutline: Cutline, photos: list[Path], cutline_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (f"{KEY}\nX-Other: 1", f"{KEY} {KEY}", f"{KEY}ü", KEY * 400):
        monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", wrong)
        for words in (tag_words("imgtags", "http://127.0.0.1:9/", *photos), ["keys", "status"], ["backends"]):
            hunt_in(cutline(*words), cutline_home)


def test_a_key_in_the_address_is_not_repeated(cutline: Cutline, photos: list[Path], cutline_home: Path) -> None:
    key = quote(KEY, "")
    places = ("https://{}@127.0.0.1/", "https://user:{}@[bad/api", "ftp://127.0.0.1/?key={}", "https://[x#{}", "{}@x")
    for address in (place.format(key) for place in places):
        result = cutline(*tag_words("imgtags", address, *photos))
        assert result.status == 2
        hunt_in(result, cutline_home)


def test_as_a_process_it_is_in_no_stream_and_in_no_argument(
    photos: list[Path], cutline_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", KEY)
    monkeypatch.setenv("PYTHONDEVMODE", "1")
    with SERVICES["imgtags"](KEY) as service:
        service.faults += [answering(QUOTED, 422)]
        result = finished(*tag_words("imgtags", service.base_url, *photos), "--json")
        assert [r["status"] for r in result.records] == ["failed", "written"]
    hunt_in(result, cutline_home, photos[0].parent)


_SESSION = """
printf %s "a password" | gnome-keyring-daemon --unlock --components=secrets >"$HOME/daemon.log" 2>&1
printf '%s\\n' "$TEST_SECRET" | "$0" -m cutline keys set imgtags
unset TEST_SECRET
"$0" -m cutline "$@"
"$0" -m cutline keys status imgtags
"""


@pytest.mark.needs("dbus-run-session", "gnome-keyring-daemon")
@pytest.mark.parametrize("form", [["--json"], []])
def test_a_key_from_the_keyring(photos: list[Path], cutline_home: Path, tmp_path: Path, form: list[str]) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    unwanted = ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    folders = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    mine = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime), "TEST_SECRET": KEY}
    with SERVICES["imgtags"](KEY) as service:
        service.faults += [answering(QUOTED, 422)]
        words = [*tag_words("imgtags", service.base_url, *photos), *form]
        command = ["dbus-run-session", "--", "sh", "-c", _SESSION, sys.executable, *words]
        done = subprocess.run(
            command, env=kept | mine | folders, capture_output=True, text=True, timeout=60, check=False
        )
        assert len(service.requests) == 2
        assert service.refused == []
    assert "imgtags: The key is in the keyring" in done.stdout
    assert "written" in done.stdout
    hunt_in(Result(done.returncode, done.stdout, done.stderr), cutline_home, tmp_path)


@pytest.mark.parametrize("shift", range(3))
def test_the_hunt_finds_a_key(tmp_path: Path, shift: int) -> None:
    for hidden in (KEY.encode(), base64.b64encode(b"user:abc"[: 5 + shift] + KEY.encode() + b" and more")):
        (tmp_path / "file").write_bytes(b"x" + hidden + b"x")
        with pytest.raises(AssertionError, match="the key"):
            hunt_below(tmp_path)
