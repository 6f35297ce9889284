"""The strip above the photos: which ones to show, by how far they are and by name.

Where there is little room for a button for each group, there is a list to choose from.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from cutline.core.batch import State
from cutline.gui.photos import PhotoModel

_LEAST, _SEARCH = 230, 110  # pixels: the strip at its narrowest, and the filter by name
_GROUPS: tuple[tuple[str, frozenset[State | None] | None], ...] = (
    ("All", None),
    ("Not asked", frozenset({None, State.QUEUED, State.ASKING, State.CANCELLED})),
    ("To review", frozenset({State.SUGGESTED})),
    ("Done", frozenset({State.WRITTEN, State.UNCHANGED, State.SKIPPED})),
    ("Problems", frozenset({State.FAILED})),
)


class FilterBar(QWidget):
    """Says what is to be shown; counts come from the model."""

    changed = Signal(object, str)
    """The states to show (None: all) and the text names must contain."""

    def __init__(self, model: PhotoModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._narrow = False
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(2)
        for number, (name, _) in enumerate(_GROUPS):
            button = _group_button(name, chosen=number == 0)
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._choice = _group_list()
        self._choice.activated.connect(lambda number: self._group.button(number).setChecked(True))
        layout.addWidget(self._choice)
        layout.addStretch(1)
        self.search = _search_field()
        layout.addWidget(self.search)
        self.setMinimumWidth(_LEAST)
        self._group.idToggled.connect(self._on_toggled)
        self.search.textChanged.connect(self._tell)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._count)
        model.changed_counts.connect(self._later.start)
        self._count()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt’s name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Buttons where they fit, else the list."""
        buttons = self._group.buttons()
        needed = sum(button.sizeHint().width() + 2 for button in buttons) + _SEARCH + 24
        narrow = self.width() < needed
        if narrow != self._narrow:
            self._narrow = narrow
            for button in buttons:
                button.setHidden(narrow)
            self._choice.setVisible(narrow)

    def focus_search(self) -> None:
        """Go to the filter by name."""
        self.search.setFocus()

    def show_group(self, name: str) -> None:
        """Show the group called `name`."""
        self._group.button([group for group, _ in _GROUPS].index(name)).setChecked(True)

    def _count(self) -> None:
        for number, (name, states) in enumerate(_GROUPS):
            count = self._model.rowCount() if states is None else sum(map(self._model.count, states))
            text = f"{name} {count:,}" if count else name
            self._group.button(number).setText(text)
            self._choice.setItemText(number, text)
        self._fit()

    def _on_toggled(self, number: int, on: bool) -> None:
        if on:
            self._choice.setCurrentIndex(number)
            self._tell()

    def _tell(self) -> None:
        self.changed.emit(_GROUPS[self._group.checkedId()][1], self.search.text().strip())


def _group_button(name: str, *, chosen: bool) -> QToolButton:
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setToolTip(f"Show: {name}")
    button.setChecked(chosen)
    return button


def _group_list() -> QComboBox:
    """The groups for a strip too narrow for their buttons."""
    choice = QComboBox()
    choice.setAccessibleName("Show")
    choice.setToolTip("Which photos to show")
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    choice.addItems([name for name, _ in _GROUPS])
    choice.hide()
    return choice


def _search_field() -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText("Filter by name")
    field.setAccessibleName("Filter by name")
    field.setToolTip("Show photos whose name contains this (Ctrl+F)")
    field.setClearButtonEnabled(True)
    field.setAcceptDrops(False)
    field.setMinimumWidth(_SEARCH)
    field.setMaximumWidth(220)
    return field
