"""A run in the window: progress, pause, stop, what goes wrong, what it costs, and closing while it goes on."""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cutline.core import metadata
from cutline.core.backends import create
from cutline.core.backends.base import Request
from cutline.core.batch import State
from cutline.core.journal import AnswerKey, Journal
from cutline.core.settings import Settings
from cutline.gui import background
from cutline.gui.asking import DRAIN_SECONDS
from cutline.gui.settings_dialog import SettingsDialog
from helpers.imagedescriber_service import ImagedescriberService
from helpers.service import Fault, Handler, answering, late, silent, status
from helpers.windows import Desk, Make, pictures, with_settings

KEY = "sk-window-0123456789"


def kept(desk: Desk, settings: Settings, photo: Path) -> bool:
    """Whether the journal holds an answer for that photo."""
    backend = create("imagedescriber", settings, lambda: None)
    request = Request(photo, settings.lang, settings.max_tags, metadata.read(photo).caption)
    key = AnswerKey(metadata.picture_hash(photo), backend.id, settings.lang, backend.fingerprint(request))
    backend.close()
    journal = Journal(desk.window.session.journal_file)
    found = journal.answer(key)
    journal.close()
    return found is not None


def when(go_on: threading.Event) -> Fault:
    """The regular answer, as soon as it may come."""

    def fault(handler: Handler, _: threading.Event) -> None:
        go_on.wait(60)
        service = handler.server.service
        handler.send(200, service.answer(service.requests[-1]))

    return fault


def test_an_online_run_shows_cost_and_request(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    desk.tag_all()
    assert set(desk.states()) == {State.SUGGESTED}
    assert desk.window.run.tally.cost.credits == 2
    assert desk.window.run.tally.credits_left == 998
    assert "2 credits used" in desk.window.statusBar().currentMessage()
    desk.select("one.jpg")
    origin = desk.window.inspector._origin.text()
    assert "imagedescriber" in origin
    assert "1 credit used" in origin
    assert "request req-" in origin
    assert len(service.requests) == 2


def test_what_was_answered_before_costs_nothing(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    desk.tag_all()
    desk.tag_all()
    assert len(service.requests) == 2
    assert "2 answered before, at no cost" in desk.window.statusBar().currentMessage()
    desk.select("one.jpg")
    assert "at no cost" in desk.window.inspector._origin.text()
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.actions_.ask_again.trigger()
    assert len(service.requests) == 3


def test_progress_is_shown_while_it_runs(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    service.faults += [late(0.05), silent()]
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg", "three.jpg"))
    desk.window.actions_.tag_all.trigger()
    assert desk.states() == [State.QUEUED] * 3
    desk.qtbot.waitUntil(lambda: desk.window.run.tally.done == 1)
    desk.qtbot.waitUntil(lambda: State.ASKING in desk.states())
    assert desk.window.run_panel.isVisible()
    assert "1 of 3" in desk.window.run_panel.text
    assert "photos a minute" in desk.window.run_panel.text
    assert "left" in desk.window.run_panel.text
    assert "999 credits left" in desk.window.run_panel.text
    assert not desk.window.actions_.tag_all.isEnabled()
    desk.window.run_panel.stop_button.click()
    service.stopped.set()
    desk.qtbot.waitUntil(lambda: not desk.window.run.running)
    assert not desk.window.run_panel.isVisible()
    assert desk.window.actions_.tag_all.isEnabled()


def test_pause_holds_and_resume_goes_on(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    service.faults += [late(0.2)]
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, *(f"{n}.jpg" for n in range(5))))
    desk.window.actions_.tag_all.trigger()
    desk.qtbot.waitUntil(lambda: len(service.requests) == 1)
    desk.window.actions_.pause.trigger()
    assert desk.window.actions_.pause.iconText() == "Resume"
    assert desk.window.run_panel.pause_button.text() == "Resume"
    desk.qtbot.waitUntil(lambda: desk.window.run.tally.done == 1)
    with desk.qtbot.assertNotEmitted(desk.window.run.progressed, wait=300):
        pass
    assert "Paused" in desk.window.run_panel.text
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.actions_.pause.trigger()
    assert set(desk.states()) == {State.SUGGESTED}


def test_stop_leaves_what_was_not_asked_as_it_was(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    service.faults += [late(0.3)]
    paths = pictures(tmp_path, *(f"{n}.jpg" for n in range(4)))
    desk = open_desk(online)
    desk.add(*paths)
    desk.window.actions_.tag_all.trigger()
    desk.qtbot.waitUntil(lambda: len(service.requests) == 1)
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.actions_.stop.trigger()
    assert set(desk.states()) <= {None, State.SUGGESTED}
    assert desk.states().count(None) >= 3
    assert desk.window.statusBar().currentMessage().startswith("Stopped")
    assert desk.window.banner.text == ""
    assert kept(desk, online, paths[0])


def test_one_refused_photo_is_shown_with_the_reason_and_the_others_go_on(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    service.faults.append(answering({"code": 1010, "message": "This image is not allowed", "request_id": "r-1"}, 422))
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    desk.tag_all()
    assert desk.states() == [State.FAILED, State.SUGGESTED]
    desk.select("one.jpg")
    assert "This image is not allowed" in desk.window.inspector.banner.text


def test_no_key_stops_the_run_and_leads_to_the_settings(
    open_desk: Make, online: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CUTLINE_IMAGEDESCRIBER_KEY")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg", "three.jpg"))
    desk.tag_all()
    assert State.SUGGESTED not in desk.states()
    assert "key" in desk.window.banner.text
    assert desk.window.banner.button.text() == "Set Key…"
    desk.window.banner.button.click()
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, SettingsDialog) and one.isVisible()]
    desk.qtbot.waitUntil(lambda: dialog.key_panels["imagedescriber"].isEnabled())
    assert dialog.key_panels["imagedescriber"].isVisible()
    dialog.reject()


def test_a_dead_service_can_be_tried_again(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    service.faults += [answering({"code": 1003, "message": "Insufficient credits", "request_id": "r"}, 402)]
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg"))
    desk.tag_all()
    assert "credits" in desk.window.banner.text.casefold()
    assert desk.window.banner.button.text() == "Open Settings…"
    assert desk.states() == [State.FAILED, None]
    service.faults += [status(401)]
    desk.tag_all()
    assert desk.window.banner.button.text() == "Set Key…"
    desk.tag_all()
    assert set(desk.states()) == {State.SUGGESTED}
    assert desk.window.banner.text == ""


def test_a_backend_that_is_not_there_is_said(open_desk: Make, tmp_path: Path) -> None:
    desk = open_desk(with_settings(backend="gone"))
    desk.add(*pictures(tmp_path, "one.jpg"))
    with desk.qtbot.waitSignal(desk.window.outset.failed):
        desk.window.actions_.tag_all.trigger()
    assert "There is no backend “gone”" in desk.window.banner.text
    assert desk.states() == [None]


def test_closing_during_a_run_hides_at_once_and_keeps_the_answer_on_its_way(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    go_on = threading.Event()
    service.faults += [when(go_on)]
    paths = pictures(tmp_path, *(f"{n}.jpg" for n in range(6)))
    before = [path.read_bytes() for path in paths]
    desk = open_desk(online)
    desk.add(*paths)
    desk.window.actions_.tag_all.trigger()
    desk.qtbot.waitUntil(lambda: len(service.requests) == 1)
    began = time.monotonic()
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.window.run.running
    assert time.monotonic() - began < DRAIN_SECONDS / 2, "closing does not wait for the answer"
    go_on.set()
    assert background.wait_all(30_000)
    assert kept(desk, online, paths[0])
    assert len(service.requests) == 1
    assert [path.read_bytes() for path in paths] == before
    again = open_desk(online)
    again.add(*paths)
    again.tag_all()
    assert set(again.states()) == {State.SUGGESTED}
    assert len(service.requests) == len(paths)


def test_an_offline_run_closes_at_once(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, *(f"{n}.jpg" for n in range(40))))
    desk.window.actions_.tag_all.trigger()
    desk.qtbot.waitUntil(lambda: desk.window.run.tally.done > 0)
    desk.window.close()
    assert not desk.window.isVisible()
    assert background.wait_all(30_000)
    desk.qtbot.waitUntil(lambda: not desk.window.run.running)
    assert not {State.QUEUED, State.ASKING} & set(desk.states())


def test_typed_words_survive_a_run(desk: Desk, tmp_path: Path) -> None:
    desk.add(*pictures(tmp_path, "one.jpg"))
    desk.select("one.jpg")
    line = desk.window.inspector.tags.editor.line
    QTest.keyClicks(line, "mine")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClicks(line, "half typed")
    desk.tag_all()
    edited = desk.entry("one.jpg").edited
    assert edited is not None
    assert edited.tags == ("mine", "half typed")
    assert edited.title == "One"
