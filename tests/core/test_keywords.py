import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cutline.core.keywords import clean, identity, merge, tidy, tidy_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_wrong_shapes_become_lists_of_text() -> None:
    assert clean(["sea", 2024, 1.5, None, True, ["boat", ["pier"]]]) == ("sea", "2024", "1.5", "boat", "pier")
    assert clean("sea") == ("sea",)
    assert clean(None) == ()
    assert clean({"a": 1}) == ()
    assert clean(2024) == ("2024",)


def test_control_characters_and_white_space_go() -> None:
    assert clean(["  blue\tsky \n", "a\x00b", "\x07", ""]) == ("blue sky", "ab")
    assert tidy("one\r\ntwo\u2028three") == "one two three"


def test_near_twins_go_and_the_first_spelling_stays() -> None:
    assert clean(["Sunset", "sunset", "SUNSET", "München", "Mu\u0308nchen"]) == ("Sunset", "München")


def test_hash_signs_and_stray_separators_go() -> None:
    assert clean(["#sea", "boat,", ";pier;"]) == ("sea", "boat", "pier")


def test_order_case_and_scripts_stay() -> None:
    assert clean(["Zürich", "東京", "iPhone", "sea"]) == ("Zürich", "東京", "iPhone", "sea")


def test_descriptions_keep_their_lines() -> None:
    assert tidy_lines(" First\r\nsecond \x0b line\rthird\x00 ") == "First\nsecond line\nthird"


def test_merging_keeps_what_is_there_and_adds_what_is_new() -> None:
    assert merge(["Mine", "sea"], ["SEA", "boat"], 50) == ("Mine", "sea", "boat")


def test_a_limit_never_costs_a_tag_that_was_there() -> None:
    assert merge(["a", "b", "c"], ["d"], 2) == ("a", "b", "c")
    assert merge(["a"], ["b", "c"], 2) == ("a", "b")


@given(JSON)
def test_any_json_becomes_distinct_tidy_tags(value: object) -> None:
    tags = clean(value)
    assert len({identity(tag) for tag in tags}) == len(tags)
    for tag in tags:
        assert tag == tag.strip() != ""
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in tag)
    assert clean(tags) == tags


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert tidy_lines(tidy_lines(text)) == tidy_lines(text)
