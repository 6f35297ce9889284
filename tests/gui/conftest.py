"""What the tests of the window share."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cutline.core.settings import Settings
from cutline.gui import background, theme
from helpers.windows import Desk, Make, make_desk

_PATIENCE = 30_000  # milliseconds; a wait ends with what it waits for, so that only a failure takes so long


class PatientBot(QtBot):
    """A `QtBot` that waits as long as a slow machine needs."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        super().__init__(request)
        for name in ("waitSignal", "waitSignals", "waitUntil", "waitExposed", "waitActive", "waitCallback"):
            setattr(self, name, partial(getattr(self, name), timeout=_PATIENCE))


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """In place of pytest-qt's own."""
    return PatientBot(request)


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
    assert background.wait_all(30_000)
    for desk in made:
        desk.window.deleteLater()


@pytest.fixture
def desk(open_desk: Make) -> Desk:
    """A window with the settings as they come."""
    return open_desk()
