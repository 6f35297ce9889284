"""One widget for each setting, made from how the setting is declared: type, choices, range and unit have one home."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from cutline.core.settings import Option, Value

_INDENT = 6  # pixels of padding, as other fields have; the style sheet's reaches only the frame of a spin box


class _Calm:
    """The wheel scrolls the dialog; it changes a value only where the person is."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class Choice(_Calm, QComboBox):
    """A list to choose from."""


class Whole(_Calm, QSpinBox):
    """A whole number."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)


class Number(_Calm, QDoubleSpinBox):
    """A number."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)


class OptionEditor(QObject):
    """A widget that shows one setting, and what the person made of it."""

    def __init__(self, option: Option, names: Mapping[str, str] | None = None, parent: QObject | None = None) -> None:
        """`names`: choices that are known only here (backends, languages), value to name."""
        super().__init__(parent)
        self.option = option
        self.widget = _widget(option, names)
        self.widget.setAccessibleName(option.about)
        self.widget.setToolTip(f"{option.about} ({option.key})")

    @property
    def key(self) -> str:
        """The setting's dotted key."""
        return self.option.key

    def value(self) -> Value:
        """What the person made of it, to be checked by `settings.changed`."""
        widget = self.widget
        if isinstance(widget, QComboBox):
            return str(widget.currentData())
        if isinstance(widget, QCheckBox):
            return widget.isChecked()
        if isinstance(widget, QSpinBox | QDoubleSpinBox):
            return widget.value()
        if isinstance(widget, QLineEdit):
            return widget.text().strip()
        boxes = widget.findChildren(QCheckBox)
        return tuple(box.objectName() for box in boxes if box.isChecked())

    def changed(self) -> bool:
        """Whether that differs from what it was made with."""
        return self.value() != self.option.value


def _widget(option: Option, names: Mapping[str, str] | None) -> QWidget:
    value = option.value
    if isinstance(value, tuple):
        return _boxes(option.choices, value)
    if names is not None or option.choices:
        return _choice({**(names or {choice: said(choice) for choice in option.choices})}, str(value))
    if isinstance(value, bool):
        box = QCheckBox()
        box.setChecked(value)
        return box
    if isinstance(value, int | float):
        return _number(option, value)
    line = QLineEdit(value)
    line.setCursorPosition(0)
    return line


def _choice(names: dict[str, str], current: str) -> QComboBox:
    box = Choice()
    names.setdefault(current, current)
    for value, name in names.items():
        box.addItem(name, value)
    box.setCurrentIndex(box.findData(current))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def _number(option: Option, value: int | float) -> QAbstractSpinBox:
    spin: QSpinBox | QDoubleSpinBox
    if isinstance(value, int):
        spin = Whole()
        spin.setRange(int(option.low or 0), int(option.high or 0))
        spin.setValue(value)
    else:
        spin = Number()
        spin.setDecimals(0 if value == round(value) else 2)
        spin.setRange(option.low or 0, option.high or 0)
        spin.setValue(value)
    spin.setSuffix(f" {option.unit}" if option.unit else "")
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    spin.setMaximumWidth(160)
    return spin


def _boxes(choices: tuple[str, ...], chosen: tuple[str, ...]) -> QWidget:
    group = QWidget()
    layout = QHBoxLayout(group)
    layout.setContentsMargins(0, 0, 0, 0)
    for choice in choices:
        box = QCheckBox(said(choice))
        box.setObjectName(choice)
        box.setChecked(choice in chosen)
        layout.addWidget(box)
    layout.addStretch(1)
    return group


_SAID = {
    "merge": "Add tags; title and description only where empty",
    "fill": "Only what is empty",
    "replace": "Replace with what is suggested",
    "auto": "Automatic",
    "embed": "Into the photo",
    "sidecar": "Beside the photo (XMP sidecar)",
    "bearer": "Authorization: Bearer",
    "x-api-key": "X-API-Key",
    "alt_text": "Alt text",
}


def said(choice: str) -> str:
    """A choice in words."""
    return _SAID.get(choice, choice.replace("_", " ").capitalize())
