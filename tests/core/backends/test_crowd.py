"""How many requests at once: enough to fill the rate, and no more."""

import heapq
import random

import pytest

from cutline.core.backends.crowd import MOST_IN_FLIGHT, Crowd
from cutline.core.backends.pacing import Pacer


@pytest.mark.parametrize(
    ("per_minute", "latency", "wanted"),
    [(30, 1, 3), (30, 10, 7), (60, 3, 5), (600, 0.05, 3), (6000, 60, MOST_IN_FLIGHT)],
)
def test_as_many_as_are_sent_while_one_takes(per_minute: float, latency: float, wanted: int) -> None:
    crowd = Crowd(per_minute)
    for _ in range(50):
        crowd.took(latency)
    assert crowd.wanted() == wanted


def test_what_is_set_is_kept_to() -> None:
    crowd = Crowd(30, 3)
    crowd.took(100)
    assert crowd.wanted() == 3


def test_where_nothing_is_known_a_few() -> None:
    assert Crowd(30).wanted() == Crowd(0).wanted() == 4
    unlimited = Crowd(0)
    unlimited.took(100)
    assert unlimited.wanted() == 4


@pytest.mark.parametrize("latency", [0.3, 2.5, 12.0])
def test_the_rate_is_filled_whatever_the_latency(latency: float) -> None:
    """A simulation on a clock of its own: who is not wanted rests, who is missing joins."""
    now, sent, dice = 0.0, list[float](), random.Random(4)
    pacer, crowd = Pacer(60, lambda: now), Crowd(60)
    busy: list[tuple[float, float]] = []  # (answered at, took)
    while len(sent) < 1500:
        while busy and (busy[0][0] <= now or len(busy) >= crowd.wanted()):
            now = max(now, busy[0][0])
            crowd.took(heapq.heappop(busy)[1])
        at = pacer.turn().at
        now = max(now, at)
        assert pacer.took(at) is not None
        sent.append(now)
        takes = latency * dice.uniform(0.7, 1.3)
        heapq.heappush(busy, (now + takes, takes))
    settled = sent[300:]
    assert (len(settled) - 1) / (settled[-1] - settled[0]) >= 0.99
