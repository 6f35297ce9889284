import pytest

from cutline.gui.pace import Pace, credits_text, duration


def test_nothing_is_said_before_the_first_photo() -> None:
    pace = Pace(10, 0)
    assert pace.per_minute(5) is None
    assert pace.seconds_left(5) is None


def test_rate_and_time_left() -> None:
    pace = Pace(10, 0)
    for now in (2, 4, 6):
        pace.add(now)
    assert pace.per_minute(6) == pytest.approx(30)
    assert pace.seconds_left(6) == pytest.approx(14)


def test_only_the_last_photos_count() -> None:
    pace = Pace(1000, 0)
    for number in range(100):
        pace.add(number / 100)
    for number in range(100):
        pace.add(1 + 2 * (number + 1))
    assert pace.per_minute(201) == pytest.approx(30)
    assert pace.done == 200


def test_a_pause_does_not_count() -> None:
    pace = Pace(4, 0)
    pace.add(1)
    pace.pause(1)
    pace.pause(50)
    assert pace.per_minute(100) == pytest.approx(60)
    pace.resume(101)
    pace.resume(102)
    pace.add(102)
    assert pace.per_minute(102) == pytest.approx(60)
    assert pace.seconds_left(102) == pytest.approx(2)


def test_a_slow_start_is_seen_as_it_lasts() -> None:
    pace = Pace(2, 0)
    pace.add(10)
    assert pace.per_minute(20) == pytest.approx(3)


def test_credits_in_words() -> None:
    assert [credits_text(number) for number in (0, 1, 2.5, 1000)] == [
        "0 credits",
        "1 credit",
        "2.5 credits",
        "1000 credits",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "less than a second"), (45, "about 45 s"), (120, "about 2 min"), (7200, "about 2.0 h")],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
