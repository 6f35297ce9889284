"""The pace: even, at the limit, never over it."""

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.backends.base import Request
from cutline.core.backends.pacing import MARGIN, Pacer
from cutline.core.control import Control
from cutline.core.errors import Cancelled
from helpers.asking import KEY, FastControl, SmallUpload, imgtags
from helpers.imgtags_service import ImgtagsService


def simulated(
    per_minute: float, count: int, workers: int, late: Callable[[], float], latency: Callable[[], float]
) -> list[float]:
    """When `workers` threads send `count` requests: each wakes up `late`, sends, and waits `latency` for its answer."""
    now = 0.0
    pacer = Pacer(per_minute, lambda: now)
    sent: list[float] = []
    events = [(0.0, number) for number in range(workers)]
    places: dict[int, float] = {}
    while len(sent) < count:
        now, worker = heapq.heappop(events)
        at = places[worker] = places.get(worker) or pacer.turn().at
        if pacer.took(at) is not None:
            sent.append(now)
            del places[worker]
            heapq.heappush(events, (now + latency(), worker))
        else:
            heapq.heappush(events, (now + pacer.left(at) + late(), worker))
    return sent


def shortest(sent: list[float]) -> float:
    return min(b - a for a, b in itertools.pairwise(sent))


@pytest.mark.parametrize("per_minute", [30, 60, 600])
def test_reaches_99_percent_of_the_rate_and_no_gap_is_shorter_than_permitted(per_minute: int) -> None:
    dice = random.Random(7)
    sent = simulated(
        per_minute, 3000, 8, lambda: dice.uniform(0, 0.0005), lambda: dice.uniform(0.1, 6 * 60 / per_minute)
    )
    rate = (len(sent) - 1) / (sent[-1] - sent[0]) * 60
    assert 0.99 * per_minute <= rate <= per_minute
    assert shortest(sent) >= 60 / per_minute * (1 - 1e-9)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0.5, 6000),
    workers=st.integers(1, 32),
    seed=st.integers(0, 1000),
    lateness=st.sampled_from([0.0, 0.001, 0.5, 30.0]),
)
def test_however_late_threads_wake_up_no_gap_is_too_short(
    rate: float, workers: int, seed: int, lateness: float
) -> None:
    dice = random.Random(seed)
    sent = simulated(rate, 120, workers, lambda: dice.uniform(0, lateness), lambda: dice.uniform(0, 5))
    assert shortest(sent) >= 60 / rate * (1 - 1e-6)


def fixed_window(sent: list[float], limit: int) -> int:
    counts: dict[int, int] = {}
    for at in sent:
        counts[int(at // 60)] = counts.get(int(at // 60), 0) + 1
    return sum(max(0, count - limit) for count in counts.values())


def sliding_log(sent: list[float], limit: int) -> int:
    return sum(b - a < 60 for a, b in zip(sent, sent[limit:], strict=False))


def leaky_bucket(sent: list[float], limit: int) -> int:
    level, last, over = 0.0, sent[0], 0
    for at in sent:
        level, last = max(0.0, level - (at - last) * limit / 60), at
        over += level > 0.5
        level += level <= 0.5
    return over


@pytest.mark.parametrize("server", [fixed_window, sliding_log, leaky_bucket])
def test_no_kind_of_limiter_ever_rejects(server: Callable[[list[float], int], int]) -> None:
    dice = random.Random(3)
    sent = simulated(60, 2000, 6, lambda: dice.uniform(0, 0.002), lambda: dice.uniform(0.2, 4))
    on_arrival = sorted(at + dice.uniform(0.01, 0.012) for at in sent)
    assert server(on_arrival, 60) == 0


def test_no_limit_means_no_wait() -> None:
    control = FastControl()
    pacer = Pacer(0, control.clock)
    for _ in range(100):
        turn = pacer.turn()
        turn.approach(control)
        turn.take(control)
    assert control.waits == []


def test_a_pause_between_requests_is_not_made_up_for_by_a_burst() -> None:
    control = FastControl()
    pacer = Pacer(60, control.clock)
    times = []
    for number in range(6):
        control.now += 100 if number == 3 else 0
        pacer.turn().take(control)
        times.append(control.now)
    assert shortest(times[3:]) >= 1.0


def test_the_connection_is_opened_a_second_before_the_turn() -> None:
    control = FastControl()
    pacer = Pacer(6, control.clock)
    pacer.turn().take(control)
    start = control.now
    turn = pacer.turn()
    turn.approach(control)
    assert control.now - start == pytest.approx(10 * MARGIN - 1)
    turn.take(control)
    assert control.now - start == pytest.approx(10 * MARGIN)


def test_a_hold_delays_everyone_even_those_who_have_a_place_already() -> None:
    control = FastControl()
    pacer = Pacer(60, control.clock)
    places = [pacer.turn() for _ in range(3)]
    start = control.now
    pacer.hold(50)
    pacer.hold(20)  # the longer one counts
    times = []
    for turn in places:
        turn.approach(control)
        turn.take(control)
        times.append(control.now - start)
    assert times[0] == pytest.approx(50)
    assert shortest(times) >= 1.0 - 1e-9


def test_waiting_for_a_turn_ends_at_once_when_cancelled() -> None:
    control = Control()
    pacer = Pacer(1)
    pacer.turn().take(control)
    outcome: list[Exception] = []

    def wait() -> None:
        try:
            pacer.turn().approach(control)
        except Cancelled as error:
            outcome.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    control.cancel()
    thread.join(5)
    assert len(outcome) == 1


def test_a_cancelled_job_takes_no_turn_at_all() -> None:
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        Pacer(0).turn().approach(control)


def test_threads_against_a_strict_service_in_real_time() -> None:
    """Four in two seconds; the service counts with a sliding log, and forgives the 150 ms of a busy machine."""
    count = 9
    with ImgtagsService(KEY, limit=4, window=1.85) as service:
        backend = imgtags(service.base_url, requests_per_minute=120)
        threads = [
            threading.Thread(target=backend.ask, args=(SmallUpload(), Request(Path("photo.jpg")), Control()))
            for _ in range(count)
        ]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.monotonic() - start
        backend.close()
        assert service.rejections == 0
        assert len(service.requests) == count
        assert (count - 1) * 0.5 <= elapsed <= (count - 1) * 0.5 * 1.25
