"""What the person decided about suggestions without writing anything, noted in the journal in the background."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cutline.gui.background import Job
from cutline.gui.session import Session

if TYPE_CHECKING:
    from cutline.core.waiting import Verdict


class Verdicts(QObject):
    """Notes that suggestions do not wait any more, one job after the other."""

    failed = Signal(object)
    finished = Signal()
    """All that was decided is noted."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: list[tuple[Path, Verdict]] = []
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being noted."""
        return self._job is not None

    def note(self, paths: Sequence[Path], verdict: "Verdict") -> None:
        """The suggestions of these photos are settled so."""
        self._waiting += [(path, verdict) for path in paths]
        if self._job is None and self._waiting:
            self._next_job()

    def close(self) -> None:
        """Note at once what is decided: the window goes, and nobody comes back for it."""
        if self._waiting:
            self._start()

    def _next_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job = None
        if not self._waiting:
            self.finished.emit()
            return
        self._start()

    def _start(self) -> None:
        verdicts, self._waiting = self._waiting, []
        journal = self._session.journal_file
        self._job = Job(lambda: _noting(verdicts, journal), self)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._next_job)
        self._job.start()


def _noting(verdicts: Sequence[tuple[Path, "Verdict"]], journal: Path) -> Iterator[object]:
    """Raises `JournalError`."""
    from cutline.core.journal import Journal
    from cutline.core.waiting import reviewed

    if not journal.exists():
        return
    with closing(Journal(journal)) as kept:
        for verdict in dict.fromkeys(verdict for _, verdict in verdicts):
            reviewed(kept, [path for path, other in verdicts if other == verdict], verdict)
            yield verdict
