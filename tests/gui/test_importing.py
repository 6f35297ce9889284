import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from cutline.core.photo import Photo
from cutline.core.scan import Problem
from cutline.gui.importing import paths_from_mime, refusal, scan_job
from helpers.little_photos import jpeg


def dropped(*urls: str) -> QMimeData:
    mime = QMimeData()
    mime.setData("text/uri-list", "\r\n".join(urls).encode())
    return mime


def test_local_files_and_folders_each_once_in_order() -> None:
    mime = dropped("file:///b.jpg", "file:///a%20folder", "file:///b.jpg", "file:///Z%C3%BCrich%231.jpg")
    assert paths_from_mime(mime) == [Path("/b.jpg"), Path("/a folder"), Path("/Zürich#1.jpg")]
    assert refusal(mime) == ""


def test_urls_made_by_qt() -> None:
    names = ["/東京.jpg", "/100%.jpg", "/a;b?c#d.jpg"]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    assert paths_from_mime(mime) == [Path(name) for name in names]


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes only there")
def test_a_name_that_is_not_utf_8_survives(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    path.write_bytes(b"picture")
    (found,) = paths_from_mime(dropped(path.as_uri()))
    assert found.read_bytes() == b"picture"


def test_what_is_on_the_web_is_refused_in_words() -> None:
    mime = dropped("https://example.org/a.jpg", "http://127.0.0.1/b.jpg")
    assert paths_from_mime(mime) == []
    assert "web" in refusal(mime)
    assert paths_from_mime(dropped("https://example.org/a.jpg", "file:///b.jpg")) == [Path("/b.jpg")]


def test_text_is_refused_in_words() -> None:
    mime = QMimeData()
    mime.setText("/etc/passwd")
    assert paths_from_mime(mime) == []
    assert "files and folders" in refusal(mime)


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
