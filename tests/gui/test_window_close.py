"""Closing: what was typed is asked about, everything else is safe; and where the window was is remembered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from cutline.core import metadata
from cutline.core.photo import Caption, FieldName
from cutline.gui import background, geometry
from cutline.gui.review import proposed
from helpers.windows import Desk, Make, pictures

BUTTONS = QMessageBox.StandardButton

TITLE: tuple[FieldName, ...] = ("title",)


@pytest.fixture
def typed(desk: Desk, tmp_path: Path) -> Desk:
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    desk.select("one.jpg")
    desk.window.inspector.title.editor.setPlainText("Typed")
    return desk


def answering(button: QMessageBox.StandardButton) -> Callable[[], list[str]]:
    """Press `button` in the box that comes up; afterwards what it said."""
    heard: list[str] = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        heard.append(box.text())
        box.button(button).click()

    QTimer.singleShot(0, press)
    return lambda: heard


def test_nothing_typed_nothing_asked(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "one.jpg"))
    desk.tag_all()
    assert desk.window.close()
    assert not desk.window.isVisible()


def test_cancel_keeps_the_window(typed: Desk) -> None:
    heard = answering(BUTTONS.Cancel)
    assert not typed.window.close()
    assert typed.window.isVisible()
    assert "1 photo" in heard()[0]


def test_discard_leaves_the_file(typed: Desk, tmp_path: Path) -> None:
    before = (tmp_path / "one.jpg").read_bytes()
    answering(BUTTONS.Discard)
    assert typed.window.close()
    assert (tmp_path / "one.jpg").read_bytes() == before


def test_save_writes_and_then_closes(typed: Desk, tmp_path: Path) -> None:
    answering(BUTTONS.Save)
    typed.window.close()
    typed.qtbot.waitUntil(lambda: not typed.window.isVisible())
    assert metadata.read(tmp_path / "one.jpg").caption == Caption("Typed")


def test_a_save_that_fails_keeps_the_window_and_says_why(typed: Desk, tmp_path: Path) -> None:
    metadata.write(tmp_path / "one.jpg", Caption("Meanwhile"), TITLE)
    answering(BUTTONS.Save)
    typed.window.close()
    typed.qtbot.waitUntil(lambda: typed.window.banner.text != "")
    assert typed.window.isVisible()
    assert "one.jpg" in typed.window.banner.text
    assert metadata.read(tmp_path / "one.jpg").caption.title == "Meanwhile"


def test_a_tag_typed_but_not_entered_counts(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "one.jpg"))
    desk.select("one.jpg")
    desk.window.inspector.tags.editor.line.setText("half")
    heard = answering(BUTTONS.Discard)
    assert desk.window.close()
    assert heard()


def test_what_is_being_written_is_whole_or_not_there(desk: Desk, tmp_path: Path) -> None:
    paths = pictures(tmp_path, *(f"{n}.jpg" for n in range(30)))
    desk.add(*paths)
    desk.tag_all()
    settings = desk.window.session.settings
    planned = {entry.photo.path: proposed(entry, settings) for entry in desk.window.model.entries()}
    desk.window.actions_.accept_all.trigger()
    desk.qtbot.waitUntil(lambda: 0 < desk.window.acceptor.left < len(paths))
    answering(BUTTONS.Discard)
    desk.window.close()
    assert not desk.window.isVisible()
    assert background.wait_all(5_000)
    found = [metadata.read(path).caption for path in paths]
    assert all(caption in (Caption(), planned[path]) for caption, path in zip(found, paths, strict=True))
    assert Caption() in found
    assert found[0] == planned[paths[0]]
    assert not list(tmp_path.glob(".cutline-*"))


def test_the_window_comes_back_where_it_was(open_desk: Make, cutline_home: Path) -> None:
    first = open_desk()
    first.window.resize(701, 433)
    first.window.close()
    assert (cutline_home / "state" / "window.json").exists()
    assert open_desk().window.size() == first.window.size()


@pytest.mark.parametrize("junk", ["", "{", "[]", '{"geometry": 5}', '{"geometry": "!", "splitter": "?"}'])
def test_a_spoiled_memory_of_the_place_is_no_trouble(open_desk: Make, cutline_home: Path, junk: str) -> None:
    (cutline_home / "state").mkdir(exist_ok=True)
    (cutline_home / "state" / "window.json").write_text(junk)
    desk = open_desk()
    assert desk.window.width() > 500
    assert not geometry.restore(desk.window, desk.window.splitter)
