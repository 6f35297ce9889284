"""A message across the window or the inspector, with a way forward: what would be a box to click away elsewhere."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cutline.gui import theme
from cutline.gui.ranks import rank

Kind = Literal["info", "warning", "error"]


class Banner(QWidget):
    """Hidden as long as there is nothing to say. A new message replaces the one before."""

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
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setToolTip("Close this message")
        self._close.setAccessibleName("Close this message")
        theme.keep_icon(self._close, "close")
        self._close.clicked.connect(self.clear)
        self._close.setVisible(closable)
        self._action: Callable[[], None] | None = None
        layout = QHBoxLayout(self._frame)
        layout.setContentsMargins(12, 7, 8, 7)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
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

    def say(self, kind: Kind, text: str, label: str = "", action: Callable[[], None] | None = None) -> None:
        """Show `text`, with a button `label` that does `action`."""
        self._text.setText(text)
        self._action = action
        self._button.setText(label)
        self._button.setVisible(bool(label))
        rank(self._frame, kind)
        self.setAccessibleName(text)
        self.show()

    def clear(self) -> None:
        """Say nothing more."""
        self._action = None
        self.hide()

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()
