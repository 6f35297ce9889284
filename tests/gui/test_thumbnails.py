from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from cutline.core.photo import Photo
from cutline.gui import thumbnail_decoder
from cutline.gui.thumbnail_decoder import Made
from cutline.gui.thumbnails import Box, Picture, Thumbnails
from helpers.little_photos import jpeg

BOX = Box(48, 48)
Make = Callable[..., Thumbnails]


@pytest.fixture
def make(qapp: object, tmp_path: Path) -> Iterator[Make]:
    """Thumbnails that are stopped at the end of the test."""
    made: list[Thumbnails] = []

    def thumbnails(memory: int = 1_000_000) -> Thumbnails:
        made.append(Thumbnails(tmp_path / "t.sqlite", memory=memory))
        return made[-1]

    yield thumbnails
    for one in made:
        assert one.stop()


def settled(qtbot: QtBot, thumbnails: Thumbnails, photo: Photo, box: Box = BOX) -> Picture:
    def there() -> bool:
        picture = thumbnails.picture(photo)
        return picture is not None and not picture.preview and picture.box == box

    qtbot.waitUntil(there)
    picture = thumbnails.picture(photo)
    assert picture is not None
    return picture


def colours(picture: Picture) -> tuple[QColor, QColor]:
    """In the middle of the upper and of the lower half."""
    assert picture.pixmap is not None
    image = picture.pixmap.toImage()
    middle = image.width() // 2
    return image.pixelColor(middle, image.height() // 4), image.pixelColor(middle, image.height() * 3 // 4)


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_thumbnail_is_upright_and_keeps_its_shape(make: Make, qtbot: QtBot, tmp_path: Path, orientation: int) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 400, 600, orientation=orientation))
    thumbnails = make()
    thumbnails.want([photo], BOX)
    picture = settled(qtbot, thumbnails, photo)
    assert picture.pixmap is not None
    assert (picture.pixmap.width(), picture.pixmap.height()) == (32, 48)
    upper, lower = colours(picture)
    assert upper.red() > 150 > upper.blue()
    assert lower.blue() > 150 > lower.red()


def test_the_camera_s_thumbnail_comes_first_and_is_replaced(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 600, 400, embedded=60))
    thumbnails = make()
    seen: list[tuple[bool, bool]] = []

    def note(_photos: list[Photo]) -> None:
        picture = thumbnails.picture(photo)
        assert picture is not None
        seen.append((picture.preview, colours(picture)[0].green() > 150))

    thumbnails.arrived.connect(note)
    thumbnails.want([photo], BOX)
    settled(qtbot, thumbnails, photo)
    assert seen in ([(True, True), (False, False)], [(False, False)] * 2)


def test_corners_are_round_and_small_pictures_are_not_enlarged(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 20, 10))
    thumbnails = make()
    thumbnails.want([photo], BOX)
    picture = settled(qtbot, thumbnails, photo)
    assert picture.pixmap is not None
    assert (picture.pixmap.width(), picture.pixmap.height()) == (20, 10)
    assert picture.pixmap.toImage().pixelColor(0, 0).alpha() < 128


def test_on_a_sharp_screen_pictures_have_more_pixels(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 600, 400))
    thumbnails, sharp = make(), Box(96, 96, 2.0)
    thumbnails.want([photo], sharp)
    picture = settled(qtbot, thumbnails, photo, sharp)
    assert picture.pixmap is not None
    assert (picture.pixmap.width(), picture.pixmap.height()) == (96, 64)
    assert picture.pixmap.deviceIndependentSize().toTuple() == (48.0, 32.0)


@pytest.mark.parametrize("content", [b"", b"just text", b"\xff\xd8\xff\xe0\0\x10JFIF"])
def test_a_broken_file_says_why(make: Make, qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
    photo = Photo(tmp_path / "broken.jpg")
    photo.path.write_bytes(content)
    fine = Photo(jpeg(tmp_path / "fine.jpg"))
    thumbnails = make()
    thumbnails.want([photo, fine], BOX)
    picture = settled(qtbot, thumbnails, photo)
    assert picture.pixmap is None
    assert "broken.jpg" in picture.error
    assert settled(qtbot, thumbnails, fine).pixmap is not None


def test_a_truncated_and_a_missing_file_say_why(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    cut, missing = Photo(tmp_path / "cut.jpg"), Photo(tmp_path / "missing.jpg")
    cut.path.write_bytes(jpeg(tmp_path / "whole.jpg", 900, 600).read_bytes()[:3000])
    thumbnails = make()
    thumbnails.want([cut, missing], BOX)
    for photo in (cut, missing):
        picture = settled(qtbot, thumbnails, photo)
        assert picture.pixmap is None
        assert photo.name in picture.error


def test_what_was_decoded_is_taken_from_the_disk_after_a_restart(
    make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 600, 400))
    first = make()
    first.want([photo], BOX)
    settled(qtbot, first, photo)
    assert first.stop()

    def refuse(*_: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(thumbnail_decoder.Decoder, "_decoded", refuse)
    again = make()
    again.want([photo], BOX)
    upper, _ = colours(settled(qtbot, again, photo))
    assert upper.red() > 150


def test_a_changed_file_is_decoded_anew(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 600, 400))
    thumbnails = make()
    thumbnails.want([photo], BOX)
    before = settled(qtbot, thumbnails, photo)
    jpeg(photo.path, 400, 600)
    thumbnails.want([photo], BOX)
    assert thumbnails.picture(photo) is before, "what is in memory is not asked for again"
    thumbnails.forget(photo)
    assert thumbnails.picture(photo) is None
    thumbnails.want([photo], BOX)
    after = settled(qtbot, thumbnails, photo)
    assert after.pixmap is not None
    assert (after.pixmap.width(), after.pixmap.height()) == (32, 48)


def test_a_preview_that_comes_late_does_not_replace_the_picture(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    photo = Photo(jpeg(tmp_path / "a.jpg", 600, 400))
    thumbnails = make()
    thumbnails.want([photo], BOX)
    picture = settled(qtbot, thumbnails, photo)
    assert picture.pixmap is not None
    thumbnails._take([Made(photo, BOX, picture.pixmap.toImage(), preview=True)])
    assert thumbnails.picture(photo) is picture


def test_memory_is_bounded(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    photos = [Photo(jpeg(tmp_path / f"{number}.jpg", 96, 64)) for number in range(12)]
    one = 48 * 32 * 4 + 300
    thumbnails = make(memory=5 * one)
    for photo in photos:
        thumbnails.want([photo], BOX)
        settled(qtbot, thumbnails, photo)
    held = [photo for photo in photos if thumbnails.picture(photo)]
    assert held == photos[-5:]


def test_it_stops_after_the_pictures_it_is_at_whatever_is_wanted(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    first = jpeg(tmp_path / "first.jpg", 1200, 800).read_bytes()
    photos = [Photo(tmp_path / f"{number}.jpg") for number in range(300)]
    for photo in photos:
        photo.path.write_bytes(first)
    thumbnails = make()
    with qtbot.waitSignal(thumbnails.arrived):
        thumbnails.want(photos, BOX)
    assert thumbnails.stop(20_000)
    assert any(thumbnails.picture(photo) is None for photo in photos)
