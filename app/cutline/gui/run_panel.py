"""The strip below the photos while a run goes on: how far, how fast, how long still, at what cost."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from cutline.core.batch import State
from cutline.gui.pace import credits_text, duration
from cutline.gui.ranks import rank
from cutline.gui.run_controller import RunController


class RunPanel(QFrame):
    """Visible while its run goes on."""

    def __init__(self, run: RunController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runpanel")
        self._run = run
        self._text, self._detail = QLabel(), QLabel()
        rank(self._detail, "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName("Progress of the run")
        self.pause_button, self.stop_button = QPushButton("Pause"), QPushButton("Stop")
        self.pause_button.clicked.connect(run.toggle_pause)
        self.stop_button.clicked.connect(run.stop)
        self._lay_out()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.refresh)
        run.started.connect(self._on_started)
        run.progressed.connect(self.refresh)
        run.paused.connect(self.refresh)
        run.stopping.connect(self.refresh)
        run.finished.connect(self._on_finished)
        self.hide()

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        for label in (self._text, self._detail):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self._text, 0, 0)
        layout.addWidget(self._bar, 1, 0)
        layout.addWidget(self._detail, 2, 0)
        layout.addWidget(self.pause_button, 0, 1, 3, 1)
        layout.addWidget(self.stop_button, 0, 2, 3, 1)
        layout.setColumnStretch(0, 1)

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._text.text()} {self._detail.text()}".strip()

    def refresh(self) -> None:
        """Say how it goes now."""
        tally = self._run.tally
        self._bar.setMaximum(max(1, tally.total))
        self._bar.setValue(tally.done)
        self._text.setText(f"{self._verb()} {tally.done:,} of {tally.total:,} photos")
        self._detail.setText(" · ".join(self._facts()))
        self.pause_button.setText("Resume" if self._run.held else "Pause")
        for button in (self.pause_button, self.stop_button):
            button.setEnabled(not tally.stopped)

    def _verb(self) -> str:
        if self._run.tally.stopped:
            return "Stopping; answers on their way are still taken in:"
        if self._run.held:
            return "Paused:"
        backend = self._run.tally.backend
        return f"Asking {backend}:" if backend else "Beginning:"

    def _facts(self) -> list[str]:
        tally, pace, now = self._run.tally, self._run.pace, time.monotonic()
        rate, left = pace.per_minute(now), pace.seconds_left(now)
        facts = []
        if rate and not tally.stopped:
            facts.append(f"{rate:,.0f} photos a minute" if rate >= 10 else f"{rate:.1f} photos a minute")
        if left and not tally.stopped:
            facts.append(f"{duration(left)} left")
        if tally.states[State.FAILED]:
            facts.append(f"{tally.states[State.FAILED]:,} failed")
        if cost := tally.costs():
            facts.append(f"{cost} used")
        if tally.credits_left is not None:
            facts.append(f"{credits_text(tally.credits_left)} left")
        return facts

    def _on_started(self) -> None:
        self.refresh()
        self._tick.start()
        self.show()

    def _on_finished(self) -> None:
        self._tick.stop()
        self.hide()
