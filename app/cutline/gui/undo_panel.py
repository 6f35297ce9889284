"""The strip that shows how far putting photos back is, with the button that stops it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from cutline.gui.undoer import Undoer

_SOON = 300  # milliseconds; what is done by then needs no strip that comes and goes


class UndoPanel(QFrame):
    """Visible while photos are being put back, unless that takes but a moment."""

    def __init__(self, undoer: Undoer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runpanel")
        self._undoer = undoer
        self._text = QLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName("Progress of putting photos back")
        self.stop_button = QPushButton("Stop")
        self.stop_button.setAutoDefault(False)
        self.stop_button.setToolTip("Finish the photo that is being put back and leave the others as they are")
        self.stop_button.clicked.connect(undoer.stop)
        self._lay_out()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self.show)
        undoer.started.connect(self._on_started)
        undoer.progressed.connect(self.refresh)
        undoer.finished.connect(self._on_finished)
        self.hide()
        if undoer.busy:
            self._on_started()

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.addWidget(self._text, 0, 0)
        layout.addWidget(self._bar, 1, 0)
        layout.addWidget(self.stop_button, 0, 1, 2, 1)
        layout.setColumnStretch(0, 1)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def refresh(self) -> None:
        """Say how far it is now."""
        done, total = self._undoer.round.done, max(self._undoer.round.wish.total, self._undoer.round.done)
        self._bar.setMaximum(max(1, total))
        self._bar.setValue(done)
        stopping = self._undoer.stopping
        head = "Stopping after this photo:" if stopping else "Putting back:"
        self._text.setText(f"{head} {done:,} of {total:,} photo{'s' if total != 1 else ''}")
        self.stop_button.setEnabled(not stopping)

    def _on_started(self) -> None:
        self.refresh()
        self._soon.start()

    def _on_finished(self) -> None:
        self._soon.stop()
        self.hide()
