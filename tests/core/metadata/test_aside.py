"""A call beside the caller's work: what it says is heard, and its thread is gone when the block is."""

import threading

import pytest

from cutline.core.metadata.aside import aside


def test_both_go_on_at_once() -> None:
    here, there = threading.Event(), threading.Event()

    def call() -> str:
        there.set()
        assert here.wait(20)
        return "done"

    with aside(call) as result:
        assert there.wait(20)
        here.set()
        assert result() == "done"
        assert result() == "done"


def test_it_has_ended_when_the_block_has() -> None:
    go, threads = threading.Event(), list[threading.Thread]()

    def call() -> None:
        threads.append(threading.current_thread())
        assert go.wait(20)

    with aside(call):
        go.set()
    assert not threads[0].is_alive()


def test_what_it_raises_is_raised_where_it_is_asked_for() -> None:
    with pytest.raises(ZeroDivisionError), aside(lambda: 1 / 0) as result:  # noqa: PT012 - where exactly, is the point
        with pytest.raises(ZeroDivisionError):
            result()
        result()
        pytest.fail("not reached")


def test_what_it_raises_is_raised_where_nobody_asks() -> None:
    with pytest.raises(ZeroDivisionError), aside(lambda: 1 / 0):
        pass


def test_what_the_block_raises_is_heard_first_and_the_thread_has_ended() -> None:
    go, threads = threading.Event(), list[threading.Thread]()

    def call() -> None:
        threads.append(threading.current_thread())
        assert go.wait(20)
        raise ZeroDivisionError

    def block() -> None:
        with aside(call):
            go.set()
            raise LookupError

    with pytest.raises(LookupError):
        block()
    assert not threads[0].is_alive()
