"""Pictures from elsewhere: dropped from a browser or pasted, saved as files, and added like any other."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from cutline.core import settings_file
from helpers.web_pictures import Page, WebPictures, picture, sending_on, showing
from helpers.windows import Desk, Make, held_over, holding, with_settings


@pytest.fixture
def web() -> Iterator[WebPictures]:
    with WebPictures() as served:
        served.pages["/one.jpg"] = showing(picture("JPEG"))
        served.pages["/two.png"] = showing(picture("PNG", (200, 40, 40)), "image/png")
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "from the web"
    made.mkdir()
    return made


@pytest.fixture
def desk(open_desk: Make, folder: Path) -> Desk:
    return open_desk(with_settings(allow_private_urls=True, window__downloads=str(folder)))


def dropped(desk: Desk, mime: QMimeData) -> None:
    """Drop, and wait until all is saved and added."""
    adding = desk.window.adding
    with desk.qtbot.waitSignal(desk.window.saving.finished):
        assert desk.drop_mime(desk.window, mime)
    desk.qtbot.waitUntil(lambda: not adding.busy)


def shot(width: int = 30) -> QImage:
    image = QImage(width, 20, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    return image


def names(desk: Desk) -> list[str]:
    return [entry.photo.path.name for entry in desk.window.model.entries()]


def test_pictures_of_a_browser_are_saved_and_added(desk: Desk, web: WebPictures, folder: Path) -> None:
    dropped(desk, holding(f"{web.origin}/one.jpg", f"{web.origin}/two.png?size=large"))
    assert sorted(names(desk)) == ["one.jpg", "two.png"]
    assert (folder / "one.jpg").read_bytes() == picture("JPEG")
    assert desk.window.banner.text == ""
    assert "2 photos added" in desk.window.statusBar().currentMessage()


def test_files_and_addresses_in_one_drop(desk: Desk, web: WebPictures, folder: Path, tmp_path: Path) -> None:
    here = tmp_path / "here.jpg"
    here.write_bytes(picture("JPEG", (1, 2, 3)))
    dropped(desk, holding(here, f"{web.origin}/one.jpg"))
    assert sorted(names(desk)) == ["here.jpg", "one.jpg"]


def test_nothing_that_is_there_is_replaced(desk: Desk, web: WebPictures, folder: Path) -> None:
    (folder / "one.jpg").write_bytes(b"mine")
    for _ in range(2):
        dropped(desk, holding(f"{web.origin}/one.jpg"))
    assert (folder / "one.jpg").read_bytes() == b"mine"
    assert names(desk) == ["one 2.jpg", "one 3.jpg"]


def test_what_cannot_be_fetched_is_said_and_the_rest_is_added(desk: Desk, web: WebPictures, folder: Path) -> None:
    web.pages["/page"] = showing(b"<html>", "text/html")
    dropped(desk, holding(f"{web.origin}/gone.jpg", f"{web.origin}/page", f"{web.origin}/one.jpg"))
    assert names(desk) == ["one.jpg"]
    assert "HTTP 404" in desk.window.banner.text
    assert "1 more could not be saved" in desk.window.banner.text
    assert [path.name for path in folder.iterdir()] == ["one.jpg"]


def test_private_addresses_are_asked_only_where_that_is_allowed(
    open_desk: Make, web: WebPictures, folder: Path
) -> None:
    desk = open_desk(with_settings(window__downloads=str(folder)))
    dropped(desk, holding(f"{web.origin}/one.jpg"))
    assert "private network" in desk.window.banner.text
    assert web.requests == []
    assert names(desk) == []


def test_what_the_browser_shows_stands_in_for_an_address_of_a_page(desk: Desk, web: WebPictures, folder: Path) -> None:
    web.pages["/page"] = showing(b"<html>", "text/html")
    mime = holding(f"{web.origin}/page")
    mime.setImageData(shot())
    dropped(desk, mime)
    (name,) = names(desk)
    assert name.startswith("Picture 20")
    assert Image.open(io.BytesIO((folder / name).read_bytes())).size == (30, 20)
    assert desk.window.banner.text == ""


def test_one_original_of_several_is_enough_and_the_others_are_said(desk: Desk, web: WebPictures) -> None:
    mime = holding(f"{web.origin}/gone.jpg", f"{web.origin}/one.jpg")
    mime.setImageData(shot())
    dropped(desk, mime)
    assert names(desk) == ["one.jpg"]
    assert "HTTP 404" in desk.window.banner.text


def test_closing_does_not_wait_for_a_server_that_says_nothing(desk: Desk, web: WebPictures, folder: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        begun.set()
        go_on.wait(30)

    web.pages["/one.jpg"] = silent
    assert desk.drop_mime(desk.window, holding(f"{web.origin}/one.jpg"))
    desk.qtbot.waitUntil(begun.is_set)
    with desk.qtbot.waitSignal(desk.window.saving.finished):
        desk.window.close()
    assert not go_on.is_set(), "it is still silent"
    go_on.set()


def test_a_picture_that_comes_as_bytes_is_kept_as_it_is(desk: Desk, folder: Path) -> None:
    mime = QMimeData()
    mime.setData("image/jpeg", picture("JPEG"))
    dropped(desk, mime)
    (name,) = names(desk)
    assert name.endswith(".jpg")
    assert (folder / name).read_bytes() == picture("JPEG")
    mime.setData("image/jpeg", b"no picture")
    dropped(desk, mime)
    assert "no picture of a known format" in desk.window.banner.text
    assert len(list(folder.iterdir())) == 1


def test_the_original_is_preferred_to_what_the_browser_shows(desk: Desk, web: WebPictures) -> None:
    mime = holding(f"{web.origin}/one.jpg")
    mime.setImageData(shot())
    dropped(desk, mime)
    assert names(desk) == ["one.jpg"]


@pytest.mark.parametrize("what", ["picture", "address", "file"])
def test_pasting(desk: Desk, web: WebPictures, tmp_path: Path, what: str) -> None:
    mime = QMimeData()
    if what == "picture":
        mime.setImageData(shot())
    elif what == "address":
        mime.setText(f"{web.origin}/one.jpg")
    else:
        (tmp_path / "copied.jpg").write_bytes(picture())
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "copied.jpg"))])
    QGuiApplication.clipboard().setMimeData(mime)
    with desk.qtbot.waitSignal(desk.window.adding.finished):
        desk.window.actions_.paste.trigger()
    assert len(names(desk)) == 1


def test_pasting_words_is_refused_in_words(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("Lisbon")
    desk.window.actions_.paste.trigger()
    assert "no photos in this" in desk.window.banner.text


def test_the_folder_is_asked_for_once(
    open_desk: Make, web: WebPictures, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    desk = open_desk(with_settings(allow_private_urls=True))

    def choose(_parent: object, title: str, _start: str) -> str:
        asked.append(title)
        return str(folder) if len(asked) > 1 else ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
    dropped(desk, holding(f"{web.origin}/one.jpg"))
    assert names(desk) == [], "the person chose none"
    assert web.requests == []
    for _ in range(2):
        dropped(desk, holding(f"{web.origin}/one.jpg"))
    assert len(asked) == 2
    assert names(desk) == ["one.jpg", "one 2.jpg"]
    assert settings_file.load(desk.window.session.config_file).window.downloads == str(folder)


def test_a_folder_that_may_not_be_written_is_said(desk: Desk, web: WebPictures, folder: Path) -> None:
    folder.rmdir()
    folder.symlink_to("/proc/self")  # where not even root can make a file
    dropped(desk, holding(f"{web.origin}/one.jpg"))
    assert "one.jpg" in desk.window.banner.text
    assert "\n" not in desk.window.banner.text
    assert names(desk) == []


def waiting(begun: threading.Event, go_on: threading.Event) -> Page:
    """A picture that comes slowly."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(picture())
        handler.wfile.flush()
        begun.set()
        go_on.wait(20)

    return page


def test_closing_leaves_no_half_picture_behind(desk: Desk, web: WebPictures, folder: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    web.pages["/slow.jpg"] = waiting(begun, go_on)
    try:
        assert desk.drop_mime(desk.window, holding(f"{web.origin}/slow.jpg", f"{web.origin}/one.jpg"))
        desk.qtbot.waitUntil(begun.is_set)
        assert "Saving 2 pictures" in desk.window.statusBar().currentMessage()
        with desk.qtbot.waitSignal(desk.window.saving.finished):
            desk.window.close()
            assert not desk.window.isVisible()
            go_on.set()
    finally:
        go_on.set()
    assert list(folder.iterdir()) == []
    assert len(web.requests) == 1


def test_a_redirect_is_followed(desk: Desk, web: WebPictures) -> None:
    web.pages["/old"] = sending_on("/one.jpg")
    dropped(desk, holding(f"{web.origin}/old"))
    assert names(desk) == ["old.jpg"]


def test_what_would_happen_is_said_while_it_is_held_over_the_window(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(picture())
    desk.add(tmp_path / "one.jpg")
    assert held_over(desk.window, holding("https://example.org/a.jpg"))
    assert desk.window.veil.isVisible()
    assert desk.window.veil.accessibleName() == "Drop to save and add"
    assert held_over(desk.window, holding(tmp_path / "one.jpg"))
    assert desk.window.veil.accessibleName() == "Drop to add"
    text = QMimeData()
    text.setText("Lisbon")
    assert not held_over(desk.window, text)
