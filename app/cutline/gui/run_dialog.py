"""The question before a run that costs something: what it comes to, where the pictures go, and where to stop."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from cutline.core import settings as core_settings
from cutline.core.cost import budget, prices
from cutline.core.errors import ConfigError
from cutline.core.outlook import Outlook
from cutline.core.settings import Settings
from cutline.gui.option_editors import Whole
from cutline.gui.pace import duration
from cutline.gui.ranks import make_primary, rank, without_icons

_SMALL_RUN = 20
"""Photos; what is offered as a run that need not be asked about."""
_HINT = "Credits, as 200, or money, as 20 {}. What is done by then stays done."
_CONTEXT = "backends.openai.context"


class RunDialog(QDialog):
    """Asks about one run. What is said here is for this run alone and changes no settings."""

    agreed = Signal(object)
    """The settings of this run."""

    def __init__(self, outlook: Outlook, backend: str, settings: Settings, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Before This Run")
        self._outlook, self._settings = outlook, settings
        heading = QLabel(f"Ask {backend} about {_at_most(outlook)}?")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        rank(heading, "heading")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        for name, text in _facts(outlook, settings):
            self._row(name, _text(text))
        self._make_fields()
        self.buttons = self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(heading)
        layout.addLayout(self._grid)
        layout.addLayout(self._memory())
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(520)

    def _make_fields(self) -> None:
        self.stop_at = QLineEdit(self._settings.max_cost)
        self.stop_at.setPlaceholderText("No limit")
        self.stop_at.setAccessibleName("Stop at")
        self.stop_at.textEdited.connect(self._calm)
        self.hint = _text("")
        self._calm()
        self._row("Stop at", self.stop_at)
        self._grid.addWidget(self.hint, self._grid.rowCount(), 1)
        self.context = QLineEdit(self._settings.backends.openai.context)
        self.context.setPlaceholderText("Such as: Wedding of Ana and Luis, Lisbon")
        self.context.setAccessibleName("What the photos have in common")
        self.context.setToolTip("What the photos have in common, told to the model with each of them")
        if self._settings.backend == "openai":
            self._row("Context", self.context)

    def _make_buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ask_button = box.button(QDialogButtonBox.StandardButton.Ok)
        self.ask_button.setText(f"Ask {_at_most(self._outlook)}")
        make_primary(self.ask_button)
        without_icons(box)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _memory(self) -> QHBoxLayout:
        self.quiet = QCheckBox("Do not show this again for runs of at most")
        self.most = Whole()
        self.most.setRange(1, 100_000)
        self.most.setValue(max(_SMALL_RUN, self._settings.window.ask_above))
        self.most.setAccessibleName("Photos in a run that is not asked about")
        self.most.setEnabled(False)
        self.quiet.toggled.connect(self.most.setEnabled)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.quiet)
        row.addWidget(self.most)
        row.addWidget(QLabel("photos"))
        row.addStretch(1)
        return row

    def _row(self, name: str, widget: QWidget) -> None:
        label = QLabel(name)
        rank(label, "muted")
        row = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop if isinstance(widget, QLabel) else Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(label, row, 0, top)
        self._grid.addWidget(widget, row, 1)

    def ask_above(self) -> int | None:
        """The size of runs that are not to be asked about any more; None: as it is."""
        return self.most.value() if self.quiet.isChecked() else None

    def accept(self) -> None:
        """Say so, unless the sum is none."""
        try:
            settings = self._changed()
            budget(settings)
        except ConfigError as error:
            self._complain(error)
            return
        super().accept()
        self.agreed.emit(settings)

    def _changed(self) -> Settings:
        settings = core_settings.changed(self._settings, "max_cost", self.stop_at.text().strip())
        if self._settings.backend == "openai":
            settings = core_settings.changed(settings, _CONTEXT, self.context.text().strip())
        return settings

    def _complain(self, error: ConfigError) -> None:
        words = str(error).removeprefix(f"max_cost = {self.stop_at.text().strip()!r}: ")
        self.hint.setText(words[:1].upper() + words[1:])
        rank(self.hint, "over")
        self.stop_at.setFocus()
        self.stop_at.selectAll()
        self.adjustSize()

    def _calm(self) -> None:
        self.hint.setText(_HINT.format(self._settings.currency))
        rank(self.hint, "muted")


def _facts(outlook: Outlook, settings: Settings) -> list[tuple[str, str]]:
    """What there is to know, by name."""
    free = []
    if outlook.answered:
        free.append(f"{outlook.answered:,} answered before, at no cost")
    if outlook.skipped:
        free.append(f"{outlook.skipped:,} with nothing missing")
    facts = (
        [("Photos", f"{outlook.photos:,}: {', '.join((*free, f'{_at_most(outlook)} to ask about'))}")] if free else []
    )
    cost = prices(settings).words(outlook.cost)
    facts.append(("Cost", f"about {cost}" if cost else "not known; no price is set for this backend"))
    if outlook.seconds is not None:
        facts.append(("Time", f"{duration(outlook.seconds)}, at the rate that the service allows"))
    return [*facts, ("Goes to", f"{outlook.host}, as small copies without metadata")]


def _at_most(outlook: Outlook) -> str:
    return f"{'' if outlook.exact else 'up to '}{_photos(outlook.asked)}"


def _photos(count: int) -> str:
    return f"{count:,} photo{'s' if count != 1 else ''}"


def _text(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
