"""Season by hemisphere, time of day by clock and sun."""

from datetime import datetime, timedelta, timezone

import pytest

from cutline.core.facts import Facts
from cutline.core.offline.moment import season, sun_height, sun_rises, time_of_day

LONDON, SYDNEY, TROMSO, SINGAPORE = (51.5, -0.13), (-33.87, 151.2), (69.65, 18.96), (1.35, 103.8)


def facts(text: str, place: tuple[float, float] | None = None, offset: float | None = None) -> Facts:
    taken = datetime.fromisoformat(text)
    if offset is not None:
        taken = taken.replace(tzinfo=timezone(timedelta(hours=offset)))
    return Facts(taken, *(place or (None, None)))


@pytest.mark.parametrize(
    ("month", "north", "south"),
    [
        (1, "winter", "summer"), (2, "winter", "summer"), (3, "spring", "autumn"), (5, "spring", "autumn"),
        (6, "summer", "winter"), (8, "summer", "winter"), (9, "autumn", "spring"), (11, "autumn", "spring"),
        (12, "winter", "summer"),
    ],
)  # fmt: skip
def test_seasons_of_both_hemispheres(month: int, north: str, south: str) -> None:
    assert season(facts(f"2024-{month:02}-15 12:00", LONDON)) == north
    assert season(facts(f"2024-{month:02}-15 12:00", SYDNEY)) == south


def test_no_season_without_a_place_or_in_the_tropics() -> None:
    assert season(facts("2024-06-15 12:00")) is None
    assert season(facts("2024-06-15 12:00", SINGAPORE)) is None
    assert season(Facts(latitude=51.5)) is None


@pytest.mark.parametrize(
    ("clock", "word"),
    [
        ("05:00", "morning"), ("11:59", "morning"), ("12:00", "afternoon"), ("16:59", "afternoon"),
        ("17:00", "evening"), ("20:59", "evening"), ("21:00", "night"), ("04:59", "night"), ("00:00:01", "night"),
    ],
)  # fmt: skip
def test_the_clock_alone(clock: str, word: str) -> None:
    assert time_of_day(facts(f"2024-06-12 {clock}")) == word


def test_midnight_sharp_is_a_date_without_a_time() -> None:
    assert time_of_day(facts("2024-06-12 00:00:00")) is None
    assert time_of_day(Facts()) is None


@pytest.mark.parametrize(
    ("when", "place", "offset"),
    [  # sunrise and sunset at the solstices, to the minute
        ("2024-06-21 04:43", LONDON, 1), ("2024-06-21 21:21", LONDON, 1), ("2024-12-21 08:04", LONDON, 0),
        ("2024-12-21 15:53", LONDON, 0), ("2024-06-21 07:00", SYDNEY, 10), ("2024-06-21 16:54", SYDNEY, 10),
    ],
)  # fmt: skip
def test_the_sun_stands_on_the_horizon_at_sunrise_and_sunset(
    when: str, place: tuple[float, float], offset: float
) -> None:
    height = sun_height(facts(when, place, offset))
    assert height == pytest.approx(-0.833, abs=0.35)


def test_the_sun_is_highest_at_noon() -> None:
    assert sun_height(facts("2024-06-21 13:02", LONDON, 1)) == pytest.approx(61.9, abs=0.2)
    assert sun_height(facts("2024-12-21 12:58", SYDNEY, 11)) == pytest.approx(79.5, abs=0.5)
    assert sun_rises(facts("2024-06-21 09:00", LONDON, 1))
    assert not sun_rises(facts("2024-06-21 18:00", LONDON, 1))


def test_dawn_dusk_and_golden_hour_where_the_sun_is_known() -> None:
    assert time_of_day(facts("2024-06-21 04:20", LONDON, 1)) == "dawn"
    assert time_of_day(facts("2024-06-21 05:10", LONDON, 1)) == "golden_hour"
    assert time_of_day(facts("2024-06-21 10:00", LONDON, 1)) == "morning"
    assert time_of_day(facts("2024-06-21 20:50", LONDON, 1)) == "golden_hour"
    assert time_of_day(facts("2024-06-21 21:50", LONDON, 1)) == "dusk"
    assert time_of_day(facts("2024-06-21 23:50", LONDON, 1)) == "night"
    assert time_of_day(facts("2024-12-21 18:00", LONDON, 0)) == "evening"  # dark, but nobody calls it night


def test_without_an_offset_the_sun_is_not_known() -> None:
    assert sun_height(facts("2024-06-21 21:50", LONDON)) is None
    assert time_of_day(facts("2024-06-21 21:50", LONDON)) == "night"
    assert not sun_rises(facts("2024-06-21 09:00", LONDON))


def test_no_night_under_the_midnight_sun() -> None:
    assert time_of_day(facts("2024-06-21 21:30", TROMSO, 2)) == "evening"


def test_at_the_poles_the_clock_decides() -> None:
    assert sun_height(facts("2024-06-21 13:00", (89.0, 0.0), 0)) is None
    assert time_of_day(facts("2024-06-21 13:00", (89.0, 0.0), 0)) == "afternoon"


def test_the_first_and_the_last_of_days_have_a_sun() -> None:
    sun_height(facts("1826-01-01 12:00", LONDON, 0))
    sun_height(Facts(datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=14))), *LONDON))
