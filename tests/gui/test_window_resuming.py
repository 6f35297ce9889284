"""Runs that were interrupted or had to stop, in real windows: offered, gone on with, discarded, and settled."""

import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

from cutline.core.batch import State
from cutline.core.journal import Journal
from cutline.core.ledger import Open, begun, open_runs, ordered, taken_up
from cutline.core.settings import Settings
from cutline.core.settings_file import save
from cutline.gui import background
from helpers.imagedescriber_service import ImagedescriberService
from helpers.service import answering, late, silent
from helpers.windows import Desk, Make, photos_of, pictures, with_settings


def interrupted(desk: Desk, paths: list[Path], settings: Settings) -> int:
    """An open run over `paths`, as a window that was killed at once leaves it."""
    with closing(Journal(desk.window.session.journal_file)) as journal:
        ledger = begun(journal, ordered("window", paths, settings), photos_of(paths))
        ledger.stopped = True
        ledger.close()
        return ledger.id


def still_open(desk: Desk) -> list[Open]:
    with closing(Journal(desk.window.session.journal_file)) as journal:
        return open_runs(journal, "window")


def asked_for(service: ImagedescriberService, number: int) -> bool:
    return len(service.requests) == number


def offered(desk: Desk) -> None:
    desk.deeds.resuming.look()
    desk.qtbot.waitUntil(lambda: desk.window.banner.button.text() == "Continue" and desk.window.banner.text != "")


def test_continue_does_what_is_left_and_says_what_is_gone(desk: Desk, tmp_path: Path) -> None:
    one, two = pictures(tmp_path, "one.jpg", "two.jpg")
    interrupted(desk, [one, two], desk.window.session.settings)
    two.unlink()
    offered(desk)
    assert "2 of 2 photos are left" in desk.window.banner.text
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.banner.button.click()
    assert desk.states() == [State.SUGGESTED]
    assert "two.jpg" in desk.window.banner.text
    assert still_open(desk) == []


def test_discard_offers_it_never_again(desk: Desk, tmp_path: Path) -> None:
    interrupted(desk, pictures(tmp_path, "one.jpg"), desk.window.session.settings)
    offered(desk)
    desk.window.banner.second.click()
    desk.qtbot.waitUntil(lambda: still_open(desk) == [])
    assert desk.window.banner.text == ""


def test_a_run_that_another_window_took_up_is_not_done_twice(desk: Desk, tmp_path: Path) -> None:
    id_ = interrupted(desk, pictures(tmp_path, "one.jpg"), desk.window.session.settings)
    offered(desk)
    with closing(Journal(desk.window.session.journal_file)) as journal:
        ledger = taken_up(journal, id_)
        assert ledger is not None
        desk.window.banner.button.click()
        desk.qtbot.waitUntil(lambda: "another window" in desk.window.banner.text)
        assert desk.states() == []
        ledger.close(given_up=True)


def test_an_offer_makes_room_for_a_run_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    interrupted(desk, pictures(tmp_path / "old", "old.jpg"), desk.window.session.settings)
    desk.add(*pictures(tmp_path / "new", "new.jpg"))
    desk.window.banner.say("warning", "Something else.")
    desk.deeds.resuming.look()
    desk.qtbot.waitUntil(lambda: desk.deeds.resuming._offered is not None)
    shown: list[str] = []
    desk.window.run.progressed.connect(lambda: shown.append(desk.window.banner.text))
    desk.tag_all()
    assert shown
    assert set(shown) == {""}
    assert "1 of 1 photo is left" in desk.window.banner.text


def test_closing_while_the_photos_of_a_run_come_back_starts_nothing(desk: Desk, tmp_path: Path) -> None:
    interrupted(desk, pictures(tmp_path, *(f"{n}.jpg" for n in range(20))), desk.window.session.settings)
    offered(desk)
    started: list[bool] = []
    desk.window.run.started.connect(lambda: started.append(True))
    desk.window.adding.grown.connect(desk.window.close)
    with desk.qtbot.waitSignal(desk.window.adding.finished):
        desk.window.banner.button.click()
    assert started == []
    assert len(still_open(desk)[0].left) == 20


def test_a_run_of_a_backend_that_is_gone_says_so_and_stays(desk: Desk, tmp_path: Path) -> None:
    interrupted(desk, pictures(tmp_path, "one.jpg"), with_settings(backend="gone"))
    offered(desk)
    with desk.qtbot.waitSignal(desk.window.outset.failed):
        desk.window.banner.button.click()
    assert "There is no backend “gone”" in desk.window.banner.text
    assert len(still_open(desk)) == 1


def test_out_of_credits_resume_goes_on_with_what_is_left(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    desk = open_desk(online)
    desk.add(*pictures(tmp_path, "one.jpg", "two.jpg", "three.jpg"))
    refusal = answering({"code": 1003, "message": "Insufficient credits", "request_id": "r"}, 402)
    service.faults += [late(0), refusal]
    desk.tag_all()
    assert desk.states() == [State.SUGGESTED, State.FAILED, None]
    assert desk.window.banner.second.text() == "Resume"
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.banner.second.click()
    assert set(desk.states()) == {State.SUGGESTED}
    assert len(service.requests) == 4
    assert still_open(desk) == []


def test_stopped_by_the_person_is_not_offered_and_closed_is(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    service.faults += [silent(), silent()]
    paths = pictures(tmp_path, "one.jpg", "two.jpg")
    desk = open_desk(online)
    desk.add(*paths)
    ends = (desk.window.actions_.stop.trigger, desk.window.close)
    for number, end in enumerate(ends, 1):
        service.stopped.clear()
        desk.window.actions_.tag_all.trigger()
        desk.qtbot.waitUntil(partial(asked_for, service, number))
        end()
        service.stopped.set()
        desk.qtbot.waitUntil(lambda: not desk.window.run.running)
        assert len(still_open(desk)) == number - 1
    assert background.wait_all(30_000)


def test_suggestions_come_back_until_they_are_discarded(open_desk: Make, tmp_path: Path) -> None:
    paths = pictures(tmp_path, "one.jpg", "two.jpg")
    first = open_desk()
    first.add(*paths)
    first.tag_all()
    first.window.close()
    second = open_desk()
    second.add(*paths)
    assert set(second.states()) == {State.SUGGESTED}
    second.select("one.jpg")
    with second.qtbot.waitSignal(second.window.verdicts.finished):
        second.window.actions_.discard.trigger()
    second.select("two.jpg")
    second.accept()
    second.window.close()
    third = open_desk()
    third.add(*paths)
    assert third.states() == [None, None]


_AT_WORK = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from cutline.core.settings_file import load
from cutline.gui.deeds import Deeds
from cutline.gui.main_window import MainWindow
from cutline.gui.session import Session

app = QApplication([])
window = MainWindow(Session(load(Path(sys.argv[1]))))
deeds = Deeds(window)
window.adding.finished.connect(lambda _: window.actions_.tag_all.trigger())
window.show()
window.add_paths([Path(name) for name in sys.argv[2:]])
app.exec()
"""


def test_a_window_that_is_killed_offers_to_go_on_exactly_there(
    open_desk: Make, online: Settings, service: ImagedescriberService, tmp_path: Path
) -> None:
    paths = pictures(tmp_path, "1.jpg", "2.jpg", "3.jpg", "4.jpg")
    save(tmp_path / "config.toml", online)
    service.faults += [late(0), late(0), silent()]
    words = [sys.executable, "-c", _AT_WORK, str(tmp_path / "config.toml"), *map(str, paths)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while len(service.requests) < 3:
            assert process.poll() is None
            assert time.monotonic() < deadline
            service.stopped.wait(0.01)
        process.kill()
    service.faults.clear()
    desk = open_desk(online)
    desk.deeds.resuming.look()
    desk.qtbot.waitUntil(lambda: "2 of 4 photos are left" in desk.window.banner.text)
    with desk.qtbot.waitSignal(desk.window.run.finished):
        desk.window.banner.button.click()
    assert set(desk.states()) == {State.SUGGESTED}
    assert len(service.requests) == 3 + 2, "the one that was being asked about, and the one after it"
    assert still_open(desk) == []
