"""Photos of every format in the window: shown, read and asked about alike; what cannot be decoded says so then."""

from pathlib import Path

import pytest

from cutline.core.batch import State
from cutline.core.errors import Unsupported
from helpers import raw_files
from helpers.heif_files import heic
from helpers.pictures import alike, corners, noise, quarters
from helpers.raw_files import jpeg
from helpers.windows import Desk, pictures

PREVIEW = jpeg(quarters((810, 540)))


@pytest.fixture
def mixed(desk: Desk, tmp_path: Path) -> Desk:
    """One photo of each format, and a raw file that calls itself a JPEG."""
    pictures(tmp_path, "a.jpg", "scan.tif", "moving.gif", "web.avif", "old.bmp")
    heic(noise((200, 150)), tmp_path / "phone.heic", thumbnails=[64])
    (tmp_path / "camera.cr3").write_bytes(raw_files.cr3(PREVIEW, PREVIEW, PREVIEW, 6))
    (tmp_path / "camera.nef").write_bytes(raw_files.nef([PREVIEW], 6))
    (tmp_path / "mislabelled.jpg").write_bytes(raw_files.raf(PREVIEW))
    desk.add(tmp_path)
    return desk


def test_all_are_added_without_a_word_of_doubt(mixed: Desk) -> None:
    assert mixed.window.statusBar().currentMessage() == "9 photos added."
    assert mixed.states() == [None] * 9
    assert mixed.entry("camera.cr3").says() == "Not tagged yet"


def test_all_have_a_thumbnail(mixed: Desk) -> None:
    entries = list(mixed.window.model.entries())
    thumbnails = mixed.window.thumbnails
    mixed.qtbot.waitUntil(lambda: all(thumbnails.picture(entry.photo) for entry in entries), timeout=20_000)
    pictures_ = {entry.photo.path.name: thumbnails.picture(entry.photo) for entry in entries}
    assert [name for name, picture in pictures_.items() if picture is None or picture.pixmap is None] == []


def test_all_can_be_asked_about(mixed: Desk) -> None:
    mixed.tag_all()
    assert mixed.window.run.tally.total == 9
    assert {entry.photo.path.name: str(entry.error) for entry in mixed.window.model.entries() if entry.error} == {}
    assert set(mixed.states()) == {State.SUGGESTED}


def test_a_raw_file_is_shown_large_and_upright(mixed: Desk) -> None:
    from PIL import Image

    from cutline.core.thumbnail import thumbnail

    mixed.select("camera.nef")
    mixed.window.actions_.enlarge.trigger()
    mixed.qtbot.waitUntil(lambda: mixed.window.preview.complete, timeout=20_000)
    assert mixed.window.preview.photo == mixed.entry("camera.nef").photo
    thumb = thumbnail(mixed.entry("camera.nef").photo.path, 600)
    shown = Image.frombytes("RGB", (thumb.width, thumb.height), thumb.rgb)
    assert alike(corners(shown), corners(quarters().transpose(Image.Transpose.ROTATE_270)))


def test_what_cannot_be_decoded_is_added_and_says_so_when_it_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "layers.psd").write_bytes(b"8BPS\0\1" + bytes(200))
    desk.add(tmp_path / "layers.psd", *pictures(tmp_path, "a.jpg"))
    assert desk.states() == [None, None]
    desk.tag_all()
    assert desk.states() == [State.FAILED, State.SUGGESTED]
    entry = desk.entry("layers.psd")
    assert isinstance(entry.error, Unsupported)
    assert entry.says() == (
        "Failed: layers.psd: is a Photoshop document, which cannot be decoded; save it as JPEG or PNG and use that."
    )


def test_a_file_mended_meanwhile_is_read_again(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "scan.tif").write_bytes(b"a letter")
    desk.add(tmp_path)
    desk.select("scan.tif")
    assert desk.entry("scan.tif").error is not None
    (tmp_path / "scan.tif").write_bytes(pictures(tmp_path, "a.jpg")[0].read_bytes())
    desk.window.actions_.reread.trigger()
    desk.qtbot.waitUntil(lambda: desk.entry("scan.tif").reading is not None)
    assert desk.entry("scan.tif").error is None
    assert desk.entry("scan.tif").state is None
