"""An even pace: one request every 60/rate seconds, for all threads of a service together, and never a burst.

    turn = pacer.turn()      a place on the grid, given in order
    turn.approach(control)   sleep until shortly before it; then open the connection
    turn.take(control)       sleep the rest; send as soon as this returns

Services count requests as they arrive, by fixed windows, sliding windows or leaky buckets. An even grid, a little wider
than permitted, satisfies all of them. The connection is opened before the turn, so that a slow handshake does not
push one request towards the next. A request that comes late never shortens the gap behind it.
"""

import threading
import time
from collections.abc import Callable

from cutline.core.control import Control

MARGIN = 1.004
"""How much wider than permitted the grid is; what is lost to it is 0.4 % of the rate."""
_LEAD = 1.0  # seconds before its turn at which a request opens its connection


class Pacer:
    """Shared by all threads of one service; each sleeps in the `Control` it brings along."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`per_minute`: most requests in a minute; 0: no limit. `clock` gives seconds."""
        self._least = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._next = self._last = self._held = float("-inf")

    def turn(self) -> "Turn":
        """The next place on the grid."""
        with self._lock:
            at = max(self._clock(), self._next, self._held)
            self._next = at + self._least * MARGIN
            return Turn(self, at)

    def hold(self, seconds: float) -> None:
        """Nobody sends for `seconds` from now: the service asked everyone to wait."""
        with self._lock:
            self._held = max(self._held, self._clock() + seconds)

    def left(self, at: float) -> float:
        """Seconds until a request whose place is `at` may be sent."""
        return max(at, self._held, self._last + self._least) - self._clock()

    def took(self, at: float) -> bool:
        """Whether the request whose place is `at` may be sent now; if so, it counts as sent."""
        with self._lock:
            free = self.left(at) <= 0
            if free:
                self._last = self._clock()
            return free


class Turn:
    """One request's place on the grid, `at` on the pacer's clock."""

    def __init__(self, pacer: Pacer, at: float) -> None:
        self._pacer, self.at = pacer, at

    def approach(self, control: Control) -> None:
        """Wait until the place is near; raises `Cancelled`."""
        control.checkpoint()
        while (left := self._pacer.left(self.at) - _LEAD) > 0:
            control.wait(left)

    def take(self, control: Control) -> None:
        """Wait until the request may be sent; raises `Cancelled`."""
        while not self._pacer.took(self.at):
            control.wait(max(0.0, self._pacer.left(self.at)))
