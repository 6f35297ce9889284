"""Pictures from the web: fetched within bounds, from where they may be fetched, and nothing is told to anybody."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core import fetch
from cutline.core.control import Control
from cutline.core.errors import Cancelled, CutlineError, Unfetchable
from helpers.web_pictures import WebPictures, picture, sending_on, showing


@pytest.fixture
def web() -> Iterator[WebPictures]:
    with WebPictures() as served:
        yield served


def get(url: str, folder: Path, *, allow_private: bool = True) -> Path:
    return fetch.fetched(url, folder, Control(), allow_private=allow_private)


def refused(url: str, folder: Path, *, allow_private: bool = True) -> str:
    with pytest.raises(Unfetchable) as caught:
        get(url, folder, allow_private=allow_private)
    assert list(folder.iterdir()) == []
    assert str(caught.value).count("\n") == 0
    return str(caught.value)


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp"), ("GIF", ".gif")])
def test_a_picture_is_saved_under_its_name_with_the_ending_of_what_it_is(
    web: WebPictures, tmp_path: Path, kind: str, ending: str
) -> None:
    web.pages["/a/Z%C3%BCrich%20See.jpeg"] = showing(picture(kind))
    path = get(f"{web.origin}/a/Zürich%20See.jpeg?size=large", tmp_path)
    assert path.read_bytes() == picture(kind)
    assert path.suffix == ending


def test_a_file_that_is_there_is_not_replaced(web: WebPictures, tmp_path: Path) -> None:
    web.pages["/a.jpg"] = showing(picture())
    paths = [get(f"{web.origin}/a.jpg", tmp_path) for _ in range(3)]
    assert [path.name for path in paths] == ["a.jpg", "a 2.jpg", "a 3.jpg"]


@given(path=st.text(max_size=60))
def test_no_url_leads_out_of_the_folder(path: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("out") / "in"
    folder.mkdir()
    try:
        stem = Path(fetch.checked(f"http://h/{path}").path).stem
    except CutlineError:
        return
    for text in (stem, path):
        saved = fetch.saved(picture(), folder, text)
        assert saved.parent == folder
        assert saved.suffix == ".jpg"
        assert saved.read_bytes() == picture()


def test_redirects_are_followed_without_cookies_and_not_for_ever(web: WebPictures, tmp_path: Path) -> None:
    web.pages |= {"/old": sending_on("/new"), "/new": sending_on(f"{web.origin}/a.jpg"), "/a.jpg": showing(picture())}
    assert get(f"{web.origin}/old", tmp_path).exists()
    assert all("cookie" not in headers and "authorization" not in headers for _, headers in web.requests)
    web.pages["/round"] = sending_on("/round")
    for path in list(tmp_path.iterdir()):
        path.unlink()
    assert "sends on and on" in refused(f"{web.origin}/round", tmp_path)
    web.pages["/odd"] = sending_on("ftp://somewhere/a.jpg")
    assert "no address" in refused(f"{web.origin}/odd", tmp_path)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://", "no address"),
        ("https:///a.jpg", "no address"),
        ("http://[::1", "no address"),
        ("https://me:secret@host/a.jpg", "not sent"),
        ("https://host/" + "a" * 3000, "no address"),
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, url: str, words: str) -> None:
    told = refused(url, tmp_path)
    assert words in told
    assert "secret" not in told


def test_what_may_be_a_key_in_an_address_is_not_shown(tmp_path: Path, web: WebPictures) -> None:
    told = refused(f"{web.origin}/gone.jpg?token=abc123", tmp_path)
    assert "abc123" not in told
    assert "HTTP 404" in told


@pytest.mark.parametrize("data", [b"<html>no picture</html>", b"", b"\x00" * 100])
def test_what_is_no_picture_is_not_saved(web: WebPictures, tmp_path: Path, data: bytes) -> None:
    web.pages["/a.jpg"] = showing(data)
    assert "is not a picture" in refused(f"{web.origin}/a.jpg", tmp_path)


def test_what_breaks_off_is_not_saved(web: WebPictures, tmp_path: Path) -> None:
    web.pages["/a.jpg"] = showing(picture(), length=10**6)
    assert refused(f"{web.origin}/a.jpg", tmp_path)


def test_what_is_too_large_is_not_read_to_its_end(
    web: WebPictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    web.pages["/a.jpg"] = showing(picture() + bytes(100_000))
    assert "larger than" in refused(f"{web.origin}/a.jpg", tmp_path)


def test_nobody_there_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be fetched" in refused(f"http://127.0.0.1:{port}/a.jpg", tmp_path)
    assert "cannot be fetched" in refused("http://no-such-host.invalid/a.jpg", tmp_path)


def test_a_cancelled_job_fetches_nothing(web: WebPictures, tmp_path: Path) -> None:
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        fetch.fetched(f"{web.origin}/a.jpg", tmp_path, control, allow_private=True)
    assert web.requests == []


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1",
    "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "224.0.0.1", "2002:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_told_from_public_ones(address: str) -> None:
    assert not fetch.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert fetch.is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "2130706433", "127.1"])
def test_this_machine_is_not_asked_unless_it_is_allowed(web: WebPictures, tmp_path: Path, host: str) -> None:
    port = web.origin.rpartition(":")[2]
    web.pages["/a.jpg"] = showing(picture())
    told = refused(f"http://{host}:{port}/a.jpg", tmp_path, allow_private=False)
    assert "allow_private_urls" in told or "cannot be fetched" in told
    assert web.requests == []


def test_a_name_that_leads_inside_is_refused_and_so_is_a_redirect(
    web: WebPictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once, and the address that was looked at is the one connected to."""
    asked: list[str] = []
    real = socket.getaddrinfo
    port = int(web.origin.rpartition(":")[2])

    def lookup(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host in ("inside.test", "outside.test") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert "inside.test" in refused(f"http://inside.test:{port}/a.jpg", tmp_path, allow_private=False)
    monkeypatch.setattr(fetch, "is_public", lambda address: "outside.test" in asked and asked[-1] == "outside.test")
    web.pages["/a.jpg"] = sending_on(f"http://inside.test:{port}/b.jpg")
    told = refused(f"http://outside.test:{port}/a.jpg", tmp_path, allow_private=False)
    assert "inside.test is inside a private network" in told
    assert [path for path, _ in web.requests] == ["/a.jpg"]
