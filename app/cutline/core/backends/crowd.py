"""How many requests have to be on their way at once, so that a service is asked as often as it permits, and no more.

By Little's law, as many are on their way as are sent in the time one takes: rate x latency. One more is being made
ready meanwhile, and one covers those that take longer than the others.
"""

import math
import threading

MOST_IN_FLIGHT = 32
_AT_FIRST = 4
"""As long as nothing is known, and where nothing limits the rate."""
_SPARE = 2
_WEIGHT = 0.2
"""Of the latest answer in the mean."""


class Crowd:
    """Learns how long answers take. Thread-safe."""

    def __init__(self, per_minute: float, fixed: int = 0) -> None:
        """`per_minute`: most requests, 0: no limit. `fixed`: as many and no other number; 0: as many as it takes."""
        self._per_second, self._fixed = per_minute / 60, fixed
        self._lock = threading.Lock()
        self._latency: float | None = None

    def took(self, seconds: float) -> None:
        """One more request was answered after `seconds`."""
        with self._lock:
            self._latency = seconds if self._latency is None else self._latency + _WEIGHT * (seconds - self._latency)

    def wanted(self) -> int:
        """How many at once."""
        if self._fixed:
            return self._fixed
        if self._latency is None or not self._per_second:
            return _AT_FIRST
        return min(MOST_IN_FLIGHT, math.ceil(self._per_second * self._latency) + _SPARE)
