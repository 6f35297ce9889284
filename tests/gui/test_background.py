import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from cutline.core.control import Control
from cutline.core.errors import Cancelled, Unreadable
from cutline.gui import background
from cutline.gui.background import Job


class Listener(QObject):
    """Writes down what a job says, and in which thread it hears it."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[bool] = set()
        job.items.connect(self.take)
        job.failed.connect(self.fail)
        job.finished.connect(self.finish)

    def _note(self, what: object) -> None:
        self.heard.append(what)
        self.threads.add(QThread.currentThread() is self.thread())

    def take(self, items: list[object]) -> None:
        for item in items:
            self._note(item)

    def fail(self, error: Exception) -> None:
        self._note(error)

    def finish(self) -> None:
        self._note("finished")


@pytest.fixture(autouse=True)
def _all_threads_end() -> Iterator[None]:
    yield
    assert background.wait_all(3000)


def test_items_arrive_in_order_in_the_gui_thread_and_finished_is_last(qtbot: QtBot) -> None:
    job = Job(lambda: iter(range(5000)))
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert listener.heard == [*range(5000), "finished"]
    assert listener.threads == {True}
    assert not job.running


def test_the_iterable_is_made_and_iterated_in_another_thread(qtbot: QtBot) -> None:
    seen: list[int] = []

    def make() -> Iterator[int]:
        seen.append(threading.get_ident())
        yield threading.get_ident()

    job = Job(make)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert listener.heard == [seen[0], "finished"]
    assert seen[0] != threading.get_ident()


def test_a_slow_producer_is_heard_of_at_once(qtbot: QtBot) -> None:
    heard = threading.Event()

    def make() -> Iterator[str]:
        yield "first"
        assert heard.wait(5), "the first item is only delivered with the second one"
        yield "second"

    job = Job(make)
    listener = Listener(job)
    job.items.connect(heard.set)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert listener.heard == ["first", "second", "finished"]


def test_a_fast_producer_leaves_the_window_its_turns(qtbot: QtBot) -> None:
    enough = threading.Event()
    ticks = 0

    def make() -> Iterator[int]:
        number = 0
        while not enough.is_set():
            yield (number := number + 1)

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 20:
            enough.set()

    job = Job(make)
    sizes: list[int] = []
    job.items.connect(lambda items: sizes.append(len(items)))
    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(5)
    with qtbot.waitSignal(job.finished):
        job.start()
    timer.stop()
    assert max(sizes) <= 500


@pytest.mark.parametrize("error", [Unreadable("a.jpg: is damaged."), ZeroDivisionError("a defect")])
def test_what_was_raised_is_delivered_after_the_items_before_it(qtbot: QtBot, error: Exception) -> None:
    def make() -> Iterator[int]:
        yield 1
        raise error

    job = Job(make)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert listener.heard == [1, error, "finished"]


def test_an_iterable_that_cannot_be_made_has_failed(qtbot: QtBot) -> None:
    def make() -> Iterator[int]:
        raise Unreadable("no such folder")

    job = Job(make)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        job.start()
    assert [type(heard) for heard in listener.heard] == [Unreadable, str]


def test_stopping_leaves_the_iterable_at_its_next_item(qtbot: QtBot) -> None:
    closed = threading.Event()

    def make() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    job = Job(make)
    listener = Listener(job)
    with qtbot.waitSignal(job.items):
        job.start()
    with qtbot.waitSignal(job.finished):
        job.stop()
        before = len(listener.heard)
    assert closed.is_set()
    assert listener.heard[before:] == ["finished"]


def test_cancelling_through_a_control_ends_a_blocked_iterable(qtbot: QtBot) -> None:
    control = Control()

    def make() -> Iterator[str]:
        yield "asking"
        control.wait(60)

    job = Job(make)
    listener = Listener(job)
    with qtbot.waitSignal(job.items):
        job.start()
    with qtbot.waitSignal(job.finished, timeout=30_000):
        control.cancel()
    assert listener.heard[0] == "asking"
    assert isinstance(listener.heard[1], Cancelled)


def test_wait_says_whether_the_thread_has_ended(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def make() -> Iterator[bool]:
        yield go_on.wait(5)

    job = Job(make)
    assert job.wait(0), "what was not started need not be waited for"
    assert not job.running
    job.start()
    assert job.running
    assert not job.wait(10)
    assert not background.wait_all(10)
    go_on.set()
    assert job.wait(2000)
    with qtbot.waitSignal(job.finished):
        assert job.running, "what it gave has not been delivered yet"
    assert not job.running


def test_a_job_that_nobody_holds_is_kept_until_it_has_finished(qtbot: QtBot) -> None:
    go_on = threading.Event()
    heard: list[object] = []

    class Owner(QObject):
        def take(self, items: list[object]) -> None:
            heard.extend(items)

    owner = Owner()

    def begin() -> None:
        job = Job(lambda: (go_on.wait(5) for _ in range(3)))
        job.items.connect(owner.take)
        job.start()

    begin()
    gc.collect()
    go_on.set()
    qtbot.waitUntil(lambda: heard == [True] * 3)
    qtbot.waitUntil(lambda: not background._jobs)


def test_a_deleted_owner_does_not_take_a_running_thread_with_it(qtbot: QtBot) -> None:
    go_on, done = threading.Event(), threading.Event()

    def make() -> Iterator[bool]:
        yield go_on.wait(5)
        done.set()

    owner = QObject()
    Job(make, owner).start()
    shiboken6.delete(owner)
    gc.collect()
    go_on.set()
    assert background.wait_all(2000)
    assert done.is_set()
    with qtbot.waitSignal((later := Job(lambda: ())).finished):
        later.start()
    assert not background._jobs


def _run(program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)


def test_a_program_that_ends_early_waits_for_its_threads() -> None:
    ended = _run(
        "import time\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from cutline.gui.background import Job\n"
        "app = QCoreApplication([])\n"
        "Job(lambda: (time.sleep(0.2) for _ in range(2))).start()\n"
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_calls_into_qt_lose_no_reference(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None with each void call, until the process dies."""
    before = [sys.getrefcount(value) for value in (None, True, False)]
    for _ in range(1000):
        QCoreApplication.processEvents()
    after = [sys.getrefcount(value) for value in (None, True, False)]
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) < 500
