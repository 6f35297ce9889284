"""A plug-in that does not load, in the window: said once, and nobody else is hidden by it."""

import pytest

from cutline.core import paths
from cutline.core.backends import plugins
from helpers.windows import Desk


def test_a_broken_plug_in_is_told_and_the_others_are_offered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "_broken", {})
    folder = paths.config_dir() / plugins.FOLDER
    folder.mkdir()
    (folder / "bent.py").write_text("1/0")
    desk.deeds.look_up_backends()
    desk.qtbot.waitUntil(lambda: "bent" in desk.window.banner.text)
    assert desk.window.banner.text == (
        "The backend “bent” cannot be used (ZeroDivisionError: division by zero); mend or remove the plug-in."
    )
    assert "offline" in {card.id for card in desk.window.quick.cards}


def test_where_all_load_nothing_is_said(desk: Desk) -> None:
    desk.deeds.look_up_backends()
    desk.qtbot.waitUntil(lambda: len(desk.window.quick.cards) >= 3)
    assert desk.window.banner.text == ""
