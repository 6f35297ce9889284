"""Waiting for what another program holds open on Windows, by a clock that nobody has to wait for."""

from collections.abc import Iterator

import pytest

from cutline.core.patience import patiently


class Refused(PermissionError):
    """What Windows raises: a number that other systems do not know."""

    def __init__(self, winerror: int) -> None:
        super().__init__(13, "Permission denied")
        self.winerror = winerror


def attempt(outcomes: Iterator[int]) -> str:
    if number := next(outcomes):
        raise Refused(number)
    return "done"


@pytest.mark.parametrize("number", [5, 32, 33])
def test_what_is_held_for_a_moment_is_tried_again_with_growing_waits(number: int) -> None:
    waits: list[float] = []
    outcomes = iter([number] * 4 + [0])
    assert patiently(lambda: attempt(outcomes), sleep=waits.append) == "done"
    assert len(waits) == 4
    assert waits == sorted(waits)
    assert waits[0] < 0.1


def test_what_stays_held_is_said_after_a_few_seconds() -> None:
    waits: list[float] = []
    with pytest.raises(PermissionError):
        patiently(lambda: attempt(iter([32])), sleep=waits.append)
    assert 2 <= sum(waits) <= 5
    assert max(waits) <= 1


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), Refused(1314), OSError(28, "full")])
def test_what_does_not_pass_is_said_at_once(error: OSError) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(OSError) as raised:  # noqa: PT011 - it is the very same one
        patiently(fail, sleep=lambda _: pytest.fail("waited"))
    assert raised.value is error


def test_success_waits_for_nothing() -> None:
    assert patiently(lambda: 7, sleep=lambda _: pytest.fail("waited")) == 7
