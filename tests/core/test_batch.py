import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cutline.core.batch import Answer, Run, Settled, State, Step
from cutline.core.control import Control
from cutline.core.errors import (
    AuthError,
    Cancelled,
    CutlineError,
    DiskError,
    QuotaError,
    Rejected,
    ServerError,
    TimedOut,
    Unreachable,
)
from cutline.core.photo import Caption, Photo, Suggestion

SUGGESTION = Suggestion(Caption(title="A pier"), "test")


def photos(count: int) -> list[Photo]:
    return [Photo(Path(str(number))) for number in range(count)]


def answers(photo: Photo, control: Control) -> Answer:
    return Answer(SUGGESTION)


def settles(photo: Photo, answer: Answer, control: Control) -> Settled:
    return Settled(State.WRITTEN, Caption(title="A pier"))


def failing(faults: dict[str, CutlineError]) -> Callable[[Photo, Control], Answer]:
    def ask(photo: Photo, control: Control) -> Answer:
        if photo.name in faults:
            raise faults[photo.name]
        return Answer(SUGGESTION)

    return ask


def finals(steps: list[Step]) -> dict[str, State]:
    ended = [step for step in steps if step.state is not State.ASKING]
    states = {step.photo.name: step.state for step in ended}
    assert len(states) == len(ended), "a photo ended twice"
    return states


@pytest.mark.parametrize("parallel", [1, 2, 8])
def test_every_photo_is_asked_about_and_ends_once(parallel: int) -> None:
    run = Run(photos(50), answers, settles, Control(), parallel)
    steps = list(run)
    assert finals(steps) == {str(number): State.WRITTEN for number in range(50)}
    assert sum(step.state is State.ASKING for step in steps) == 50
    assert run.stopped_by is None
    assert run.drain(5)


def test_no_photos_is_no_work() -> None:
    assert list(Run([], answers, settles, Control())) == []


def test_one_bad_photo_does_not_end_the_run() -> None:
    steps = list(Run(photos(10), failing({"4": Rejected("not this one")}), settles, Control(), 2))
    states = finals(steps)
    assert states.pop("4") is State.FAILED
    assert set(states.values()) == {State.WRITTEN}
    assert str(next(step.error for step in steps if step.error)) == "not this one"


def test_a_failed_write_keeps_the_suggestion_and_goes_on() -> None:
    def settle(photo: Photo, answer: Answer, control: Control) -> Settled:
        if photo.name == "1":
            raise DiskError("full")
        return settles(photo, answer, control)

    steps = list(Run(photos(3), answers, settle, Control()))
    failed = next(step for step in steps if step.state is State.FAILED)
    assert failed.suggestion == SUGGESTION
    assert finals(steps) == {"0": State.WRITTEN, "1": State.FAILED, "2": State.WRITTEN}


def test_a_write_that_is_stopped_is_no_failure() -> None:
    def settle(photo: Photo, answer: Answer, control: Control) -> Settled:
        control.cancel()
        control.checkpoint()
        return settles(photo, answer, control)

    steps = list(Run(photos(3), answers, settle, Control()))
    assert set(finals(steps).values()) == {State.CANCELLED}
    assert [step.suggestion for step in steps if step.suggestion] == [SUGGESTION], "it was answered"


@pytest.mark.parametrize("error", [AuthError("refused"), QuotaError("gone"), Unreachable("down")])
def test_what_makes_asking_pointless_stops_the_run_and_fails_nobody_else(error: CutlineError) -> None:
    run = Run(photos(10), failing({"3": error}), settles, Control(), 1)
    states = finals(list(run))
    assert run.stopped_by is error
    assert states["3"] is State.FAILED
    assert [states[str(number)] for number in range(3)] == [State.WRITTEN] * 3
    assert [states[str(number)] for number in range(4, 10)] == [State.CANCELLED] * 6


def test_a_refused_key_fails_one_photo_however_many_were_in_flight() -> None:
    together = threading.Barrier(4)

    def ask(photo: Photo, control: Control) -> Answer:
        together.wait(5)
        raise AuthError("refused")

    run = Run(photos(10), ask, settles, Control(), 4)
    steps = [step for step in run if step.state is not State.ASKING]
    assert [step.state for step in steps].count(State.FAILED) == 1
    assert len(finals(steps)) == 10
    assert run.stopped_by is next(step.error for step in steps if step.state is State.FAILED)


def test_what_was_in_flight_when_the_run_stopped_is_still_settled() -> None:
    second_asked, first_failed = threading.Event(), threading.Event()

    def ask(photo: Photo, control: Control) -> Answer:
        if photo.name == "0":
            assert second_asked.wait(5)
            raise QuotaError("gone")
        second_asked.set()
        assert first_failed.wait(5)
        return Answer(SUGGESTION)

    run, states = Run(photos(5), ask, settles, Control(), 2), {}
    for step in run:
        states[step.photo.name] = step.state
        if step.state is State.FAILED:
            first_failed.set()
    assert states == {
        "0": State.FAILED,
        "1": State.WRITTEN,
        "2": State.CANCELLED,
        "3": State.CANCELLED,
        "4": State.CANCELLED,
    }


def test_the_same_passing_fault_for_photo_after_photo_stops_the_run() -> None:
    faults: dict[str, CutlineError] = {str(number): TimedOut("too slow") for number in range(100)}
    run = Run(photos(100), failing(faults), settles, Control(), 1)
    states = list(finals(list(run)).values())
    assert isinstance(run.stopped_by, TimedOut)
    assert states.count(State.FAILED) == 3
    assert states.count(State.CANCELLED) == 97


def test_passing_faults_with_successes_between_do_not_stop_the_run() -> None:
    faults: dict[str, CutlineError] = {str(number): ServerError("500") for number in range(0, 100, 2)}
    run = Run(photos(100), failing(faults), settles, Control(), 1)
    assert list(finals(list(run)).values()).count(State.WRITTEN) == 50
    assert run.stopped_by is None


def test_cancel_ends_the_run_while_requests_are_on_their_way() -> None:
    control, release, kept = Control(), threading.Event(), []

    def ask(photo: Photo, control: Control) -> Answer:
        release.wait(10)
        kept.append(photo.name)  # what an answer store would do
        return Answer(SUGGESTION)

    run, states = Run(photos(10), ask, settles, control, 2), {}
    for step in run:
        states[step.photo.name] = step.state
        if list(states.values()).count(State.ASKING) == 2:
            control.cancel()
    assert set(states.values()) == {State.CANCELLED}
    assert len(states) == 10
    assert kept == []
    assert not run.drain(0.05)
    release.set()
    assert run.drain(5)
    assert sorted(kept) == ["0", "1"]


def test_cancel_during_a_wait_inside_ask_is_not_a_failure() -> None:
    control = Control()

    def ask(photo: Photo, control: Control) -> Answer:
        control.wait(60)
        return Answer(SUGGESTION)

    steps = []
    run = Run(photos(3), ask, settles, control, 1)
    for step in run:
        steps.append(step)
        control.cancel()
    assert set(finals(steps).values()) == {State.CANCELLED}
    assert all(isinstance(step.error, Cancelled) for step in steps if step.state is State.CANCELLED)
    assert run.drain(5)


def test_pause_holds_new_questions() -> None:
    control, asked = Control(), []

    def ask(photo: Photo, control: Control) -> Answer:
        asked.append(photo.name)
        control.pause()
        return Answer(SUGGESTION)

    written = 0
    for step in Run(photos(3), ask, settles, control, 1):
        if step.state is State.WRITTEN:
            written += 1
            assert asked == [str(number) for number in range(written)]
            control.resume()
    assert written == 3


def test_a_bug_in_a_backend_is_raised_not_swallowed() -> None:
    def ask(photo: Photo, control: Control) -> Answer:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        list(Run(photos(3), ask, settles, Control(), 1))


def test_what_would_end_a_thread_alone_ends_the_run() -> None:
    def ask(photo: Photo, control: Control) -> Answer:
        sys.exit("enough")

    with pytest.raises(RuntimeError, match="SystemExit: enough"):
        list(Run(photos(3), ask, settles, Control(), 2))


def test_answers_do_not_pile_up_before_a_slow_disk() -> None:
    asked: list[str] = []
    most = 0

    def ask(photo: Photo, control: Control) -> Answer:
        asked.append(photo.name)
        return Answer(SUGGESTION)

    written = 0
    for step in Run(photos(200), ask, settles, Control(), 2):
        written += step.state is State.WRITTEN
        most = max(most, len(asked) - written)
    assert most <= 5


def test_leaving_the_loop_early_ends_the_workers() -> None:
    run = Run(photos(1000), answers, settles, Control(), 2)
    for step in run:
        if step.state is State.WRITTEN:
            break
    assert run.drain(5)


def test_a_thread_that_is_only_about_to_leave_is_not_waited_for() -> None:
    run = Run(photos(1), answers, settles, Control())
    list(run)
    lingering = threading.Event()
    run._threads.append(threading.Thread(target=lingering.wait))
    run._threads[-1].start()
    try:
        assert run.drain(0)
    finally:
        lingering.set()
        run._threads[-1].join()


def test_as_many_work_as_are_wanted_at_the_moment() -> None:
    wanted, at_work, most = 1, 0, dict.fromkeys((1, 4, 2), 0)
    changed = threading.Condition()

    def ask(photo: Photo, control: Control) -> Answer:
        nonlocal at_work
        with changed:
            at_work += 1
            most[wanted] = max(most[wanted], at_work)
            changed.notify_all()
            changed.wait_for(lambda: at_work >= wanted or photo.name in ("38", "39"), 0.2)
            at_work -= 1
        return Answer(SUGGESTION)

    done = 0
    run = Run(photos(40), ask, settles, Control(), lambda: wanted)
    for step in run:
        if step.state is not State.ASKING:
            done += 1
            wanted = {10: 4, 25: 2}.get(done, wanted)
    assert done == 40
    assert most[1] == 1
    assert most[4] == 4
    assert run.drain(5)
