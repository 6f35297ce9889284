"""A message across the window or the inspector, with a way forward: what would be a box to click away elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cutline.gui import theme
from cutline.gui.ranks import rank

Kind = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A second way forward."""

    label: str
    action: Callable[[], None]


class Banner(QWidget):
    """Hidden as long as there is nothing to say. A new message replaces the one before."""

    cleared = Signal(str)
    """What was said is not said any more."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        closable: bool = True,
        margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    ) -> None:
        super().__init__(parent)
        self._frame = QFrame()
        self._frame.setObjectName("banner")
        around = QVBoxLayout(self)
        around.setContentsMargins(*margins)
        around.addWidget(self._frame)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._button, self._second = QPushButton(), QPushButton()
        self._button.clicked.connect(self._act)
        self._second.clicked.connect(self._act_otherwise)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setToolTip("Close this message")
        self._close.setAccessibleName("Close this message")
        theme.keep_icon(self._close, "close")
        self._close.clicked.connect(self.clear)
        self._close.setVisible(closable)
        self._action: Callable[[], None] | None = None
        self._choice: Choice | None = None
        self._stays = False
        layout = QHBoxLayout(self._frame)
        layout.setContentsMargins(12, 7, 8, 7)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._second)
        layout.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    @property
    def button(self) -> QPushButton:
        """The way forward, where there is one."""
        return self._button

    @property
    def second(self) -> QPushButton:
        """The other way forward, where there are two."""
        return self._second

    def say(
        self,
        kind: Kind,
        text: str,
        label: str = "",
        action: Callable[[], None] | None = None,
        choice: Choice | None = None,
        *,
        stays: bool = False,
    ) -> None:
        """Show `text`, with a button `label` that does `action`, and another one for `choice`.

        `stays`: what is said is still true after `action`, and is still shown.
        """
        self._text.setText(text)
        self._action, self._choice, self._stays = action, choice, stays
        self._second.setText(choice.label if choice else "")
        self._second.setVisible(choice is not None)
        self._button.setText(label)
        self._button.setVisible(bool(label))
        rank(self._frame, kind)
        self.setAccessibleName(text)
        self.show()

    def clear(self) -> None:
        """Say nothing more."""
        said = self.text
        self._action = self._choice = None
        self.hide()
        self.cleared.emit(said)

    def _act(self) -> None:
        action = self._action
        if not self._stays:
            self.clear()
        if action is not None:
            action()

    def _act_otherwise(self) -> None:
        choice = self._choice
        self.clear()
        if choice is not None:
            choice.action()
