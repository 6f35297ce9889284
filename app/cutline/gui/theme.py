"""The look of the window: palette, style sheet and icons, light or dark, switched while it runs.

    apply(app, "auto")  ─>  the system's colour scheme  ─>  Fusion palette and style sheet  ─>  changed

Both palettes are ours: asking Qt for a colour scheme does nothing on some platforms (offscreen, bare X11). Whoever
paints by hand asks `colours()` each time; `keep_icon` makes a button or an action follow.
"""

from string import Template
from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication

from cutline.core.paths import resource
from cutline.gui import icons
from cutline.gui.colours import DARK, LIGHT, Colours

Theme = Literal["auto", "light", "dark"]

SPACE = 8  # pixels between things that belong together; half of it inside, twice between groups
RADIUS = 6  # pixels, of corners


class _Look(QObject):
    """What is applied now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme: Theme = "auto"
        self.colours = LIGHT

    @Slot()
    def follow(self) -> None:
        """The system switched."""
        app = QApplication.instance()
        if self.theme == "auto" and isinstance(app, QApplication):
            _show(app, system_is_dark())


_look = _Look()
changed = _look.changed
"""Emitted after the colours have become others."""


def colours() -> Colours:
    """The colours to paint with now."""
    return _look.colours


def apply(app: QApplication, theme: Theme) -> None:
    """Give the whole application this look, now and, for ``auto``, whenever the system changes its own."""
    _look.theme = theme
    app.styleHints().colorSchemeChanged.connect(_look.follow, Qt.ConnectionType.UniqueConnection)
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    _show(app, system_is_dark() if theme == "auto" else theme == "dark")


def system_is_dark() -> bool:
    """Whether the desktop asks for dark windows; light where it does not say."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _show(app: QApplication, dark: bool) -> None:
    look = DARK if dark else LIGHT
    if look is _look.colours and app.styleSheet():
        return  # styling every widget anew is not for nothing
    _look.colours = look
    app.setPalette(palette(look))
    sheet = Template(resource("style.qss").read_text(encoding="utf-8"))
    app.setStyleSheet(sheet.substitute(_words(look)))
    _look.changed.emit()


def _words(look: Colours) -> dict[str, str]:
    """What the style sheet may name: the colours, and the arrows, which it cannot colour itself."""
    names = [name for name in Colours.__dataclass_fields__ if name != "states"]
    kind = "dark" if look is DARK else "light"
    arrows = {f"arrow_{way}": resource(f"icons/arrow-{way}-{kind}.svg").as_posix() for way in ("up", "down")}
    return {name: getattr(look, name) for name in names} | arrows


def palette(look: Colours) -> QPalette:
    """The Fusion palette made of `look`."""
    role, made = QPalette.ColorRole, QPalette(QColor(look.window))
    for name, colour in {
        role.Window: look.window,
        role.WindowText: look.text,
        role.Base: look.base,
        role.AlternateBase: look.card,
        role.Text: look.text,
        role.PlaceholderText: look.muted,
        role.Button: look.card,
        role.ButtonText: look.text,
        role.BrightText: look.on_accent,
        role.ToolTipBase: look.text,
        role.ToolTipText: look.base,
        role.Highlight: look.accent,
        role.HighlightedText: look.on_accent,
        role.Link: look.accent,
        role.LinkVisited: look.accent,
        role.Mid: look.border,
        role.Accent: look.accent,
    }.items():
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(look.disabled))
    return made


def icon(name: str) -> QIcon:
    """The icon `name` of resources/icons, in the colours of now. See `keep_icon` for what lives longer."""
    look = _look.colours
    return icons.icon(name, look.text, look.disabled, look.on_accent)


class _IconKeeper(QObject):
    """Lives as long as what it paints on."""

    def __init__(self, target: QAction | QAbstractButton, name: str) -> None:
        super().__init__(target)
        self._name = name
        _look.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        cast("QAction | QAbstractButton", self.parent()).setIcon(icon(self._name))


def keep_icon(target: QAction | QAbstractButton, name: str) -> None:
    """Give an action or a button the icon `name`, now and after each change of the theme."""
    _IconKeeper(target, name)
