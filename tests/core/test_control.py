import threading
import time

import pytest

from cutline.core.control import Control
from cutline.core.errors import Cancelled


def test_a_free_job_goes_on() -> None:
    control = Control()
    control.checkpoint()
    control.wait(0)
    assert not control.cancelled
    assert not control.paused


def test_cancel_ends_a_wait_at_once() -> None:
    control = Control()
    threading.Timer(0.05, control.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        control.wait(60)
    assert time.monotonic() - began < 5


def test_cancel_ends_a_pause() -> None:
    control = Control()
    control.pause()
    threading.Timer(0.05, control.cancel).start()
    with pytest.raises(Cancelled):
        control.checkpoint()


def test_pause_holds_until_resume() -> None:
    control, passed = Control(), threading.Event()
    control.pause()

    def work() -> None:
        control.wait(0)
        passed.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert not passed.wait(0.1)
    control.resume()
    assert passed.wait(5)
    worker.join()


def test_cancelling_is_final() -> None:
    control = Control()
    control.cancel()
    control.resume()
    with pytest.raises(Cancelled):
        control.checkpoint()
