"""Everything is reachable by keyboard, says its keys, and no two actions share one."""

from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu

from cutline import __version__
from cutline.core.batch import State
from cutline.gui.help_dialogs import AboutDialog, ShortcutsDialog
from helpers.windows import Desk, pictures, said


def in_menus(desk: Desk) -> list[QAction]:
    return [
        action
        for menu in desk.window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if not action.isSeparator()
    ]


def test_every_action_is_in_a_menu_and_says_what_it_does(desk: Desk) -> None:
    actions = desk.window.actions_.all()
    assert set(actions) <= set(in_menus(desk))
    assert all(action.toolTip() and action.statusTip() and action.text() for action in actions)
    assert all(action.shortcut().toString() in action.toolTip() for action in actions)


def test_no_two_actions_share_a_key(desk: Desk) -> None:
    keys = Counter(key.toString() for action in desk.window.actions_.all() for key in action.shortcuts())
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_two_entries_of_a_menu_share_a_letter(desk: Desk) -> None:
    for menu in desk.window.menuBar().findChildren(QMenu):
        letters = Counter(a.text().lower().partition("&")[2][:1] for a in menu.actions() if "&" in a.text())
        assert max(letters.values(), default=1) == 1, menu.title()


def test_buttons_have_names_for_screen_readers(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "a.jpg"))
    desk.tag_all()
    buttons = [b for b in desk.window.findChildren(QAbstractButton) if b.isVisible() and b.focusPolicy().value]
    assert buttons
    assert [b for b in buttons if not (b.text() or b.accessibleName() or b.toolTip())] == []


def test_the_main_job_without_a_mouse(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "harbour.jpg", "hill.jpg"))
    window = desk.window
    with desk.qtbot.waitSignal(window.run.finished):
        QTest.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(window.gallery, Qt.Key.Key_Home)
    desk.settle()
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert window.inspector.title.editor.hasFocus()
    QTest.keyClicks(window.inspector.title.editor, "By keyboard ")
    with desk.qtbot.waitSignal(window.acceptor.finished):
        QTest.keyClick(window.inspector.title.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert State.WRITTEN in desk.states()
    QTest.keyClick(window.inspector.title.editor, Qt.Key.Key_Escape)
    assert window.gallery.hasFocus()
    QTest.keyClick(window.gallery, Qt.Key.Key_Return)
    assert window.preview.hasFocus()
    QTest.keyClick(window.preview, Qt.Key.Key_Escape)
    assert window.gallery.hasFocus()


def test_delete_in_a_text_removes_no_photo(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "a.jpg"))
    desk.select("a.jpg")
    desk.window.inspector.title.editor.setFocus()
    QTest.keyClick(desk.window.inspector.title.editor, Qt.Key.Key_Delete)
    assert desk.window.model.rowCount() == 1
    desk.window.gallery.setFocus()
    QTest.keyClick(desk.window.gallery, Qt.Key.Key_Delete)
    assert desk.window.model.rowCount() == 0
    desk.settle()
    assert desk.window.empty.isVisible()


def test_help_shows_all_keys_and_the_version(desk: Desk) -> None:
    desk.window.actions_.shortcuts.trigger()
    (shortcuts,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, ShortcutsDialog)]
    text = said(shortcuts)
    assert all(a.shortcut().toString() in text for a in desk.window.actions_.all())
    shortcuts.reject()
    desk.window.actions_.about.trigger()
    (about,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, AboutDialog)]
    assert __version__ in said(about)
    assert "MIT" in said(about)
    about.reject()
