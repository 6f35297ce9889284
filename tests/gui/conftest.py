"""What the tests of the window share."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cutline.core.settings import Settings, changed
from cutline.gui import background, theme
from helpers.imagedescriber_service import ImagedescriberService
from helpers.windows import Desk, Make, make_desk, with_settings

_KEY = "sk-window-0123456789"
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


@pytest.fixture
def service() -> Iterator[ImagedescriberService]:
    """A service that answers at once."""
    with ImagedescriberService(key=_KEY) as running:
        yield running


@pytest.fixture
def careful(service: ImagedescriberService, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that ask the stand-in, with the right key in the environment, and the person before every run."""
    monkeypatch.setenv("CUTLINE_IMAGEDESCRIBER_KEY", _KEY)
    return with_settings(
        backend="imagedescriber",
        backends__imagedescriber__base_url=service.base_url,
        backends__imagedescriber__requests_per_minute=0,
        backends__imagedescriber__parallel=1,
    )


@pytest.fixture
def online(careful: Settings) -> Settings:
    """The same, without the question to the person."""
    return changed(careful, "window.ask_above", 1000)
