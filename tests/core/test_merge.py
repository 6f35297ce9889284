import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.merge import merged, wanted
from cutline.core.photo import DEFAULT_FIELDS, FIELDS, POLICIES, Caption, FieldName, Policy

MINE = Caption("My title", "", ("Mine", "sea"), "")
THEIRS = Caption("Their title", "Their words", ("sea", "boat"), "Their alt")

captions = st.builds(Caption, st.text(), st.text(), st.lists(st.text(min_size=1), unique=True).map(tuple), st.text())
policies = st.sampled_from(POLICIES)
fields = st.lists(st.sampled_from(FIELDS), unique=True)


def test_merge_adds_tags_and_fills_what_is_empty() -> None:
    assert merged(MINE, THEIRS, "merge", FIELDS, 50) == Caption(
        "My title", "Their words", ("Mine", "sea", "boat"), "Their alt"
    )


def test_fill_touches_only_what_is_empty() -> None:
    assert merged(MINE, THEIRS, "fill", FIELDS, 50) == Caption("My title", "Their words", ("Mine", "sea"), "Their alt")


def test_replace_takes_what_is_given() -> None:
    assert merged(MINE, THEIRS, "replace", FIELDS, 50) == THEIRS
    assert merged(MINE, Caption(), "replace", FIELDS, 50) == MINE


def test_fields_not_named_stay() -> None:
    assert merged(MINE, THEIRS, "replace", DEFAULT_FIELDS, 50).alt_text == ""


def test_the_limit_counts_what_is_in_the_file() -> None:
    assert merged(Caption(), THEIRS, "merge", FIELDS, 1).tags == ("sea",)
    assert merged(MINE, THEIRS, "merge", FIELDS, 1).tags == ("Mine", "sea")


@pytest.mark.parametrize(
    ("existing", "policy", "left"),
    [
        (Caption(), "fill", DEFAULT_FIELDS),
        (Caption("t", "d", ("x",)), "fill", ()),
        (Caption("t", "d", ("x",)), "merge", ("tags",)),
        (Caption("t", "d", ("x",)), "replace", DEFAULT_FIELDS),
    ],
)
def test_what_is_still_wanted(existing: Caption, policy: Policy, left: tuple[str, ...]) -> None:
    assert wanted(existing, policy, DEFAULT_FIELDS) == left


@given(captions, captions, policies, fields, st.integers(1, 60))
def test_only_replace_loses_words(
    existing: Caption, new: Caption, policy: Policy, names: list[FieldName], limit: int
) -> None:
    result = merged(existing, new, policy, names, limit)
    for name in FIELDS:
        old = getattr(existing, name)
        if name not in names or (policy != "replace" and name != "tags" and old):
            assert getattr(result, name) == old
    if policy != "replace":
        assert result.tags[: len(existing.tags)] == existing.tags


@given(captions, captions, policies, fields, st.integers(1, 60))
def test_merging_twice_is_merging_once(
    existing: Caption, new: Caption, policy: Policy, names: list[FieldName], limit: int
) -> None:
    once = merged(existing, new, policy, names, limit)
    assert merged(once, new, policy, names, limit) == once
