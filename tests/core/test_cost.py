"""What answers cost, and that a budget is not passed, however many ask at once."""

import random
import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.control import Control
from cutline.core.cost import Budget, Cost, Prices, budget, cost_of, prices, sum_of
from cutline.core.errors import BackendError, BadAnswer, BudgetReached, Cancelled, ConfigError, TimedOut
from cutline.core.photo import Caption, Credits, Suggestion
from cutline.core.settings import Settings, changed


def settings(**values: object) -> Settings:
    result = Settings()
    for key, value in values.items():
        result = changed(result, key.replace("__", "."), value)
    return result


@pytest.mark.parametrize(
    ("suggestion", "expected"),
    [
        (Suggestion(Caption(), "a", credits=Credits(2, 98)), Cost(1, 2)),
        (Suggestion(Caption(), "a", credits=Credits(None, 98)), Cost(1)),
        (Suggestion(Caption(), "a", details={"tokens_used": 1250}), Cost(1, None, 1250)),
        (Suggestion(Caption(), "a", details={"tokens_used": "many"}), Cost(1)),
        (Suggestion(Caption(), "a"), Cost(1)),
    ],
)
def test_an_answer_says_what_it_cost(suggestion: Suggestion, expected: Cost) -> None:
    assert cost_of(suggestion) == expected


def test_costs_add_up() -> None:
    assert Cost(1, 2.0) + Cost(1) + Cost(1, 0.5, 100) == Cost(3, 2.5, 100)
    assert Cost(1, 1.5, 1200).times(10) == Cost(10, 15, 12000)


@pytest.mark.parametrize(
    ("known", "cost", "words"),
    [
        (Prices(), Cost(3, 3), "3 credits"),
        (Prices(), Cost(1, 1), "1 credit"),
        (Prices(credit=0.02), Cost(10_000, 10_000), "10,000 credits (200.00 USD)"),
        (Prices(credit=0.02, currency="EUR"), Cost(1, 1), "1 credit (0.02 EUR)"),
        (Prices(), Cost(3, None, 4000), ""),
        (Prices(million_tokens=0.5), Cost(3, None, 4000), "4,000 tokens (0.002 USD)"),
        (Prices(credit=0.5), Cost(3), ""),
    ],
)
def test_costs_in_words(known: Prices, cost: Cost, words: str) -> None:
    assert known.words(cost) == words


def test_small_sums_are_not_told_as_nothing() -> None:
    assert (sum_of(0.00042, "USD"), sum_of(0, "USD"), sum_of(1234.5, "EUR")) == (
        "0.00042 USD",
        "0.00 USD",
        "1,234.50 EUR",
    )


def test_prices_are_those_of_the_backend_that_is_asked() -> None:
    assert prices(settings(backend="imagedescriber", backends__imagedescriber__price_per_credit=0.02)).credit == 0.02
    assert prices(settings(backend="openai", backends__openai__price_per_million_tokens=3)).million_tokens == 3
    assert prices(settings(backend="a_plug_in", currency="EUR")) == Prices(currency="EUR")


@pytest.mark.parametrize("text", ["lots", "-3", "0", "inf", "nan", "20 EUR", "20 USD more", "USD 20"])
def test_what_is_no_sum_is_refused_by_name(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        budget(settings(max_cost=text))
    assert text in str(caught.value)
    assert "20 USD" in str(caught.value)


def test_money_needs_a_price() -> None:
    with pytest.raises(ConfigError, match=r"backends.imagedescriber.price_per_credit"):
        budget(settings(backend="imagedescriber", max_cost="20 USD"))
    assert budget(settings(backend="imagedescriber", backends__imagedescriber__price_per_credit=1, max_cost="2 USD"))
    assert budget(settings(max_cost="  ")) is None


def spend(held: Budget, cost: Cost) -> None:
    with held.one(Control()) as bill:
        bill.append(cost)


def test_credits_run_out() -> None:
    held = Budget(3)
    spend(held, Cost(1, 1))
    spend(held, Cost(1, 2))
    with pytest.raises(BudgetReached, match="The budget of 3 credits is used up; go on with a higher one"):
        spend(held, Cost(1, 1))


def test_requests_count_where_no_credits_are() -> None:
    held = Budget(2)
    spend(held, Cost(1, None, 500))
    spend(held, Cost(1))
    with pytest.raises(BudgetReached):
        spend(held, Cost(1))


def test_what_fails_costs_nothing() -> None:
    held = Budget(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), held.one(Control()):
            raise ZeroDivisionError
    spend(held, Cost(1, 1))


def test_money_runs_out() -> None:
    held = Budget(1, Prices(million_tokens=100))
    spend(held, Cost(1, None, 6000))
    with pytest.raises(BudgetReached, match=r"1\.00 USD"):
        spend(held, Cost(1, None, 4000))  # as dear as the first would be too much


def test_waiting_for_what_is_on_its_way_ends_when_cancelled() -> None:
    held, control, errors = Budget(1), Control(), list[Exception]()

    def wait() -> None:
        try:
            with held.one(control):
                pass
        except Cancelled as error:
            errors.append(error)

    with held.one(Control()):
        thread = threading.Thread(target=wait)
        thread.start()
        control.cancel()
        thread.join(5)
    assert len(errors) == 1


@given(
    limit=st.integers(1, 30), costs=st.lists(st.sampled_from([0.5, 1.0]), min_size=60, max_size=60), seed=st.integers()
)
def test_many_at_once_never_pass_it(limit: int, costs: list[float], seed: int) -> None:
    held, spent, dice = Budget(limit), list[float](), random.Random(seed)
    left = iter(costs)

    def work() -> None:
        for cost in left:
            try:
                with held.one(Control()) as bill:
                    if dice.random() < 0.2:
                        continue  # failed
                    bill.append(Cost(1, cost))
                    spent.append(cost)
            except BudgetReached:
                return

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(spent) <= limit


def test_nobody_knows_what_the_first_costs_so_it_goes_alone() -> None:
    held, spent = Budget(10), list[float]()

    def work() -> None:
        with suppress(BudgetReached):
            while True:
                with held.one(Control()) as bill:
                    time.sleep(0.01)  # as long as it takes: the others come meanwhile
                    spent.append(5.0)
                    bill.append(Cost(1, 5.0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sum(spent) == 10


@pytest.mark.parametrize("lost", [TimedOut, BadAnswer])
def test_what_was_lost_on_its_way_back_counts(lost: type[BackendError]) -> None:
    held = Budget(2)
    for _ in range(2):
        with pytest.raises(lost), held.one(Control()):
            raise lost("Gone.")
    with pytest.raises(BudgetReached):
        spend(held, Cost(1, 1))


def test_an_answer_that_does_not_say_its_cost_counts_as_the_dearest() -> None:
    held = Budget(1, Prices(credit=0.4))
    spend(held, Cost(1))
    spend(held, Cost(1))
    with pytest.raises(BudgetReached):
        spend(held, Cost(1))


def test_money_cannot_be_counted_where_nobody_says_what_was_used() -> None:
    held = Budget(1, Prices(million_tokens=100))
    spend(held, Cost(1))
    with pytest.raises(ConfigError, match="give the budget in credits"):
        spend(held, Cost(1))


def test_nobody_is_paid_back() -> None:
    held = Budget(2)
    spend(held, Cost(1, -50))
    spend(held, Cost(1, 2))
    with pytest.raises(BudgetReached):
        spend(held, Cost(1, 1))


def test_an_answer_that_comes_while_all_are_paused_is_counted_at_once() -> None:
    held, control, over = Budget(1), Control(), threading.Event()
    with held.one(Control()) as bill:
        bill.append(Cost(1, 1))
        waiting = threading.Thread(target=_reached, args=(held, control, over))
        waiting.start()
        control.pause()
        waiting.join(0.3)  # it looks now and then
    control.resume()
    waiting.join(5)
    assert over.is_set()


def _reached(held: Budget, control: Control, over: threading.Event) -> None:
    with pytest.raises(BudgetReached), held.one(control):
        pass
    over.set()
