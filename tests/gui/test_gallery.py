import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cutline.core.batch import State
from cutline.core.errors import Unreadable
from cutline.core.photo import Photo
from cutline.gui import theme
from cutline.gui.gallery import Gallery
from cutline.gui.photos import PhotoModel
from cutline.gui.thumbnails import Thumbnails
from helpers.little_photos import jpeg

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL, PLAIN = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def thumbnails(qapp: QApplication) -> Iterator[Thumbnails]:
    made = Thumbnails(None)
    yield made
    assert made.stop()


@pytest.fixture
def model(qapp: QApplication) -> PhotoModel:
    """23 photos that are not there: what they look like is for other tests."""
    made = PhotoModel()
    made.add([Photo(Path(f"/nowhere/{'abc'[number % 3]}{number:02}.jpg")) for number in range(23)])
    return made


@pytest.fixture
def gallery(qtbot: QtBot, qapp: QApplication, model: PhotoModel, thumbnails: Thumbnails) -> Gallery:
    """Five columns, three lines and a bit."""
    theme.apply(qapp, "light")
    made = Gallery(model, thumbnails)
    qtbot.addWidget(made)
    made.resize(980, 640)
    made.show()
    made.setFocus()
    qtbot.waitExposed(made)
    qtbot.waitUntil(made.hasFocus)
    assert made.grid().columns == 5
    return made


def middle(gallery: Gallery, position: int) -> QPoint:
    return gallery.visualRect(gallery.model().index(position, 0)).center()


def click(qtbot: QtBot, gallery: Gallery, position: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mouseClick(gallery.viewport(), LEFT, modifiers, middle(gallery, position))


def press(qtbot: QtBot, gallery: Gallery, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    for key in keys:
        QTest.keyClick(gallery, key, modifiers)


def seen(gallery: Gallery, row: int) -> bool:
    return gallery.viewport().rect().contains(gallery.visualRect(gallery.model().index(row, 0)))


def test_clicking_selects_and_tells(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.selection_changed):
        click(qtbot, gallery, 7)
    assert (gallery.selected_rows(), gallery.current_row()) == ([7], 7)
    click(qtbot, gallery, 2)
    assert gallery.selected_rows() == [2]


def test_shift_click_selects_all_between(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 3)
    click(qtbot, gallery, 11, SHIFT)
    assert gallery.selected_rows() == list(range(3, 12))
    click(qtbot, gallery, 1, SHIFT)
    assert gallery.selected_rows() == [1, 2, 3]


def test_shift_click_reaches_back_to_what_was_scrolled_away(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 1)
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    click(qtbot, gallery, 22, SHIFT)
    assert gallery.selected_rows() == list(range(1, 23))


def test_ctrl_click_adds_and_takes_away(qtbot: QtBot, gallery: Gallery) -> None:
    for position in (9, 2, 5):
        click(qtbot, gallery, position, CTRL)
    assert gallery.selected_rows() == [2, 5, 9]
    click(qtbot, gallery, 5, CTRL)
    assert gallery.selected_rows() == [2, 9]


def test_clicking_beside_the_cards_selects_nothing(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 0)
    QTest.mouseClick(gallery.viewport(), LEFT, PLAIN, QPoint(2, 2))
    assert gallery.selected_rows() == []


def test_a_rubber_band_selects_what_it_touches(qtbot: QtBot, gallery: Gallery) -> None:
    view, start, end = gallery.viewport(), QPoint(3, 3), middle(gallery, 7)
    QTest.mousePress(view, LEFT, PLAIN, start)
    QTest.mouseMove(view, start + QPoint(30, 30))
    QTest.mouseMove(view, end)
    assert gallery.selected_rows() == [0, 1, 2, 5, 6, 7]
    with_band = gallery.grab().toImage()
    QTest.mouseRelease(view, LEFT, PLAIN, end)
    assert gallery.selected_rows() == [0, 1, 2, 5, 6, 7]
    assert gallery.grab().toImage() != with_band, "the band is gone"


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ([KEY.Key_Right], 8),
        ([KEY.Key_Left, KEY.Key_Left, KEY.Key_Left], 4),
        ([KEY.Key_Down], 12),
        ([KEY.Key_Up], 2),
        ([KEY.Key_Up, KEY.Key_Up], 2),
        ([KEY.Key_Home], 0),
        ([KEY.Key_End], 22),
        ([KEY.Key_End, KEY.Key_Right], 22),
        ([KEY.Key_Home, KEY.Key_Left], 0),
        ([KEY.Key_Down, KEY.Key_Down, KEY.Key_Down], 22),
        ([KEY.Key_End, KEY.Key_Down], 22),
        ([KEY.Key_PageDown], 22),
        ([KEY.Key_End, KEY.Key_PageUp], 7),
        ([KEY.Key_PageUp], 2),
    ],
)
def test_cursor_keys(qtbot: QtBot, gallery: Gallery, keys: list[Qt.Key], row: int) -> None:
    click(qtbot, gallery, 7)
    press(qtbot, gallery, *keys)
    assert (gallery.current_row(), gallery.selected_rows()) == (row, [row])
    assert seen(gallery, row)


@pytest.mark.parametrize(("key", "row"), [(KEY.Key_Right, 1), (KEY.Key_Down, 5), (KEY.Key_End, 22)])
def test_cursor_keys_begin_at_the_first_photo(qtbot: QtBot, gallery: Gallery, key: Qt.Key, row: int) -> None:
    press(qtbot, gallery, key)
    assert gallery.current_row() == row


def test_shift_and_cursor_keys_select_a_range(qtbot: QtBot, gallery: Gallery) -> None:
    click(qtbot, gallery, 6)
    press(qtbot, gallery, KEY.Key_Down, KEY.Key_Right, modifiers=SHIFT)
    assert gallery.selected_rows() == list(range(6, 13))
    press(qtbot, gallery, KEY.Key_End, modifiers=SHIFT)
    assert gallery.selected_rows() == list(range(6, 23))
    press(qtbot, gallery, KEY.Key_Home, modifiers=SHIFT)
    assert gallery.selected_rows() == list(range(7))


def test_ctrl_a_selects_all_that_is_shown(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.set_filter(None, "b")
    press(qtbot, gallery, KEY.Key_A, modifiers=CTRL)
    assert gallery.selected_rows() == gallery.shown_rows() == list(range(1, 23, 3))


def test_typing_goes_to_a_name(qtbot: QtBot, gallery: Gallery) -> None:
    QTest.keyClicks(gallery, "b1")
    assert gallery.current_row() == 10
    gallery._typed = ""
    for row in (13, 16):
        QTest.keyClicks(gallery, "b")
        assert gallery.current_row() == row


def test_enter_and_double_click_open(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.set_filter(None, "c")
    click(qtbot, gallery, 1)
    with qtbot.waitSignal(gallery.activated) as told:
        press(qtbot, gallery, KEY.Key_Return)
    assert told.args == [5]
    click(qtbot, gallery, 2)
    with qtbot.waitSignal(gallery.activated) as told:
        QTest.mouseDClick(gallery.viewport(), LEFT, PLAIN, middle(gallery, 2))
    QTest.mouseRelease(gallery.viewport(), LEFT, PLAIN, middle(gallery, 2))
    assert told.args == [8]


def test_rows_can_be_selected_by_the_program(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.select_rows([22, 3, 4])
    assert (gallery.selected_rows(), gallery.current_row()) == ([3, 4, 22], 3)
    gallery.set_filter(None, "a")
    gallery.select_rows([3, 4, 21])
    assert gallery.selected_rows() == [3, 21]
    gallery.select_rows([])
    assert gallery.selected_rows() == []


def test_the_selection_stays_with_its_photos_when_the_filter_changes(qtbot: QtBot, gallery: Gallery) -> None:
    gallery.select_rows([4, 5, 6])
    with qtbot.waitSignal(gallery.selection_changed):
        gallery.set_filter(None, "a")
    assert (gallery.selected_rows(), gallery.shown_rows()[:3]) == ([6], [0, 3, 6])
    gallery.set_filter(None, "")
    assert gallery.selected_rows() == [6]


def test_the_selection_stays_with_its_photos_when_others_go(qtbot: QtBot, gallery: Gallery, model: PhotoModel) -> None:
    gallery.select_rows([10, 12])
    kept = [model.entry(row).photo for row in (10, 12)]
    model.remove([0, 5, 11])
    assert [model.entry(row).photo for row in gallery.selected_rows()] == kept
    assert model.entry(gallery.current_row() or 0).photo == kept[0]


def test_after_removing_the_selection_what_follows_is_selected(
    qtbot: QtBot, gallery: Gallery, model: PhotoModel
) -> None:
    gallery.select_rows([10])
    following = model.entry(11).photo
    with qtbot.waitSignal(gallery.selection_changed):
        model.remove(gallery.selected_rows())
    assert [model.entry(row).photo for row in gallery.selected_rows()] == [following]
    gallery.select_rows([21])
    model.remove([21])
    assert gallery.selected_rows() == [20]
    model.clear()
    assert (gallery.selected_rows(), gallery.current_row()) == ([], None)


def test_while_reviewing_what_leaves_the_filter_hands_on_to_the_next(
    qtbot: QtBot, gallery: Gallery, model: PhotoModel
) -> None:
    model.update_rows([3, 8, 15], state=State.SUGGESTED)
    gallery.set_filter({State.SUGGESTED}, "")
    gallery.select_rows([8])
    model.update(8, state=State.WRITTEN)
    assert gallery.shown_rows() == [3, 15]
    assert (gallery.current_row(), gallery.selected_rows()) == (15, [15])
    model.update(15, state=State.WRITTEN)
    assert (gallery.current_row(), gallery.selected_rows()) == (3, [3])
    model.update(3, state=State.WRITTEN)
    assert (gallery.current_row(), gallery.selected_rows()) == (None, [])
    assert gallery.verticalScrollBar().maximum() == 0


def test_zooming_stays_within_limits_and_tells(qtbot: QtBot, gallery: Gallery) -> None:
    with qtbot.waitSignal(gallery.thumbnail_size_changed) as told:
        gallery.zoom(2)
    assert told.args == [208]
    gallery.set_thumbnail_size(5000)
    assert (gallery.thumbnail_size, gallery.grid().columns) == (320, 3)
    gallery.set_thumbnail_size(1)
    assert (gallery.thumbnail_size, gallery.grid().columns) == (96, 8)
    with qtbot.assertNotEmitted(gallery.thumbnail_size_changed):
        gallery.set_thumbnail_size(96)


def test_zooming_keeps_the_current_photo_in_sight(qtbot: QtBot, gallery: Gallery) -> None:
    press(qtbot, gallery, KEY.Key_End)
    for size in (320, 96, 200):
        gallery.set_thumbnail_size(size)
        assert gallery.viewport().rect().intersects(gallery.visualRect(gallery.currentIndex()))


def test_ctrl_and_the_wheel_zoom_the_wheel_alone_scrolls(qtbot: QtBot, gallery: Gallery) -> None:
    def turn(modifiers: Qt.KeyboardModifier, notches: int) -> None:
        at = QPointF(200, 200)
        QApplication.sendEvent(
            gallery.viewport(),
            QWheelEvent(
                at,
                gallery.viewport().mapToGlobal(at),
                QPoint(),
                QPoint(0, 120 * notches),
                Qt.MouseButton.NoButton,
                modifiers,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )

    turn(CTRL, 1)
    assert (gallery.thumbnail_size, gallery.verticalOffset()) == (192, 0)
    turn(PLAIN, -1)
    assert gallery.thumbnail_size == 192
    assert gallery.verticalOffset() > 0


@pytest.mark.parametrize("width", [60, 150, 333, 700, 980, 2000])
def test_every_width_shows_every_card_whole(qtbot: QtBot, gallery: Gallery, width: int) -> None:
    gallery.resize(width, 500)
    for position in (0, 4, 22):
        gallery.scrollTo(gallery.model().index(position, 0))
        rect = gallery.visualRect(gallery.model().index(position, 0))
        assert rect.left() >= 0
        assert rect.right() < gallery.width() or width < 100
        assert gallery.indexAt(rect.center()).row() == position


def test_photos_that_come_can_be_scrolled_to(qtbot: QtBot, gallery: Gallery, model: PhotoModel) -> None:
    before = gallery.verticalScrollBar().maximum()
    model.add([Photo(Path(f"/nowhere/more{number}.jpg")) for number in range(50)])
    assert gallery.verticalScrollBar().maximum() == before + 10 * gallery.grid().step_y
    model.clear()
    assert gallery.verticalScrollBar().maximum() == 0


def test_screen_readers_hear_a_list_of_named_photos(qtbot: QtBot, gallery: Gallery, model: PhotoModel) -> None:
    model.update(1, state=State.FAILED, error=Unreadable("b01.jpg: is damaged."))
    spoken = QAccessible.queryAccessibleInterface(gallery)
    assert spoken.role() == QAccessible.Role.List
    assert spoken.text(QAccessible.Text.Name) == "Photos"
    assert spoken.childCount() == 23
    assert spoken.child(1).text(QAccessible.Text.Name) == "b01.jpg, Failed: b01.jpg: is damaged."


def grabbed(gallery: Gallery, position: int) -> QImage:
    return gallery.viewport().grab(gallery._painted(gallery.visualRect(gallery.model().index(position, 0)))).toImage()


def test_every_state_looks_different(qtbot: QtBot, gallery: Gallery, model: PhotoModel) -> None:
    pictures = []
    for state in (None, *State):
        model.update(3, state=state)
        pictures.append(grabbed(gallery, 3))
    for place, one in enumerate(pictures):
        assert all(one != other for other in pictures[place + 1 :])


def test_the_asking_badge_turns_only_while_something_is_asked(
    qtbot: QtBot, gallery: Gallery, model: PhotoModel
) -> None:
    assert not gallery._turning.isActive()
    model.update(2, state=State.ASKING)
    before = gallery._delegate.phase
    qtbot.waitUntil(lambda: gallery._delegate.phase != before)
    model.update(2, state=State.SUGGESTED)
    assert not gallery._turning.isActive()


def test_selected_hovered_and_current_cards_look_different(qtbot: QtBot, gallery: Gallery) -> None:
    QTest.mouseMove(gallery.viewport(), middle(gallery, 7))
    qtbot.waitUntil(lambda: gallery._hovered == 7)
    plain = grabbed(gallery, 1)
    QTest.mouseMove(gallery.viewport(), middle(gallery, 1))
    qtbot.waitUntil(lambda: gallery._hovered == 1)
    assert gallery.selected_rows() == []
    hovered = grabbed(gallery, 1)
    gallery.select_rows([0, 1])
    selected = grabbed(gallery, 1)
    gallery.select_rows([1])
    current = grabbed(gallery, 1)
    looks = [plain, hovered, selected, current]
    same = [(a, b) for a in range(4) for b in range(a) if looks[a] == looks[b]]
    assert same == []


def test_the_look_follows_the_theme(qtbot: QtBot, qapp: QApplication, gallery: Gallery) -> None:
    light = grabbed(gallery, 0)
    theme.apply(qapp, "dark")
    dark = grabbed(gallery, 0)
    theme.apply(qapp, "light")
    assert dark != light
    assert grabbed(gallery, 0) == light


def test_what_is_on_the_screen_is_wanted_first_then_below_then_above(
    qtbot: QtBot, model: PhotoModel, thumbnails: Thumbnails, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[Photo]] = []
    monkeypatch.setattr(thumbnails, "want", lambda photos, box: asked.append(list(photos)))
    model.add([Photo(Path(f"/nowhere/more{number}.jpg")) for number in range(200)])
    gallery.verticalScrollBar().setValue(10 * gallery.grid().step_y)
    qtbot.waitUntil(lambda: bool(asked))
    rows = [model.row_of(photo) for photo in asked[-1]]
    visible = list(gallery.visible())
    assert visible[0] == 50
    assert rows[: len(visible)] == visible
    assert rows[len(visible)] == visible[-1] + 1
    assert rows[-1] == visible[0] - len(visible) // 2


def test_thumbnails_reach_the_screen(qtbot: QtBot, tmp_path: Path, thumbnails: Thumbnails) -> None:
    model = PhotoModel()
    model.add([Photo(jpeg(tmp_path / "a.jpg", 300, 200)), Photo(tmp_path / "gone.jpg")])
    gallery = Gallery(model, thumbnails)
    qtbot.addWidget(gallery)
    gallery.resize(500, 300)
    gallery.show()
    qtbot.waitUntil(lambda: thumbnails.picture(model.entry(1).photo) is not None)
    qtbot.waitUntil(lambda: thumbnails.picture(model.entry(0).photo) is not None)
    image = grabbed(gallery, 0)
    upper = image.pixelColor(image.width() // 2, image.height() // 3)
    lower = image.pixelColor(image.width() // 2, image.height() * 6 // 10)
    assert upper.red() > 150 > upper.blue()
    assert lower.blue() > 150 > lower.red()


def test_a_forgotten_thumbnail_is_made_again_while_it_is_on_the_screen(
    qtbot: QtBot, tmp_path: Path, thumbnails: Thumbnails
) -> None:
    model = PhotoModel()
    photo = Photo(jpeg(tmp_path / "a.jpg", 300, 200))
    model.add([photo])
    gallery = Gallery(model, thumbnails)
    qtbot.addWidget(gallery)
    gallery.resize(500, 300)
    gallery.show()
    qtbot.waitUntil(lambda: thumbnails.picture(photo) is not None)
    jpeg(photo.path, 200, 300)
    thumbnails.forget(photo)
    qtbot.waitUntil(lambda: thumbnails.picture(photo) is not None)
    picture = thumbnails.picture(photo)
    assert picture is not None
    assert picture.pixmap is not None
    assert picture.pixmap.width() < picture.pixmap.height()


def test_100_000_photos_are_no_trouble(qtbot: QtBot, thumbnails: Thumbnails) -> None:
    model = PhotoModel()
    gallery = Gallery(model, thumbnails)
    qtbot.addWidget(gallery)
    gallery.resize(980, 640)
    gallery.show()
    model.add([Photo(Path(f"/nowhere/IMG_{number}.jpg")) for number in range(100_000)])
    begun = time.process_time()
    gallery.grab()
    press(qtbot, gallery, KEY.Key_End)
    gallery.selectAll()
    assert len(gallery.selected_rows()) == 100_000
    gallery.set_filter(None, "99")
    assert gallery.selected_rows() == gallery.shown_rows()
    gallery.set_filter(None, "")
    gallery.grab()
    assert time.process_time() - begun < 8, "half a second of computing"
