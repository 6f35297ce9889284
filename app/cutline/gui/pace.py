"""How fast a run goes and how long it has still to go, from when its photos were done.

Answers out of the journal come at once and say nothing about those that have to be asked for: the rate is taken over
the last photos that were asked about, and the time left from how many still have to be. A service that allows so many
a minute may take the first of them all at once; no more than it allows is counted on. The time a run was paused does
not count.
"""

from collections import deque

_LAST = 30  # photos the rate is taken over


class Pace:
    """Counts photos done; times are seconds of one monotonic clock."""

    def __init__(self, total: int, now: float, to_ask: int | None = None) -> None:
        """`to_ask`: how many of them have no answer yet, at most; None: not known."""
        self.total, self.done = total, 0
        self.allowed: float | None = None
        """Photos a minute that the service allows; None: it sets no limit, or none is known."""
        self._to_ask = total if to_ask is None else to_ask
        self._looked = to_ask is not None
        self._asked = 0
        self._times: deque[float] = deque([now], maxlen=_LAST + 1)  # of those that were asked about
        self._all_times: deque[float] = deque([now], maxlen=_LAST + 1)
        self._paused_at: float | None = None

    def add(self, now: float, *, free: bool = False) -> None:
        """One more photo is done; `free`: without asking anybody."""
        self.done += 1
        self._all_times.append(now)
        if not free:
            self._asked += 1
            self._times.append(now)
        elif not self._asked:
            self._times[0] = now  # asking begins here at the earliest

    def pause(self, now: float) -> None:
        """The clock stands still from `now` on."""
        if self._paused_at is None:
            self._paused_at = now

    def resume(self, now: float) -> None:
        """The clock goes on."""
        if self._paused_at is not None:
            held = now - self._paused_at
            self._times = deque((time + held for time in self._times), maxlen=_LAST + 1)
            self._all_times = deque((time + held for time in self._all_times), maxlen=_LAST + 1)
            self._paused_at = None

    def per_minute(self, now: float) -> float | None:
        """Photos a minute over the last ones; None as long as nothing can be said."""
        return self._asking_rate(now) if self._asked else self._rate(self._all_times, now)

    def seconds_left(self, now: float) -> float | None:
        """Seconds until the last photo, at the present rate; None as long as nothing can be said."""
        left = self.total - self.done
        to_ask = min(left, max(0, self._to_ask - self._asked))
        if not to_ask or (not self._asked and self.allowed is None and not self._looked):
            to_ask, rate = left, self._rate(self._all_times, now)
        else:
            rate = self._asking_rate(now) or self.allowed
        return 60 * to_ask / rate if rate else None

    def _asking_rate(self, now: float) -> float | None:
        rate = self._rate(self._times, now)
        return min(rate, self.allowed) if rate and self.allowed else rate

    def _rate(self, times: "deque[float]", now: float) -> float | None:
        until = self._paused_at if self._paused_at is not None else now
        span = until - times[0]
        return 60 * (len(times) - 1) / span if len(times) > 1 and span > 0 else None


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
