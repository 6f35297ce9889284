"""What the tests of the window share."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cutline.core.settings import Settings
from cutline.gui import background, theme
from helpers.windows import Desk, Make, make_desk


@pytest.fixture
def open_desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Make]:
    """Windows with the settings asked for, closed at the end of the test."""
    theme.apply(qapp, "light")
    made: list[Desk] = []

    def make(settings: Settings | None = None) -> Desk:
        made.append(make_desk(qtbot, settings or Settings()))
        return made[-1]

    yield make
    for desk in made:
        desk.close()
    assert background.wait_all(12_000)
    for desk in made:
        desk.window.deleteLater()


@pytest.fixture
def desk(open_desk: Make) -> Desk:
    """A window with the settings as they come."""
    return open_desk()
