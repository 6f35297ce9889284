"""One job after the other, of which only the latest counts: what is asked for now replaces what was asked before."""

from PySide6.QtCore import QObject, Signal

from cutline.gui.background import Job, Make


class Latest(QObject):
    """Runs the job asked for last; one that is replaced is left at its next item and not heard of again."""

    arrived = Signal(list)
    """All that the latest job gave, once it has ended well."""
    failed = Signal(object)
    """The exception it raised."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._items: list[object] = []

    @property
    def busy(self) -> bool:
        """Whether the latest job is going on."""
        return self._job is not None

    def start(self, make: Make) -> None:
        """Run `make` in the background in place of what is going on."""
        self.stop()
        self._job, self._items = Job(make), []
        job = self._job
        job.items.connect(lambda items: self._collect(job, items))
        job.failed.connect(lambda error: self._fail(job, error))
        job.finished.connect(lambda: self._end(job))
        job.start()

    def stop(self) -> None:
        """Want nothing any more."""
        if self._job is not None:
            self._job.stop()
        self._job = None

    def _collect(self, job: Job, items: list[object]) -> None:
        if job is self._job:
            self._items += items

    def _fail(self, job: Job, error: object) -> None:
        if job is self._job:
            self._job = None
            self.failed.emit(error)

    def _end(self, job: Job) -> None:
        job.deleteLater()
        if job is self._job:
            self._job = None
            self.arrived.emit(self._items)
