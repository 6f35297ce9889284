"""The question before a run that costs something, in real windows."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cutline.core.batch import State
from cutline.core.settings import Settings
from cutline.gui.run_dialog import RunDialog
from helpers.imagedescriber_service import ImagedescriberService
from helpers.windows import Desk, Make, pictures, said, with_settings


def question(desk: Desk) -> RunDialog:
    """What comes up when everything is to be tagged."""
    desk.window.actions_.tag_all.trigger()
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(RunDialog)))
    (dialog,) = desk.window.findChildren(RunDialog)
    return dialog


def test_it_says_what_it_costs_and_where_the_pictures_go(open_desk: Make, careful: Settings, tmp_path: Path) -> None:
    desk = open_desk(careful)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    dialog = question(desk)
    for words in ("about 2 photos?", "about 2 credits", "127.0.0.1, as small copies without metadata"):
        assert words in said(dialog)
    assert dialog.ask_button.text() == "Ask 2 photos"
    assert not dialog.context.isVisible()
    dialog.reject()


def test_escape_starts_nothing(
    open_desk: Make, careful: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    desk = open_desk(careful)
    desk.add(*pictures(tmp_path, "one.jpg"))
    dialog = question(desk)
    with desk.qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (desk.states(), desk.window.run.running, len(service.requests)) == ([None], False, 0)
    assert desk.window.actions_.tag_all.isEnabled()


@pytest.mark.parametrize("sum_", ["much", "-3", "0", "5 XXX"])
def test_a_budget_that_is_none_is_refused_where_it_stands(
    open_desk: Make, careful: Settings, tmp_path: Path, sum_: str
) -> None:
    desk = open_desk(careful)
    desk.add(*pictures(tmp_path, "one.jpg"))
    dialog = question(desk)
    dialog.stop_at.setText(sum_)
    dialog.ask_button.click()
    assert dialog.isVisible()
    assert not desk.window.run.running
    assert dialog.hint.text().startswith("Must be a number of credits")
    dialog.reject()


def test_a_budget_stops_the_run_and_resume_goes_on_with_what_is_left(
    open_desk: Make, careful: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    desk = open_desk(careful)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg", "three.jpg"))
    dialog = question(desk)
    dialog.stop_at.setText("1")
    with desk.qtbot.waitSignal(desk.window.run.finished):
        dialog.ask_button.click()
    assert len(service.requests) == 1
    assert desk.states()[0] is State.SUGGESTED
    assert "budget of 1" in desk.window.banner.text
    assert desk.window.session.settings.max_cost == ""
    assert desk.window.banner.button.text() == "Resume"
    desk.qtbot.waitUntil(lambda: not desk.window.findChildren(RunDialog))
    desk.window.banner.button.click()
    desk.qtbot.waitUntil(lambda: bool(desk.window.findChildren(RunDialog)))
    (again,) = desk.window.findChildren(RunDialog)
    assert again.ask_button.text() == "Ask 2 photos"
    again.stop_at.setText("")
    with desk.qtbot.waitSignal(desk.window.run.finished):
        again.ask_button.click()
    assert len(service.requests) == 3
    assert set(desk.states()) == {State.SUGGESTED}


def test_do_not_show_again_and_answered_before_ask_no_question(
    open_desk: Make, careful: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    desk = open_desk(careful)
    desk.add(*pictures(tmp_path, "one.jpg"))
    dialog = question(desk)
    dialog.quiet.setChecked(True)
    dialog.most.setValue(7)
    with desk.qtbot.waitSignal(desk.window.run.finished):
        dialog.ask_button.click()
    assert desk.window.session.settings.window.ask_above == 7
    desk.window.session.change({"window.ask_above": 0})
    desk.qtbot.waitUntil(lambda: not desk.window.findChildren(RunDialog))
    desk.tag_all()
    assert desk.window.findChildren(RunDialog) == []
    assert len(service.requests) == 1


def test_what_stays_on_this_machine_is_not_asked_about(open_desk: Make, tmp_path: Path) -> None:
    desk = open_desk(with_settings(backend="offline", window__ask_above=0))
    desk.add(*pictures(tmp_path, "one.jpg"))
    desk.tag_all()
    assert desk.window.findChildren(RunDialog) == []
    assert desk.states() == [State.SUGGESTED]


def test_nothing_begins_while_photos_are_put_back(
    open_desk: Make, careful: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(careful)
    desk.add(*pictures(tmp_path, "one.jpg"))
    monkeypatch.setattr(type(desk.window.undoer), "busy", property(lambda _: True))
    desk.deeds.tag(desk.window.all_photos())
    assert not desk.window.outset.busy
    assert "Something else is going on" in desk.window.statusBar().currentMessage()
