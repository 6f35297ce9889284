"""What will be written, and how it differs: the values behind the inspector."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cutline.core.keywords import identity
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import FIELDS, Caption, Photo, Suggestion
from cutline.core.settings import Settings, changed
from cutline.gui.inspector_values import Captions, tag_values, text_values
from cutline.gui.photos import Entry
from cutline.gui.review import (
    Share,
    changes,
    edited,
    planned,
    rebased,
    shared_tags,
    shared_text,
    typed_tags,
    unsaved,
    with_tags,
    without_tag,
)

SETTINGS = Settings()


EMPTY = Caption()


def entry(in_file: Caption | None = EMPTY, suggested: Caption | None = None) -> Entry:
    made = Entry(Photo(Path("/photos/a.jpg")))
    made.reading = Reading(in_file, "jpeg", Stamp(1, 1)) if in_file is not None else None
    made.suggestion = Suggestion(suggested, "offline") if suggested is not None else None
    return made


def test_the_policy_makes_the_plan() -> None:
    one = entry(Caption("Mine", "", ("a",)), Caption("Theirs", "Words", ("A", "b")))
    assert planned(one, SETTINGS) == Caption("Mine", "Words", ("a", "b"))
    assert planned(one, changed(SETTINGS, "policy", "replace")) == Caption("Theirs", "Words", ("A", "b"))
    assert planned(one, changed(SETTINGS, "policy", "fill")) == Caption("Mine", "Words", ("a",))
    assert changes(one, SETTINGS) == ("description", "tags")


def test_typed_words_beat_every_policy() -> None:
    one = entry(Caption("Mine"), Caption("Theirs"))
    one.edited = edited(one, SETTINGS, "title", "")
    assert planned(one, SETTINGS).title == ""
    assert changes(one, SETTINGS) == ("title",)
    assert unsaved(one, SETTINGS)


def test_typing_back_to_the_proposal_is_no_edit() -> None:
    one = entry(Caption(), Caption("Theirs"))
    one.edited = edited(one, SETTINGS, "title", "Thei")
    assert one.edited is not None
    one.edited = edited(one, SETTINGS, "title", "Theirs")
    assert one.edited is None
    assert not unsaved(one, SETTINGS)


def test_a_file_that_was_not_read_has_no_changes() -> None:
    assert changes(entry(None, Caption("Theirs")), SETTINGS) == ()


def test_what_stands_in_the_file_by_now_is_saved() -> None:
    one = entry(Caption("Mine"))
    one.edited = Caption("Mine")
    assert not unsaved(one, SETTINGS)


def test_typed_fields_stay_and_the_others_follow_a_new_suggestion() -> None:
    one = entry(Caption("Mine", "", ("a",)))
    one.edited = edited(one, SETTINGS, "title", "Typed")
    suggestion = Suggestion(Caption("Theirs", "Words", ("b",)), "offline")
    assert rebased(one, SETTINGS, one.reading, suggestion) == Caption("Typed", "Words", ("a", "b"))


def test_typed_fields_stay_and_the_others_follow_the_file() -> None:
    one = entry(Caption("Old", "Old words", ("a",)))
    one.edited = edited(one, SETTINGS, "description", "Typed")
    new = Reading(Caption("By another", "By another", ("b",)), "jpeg", Stamp(2, 2))
    assert rebased(one, SETTINGS, new, None) == Caption("By another", "Typed", ("b",))
    same = Reading(Caption("By another", "Typed", ("b",)), "jpeg", Stamp(2, 2))
    assert rebased(one, SETTINGS, same, None) is None
    assert rebased(entry(), SETTINGS, new, None) is None


def test_tags_are_added_tidily_and_removed_in_any_spelling() -> None:
    assert with_tags(("#own", "b"), [" C ", "B", "d  d"]) == ("#own", "b", "C", "d d")
    assert without_tag(("Sea", "sun", "SEA"), "sea") == ("sun",)


def test_a_pasted_list_is_taken_apart() -> None:
    assert typed_tags("a, b;c\nd\t e ,, ") == ["a", " b", "c", "d", " e "]


@given(st.lists(st.lists(st.text(max_size=3), max_size=4), max_size=5))
def test_shared_tags_count_each_photo_once(lists: list[list[str]]) -> None:
    shares = shared_tags(lists)
    assert all(1 <= share.count <= len(lists) for share in shares)
    assert {identity(tag) for tags in lists for tag in tags} == {identity(share.tag) for share in shares}
    assert len({identity(share.tag) for share in shares}) == len(shares)


def test_shared_tags_keep_the_order_of_the_first() -> None:
    assert shared_tags([("z", "a"), ("A", "m")]) == (Share("z", 1), Share("a", 2), Share("m", 1))


def test_shared_text() -> None:
    assert shared_text(["a", "a"]) == "a"
    assert shared_text(["a", "b"]) is None
    assert shared_text([]) == ""


def test_the_looks_of_chips_are_the_difference() -> None:
    one = entry(Caption(tags=("own", "going")), Caption(tags=("new", "offered")))
    one.edited = Caption(tags=("own", "new", "typed"))
    values = tag_values(Captions.of([one], SETTINGS))
    assert [(chip.text, chip.look) for chip in values.in_file] == [("own", "own"), ("going", "removed")]
    assert [(chip.text, chip.look) for chip in values.suggested] == [("new", "own"), ("offered", "offered")]
    assert [(chip.text, chip.look) for chip in values.planned] == [("own", "own"), ("new", "added"), ("typed", "added")]
    assert values.changed


def test_several_photos_show_shares() -> None:
    two = [entry(Caption("A", "same", ("x", "y"))), entry(Caption("B", "same", ("y",)))]
    captions = Captions.of(two, SETTINGS)
    assert text_values(captions, "title").planned is None
    assert text_values(captions, "description").planned == "same"
    assert [(chip.text, chip.look, chip.count) for chip in tag_values(captions).planned] == [
        ("x", "some", "1/2"),
        ("y", "own", ""),
    ]


@given(st.sampled_from(FIELDS), st.text(max_size=5))
def test_setting_a_field_changes_that_field_only(name: str, text: str) -> None:
    one = entry(Caption("t", "d", ("a",), "alt"))
    value = (text,) if name == "tags" else text
    one.edited = edited(one, SETTINGS, name, value)  # type: ignore[arg-type]
    assert set(changes(one, SETTINGS)) <= {name}
