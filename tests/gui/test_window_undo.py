"""Undo in the window: the last write, the selected photos, and what the window shows of them at once."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from cutline.core import metadata
from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.photo import Caption, FieldName
from cutline.core.runs import About
from cutline.core.settings import Settings
from cutline.gui import background
from cutline.gui.undoing import Wish
from helpers.undoable import journal_at, look
from helpers.way_back import BUTTONS, TITLE, answer, finished, title, undo_last, write
from helpers.windows import Desk, Make, pictures

ALT: tuple[FieldName, ...] = ("alt_text",)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return pictures(tmp_path / "photos", "harbour.jpg", "lake.png", "pier.webp")


@pytest.fixture
def tagged(desk: Desk, photos: list[Path]) -> Desk:
    """Three photos with suggestions."""
    desk.add(photos[0].parent)
    desk.tag_all()
    return desk


def accept_all(desk: Desk) -> None:
    with desk.qtbot.waitSignal(desk.window.acceptor.finished):
        desk.window.actions_.accept_all.trigger()
    desk.settle()


def test_undo_puts_every_byte_back_and_the_suggestions_wait_for_review_again(tagged: Desk, photos: list[Path]) -> None:
    before = look(photos[0].parent)
    suggested = tagged.entry("harbour.jpg").suggestion
    accept_all(tagged)
    tagged.select("harbour.jpg")
    assert tagged.window.inspector.title.in_file_text != "empty"
    said = undo_last(tagged)
    assert look(photos[0].parent) == before
    assert "these 3 photos" in said
    assert "Written in the window · Today" in said
    assert tagged.window.banner.text == "3 photos put back as they were before."
    assert tagged.states() == [State.SUGGESTED] * 3
    assert tagged.entry("harbour.jpg").suggestion is suggested
    assert tagged.window.inspector.title.in_file_text == "empty"
    assert tagged.window.inspector.accept_button.isEnabled()
    accept_all(tagged)
    assert tagged.states() == [State.WRITTEN] * 3
    assert title(photos[0])


def test_cancel_leaves_everything_as_it_is(tagged: Desk, photos: list[Path]) -> None:
    accept_all(tagged)
    written = look(photos[0].parent)
    answer(tagged, tagged.window.actions_.undo_write.trigger, BUTTONS.Cancel)
    assert look(photos[0].parent) == written
    assert tagged.states() == [State.WRITTEN] * 3
    assert not tagged.window.undoer.busy


def test_undo_goes_further_back_until_there_is_nothing_left(desk: Desk, photos: list[Path]) -> None:
    before = look(photos[0].parent)
    write(photos, Caption("First"), About("tag", "imgtags"))
    write(photos[:1], Caption("Second"))
    desk.add(photos[0].parent)
    assert "this photo" in undo_last(desk)
    assert [title(path) for path in photos] == ["First"] * 3
    assert "Tagged with imgtags" in undo_last(desk)
    assert look(photos[0].parent) == before
    desk.window.actions_.undo_write.trigger()
    desk.qtbot.waitUntil(lambda: "nothing to undo" in desk.window.banner.text)


def test_keys_undo_in_a_field_what_was_typed_and_elsewhere_what_was_written(desk: Desk, photos: list[Path]) -> None:
    write(photos, Caption("Written"))
    desk.add(photos[0].parent)
    desk.select("harbour.jpg")
    window, editor = desk.window, desk.window.inspector.description.editor
    window.activateWindow()
    editor.setFocus()
    desk.qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "typed")
    desk.settle()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    desk.settle()
    assert editor.toPlainText() != "typed"
    assert not window.undoer.busy
    assert not desk.deeds.undo._looking.busy
    said = answer(
        desk, lambda: QTest.keyClick(editor, Qt.Key.Key_Z, control | Qt.KeyboardModifier.AltModifier), BUTTONS.Cancel
    )
    assert "these 3 photos" in said
    window.activateWindow()
    window.gallery.setFocus()
    desk.qtbot.waitUntil(window.gallery.hasFocus)
    answer(desk, lambda: QTest.keyClick(window.gallery, Qt.Key.Key_Z, control), BUTTONS.Cancel)
    assert title(photos[0]) == "Written"


def test_the_last_change_to_the_selected_photo_alone(desk: Desk, photos: list[Path]) -> None:
    write(photos, Caption("First"))
    write(photos, Caption("Second"))
    desk.add(photos[0].parent)
    desk.select("lake.png")
    action = desk.window.actions_.undo_change
    assert "This Photo" in action.text().replace("&", "")
    finished(desk, action.trigger)
    assert [title(path) for path in photos] == ["Second", "First", "Second"]
    assert desk.window.inspector.title.in_file_text == "First"
    assert desk.entry("lake.png").state is None
    desk.select("harbour.jpg", "pier.webp")
    assert "2 Photos" in action.text().replace("&", "")
    finished(desk, lambda: answer(desk, action.trigger))
    assert [title(path) for path in photos] == ["First"] * 3


def test_the_context_menu_offers_it(desk: Desk, photos: list[Path]) -> None:
    desk.add(photos[0].parent)
    desk.select("lake.png")
    desk.window.gallery.customContextMenuRequested.emit(desk.window.gallery.viewport().rect().center())
    menu = next(menu for menu in desk.window.findChildren(QMenu) if menu.isVisible())
    assert {desk.window.actions_.undo_change, desk.window.actions_.photo_history} <= set(menu.actions())
    menu.close()


def test_nothing_was_written_to_it(desk: Desk, photos: list[Path]) -> None:
    desk.add(photos[0])
    desk.select("harbour.jpg")
    finished(desk, desk.window.actions_.undo_change.trigger)
    assert "Nothing was put back. Cutline wrote nothing here" in desk.window.banner.text


def test_what_was_typed_and_not_accepted_is_kept_and_said(tagged: Desk, photos: list[Path]) -> None:
    accept_all(tagged)
    tagged.select("lake.png")
    tagged.window.inspector.title.editor.setPlainText("Typed since")
    tagged.settle()
    undo_last(tagged)
    assert "What you typed for 1 photo and did not accept is kept." in tagged.window.banner.text
    assert tagged.window.inspector.title.editor.toPlainText() == "Typed since"
    assert tagged.window.inspector.title.in_file_text == "empty"
    tagged.accept()
    assert title(photos[1]) == "Typed since"


def test_a_photo_changed_since_is_refused_and_its_caption_alone_can_come_back(desk: Desk, photos: list[Path]) -> None:
    metadata.write(photos[0], Caption("Mine"), TITLE)
    write(photos, Caption("Cutline's", "words"))
    metadata.write(photos[0], Caption(alt_text="another program's"), ALT)
    desk.add(photos[0].parent)
    desk.select("harbour.jpg")
    undo_last(desk)
    banner = desk.window.banner
    assert banner.text.startswith("2 photos put back as they were before. 1 photo could not be put back: harbour.jpg: ")
    assert "was changed since" in banner.text
    assert banner.button.text() == "Put Back the Caption Only…"
    assert title(photos[0]) == "Cutline's"
    said: list[str] = []
    finished(desk, lambda: said.append(answer(desk, banner.button.click)))
    assert "only the caption of this photo" in said[0]
    assert "everything else stays" in said[0]
    assert metadata.read(photos[0]).caption == Caption("Mine", alt_text="another program's")
    assert banner.text == "The caption of 1 photo is back; the rest stays."
    assert desk.window.inspector.title.in_file_text == "Mine"


def test_a_photo_that_is_gone_is_said_and_the_others_go_on(desk: Desk, photos: list[Path]) -> None:
    write(photos, Caption("Written"))
    desk.add(photos[0].parent)
    photos[1].unlink()
    undo_last(desk)
    assert "lake.png: there is no such file any more" in desk.window.banner.text
    assert desk.window.banner.button.isHidden()
    assert [title(path) for path in (photos[0], photos[2])] == ["", ""]


def test_sidecars_that_were_made_go_and_the_window_sees_it(desk: Desk, photos: list[Path]) -> None:
    before = look(photos[0].parent)
    write(photos, Caption("Beside"), mode="sidecar")
    desk.add(*photos)
    desk.select("harbour.jpg")
    reading = desk.entry("harbour.jpg").reading
    assert reading is not None
    assert reading.sidecar is not None
    undo_last(desk)
    assert look(photos[0].parent) == before
    reading = desk.entry("harbour.jpg").reading
    assert reading is not None
    assert reading.sidecar is None


def test_photos_that_are_not_in_the_window_come_back_as_well(desk: Desk, photos: list[Path], tmp_path: Path) -> None:
    write(photos, Caption("Written"))
    desk.add(*pictures(tmp_path / "others", "other.jpg"))
    undo_last(desk)
    assert [title(path) for path in photos] == [""] * 3
    assert desk.states() == [None]


def test_a_photo_that_the_window_knows_by_another_name_is_shown_as_it_is_now(desk: Desk, photos: list[Path]) -> None:
    link = photos[0].parent.parent / "link"
    link.symlink_to(photos[0].parent)
    write(photos, Caption("Written"))
    desk.add(link)
    desk.select("harbour.jpg")
    assert desk.window.inspector.title.in_file_text == "Written"
    undo_last(desk)
    assert desk.window.inspector.title.in_file_text == "empty"


def test_undo_is_refused_while_a_run_goes_on(desk: Desk, photos: list[Path]) -> None:
    write(photos, Caption("Written"))
    desk.add(photos[0].parent)
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.actions_.tag_all.trigger()
        desk.window.run.toggle_pause()
        desk.window.actions_.undo_write.trigger()
        assert "A run is going on" in desk.window.banner.text
        desk.deeds.undo.wish(Wish(1, 1))
        assert not desk.window.undoer.busy
        desk.window.run.toggle_pause()
    assert title(photos[0]) == "Written"


def test_undo_is_refused_while_captions_are_written(tagged: Desk) -> None:
    with tagged.qtbot.waitSignal(tagged.window.acceptor.finished):
        tagged.window.actions_.accept_all.trigger()
        tagged.window.actions_.undo_write.trigger()
        assert "Captions are being written" in tagged.window.banner.text
    assert tagged.states() == [State.WRITTEN] * 3


def test_what_is_accepted_meanwhile_is_written_afterwards(tagged: Desk, photos: list[Path]) -> None:
    accept_all(tagged)
    answer(tagged, tagged.window.actions_.undo_write.trigger)
    tagged.select("harbour.jpg")
    tagged.qtbot.waitUntil(lambda: not tagged.window.undoer.busy)
    with tagged.qtbot.waitSignals([tagged.window.undoer.finished, tagged.window.acceptor.finished]):
        tagged.window.model.update(tagged.row("lake.png"), edited=Caption("Meanwhile"))
        tagged.window.acceptor.hold()
        tagged.window.undoer.start(Wish(1, paths=(photos[2],)))
        tagged.window.acceptor.accept([tagged.entry("lake.png").photo])
        assert tagged.window.acceptor.busy
        assert tagged.window.acceptor.left == 1
    assert title(photos[1]) == "Meanwhile"
    assert tagged.entry("lake.png").state is State.WRITTEN


def test_nothing_can_be_tagged_while_photos_are_put_back(desk: Desk, photos: list[Path]) -> None:
    write(photos, Caption("Written"))
    desk.add(photos[0].parent)
    actions = desk.window.actions_
    with desk.qtbot.waitSignal(desk.window.undoer.finished):
        desk.deeds.undo._begin(Wish(3, 1))
        assert not actions.tag_all.isEnabled()
        actions.undo_write.trigger()
        assert "being put back already" in desk.window.banner.text
    desk.settle()
    assert actions.tag_all.isEnabled()


def test_stop_finishes_the_photo_and_leaves_the_others(desk: Desk, tmp_path: Path) -> None:
    many = pictures(tmp_path, *(f"{n:02}.jpg" for n in range(40)))
    write(many, Caption("Written"))
    desk.add(tmp_path)
    desk.window.undo_panel.show()
    with desk.qtbot.waitSignal(desk.window.undoer.finished):
        desk.deeds.undo._begin(Wish(40, 1))
        desk.qtbot.waitUntil(lambda: desk.window.undoer.round.done > 0)
        assert "of 40 photos" in desk.window.undo_panel.text
        desk.window.undo_panel.stop_button.click()
        assert "Stopping" in desk.window.undo_panel.text
    titles = [title(path) for path in many]
    assert {"", "Written"} == set(titles)
    assert f"Stopped: {titles.count('Written')} photo" in desk.window.banner.text
    assert desk.window.undo_panel.isHidden()
    undo_last(desk)
    assert {title(path) for path in many} == {""}


def test_closing_finishes_the_photo_that_is_being_put_back(desk: Desk, tmp_path: Path) -> None:
    many = pictures(tmp_path, *(f"{n:02}.jpg" for n in range(40)))
    before = look(tmp_path)
    write(many, Caption("Written"))
    written = look(tmp_path)
    desk.add(tmp_path)
    desk.deeds.undo._begin(Wish(40, 1))
    desk.qtbot.waitUntil(lambda: desk.window.undoer.round.done > 0)
    desk.window.close()
    assert not desk.window.isVisible()
    assert background.wait_all(10_000)
    now = look(tmp_path)
    assert now.keys() == before.keys()
    assert all(now[name] in (before[name], written[name]) for name in now)
    assert any(now[name] == written[name] for name in now)
    assert any(now[name] == before[name] for name in now)


def test_the_journal_has_it_after_a_restart(open_desk: Make, photos: list[Path]) -> None:
    before = look(photos[0].parent)
    first = open_desk()
    first.add(photos[0].parent)
    first.tag_all()
    accept_all(first)
    first.window.close()
    second = open_desk(Settings())
    second.add(photos[0].parent)
    undo_last(second)
    assert look(photos[0].parent) == before


def test_the_command_line_sees_what_the_window_undid(desk: Desk, photos: list[Path]) -> None:
    from cutline.core.history import history
    from cutline.core.undo import Target, undo

    write(photos, Caption("Written"))
    desk.add(photos[0].parent)
    undo_last(desk)
    with journal_at(desk.window.session.journal_file) as journal:
        assert [(run.written, run.undone) for run in history(journal)] == [(3, 3)]
        assert list(undo(journal, Target(), Control())) == []


def test_a_journal_that_cannot_be_used_is_said(desk: Desk, photos: list[Path]) -> None:
    write(photos, Caption("Written"))
    desk.add(photos[0].parent)
    file = desk.window.session.journal_file
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(os.urandom(4096))
    desk.window.actions_.undo_write.trigger()
    desk.qtbot.waitUntil(lambda: "journal cannot be used" in desk.window.banner.text)
    desk.select("lake.png")
    finished(desk, desk.window.actions_.undo_change.trigger)
    assert "journal cannot be used" in desk.window.banner.text
    assert title(photos[0]) == "Written"
    assert not desk.window.acceptor._held
