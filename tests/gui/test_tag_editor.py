"""The tag editor and the text editor, by keyboard and mouse."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cutline.gui.chips import Chip, ChipFlow
from cutline.gui.tag_editor import TagEditor
from cutline.gui.text_editor import TextEditor


@pytest.fixture
def editor(qtbot: QtBot) -> TagEditor:
    """An editor with three chips that notes what it is asked for."""
    made = TagEditor()
    qtbot.addWidget(made)
    made.set_chips((Chip("one"), Chip("two", "added"), Chip("three", "some")))
    made.resize(300, made.height())
    made.show()
    qtbot.waitExposed(made)
    made.line.setFocus()
    return made


@pytest.fixture
def heard(editor: TagEditor) -> list[object]:
    notes: list[object] = []
    editor.added.connect(notes.append)
    editor.removed.connect(lambda tag: notes.append(("removed", tag)))
    editor.taken.connect(lambda tag: notes.append(("taken", tag)))
    return notes


def test_enter_and_comma_add(editor: TagEditor, heard: list[object]) -> None:
    QTest.keyClicks(editor.line, "red boat")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    QTest.keyClicks(editor.line, "sea,")
    assert heard == [["red boat"], ["sea"]]
    assert editor.line.text() == ""
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert len(heard) == 2


def test_leaving_the_line_adds_what_was_typed(editor: TagEditor, heard: list[object]) -> None:
    QTest.keyClicks(editor.line, "harbour")
    editor.line.clearFocus()
    assert heard == [["harbour"]]


@pytest.mark.parametrize("text", ["a, b; c", "a\nb\nc", "a\tb\tc"])
def test_a_pasted_list_becomes_tags(editor: TagEditor, heard: list[object], text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keySequence(editor.line, QKeySequence(QKeySequence.StandardKey.Paste))
    assert [tag.strip() for tag in heard[0]] == ["a", "b", "c"]  # type: ignore[attr-defined]


def test_a_pasted_word_is_typed(editor: TagEditor, heard: list[object]) -> None:
    QGuiApplication.clipboard().setText("  lonely\n")
    QTest.keySequence(editor.line, QKeySequence(QKeySequence.StandardKey.Paste))
    assert heard == []
    assert editor.line.text() == "lonely"


def test_backspace_removes_the_last_and_only_from_an_empty_line(editor: TagEditor, heard: list[object]) -> None:
    QTest.keyClicks(editor.line, "x")
    QTest.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert heard == []
    QTest.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert heard == [("removed", "three")]


def test_arrows_go_into_the_chips(editor: TagEditor, heard: list[object]) -> None:
    for _ in range(2):
        QTest.keyClick(editor.line, Qt.Key.Key_Left)
    QTest.keyClick(editor.line, Qt.Key.Key_Delete)
    assert heard == [("removed", "two")]
    for _ in range(5):
        QTest.keyClick(editor.line, Qt.Key.Key_Left)
    QTest.keyClick(editor.line, Qt.Key.Key_Delete)
    assert heard[1:] == [("removed", "one")]
    for _ in range(5):
        QTest.keyClick(editor.line, Qt.Key.Key_Right)
    QTest.keyClick(editor.line, Qt.Key.Key_Backspace)
    assert heard[2:] == [("removed", "three")]


def test_the_mouse_removes_by_the_cross_and_takes_what_some_have(editor: TagEditor, heard: list[object]) -> None:
    flow = editor._flow
    first, last = flow._places[0], flow._places[2]
    QTest.mouseClick(flow, Qt.MouseButton.LeftButton, pos=QPoint(first.right() - 8, first.center().y()))
    QTest.mouseClick(flow, Qt.MouseButton.LeftButton, pos=QPoint(last.left() + 10, last.center().y()))
    assert heard == [("removed", "one"), ("taken", "three")]


def test_chips_flow_over_lines_within_the_width(qtbot: QtBot) -> None:
    flow = ChipFlow()
    qtbot.addWidget(flow)
    flow.show()
    qtbot.waitExposed(flow)
    flow.resize(200, 10)
    flow.set_chips((*(Chip(f"tag {n}") for n in range(30)), Chip("x" * 500)))
    narrow = flow.height()
    assert all(place.right() <= 200 for place in flow._places)
    assert not any(a.intersects(b) for n, a in enumerate(flow._places) for b in flow._places[n + 1 :])
    assert flow._places[-1].bottom() <= flow.height()
    flow.resize(600, flow.height())
    assert flow.height() < narrow


def test_a_title_stays_on_one_line(qtbot: QtBot) -> None:
    title = TextEditor(single_line=True, least_lines=1, most_lines=3)
    qtbot.addWidget(title)
    QTest.keyClicks(title, "one")
    QTest.keyClick(title, Qt.Key.Key_Return)
    QGuiApplication.clipboard().setText(" two\nthree ")
    title.paste()
    assert title.toPlainText() == "onetwo three"


def test_a_text_grows_and_then_scrolls(qtbot: QtBot) -> None:
    text = TextEditor(single_line=False, least_lines=2, most_lines=6)
    qtbot.addWidget(text)
    text.resize(200, text.height())
    text.show()
    qtbot.waitExposed(text)
    least = text.height()
    text.set_text("\n".join("line" for _ in range(4)))
    middle = text.height()
    text.set_text("word " * 1000)
    assert least < middle < text.height() < 3 * middle


def test_setting_a_text_says_nothing_and_keeps_the_cursor(qtbot: QtBot) -> None:
    text = TextEditor(single_line=False, least_lines=2, most_lines=6)
    qtbot.addWidget(text)
    with qtbot.assertNotEmitted(text.typed):
        text.set_text("hello")
    text.moveCursor(text.textCursor().MoveOperation.End)
    with qtbot.waitSignal(text.typed):
        QTest.keyClicks(text, "!")
    text.set_text("hello!")
    assert text.textCursor().position() == 6
