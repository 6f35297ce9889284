"""A run over many photos: a generator of what happened.

    photos ─> worker threads: ask(photo)  ─>  one consumer: settle(photo, answer)  ─>  Step, Step, Step, ...

`ask` may take long and runs in a few daemon threads; it keeps its answer in the journal itself, so that an answer is
never lost, whatever becomes of the run. `settle` (merge and write) runs only in the thread that iterates. A batch takes
functions: it knows neither backends nor files.

One photo's error is that photo's outcome and the others go on. An error that makes asking further pointless (no key, no
credits, no connection, or the same passing fault for photo after photo) stops the run: `stopped_by` says why, and the
photos left come back as cancelled, not as failed. Cancelling ends the run at once; requests already on their way finish
behind it, and `drain` waits for their answers to reach the journal.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cutline.core.control import Control
from cutline.core.errors import Cancelled, CutlineError
from cutline.core.photo import Caption, Photo, Suggestion

_LOOK = 0.05  # seconds between looks at the cancel flag while nothing arrives


class State(StrEnum):
    """How far a photo is. All but the first two are final for the run."""

    QUEUED = "queued"
    ASKING = "asking"
    SUGGESTED = "suggested"
    WRITTEN = "written"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` gives: the suggestion, None where there was nothing to ask for, and what `settle` needs with it."""

    suggestion: Suggestion | None
    cached: bool = False
    token: object = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What `settle` gives."""

    state: State
    caption: Caption
    """What is in the file now."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a photo: it is being asked about, or (any other state) it is done."""

    photo: Photo
    state: State
    caption: Caption | None = None
    """What is in the file now, where it is known."""
    suggestion: Suggestion | None = None
    cached: bool = False
    notes: tuple[str, ...] = ()
    error: CutlineError | None = None


Ask = Callable[[Photo, Control], Answer]
Settle = Callable[[Photo, Answer, Control], Settled]
_Arrival = Answer | Exception | None
"""What a worker hands over about a photo: its answer, what went wrong, or None when it begins to ask."""


class Run:
    """Iterate it once. `control` pauses and cancels it from any thread."""

    def __init__(
        self,
        photos: Sequence[Photo],
        ask: Ask,
        settle: Settle,
        control: Control,
        parallel: int | Callable[[], int] = 1,
    ) -> None:
        """`parallel`: how many photos are worked on at once; a function is asked after every photo."""
        self.stopped_by: CutlineError | None = None
        self._photos = photos
        self._ask, self._settle, self._control = ask, settle, control
        self._wanted: Callable[[], int] = parallel if callable(parallel) else lambda: parallel
        self._failures_in_a_row = 0
        self._lock = threading.Lock()
        self._next = 0
        self._in_flight = 0
        self._over = False
        self._arrivals: queue.Queue[tuple[int, _Arrival]] = queue.Queue()
        self._room = threading.Semaphore(0)
        self._workers = self._most_workers = 0
        self._threads: list[threading.Thread] = []

    @property
    def total(self) -> int:
        """How many photos it is about."""
        return len(self._photos)

    def __iter__(self) -> Iterator[Step]:
        waiting = dict.fromkeys(range(len(self._photos)))
        self._hire()
        try:
            for index, arrival in self._arriving():
                photo = self._photos[index]
                if arrival is None:
                    yield Step(photo, State.ASKING)
                    continue
                del waiting[index]
                yield self._done(photo, arrival)
                self._room.release()
                self._hire()
        finally:
            self._over = True
        for index in waiting:
            yield Step(self._photos[index], State.CANCELLED, error=self._reason())

    def drain(self, seconds: float) -> bool:
        """Wait until requests on their way have been answered and kept, at most `seconds`; whether all were."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            return self._in_flight == 0  # a thread that asks nothing is about to leave, and nobody need wait for it

    def _arriving(self) -> Iterator[tuple[int, _Arrival]]:
        """What the workers hand over, until there is nothing left to come or the person stops it."""
        while not self._control.cancelled:
            with self._lock:
                exhausted = self._in_flight == 0 and (self._over or self._next == len(self._photos))
            try:
                yield self._arrivals.get(timeout=0 if exhausted else _LOOK)
            except queue.Empty:
                if exhausted:
                    return
                self._hire()

    def _done(self, photo: Photo, arrival: Answer | Exception) -> Step:
        if isinstance(arrival, Answer):
            try:
                settled = self._settle(photo, arrival, self._control)
            except CutlineError as error:
                state = State.CANCELLED if isinstance(error, Cancelled) else State.FAILED
                return Step(photo, state, suggestion=arrival.suggestion, cached=arrival.cached, error=error)
            return Step(photo, settled.state, settled.caption, arrival.suggestion, arrival.cached, settled.notes)
        if isinstance(arrival, Cancelled):
            return Step(photo, State.CANCELLED, error=arrival)
        if not isinstance(arrival, CutlineError):
            raise arrival
        if arrival.stops_run and arrival is not self.stopped_by:  # refused along with the one that stopped the run
            return Step(photo, State.CANCELLED, error=self._reason())
        return Step(photo, State.FAILED, error=arrival)

    def _reason(self) -> CutlineError:
        return Cancelled(f"Left for later: {self.stopped_by}" if self.stopped_by else "Stopped before it was done.")

    def _hire(self) -> None:
        """See to it that as many work as are wanted; who is one too many leaves by himself."""
        wanted = min(max(1, self._wanted()), len(self._photos))
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            while self._workers < wanted and self._next < len(self._photos) and not self._over:
                self._workers += 1
                if self._workers > self._most_workers:
                    self._most_workers = self._workers
                    self._room.release(2)
                self._threads.append(threading.Thread(target=self._work, name=f"ask-{self._workers}", daemon=True))
                self._threads[-1].start()

    def _work(self) -> None:
        while (index := self._next_photo()) is not None:
            self._arrivals.put((index, None))
            arrival = self._asked(self._photos[index])
            with self._lock:
                self._judge(arrival)
                self._arrivals.put((index, arrival))
                self._in_flight -= 1

    def _next_photo(self) -> int | None:
        """What this worker asks about next; None: he leaves, and is not counted any more."""
        wanted, there_is_room = max(1, self._wanted()), self._held_room()
        with self._lock:
            if there_is_room and self._workers <= wanted and self._next < len(self._photos) and not self._over:
                self._next += 1
                self._in_flight += 1
                return self._next - 1
            self._workers -= 1
        if there_is_room:
            self._room.release()
        return None

    def _held_room(self) -> bool:
        """Wait until an answer may be added to those that are not settled yet; False where none is wanted any more."""
        while not self._room.acquire(timeout=_LOOK):
            if self._over or self._control.cancelled:
                return False
        try:
            self._control.checkpoint()
        except Cancelled:
            self._room.release()
            return False
        return True

    def _judge(self, arrival: Answer | Exception) -> None:
        """Stop the run, before anyone takes another photo, where what went wrong would go wrong again."""
        if isinstance(arrival, Answer):
            self._failures_in_a_row = 0
        elif isinstance(arrival, CutlineError):
            self._failures_in_a_row += arrival.passing
            if arrival.stops_run or self._failures_in_a_row > max(2, self._most_workers):
                self.stopped_by = self.stopped_by or arrival
                self._over = True
        else:
            self._over = True

    def _asked(self, photo: Photo) -> Answer | Exception:
        try:
            return self._ask(photo, self._control)
        except Exception as error:  # noqa: BLE001 - handed to the consumer, which raises what is not ours
            return error
        except SystemExit as error:  # it would end this thread alone, and the run would wait for it for ever
            return RuntimeError(f"SystemExit: {error}")
