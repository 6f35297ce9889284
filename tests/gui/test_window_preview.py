"""One photo large, in place of the gallery: opened, stepped through, decoded in the background, left."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from cutline.core.control import Control
from cutline.core.photo import Photo
from cutline.gui.preview import Large, decoding
from helpers.windows import Desk, picture, pictures

KEY, LEFT, PLAIN = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
RED, GREEN, BLUE = (200, 30, 30), (30, 160, 40), (30, 40, 200)


@pytest.fixture
def three(desk: Desk, tmp_path: Path) -> Desk:
    """Three large photos, the first one selected."""
    for name, colour in (("a.jpg", RED), ("b.jpg", GREEN), ("c.jpg", BLUE)):
        picture(tmp_path / name, colour, (1600, 1200))
    desk.add(tmp_path)
    desk.select("a.jpg")
    desk.window.gallery.setFocus()
    return desk


def opened(desk: Desk) -> None:
    desk.window.show_large()
    desk.qtbot.waitUntil(lambda: desk.window.preview.complete)


def colour_of(desk: Desk) -> QColor:
    """What is painted a quarter down from the top, in the middle."""
    preview = desk.window.preview
    return preview.grab().toImage().pixelColor(preview.width() // 2, preview.height() // 4)


def near(colour: QColor, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip((colour.red(), colour.green(), colour.blue()), wanted, strict=True))


@pytest.mark.parametrize("key", [KEY.Key_Space, KEY.Key_Return, KEY.Key_Enter])
def test_a_key_opens_it_and_the_same_key_leads_back(three: Desk, key: Qt.Key) -> None:
    window = three.window
    QTest.keyClick(window.gallery, key)
    assert window.preview.isVisible()
    assert window.preview.hasFocus()
    assert not window.gallery.isVisible()
    assert window.preview.photo == three.entry("a.jpg").photo
    QTest.keyClick(window.preview, key)
    assert window.gallery.isVisible()
    assert window.gallery.hasFocus()
    assert window.preview.photo is None


def test_a_double_click_opens_it_and_another_leads_back(three: Desk) -> None:
    window = three.window
    gallery = window.gallery
    place = gallery.visualRect(gallery.model().index(1, 0)).center()
    QTest.mouseClick(gallery.viewport(), LEFT, PLAIN, place)
    QTest.mouseDClick(gallery.viewport(), LEFT, PLAIN, place)
    assert window.preview.photo == three.entry("b.jpg").photo
    QTest.mouseDClick(window.preview, LEFT)
    assert gallery.isVisible()


def test_the_picture_itself_is_shown_as_large_as_there_is_room(three: Desk) -> None:
    opened(three)
    assert near(colour_of(three), RED)
    preview = three.window.preview
    image = preview.grab().toImage()
    ground = image.pixelColor(2, 2)
    middle = preview.height() // 2
    row = [x for x in range(preview.width()) if image.pixelColor(x, middle) != ground]
    column = [y for y in range(preview.height()) if image.pixelColor(preview.width() // 2, y) != ground]
    touching = preview.width() - len(row) <= 26 or preview.height() - len(column) <= 26
    assert touching
    assert abs(len(row) / len(column) - 4 / 3) < 0.02


def test_the_cursor_keys_step_and_the_inspector_goes_along(three: Desk) -> None:
    opened(three)
    window = three.window
    for key, name, colour in (
        (KEY.Key_Right, "b.jpg", GREEN),
        (KEY.Key_Down, "c.jpg", BLUE),
        (KEY.Key_Right, "c.jpg", BLUE),
        (KEY.Key_Left, "b.jpg", GREEN),
        (KEY.Key_Home, "a.jpg", RED),
        (KEY.Key_Up, "a.jpg", RED),
        (KEY.Key_End, "c.jpg", BLUE),
    ):
        QTest.keyClick(window.preview, key)
        assert window.preview.photo == three.entry(name).photo
        assert window.gallery.selected_rows() == [three.row(name)]
        assert list(window.inspector.rows) == [three.row(name)]
        three.qtbot.waitUntil(lambda: window.preview.complete)
        assert near(colour_of(three), colour)
    assert window.preview.accessibleName() == "c.jpg, shown large"


def test_it_follows_the_filter_and_closes_with_the_last_photo(three: Desk) -> None:
    opened(three)
    window = three.window
    window.filters.search.setText("b.jpg")
    assert window.preview.photo == three.entry("b.jpg").photo
    window.filters.search.setText("no such name")
    assert window.preview.photo is None
    window.filters.search.clear()
    assert window.gallery.isVisible()


def test_taking_the_photo_off_the_list_shows_the_next_one(three: Desk) -> None:
    opened(three)
    window = three.window
    window.actions_.remove.trigger()
    assert window.preview.photo == three.entry("b.jpg").photo
    window.gallery.selectAll()
    window.actions_.remove.trigger()
    assert window.preview.photo is None
    three.qtbot.waitUntil(window.empty.isVisible)


def test_what_is_typed_and_accepted_there_goes_to_the_photo_shown(three: Desk, tmp_path: Path) -> None:
    opened(three)
    QTest.keyClick(three.window.preview, KEY.Key_Right)
    three.qtbot.waitUntil(lambda: three.entry("b.jpg").reading is not None)
    three.settle()
    three.window.inspector.title.editor.setPlainText("Second")
    three.accept()
    reading = three.entry("b.jpg").reading
    assert reading is not None
    assert reading.caption.title == "Second"
    assert three.window.preview.isVisible()


def test_escape_in_the_inspector_leads_to_the_picture_then_to_the_gallery(three: Desk) -> None:
    opened(three)
    window = three.window
    window.inspector.title.editor.setFocus()
    QTest.keyClick(window.inspector.title.editor, KEY.Key_Escape)
    assert window.preview.hasFocus()
    QTest.keyClick(window.preview, KEY.Key_Escape)
    assert window.gallery.hasFocus()


def test_why_there_is_no_picture_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "words.jpg").write_text("only words")
    desk.add(tmp_path / "words.jpg")
    desk.select("words.jpg")
    opened(desk)
    preview = desk.window.preview
    image, ground = preview.grab().toImage(), preview.grab().toImage().pixelColor(2, 2)
    middle = preview.height() // 2
    assert any(image.pixelColor(x, y) != ground for x in range(preview.width()) for y in range(middle - 8, middle + 8))


def test_a_file_that_changed_is_decoded_anew(three: Desk, tmp_path: Path) -> None:
    opened(three)
    picture(tmp_path / "a.jpg", BLUE, (1600, 1200))
    with three.qtbot.waitSignal(three.window.preview.arrived):
        three.window.actions_.reread.trigger()
    assert near(colour_of(three), BLUE)


def test_nothing_selected_nothing_opened(desk: Desk) -> None:
    desk.window.show_large()
    assert not desk.window.preview.isVisible()
    assert not desk.window.actions_.enlarge.isEnabled()


def test_keys_with_modifiers_stay_the_gallerys(three: Desk) -> None:
    QTest.keyClick(three.window.gallery, KEY.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert three.window.gallery.isVisible()


def test_decoding_ends_when_cancelled_and_goes_on_past_a_broken_file(tmp_path: Path) -> None:
    paths = pictures(tmp_path, "one.jpg", "two.jpg", "three.jpg")
    paths[1].write_bytes(paths[1].read_bytes()[:300])
    photos, control = [Photo(path) for path in paths], Control()
    made = list(decoding(photos, 512, control))
    assert [large.image is None for large in made] == [False, True, False]
    assert "two.jpg" in made[1].error
    assert all(large.side == 512 for large in made)
    steps = decoding(photos, 512, control)
    assert isinstance(next(steps), Large)
    control.cancel()
    assert list(steps) == []
