"""An even pace: one request every 60/rate seconds, for all threads and all Cutlines together, and never a burst.

    turn = pacer.turn()      a place on the grid, given in order
    turn.approach(control)   sleep until shortly before it; then open the connection
    turn.take(control)       sleep the rest; send as soon as this returns

Services count requests as they arrive, by fixed windows, sliding windows or leaky buckets, in minutes or in hours. An
even grid, a little wider than permitted, satisfies all of them, and since it is kept in a file (see `pace_state`) a
program that starts again goes on where the last one stopped. The connection is opened before the turn, so that a slow
handshake does not push one request towards the next. A request that comes late never shortens the gap behind it.

A service that refuses requests all the same counts others too, or permits less than its documents say: all wait for as
long as it asks, and then go on more slowly. After a time without refusals the pace recovers, step by step; each refusal
doubles that time, so that a lower limit is not tried out again and again.
"""

import hashlib
import time
from collections.abc import Callable

from cutline.core import paths
from cutline.core.backends.pace_state import Held, in_file, in_memory
from cutline.core.control import Control

MARGIN = 1.004
"""How much wider than permitted the grid is; what is lost to it is 0.4 % of the rate."""
SLOWER = 1.25
"""How much wider it becomes with a refusal."""
SLOWEST = 16.0
PATIENCE = (60.0, 1800.0)
"""The shortest and the longest time without refusals, in seconds, after which it becomes narrower by the same step."""
_LEAD = 1.0  # seconds before its turn at which a request opens its connection


class Pacer:
    """Shared by all threads of one service; each sleeps in the `Control` it brings along."""

    def __init__(
        self,
        per_minute: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        per_hour: float = 0.0,
        held: Held | None = None,
    ) -> None:
        """`per_minute`, `per_hour`: most requests; 0: no limit. `clock` gives seconds. `held`: what it knows."""
        self._least = max(60 / per_minute if per_minute else 0.0, 3600 / per_hour if per_hour else 0.0)
        self._clock = clock
        self._held = held or in_memory()

    def turn(self) -> "Turn":
        """The next place on the grid."""
        with self._held() as pace:
            at = max(self._clock(), pace.next, pace.held)
            pace.next = at + self._least * MARGIN * pace.slowness
            return Turn(self, at)

    def hold(self, seconds: float) -> None:
        """Nobody sends for `seconds` from now: the service asked everyone to wait."""
        with self._held() as pace:
            pace.held = max(pace.held, self._clock() + seconds)

    def refused(self, seconds: float, sent: float | None = None) -> None:
        """The service was asked too often: nobody sends for `seconds`, and then all go on more slowly.

        What it refuses while everybody waits already, or what was `sent` before they slowed down (on the pacer's clock;
        None: just now), says nothing new about the pace.
        """
        with self._held() as pace:
            now = self._clock()
            if pace.held <= now and (sent is None or sent > pace.slowed):
                pace.slowness = min(SLOWEST, pace.slowness * SLOWER)
                pace.slowed, pace.patience = now, min(PATIENCE[1], max(PATIENCE[0], 2 * pace.patience))
            pace.held = max(pace.held, now + seconds)

    def accepted(self) -> None:
        """The service answered."""
        with self._held() as pace:
            now = self._clock()
            steps = (now - pace.slowed) // pace.patience if pace.slowness > 1 else 0
            if steps:
                pace.slowness, pace.slowed = max(1.0, pace.slowness / SLOWER ** min(steps, 100)), now
                pace.patience = pace.patience if pace.slowness > 1 else 0.0

    def left(self, at: float) -> float:
        """Seconds until a request whose place is `at` may be sent."""
        with self._held() as pace:
            return max(at, pace.held, pace.last + self._least) - self._clock()

    def took(self, at: float) -> float | None:
        """When the request whose place is `at` counts as sent: now; None where it may not be sent yet."""
        with self._held() as pace:
            now = self._clock()
            if max(at, pace.held, pace.last + self._least) > now:
                return None
            pace.last = now
            return now


def shared(backend_id: str, base_url: str, per_minute: float, per_hour: float) -> Pacer:
    """The pacer of all Cutlines on this machine for one service; of this one alone where nothing can be shared."""
    if not per_minute and not per_hour:
        return Pacer(0)
    name = f"{backend_id}-{hashlib.sha256(base_url.encode()).hexdigest()[:16]}"
    held = in_file(paths.state_dir() / f"pace-{name}", time.monotonic)
    return Pacer(per_minute, per_hour=per_hour, held=held)


class Turn:
    """One request's place on the grid, `at` on the pacer's clock."""

    def __init__(self, pacer: Pacer, at: float) -> None:
        self._pacer, self.at = pacer, at
        self.sent: float | None = None
        """When it was taken, on the pacer's clock; None: not yet."""

    def approach(self, control: Control) -> None:
        """Wait until the place is near; raises `Cancelled`."""
        control.checkpoint()
        while (left := self._pacer.left(self.at) - _LEAD) > 0:
            control.wait(left)

    def take(self, control: Control) -> None:
        """Wait until the request may be sent; raises `Cancelled`."""
        while (sent := self._pacer.took(self.at)) is None:
            control.wait(max(0.0, self._pacer.left(self.at)))
        self.sent = sent
