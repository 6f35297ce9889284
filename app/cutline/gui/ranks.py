"""How the window's own widgets look beyond the application's style sheet: one short sheet of rules.

A widget says what it is (`rank(label, "muted")`), the sheet says how that looks, and the theme says in which colours.
"""

from string import Template
from typing import Literal

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from cutline.core.batch import State
from cutline.gui import theme

Rank = Literal["", "muted", "heading", "title", "gone", "link", "over", "info", "warning", "error"]

_SHEET = Template("""
QLabel[rank="muted"] { color: $muted; }
QLabel[rank="heading"] { font-weight: 600; }
QLabel[rank="title"] { font-size: 17pt; font-weight: 600; }
QLabel[rank="gone"], QLabel[rank="over"] { color: $failed; }
QLabel[rank="link"] { color: $suggested; }
QFrame#tags { border: 1px solid $border; border-radius: 6px; padding: 3px; background: $base; }
QFrame#tags[focused="true"] { border-color: $accent; }
QLineEdit#tagline { background: transparent; border: 0; padding: 0; }
QFrame#banner {
    border: 1px solid $border; border-left: 4px solid $accent; background: $card;
    border-top-right-radius: 6px; border-bottom-right-radius: 6px;
}
QFrame#banner[rank="error"] { border-left-color: $failed; }
QFrame#banner[rank="warning"] { border-left-color: $cancelled; }
QToolButton[small="true"] { padding: 1px 8px; color: $suggested; }
QFrame#dropzone { border: 2px dashed $border; border-radius: 14px; background: $base; }
QFrame#dropzone[rank="info"] { border: 2px dashed $accent; background: $tint; border-radius: 14px; }
QFrame#runpanel, QFrame#reviewbar { border: 0; border-top: 1px solid $border; background: $window; }
QListWidget#pages { border: 1px solid $border; border-radius: 6px; background: $base; padding: 4px; outline: 0; }
QListWidget#pages::item { padding: 6px 8px; border-radius: 5px; color: $text; }
QListWidget#pages::item:selected { background: $tint; color: $text; }
QCheckBox::indicator:unchecked {
    width: 12px; height: 12px; border: 1px solid $muted; border-radius: 3px; background: $base;
}
QFrame#rule { background: $border; max-height: 1px; min-height: 1px; border: 0; }
QScrollArea#plain, QWidget#plainbody { background: $window; border: 0; }
""")


def sheet() -> str:
    """The style sheet in the colours of now."""
    look = theme.colours()
    return _SHEET.substitute(
        muted=look.muted, text=look.text, border=look.border, base=look.base, card=look.card, accent=look.accent,
        tint=look.tint, window=look.window,
        failed=look.states[State.FAILED], suggested=look.states[State.SUGGESTED],
        cancelled=look.states[State.CANCELLED],
    )  # fmt: skip


def rank(widget: QWidget, name: Rank) -> None:
    """Make `widget` look like a `name`."""
    mark(widget, "rank", name)


def mark(widget: QWidget, name: str, value: object) -> None:
    """Set a property the style sheet looks at, and look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def make_primary(button: QPushButton) -> None:
    """The button that does what the person most likely wants."""
    mark(button, "primary", True)


def without_icons(box: QDialogButtonBox) -> QDialogButtonBox:
    """`box` with words alone on its buttons: the style's own little pictures fit nothing else here."""
    for button in box.buttons():
        button.setIcon(QIcon())
    return box
