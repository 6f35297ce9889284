"""How fast a run goes and how long it has still to go, from when its photos were done.

Answers out of the journal come at once and say nothing about the ones to come, so that the rate is taken over the last
photos only, and the time a run was paused does not count.
"""

from collections import deque

_LAST = 30  # photos the rate is taken over


class Pace:
    """Counts photos done; times are seconds of one monotonic clock."""

    def __init__(self, total: int, now: float) -> None:
        self.total, self.done = total, 0
        self._times: deque[float] = deque([now], maxlen=_LAST + 1)
        self._paused_at: float | None = None

    def add(self, now: float) -> None:
        """One more photo is done."""
        self.done += 1
        self._times.append(now)

    def pause(self, now: float) -> None:
        """The clock stands still from `now` on."""
        if self._paused_at is None:
            self._paused_at = now

    def resume(self, now: float) -> None:
        """The clock goes on."""
        if self._paused_at is not None:
            held = now - self._paused_at
            self._times = deque((time + held for time in self._times), maxlen=_LAST + 1)
            self._paused_at = None

    def per_minute(self, now: float) -> float | None:
        """Photos a minute over the last ones; None as long as nothing can be said."""
        until = self._paused_at if self._paused_at is not None else now
        span = until - self._times[0]
        return 60 * (len(self._times) - 1) / span if len(self._times) > 1 and span > 0 else None

    def seconds_left(self, now: float) -> float | None:
        """Seconds until the last photo, at the present rate; None as long as nothing can be said."""
        rate = self.per_minute(now)
        return 60 * (self.total - self.done) / rate if rate else None


def credits_text(number: float) -> str:
    """`number` of credits in words."""
    return f"{number:g} credit{'s' if number != 1 else ''}"


def duration(seconds: float) -> str:
    """`seconds` in words a person takes in at a glance."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
