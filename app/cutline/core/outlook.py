"""What a run will come to, told before it begins: how much is to be asked, what that costs, how long it takes.

Photos are looked at as the run will look at them, for a few seconds at most; of those there was no time for, it is said
that they may have to be asked about. What one answer costs is taken from the answers that are kept.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cutline.core.backends.base import Info
from cutline.core.control import Control
from cutline.core.cost import Cost
from cutline.core.errors import PhotoError
from cutline.core.photo import Photo
from cutline.core.settings import Settings
from cutline.core.tagging import Tagger

PATIENCE = 5.0
"""Seconds that looking may take."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of a run over some photos."""

    photos: int
    skipped: int
    """Nothing is missing in them."""
    answered: int
    """Their answers are kept, and cost nothing."""
    asked: int
    """The backend has to be asked about them; with `exact` False: at most."""
    exact: bool
    cost: Cost
    """Of asking, as far as earlier answers tell."""
    seconds: float | None
    """At the service's rate; None: not known."""
    host: str
    """Where the pictures go; empty: nowhere."""


def outlook(
    photos: Sequence[Photo],
    tagger: Tagger,
    settings: Settings,
    control: Control,
    clock: Callable[[], float] = time.monotonic,
) -> Outlook:
    """What a run over `photos` will come to. Raises `JournalError`, `Cancelled`."""
    found: Counter[str] = Counter()
    until, looked = clock() + PATIENCE, 0
    for photo in photos:
        if clock() >= until:
            break
        control.checkpoint()
        looked += 1
        try:
            found[tagger.prospect(photo, control)] += 1
        except PhotoError:
            found["failed"] += 1  # the run will say why
    asked = found["asked"] + len(photos) - looked
    info = tagger.backend.info
    return Outlook(
        photos=len(photos),
        skipped=found["skipped"],
        answered=found["answered"],
        asked=asked,
        exact=looked == len(photos),
        cost=_cost_of_one(tagger, settings).times(asked),
        seconds=asked * 60 / info.requests_per_minute if info.requests_per_minute else None,
        host=_host(info, settings),
    )


def _cost_of_one(tagger: Tagger, settings: Settings) -> Cost:
    """The mean of the last answers; where there are none, one credit is taken for granted of a service that counts."""
    credits_, tokens = tagger.journal.mean_cost(settings.backend)
    own = getattr(settings.backends, settings.backend, None)
    if credits_ is None and hasattr(own, "price_per_credit"):
        credits_ = 1.0
    return Cost(1, credits_, tokens)


def _host(info: Info, settings: Settings) -> str:
    if info.local:
        return ""
    own = getattr(settings.backends, settings.backend, None)
    return urlsplit(getattr(own, "base_url", "")).hostname or "its service"
