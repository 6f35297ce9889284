from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cutline.core.batch import State
from cutline.core.paths import resource
from cutline.gui import icons, theme
from cutline.gui.colours import DARK, LIGHT, Colours

READABLE = 4.5  # WCAG 2.2, 1.4.3, level AA
VISIBLE = 3.0  # 1.4.11: what a control or its state is told by


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp, "light")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    made = QColor(colour)
    return 0.2126 * linear(made.redF()) + 0.7152 * linear(made.greenF()) + 0.0722 * linear(made.blueF())


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(look: Colours) -> None:
    grounds = {name: getattr(look, name) for name in ("window", "base", "card", "hover", "mat", "tint")}
    for name, ground in grounds.items():
        assert contrast(look.text, ground) >= 7, name
        assert contrast(look.muted, ground) >= READABLE, name
        assert contrast(look.accent, ground) >= READABLE, name
        for state, colour in look.states.items():
            assert contrast(colour, ground) >= READABLE, f"{state} on {name}"
    assert contrast(look.on_accent, look.accent) >= READABLE


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_every_state_has_a_colour_and_a_drawing_that_stands_out_on_it(look: Colours) -> None:
    assert set(look.states) == set(State)
    for state, colour in look.states.items():
        assert contrast(look.on_state, colour) >= VISIBLE, state
        assert (resource("icons") / f"state-{state}.svg").is_file()


def test_light_and_dark_are_shown_as_asked(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    assert theme.colours() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    theme.apply(qapp, "light")
    assert theme.colours() is LIGHT
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.window)


def test_auto_follows_the_system_while_it_runs(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    dark = False
    monkeypatch.setattr(theme, "system_is_dark", lambda: dark)
    theme.apply(qapp, "auto")
    assert theme.colours() is LIGHT
    dark = True
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colours() is DARK
    theme.apply(qapp, "light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.colours() is LIGHT


def test_a_system_that_does_not_say_is_light(qapp: QApplication) -> None:
    assert theme.system_is_dark() == (qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark)


def test_a_switch_is_told_once(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "dark")
    theme.apply(qapp, "dark")
    told: list[None] = []
    theme.changed.connect(lambda: told.append(None))
    theme.apply(qapp, "light")
    assert len(told) == 1


def ink(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    """The colour of the most opaque pixel."""
    image = icon.pixmap(24, 24, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


def test_kept_icons_follow_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    owner = QObject()
    button, action = QPushButton(), QAction(owner)
    qtbot.addWidget(button)
    for wearer in (button, action):
        theme.keep_icon(wearer, "tag")
    for name, look in (("dark", DARK), ("light", LIGHT)):
        theme.apply(qapp, "dark" if name == "dark" else "light")
        for wearer in (button, action):
            assert ink(wearer.icon()) == QColor(look.text)
            assert ink(wearer.icon(), QIcon.Mode.Disabled) == QColor(look.disabled)


def test_an_icon_s_wearer_may_go(qapp: QApplication) -> None:
    action = QAction(qapp)
    theme.keep_icon(action, "tag")
    action.deleteLater()
    qapp.sendPostedEvents(action, 0)
    del action
    qapp.processEvents()
    theme.apply(qapp, "dark")


@pytest.mark.parametrize("name", sorted(path.stem for path in resource("icons").glob("*.svg")))
def test_every_drawing_is_sound_and_sharp(qapp: QApplication, name: str) -> None:
    root = ET.parse(resource("icons") / f"{name}.svg").getroot()
    assert root.get("viewBox")
    for ratio in (1.0, 1.5, 2.0):
        made = icons.glyph(name, "#123456", 24, ratio)
        assert made.width() == 24 * ratio
        assert made.deviceIndependentSize().width() == 24
        image = made.toImage()
        opaque = sum(image.pixelColor(x, y).alpha() > 0 for x in range(made.width()) for y in range(made.height()))
        assert opaque > 10
        edge = [image.pixelColor(x, y).alpha() for x in range(made.width()) for y in (0, made.height() - 1)]
        assert not any(edge), "nothing is cut off"
