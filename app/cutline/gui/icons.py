"""Icons: our own SVG drawings in resources/icons, painted in the colour asked for, sharp at every pixel ratio.

The drawings say `currentColor`, which Qt does not know: it is replaced by the colour before they are rendered.
"""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from cutline.core.paths import resource

_SIDES = (16, 20, 24, 32, 48)
_RATIOS = (1, 2)


@cache
def _drawing(name: str) -> str:
    return (resource("icons") / f"{name}.svg").read_text(encoding="utf-8")


@cache
def glyph(name: str, colour: str, side: int, ratio: float = 1.0) -> QPixmap:
    """The drawing `name` in `colour` (``#rrggbb``), `side` logical pixels square. GUI thread only."""
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def icon(name: str, colour: str, disabled: str, checked: str) -> QIcon:
    """The drawing `name` as an icon for actions and buttons; `checked`: its colour on an accented ground."""
    made = QIcon()
    for side in _SIDES:
        for ratio in _RATIOS:
            made.addPixmap(glyph(name, colour, side, ratio), QIcon.Mode.Normal)
            made.addPixmap(glyph(name, disabled, side, ratio), QIcon.Mode.Disabled)
            made.addPixmap(glyph(name, checked, side, ratio), QIcon.Mode.Selected)
    return made
