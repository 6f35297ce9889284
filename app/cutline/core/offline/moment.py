"""When a photo was taken, in words: season, time of day, and how high the sun stood.

Season needs a hemisphere, so a latitude, and is left open in the tropics, which have none of the four. The sun's height
needs a place and an offset from UTC; without them the clock alone says morning, afternoon, evening or night.
"""

import math
from datetime import UTC, datetime
from typing import Literal

from cutline.core.facts import Facts

Season = Literal["spring", "summer", "autumn", "winter"]
TimeOfDay = Literal["morning", "afternoon", "evening", "night", "dawn", "dusk", "golden_hour"]

_TROPIC = 23.44
_SEASONS: tuple[Season, ...] = ("winter", "spring", "summer", "autumn")
_RISE = -0.833  # degrees: upper rim on the horizon, refraction counted
_CIVIL_TWILIGHT = -6.0
_GOLDEN = 6.0
_POLAR = 80.0  # degrees of latitude beyond which hours of the day say little


def season(facts: Facts) -> Season | None:
    """The meteorological season (whole months), by hemisphere."""
    if facts.taken is None or facts.latitude is None or abs(facts.latitude) <= _TROPIC:
        return None
    quarter = facts.taken.month % 12 // 3
    return _SEASONS[quarter if facts.latitude > 0 else (quarter + 2) % 4]


def time_of_day(facts: Facts) -> TimeOfDay | None:
    """The time of day; None where it is not known. 00:00:00 is taken for a date without a time."""
    taken = facts.taken
    if taken is None or (taken.hour, taken.minute, taken.second) == (0, 0, 0):
        return None
    clock = _by_clock(taken.hour)
    height = sun_height(facts)
    if height is None:
        return clock
    before_noon = sun_rises(facts)
    if _CIVIL_TWILIGHT <= height < _RISE:
        return "dawn" if before_noon else "dusk"
    if _RISE <= height < _GOLDEN:
        return "golden_hour"
    if height >= _GOLDEN and clock == "night":
        return "morning" if before_noon else "evening"
    return clock


def _by_clock(hour: int) -> TimeOfDay:
    if 5 <= hour < 12:
        return "morning"
    if 12 <= hour < 17:
        return "afternoon"
    return "evening" if 17 <= hour < 21 else "night"


def sun_height(facts: Facts) -> float | None:
    """The sun's height over the horizon in degrees, good to about 0.1; None without place, time and offset."""
    angles = _angles(facts)
    if angles is None or facts.latitude is None:
        return None
    declination, hour_angle = angles
    latitude = math.radians(facts.latitude)
    sine = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(
        hour_angle
    )
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def sun_rises(facts: Facts) -> bool:
    """Whether the sun is on its way up."""
    angles = _angles(facts)
    return angles is not None and math.sin(angles[1]) < 0


def _angles(facts: Facts) -> tuple[float, float] | None:
    """The sun's declination and hour angle in radians (Astronomical Almanac, low-precision formulas, section C)."""
    if facts.taken is None or facts.taken.tzinfo is None or facts.longitude is None or facts.latitude is None:
        return None
    if abs(facts.latitude) > _POLAR:
        return None
    days = (facts.taken.astimezone(UTC) - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86_400
    anomaly = math.radians(357.529 + 0.98560028 * days)
    mean = 280.459 + 0.98564736 * days
    longitude = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 0.00000036 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians(15 * (18.697374558 + 24.06570982441908 * days) + facts.longitude)
    return declination, sidereal - ascension
