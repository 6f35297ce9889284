import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cutline.core.photo import Photo
from cutline.core.scan import Problem
from cutline.gui.importing import Offered, offered, scan_job, welcome
from helpers.little_photos import jpeg


def dropped(*urls: str) -> QMimeData:
    mime = QMimeData()
    mime.setData("text/uri-list", "\r\n".join(urls).encode())
    return mime


def test_local_files_and_folders_each_once_in_order() -> None:
    mime = dropped("file:///b.jpg", "file:///a%20folder", "file:///b.jpg", "file:///Z%C3%BCrich%231.jpg")
    assert offered(mime) == Offered((Path("/b.jpg"), Path("/a folder"), Path("/Zürich#1.jpg")))
    assert welcome(mime) == "Drop to add"


def test_urls_made_by_qt() -> None:
    names = ["/東京.jpg", "/100%.jpg", "/a;b?c#d.jpg"]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    assert offered(mime).paths == tuple(map(Path, names))


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes only there")
def test_a_name_that_is_not_utf_8_survives(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    path.write_bytes(b"picture")
    (found,) = offered(dropped(path.as_uri())).paths
    assert found.read_bytes() == b"picture"


def test_addresses_on_the_web_stand_beside_files() -> None:
    web = ("https://example.org/a%20b.jpg?w=1&h=%C3%BC", "http://127.0.0.1/b.jpg")
    mime = dropped(*web, web[0])
    assert offered(mime) == Offered(urls=web)
    assert welcome(mime) == "Drop to save and add"
    mixed = dropped("https://example.org/a.jpg", "file:///b.jpg", "ftp://example.org/c.jpg", "mailto:me@example.org")
    assert offered(mixed) == Offered((Path("/b.jpg"),), ("https://example.org/a.jpg",))
    assert welcome(mixed) == "Drop to add"


def test_an_address_that_was_copied_as_text() -> None:
    mime = QMimeData()
    mime.setText(" https://example.org/a.jpg\n")
    assert offered(mime).urls == ("https://example.org/a.jpg",)


@pytest.mark.parametrize("text", ["/etc/passwd", "https", "see https://example.org/a.jpg", "https://a.org b", ""])
def test_other_text_is_nothing(text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    assert not offered(mime)
    assert welcome(mime) == ""


def test_a_picture_that_is_in_no_file() -> None:
    mime, image = QMimeData(), QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    mime.setImageData(image)
    assert offered(mime).image == image
    assert welcome(mime) == "Drop to save and add"
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    assert offered(mime) == Offered((), ("https://example.org/a.jpg",), image)
    mime.setUrls([QUrl.fromLocalFile("/a.jpg")])
    assert offered(mime) == Offered((Path("/a.jpg"),)), "the file itself is better"


@pytest.mark.parametrize(("recursive", "expected"), [(True, ["1.jpg", "2.jpg", "10.jpg", "deep.jpg"]),
                                                     (False, ["1.jpg", "2.jpg", "10.jpg"])])  # fmt: skip
def test_scanning_finds_photos_and_reports_problems(
    qtbot: QtBot, tmp_path: Path, recursive: bool, expected: list[str]
) -> None:
    (tmp_path / "photos" / "folder").mkdir(parents=True)
    for name in ("10.jpg", "2.jpg", "1.jpg", "folder/deep.jpg"):
        jpeg(tmp_path / "photos" / name)
    items: list[object] = []
    job = scan_job([tmp_path / "photos", tmp_path / "missing"], recursive, None)
    job.items.connect(items.extend)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert [item.photo_name for item in map(Seen, items)] == [*expected, "problem: missing"]


class Seen:
    """An item of a scan, in short."""

    def __init__(self, item: object) -> None:
        assert isinstance(item, Photo | Problem)
        self.photo_name = item.name if isinstance(item, Photo) else f"problem: {item.path.name}"
