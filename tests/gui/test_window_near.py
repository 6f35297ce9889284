"""Photos that look alike and share one answer: shown as such, and asked on their own when the person wants it."""

from pathlib import Path

import pytest

from cutline.core.batch import State
from cutline.core.settings import Settings, changed
from helpers.bursts import frame
from helpers.imagedescriber_service import ImagedescriberService
from helpers.windows import Desk, Make, said


@pytest.fixture
def desk(open_desk: Make, online: Settings, tmp_path: Path) -> Desk:
    made = open_desk(changed(online, "near_duplicates", True))
    made.add(*(frame(tmp_path / f"{n}.jpg", 3, n).path for n in range(3)))
    return made


def test_a_shared_answer_is_shown_as_such_and_each_can_be_asked_about_on_its_own(
    desk: Desk, service: ImagedescriberService
) -> None:
    desk.tag_all()
    assert len(service.requests) == 1
    assert set(desk.states()) == {State.SUGGESTED}
    assert "2 answered before or shared, at no cost" in desk.window.statusBar().currentMessage()
    inspector = desk.window.inspector
    desk.select("0.jpg")
    assert inspector.banner.text == ""
    desk.select("1.jpg")
    assert inspector.banner.text == "Shares the answer of 0.jpg, which it looks like."
    assert "Shares" not in inspector._origin.text(), "once is enough"
    assert "at no cost" in said(inspector)
    with desk.qtbot.waitSignal(desk.window.run.finished):
        inspector.banner.button.click()
    desk.settle()
    assert len(service.requests) == 2
    assert inspector.banner.text == ""
    suggestion = desk.entry("1.jpg").suggestion
    assert suggestion is not None
    assert suggestion.shared_with == ""
    desk.select("0.jpg", "1.jpg", "2.jpg")
    assert inspector.banner.text == "1 of them shares the answer of a photo that looks alike."
    with desk.qtbot.waitSignal(desk.window.run.finished):
        inspector.banner.button.click()
    assert len(service.requests) == 3


def test_without_the_setting_nothing_is_shared(desk: Desk, service: ImagedescriberService) -> None:
    desk.window.session.change({"near_duplicates": False})
    desk.tag_all()
    assert len(service.requests) == 3
    desk.select("1.jpg")
    assert desk.window.inspector.banner.text == ""
