"""The key of one service: typed as dots, kept by the keyring, tested on request. It never shows a key that is kept."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from cutline.core.control import Control
from cutline.core.settings import Settings
from cutline.gui import key_work
from cutline.gui.background import Job
from cutline.gui.forward import sentence
from cutline.gui.ranks import rank

_DOTS = "•" * 12
_NOTE = "Test asks the service about one small picture; that may use one credit."


class KeyPanel(QWidget):
    """Works on the key of `backend_id`. `settings` gives the settings as they stand in the dialog, for the test."""

    settled = Signal()
    """Something that was asked for is done, well or not."""

    def __init__(self, backend_id: str, settings: Callable[[], Settings], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backend, self._settings = backend_id, settings
        self._control = Control()
        self._job: Job | None = None
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("API key")
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
        self.field.setAcceptDrops(False)
        self.save_button, self.delete_button = QPushButton("Save Key"), QPushButton("Delete Key")
        self.test_button = QPushButton("Test")
        self.test_button.setToolTip(_NOTE)
        self.status, self.result = _line(), _line()
        self._make()
        self._begin(lambda: key_work.looking_up(backend_id))

    def _make(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.save_button, self.delete_button, self.test_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        note = _line()
        note.setText(_NOTE)
        rank(self.status, "muted")
        rank(note, "muted")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(6)
        for row, item in enumerate((self.field, self.status)):
            layout.addWidget(item, row, 0)
        layout.addLayout(buttons, 2, 0)
        layout.addWidget(note, 3, 0)
        layout.addWidget(self.result, 4, 0)
        self.result.hide()
        self.save_button.clicked.connect(self.save)
        self.delete_button.clicked.connect(self.delete)
        self.test_button.clicked.connect(self.test)
        self.field.textChanged.connect(self._on_typed)
        self._on_typed()

    def save(self) -> None:
        """Keep what was typed; the field is emptied as soon as it is kept."""
        key = self.field.text()
        self._begin(lambda: key_work.saving(self._backend, key))

    def delete(self) -> None:
        """Forget the key that is kept."""
        self.field.clear()
        self._begin(lambda: key_work.deleting(self._backend))

    def test(self) -> None:
        """Ask the service about a sample picture."""
        typed, settings, control = self.field.text(), self._settings(), self._control
        self._say("Asking the service…", "")
        self._begin(lambda: key_work.testing(self._backend, settings, typed, control))

    def cancel(self) -> None:
        """Wait for nothing more."""
        self._control.cancel()

    def _begin(self, make: Callable[[], Iterable[object]]) -> None:
        if self._job is not None:
            return
        self.setEnabled(False)
        self._job = Job(make, self)
        self._job.items.connect(self._take)
        self._job.failed.connect(self._fail)
        self._job.finished.connect(self._end)
        self._job.start()

    def _take(self, items: list[object]) -> None:
        for item in items:
            if isinstance(item, key_work.KeyState):
                self.field.clear()
                self.result.hide()
                self.status.setText(item.sentence)
                self.field.setPlaceholderText(_DOTS if item.where != "none" else "Paste the key here")
                self.delete_button.setProperty("possible", item.where in ("keyring", "memory"))
            elif isinstance(item, key_work.TestResult):
                self._say(item.sentence, "")

    def _fail(self, error: object) -> None:
        self._say(sentence(error), "gone")

    def _end(self) -> None:
        self._job = None
        self.setEnabled(True)
        self._on_typed()
        self.settled.emit()

    def _say(self, text: str, look: str) -> None:
        self.result.setText(text)
        rank(self.result, "gone" if look else "")
        self.result.show()

    def _on_typed(self) -> None:
        self.save_button.setEnabled(bool(self.field.text().strip()))
        self.delete_button.setEnabled(bool(self.delete_button.property("possible")))


def _line() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
