import inspect

from cutline.core import errors

CONTRACT = {
    *("auth", "quota", "rate_limited", "rejected", "bad_answer", "unreachable", "timeout"),
    *("unreadable", "unsupported", "read_only", "changed_meanwhile", "disk"),
    *("key_store", "config", "cancelled"),
}


def leaves() -> list[type[errors.CutlineError]]:
    return [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.CutlineError)]


def test_the_codes_are_those_of_the_contract() -> None:
    assert {error.code for error in leaves()} == CONTRACT


def test_the_whole_tree_is_drawn() -> None:
    assert errors.__doc__ is not None
    for error in leaves():
        assert error.__name__ in errors.__doc__


def test_a_service_is_quoted() -> None:
    said = errors.ServiceSaid("1004", "slow down", "req-7")
    assert errors.RateLimited("Too fast.", said).said == said
    assert errors.RateLimited("Too fast.").said == errors.ServiceSaid()
