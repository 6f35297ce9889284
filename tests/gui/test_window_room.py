"""Where there is little room: what must not be hidden, and what is said while files are held over the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton

from cutline.gui.filter_bar import FilterBar
from cutline.gui.photos import PhotoModel
from cutline.gui.tool_bar import ToolBar
from helpers.windows import Desk, held_over, holding, photos_of, pictures

WIDTHS = (560, 640, 800, 1024, 1280)


def tool_bar(desk: Desk) -> ToolBar:
    (bar,) = desk.window.findChildren(ToolBar)
    return bar


def group_list(filters: FilterBar) -> QComboBox:
    (box,) = filters.findChildren(QComboBox)
    return box


@pytest.mark.parametrize("width", WIDTHS)
def test_every_button_and_choice_is_seen_at_any_width(desk: Desk, width: int) -> None:
    with desk.qtbot.waitSignal(desk.window.quick.backend.model().rowsInserted):
        desk.deeds.look_up_backends()
    desk.window.resize(width, 600)
    bar = tool_bar(desk)
    desk.qtbot.waitUntil(lambda: bar.width() == width and not hidden_in(bar))
    for widget in (desk.window.quick.backend, desk.window.quick.language):
        assert widget.isVisible()
        assert bar.rect().contains(bar.mapFromGlobal(widget.mapToGlobal(widget.rect().bottomRight())))


def hidden_in(bar: ToolBar) -> list[str]:
    """What does not stand inside the bar."""
    buttons = [bar.widgetForAction(action) for action in bar.actions() if action.text()]
    return [
        button.toolTip() for button in buttons if not (button.isVisible() and bar.rect().contains(button.geometry()))
    ]


def test_words_come_back_with_the_room(desk: Desk) -> None:
    bar, words = tool_bar(desk), Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    for width in (1280, 600, 1280):
        desk.window.resize(width, 600)
        desk.qtbot.waitUntil(lambda: (bar.toolButtonStyle() == words) == (width == 1280))  # noqa: B023


def test_a_backends_whole_name_is_seen(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.window.quick.backend.model().rowsInserted):
        desk.deeds.look_up_backends()
    box = desk.window.quick.backend
    assert box.currentText() == "Offline analyser"
    desk.qtbot.waitUntil(lambda: box.width() >= box.sizeHint().width())
    assert box.sizeHint().width() > box.fontMetrics().horizontalAdvance("Offline analyser")


def test_the_groups_become_a_list_where_buttons_do_not_fit(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    filters = desk.window.filters
    buttons, box = filters.findChildren(QToolButton), group_list(filters)
    buttons = [button for button in buttons if button.isCheckable()]
    desk.window.resize(1400, 600)
    desk.qtbot.waitUntil(lambda: not box.isVisible() and all(b.isVisible() for b in buttons))
    desk.window.resize(560, 600)
    desk.qtbot.waitUntil(lambda: box.isVisible() and not any(b.isVisible() for b in buttons))
    desk.qtbot.waitUntil(lambda: box.itemText(0) == "All 2")
    assert filters.search.isVisible()
    assert [box.itemText(n) for n in range(box.count())] == [button.text() for button in buttons]


def test_the_list_and_the_buttons_say_the_same(desk: Desk) -> None:
    filters, heard = desk.window.filters, []
    filters.changed.connect(lambda states, text: heard.append(states))
    box = group_list(filters)
    box.activated.emit(4)
    assert "Problems" in box.currentText()
    filters.show_group("All")
    assert box.currentIndex() == 0
    assert [states is None for states in heard] == [False, True]


def test_large_counts_fit_or_the_list_takes_over(desk: Desk) -> None:
    filters = FilterBar(model := PhotoModel())
    desk.qtbot.addWidget(filters)
    filters.show()
    for width in range(400, 900, 10):  # as wide as names without counts need, and no wider
        filters.resize(width, 40)
        if not group_list(filters).isVisible():
            break
    assert not group_list(filters).isVisible()
    model.add(photos_of([Path(f"/nowhere/{n}.jpg") for n in range(120_000)]))
    desk.qtbot.waitUntil(lambda: group_list(filters).isVisible())
    assert group_list(filters).itemText(1) == "Not asked 120,000"


def test_a_veil_says_what_dropping_would_do_and_goes_again(desk: Desk, tmp_path: Path) -> None:
    first, second = pictures(tmp_path, "one.jpg", "two.jpg")
    desk.add(first)
    desk.settle()
    veil, pages = desk.window.veil, desk.window._pages
    before = pages.grab().toImage()
    assert held_over(desk.window, holding(second))
    assert veil.isVisible()
    assert veil.geometry() == pages.rect()
    assert pages.grab().toImage() != before
    assert desk.window.childAt(veil.mapTo(desk.window, veil.rect().center())) is not veil
    desk.window.resize(desk.window.width() - 40, desk.window.height())
    desk.qtbot.waitUntil(lambda: veil.size() == pages.size())
    QApplication.sendEvent(desk.window, QDragLeaveEvent())
    assert not veil.isVisible()
    assert held_over(desk.window, holding(second))
    with desk.qtbot.waitSignal(desk.window.adding.finished):
        desk.drop(desk.window, second)
    assert not veil.isVisible()


def test_the_empty_window_welcomes_without_a_veil(desk: Desk, tmp_path: Path) -> None:
    assert held_over(desk.window, holding(tmp_path))
    assert not desk.window.veil.isVisible()
    zone = desk.window.empty._zone
    assert zone.property("rank") == "info"
    QApplication.sendEvent(desk.window, QEvent(QEvent.Type.DragLeave))
    assert zone.property("rank") == ""
