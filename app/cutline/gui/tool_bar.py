"""The tool bar: what is done most often, and who is asked. Where room is short, its words go."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from cutline.gui.actions import Actions
from cutline.gui.quick_choice import QuickChoice

_WORDS, _NONE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly


class ToolBar(QToolBar):
    """Buttons of `actions` around `quick`."""

    def __init__(self, actions: Actions, quick: QuickChoice) -> None:
        super().__init__("Tools")
        self._quick = quick
        self._needed = 0
        """Pixels that the words take, as measured when they were last shown."""
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.setToolButtonStyle(_WORDS)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._fill(actions)

    def _fill(self, a: Actions) -> None:
        self.addAction(a.add_photos)
        self.addSeparator()
        self.addActions([a.tag_selected, a.tag_all, a.pause, a.stop])
        self.addSeparator()
        self.addWidget(self._quick)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self.addAction(a.settings)
        for action, text in ((a.add_photos, "Add"), (a.tag_selected, "Tag Selected"), (a.tag_all, "Tag All"),
                             (a.pause, "Pause"), (a.stop, "Stop"), (a.settings, "Settings")):  # fmt: skip
            action.setIconText(text)

    def event(self, event: QEvent) -> bool:
        """Words may have become longer."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be room for words, or none."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.toolButtonStyle() == _WORDS:
            self._needed = self.sizeHint().width()
        roomy = self.width() >= self._needed
        self._quick.set_terse(not roomy)
        self.setToolButtonStyle(_WORDS if roomy else _NONE)
