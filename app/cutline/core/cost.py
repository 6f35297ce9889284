"""What answers cost, and a limit to it.

Services count in their own ways: credits, tokens, or requests alone. With a price set, credits and tokens are money.
A budget is held before asking: what is on its way counts as much as the dearest answer so far, so that the limit is
not passed. While nothing is known of what an answer costs, one is asked for at a time. What was lost on its way back,
and an answer that does not say what it cost, count as the dearest.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cutline.core.control import Control
from cutline.core.errors import BadAnswer, BudgetReached, ConfigError, TimedOut
from cutline.core.photo import Suggestion
from cutline.core.settings import Settings

_MILLION = 1_000_000
_LOOK = 0.1  # seconds between looks at whether what was on its way has come back


@dataclass(frozen=True, slots=True)
class Cost:
    """What some answers cost."""

    requests: int = 0
    credits: float | None = None
    """None: the service counts none."""
    tokens: float | None = None

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.requests + other.requests, _sum(self.credits, other.credits), _sum(self.tokens, other.tokens))

    def times(self, factor: float) -> "Cost":
        """As many times that."""
        scaled = [None if value is None else value * factor for value in (self.credits, self.tokens)]
        return Cost(round(self.requests * factor), *scaled)


@dataclass(frozen=True, slots=True)
class Prices:
    """What credits and tokens cost in money; 0: unknown."""

    credit: float = 0.0
    million_tokens: float = 0.0
    currency: str = "USD"

    def money(self, cost: Cost) -> float | None:
        """`cost` in money; None where no price for it is set."""
        if self.credit and cost.credits is not None:
            return cost.credits * self.credit
        if self.million_tokens and cost.tokens is not None:
            return cost.tokens * self.million_tokens / _MILLION
        return None

    def words(self, cost: Cost) -> str:
        """`cost` for a person, such as “12 credits (0.24 USD)”; empty where there is nothing to tell."""
        money = self.money(cost)
        counted = ""
        if cost.credits is not None:
            counted = f"{cost.credits:,.6g} credit{'' if cost.credits == 1 else 's'}"
        elif cost.tokens is not None and money is not None:
            counted = f"{cost.tokens:,.0f} tokens"
        return f"{counted} ({sum_of(money, self.currency)})" if money is not None else counted


def sum_of(money: float, currency: str) -> str:
    """A sum of money in words: in hundredths, and finer where it would be nothing otherwise."""
    return f"{money:,.2f} {currency}" if money >= 0.01 or not money else f"{money:.2g} {currency}"


def cost_of(suggestion: Suggestion) -> Cost:
    """What one answer cost."""
    used = suggestion.credits.used if suggestion.credits else None
    tokens = suggestion.details.get("tokens_used")
    return Cost(1, used, float(tokens) if isinstance(tokens, int | float) else None)


def prices(settings: Settings) -> Prices:
    """The prices of the backend that is asked."""
    own = getattr(settings.backends, settings.backend, None)
    return Prices(
        getattr(own, "price_per_credit", 0.0), getattr(own, "price_per_million_tokens", 0.0), settings.currency
    )


class Budget:
    """A run's. Thread-safe."""

    def __init__(self, limit: float, prices_: Prices | None = None) -> None:
        """`limit`: in money where `prices_` are given, else in credits (in requests, where none are counted)."""
        self._limit, self._prices = limit, prices_
        self._changed = threading.Condition()
        self._spent = 0.0
        self._dearest = prices_.credit if prices_ else 1.0
        self._known = False
        self._on_the_way = 0

    @contextmanager
    def one(self, control: Control) -> Iterator[list[Cost]]:
        """Hold what one answer may cost; put what it did cost into the list. Raises `BudgetReached`, `Cancelled`."""
        bill: list[Cost] = []
        self._hold(control)
        perhaps = False
        try:
            yield bill
        except (BadAnswer, TimedOut):  # the service may have done its work
            perhaps = True
            raise
        finally:
            with self._changed:
                self._on_the_way -= 1
                for cost in bill:
                    self._count(cost)
                if perhaps and not bill:
                    self._spent += self._dearest
                self._changed.notify_all()

    def _hold(self, control: Control) -> None:
        while not self._held():
            control.checkpoint()  # not with the lock: whoever is answered while all are paused needs it

    def _held(self) -> bool:
        """Whether one more may be asked for, after a moment where not; then it counts as on its way."""
        with self._changed:
            if not self._fits():
                if not self._on_the_way:
                    raise BudgetReached(
                        f"The budget of {self._words(self._limit)} is used up; go on with a higher one."
                    )
                self._changed.wait(_LOOK)
                return False
            self._on_the_way += 1
            return True

    def _fits(self) -> bool:
        if self._known and not self._dearest:
            raise ConfigError("The service does not say what its answers cost: give the budget in credits.")
        if not self._known and self._on_the_way:
            return False
        return self._spent + self._dearest * (self._on_the_way + 1) <= self._limit * (1 + 1e-9)

    def _count(self, cost: Cost) -> None:
        said = self._prices.money(cost) if self._prices else cost.credits
        if said is None:
            said = self._dearest if self._prices else float(cost.requests)
        amount = max(0.0, said)
        self._spent += amount
        self._dearest = max(self._dearest, amount)
        self._known = True

    def _words(self, amount: float) -> str:
        return sum_of(amount, self._prices.currency) if self._prices else f"{amount:g} credits"


def budget(settings: Settings) -> Budget | None:
    """The budget the settings set; None: no limit. Raises `ConfigError` where it is no sum, or has no price."""
    number, _, currency = settings.max_cost.strip().partition(" ")
    if not number:
        return None
    try:
        limit = float(number)
    except ValueError:
        limit = -1.0
    allowed = f"a number of credits, such as 200, or a sum of money, such as 20 {settings.currency}"
    if not 0 < limit < float("inf") or currency.strip() not in ("", settings.currency):
        raise ConfigError(f"max_cost = {settings.max_cost!r}: must be {allowed}.")
    if not currency:
        return Budget(limit)
    known = prices(settings)
    if not known.credit and not known.million_tokens:
        raise ConfigError(
            f"max_cost = {settings.max_cost!r}: no price is set for {settings.backend}; set"
            f" backends.{settings.backend}.price_per_credit or price_per_million_tokens, whichever there is, or give"
            " a number of credits."
        )
    return Budget(limit, known)


def _sum(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else one + other
