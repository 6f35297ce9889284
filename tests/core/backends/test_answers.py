"""Answers of every shape become values that can be kept, or are refused."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.backends import answers
from cutline.core.errors import BadAnswer, ServiceSaid
from cutline.core.photo import Caption, Credits


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b'{"a": 1',
        b"<html>",
        b"\xff\xfe\x00",
        b'{"a": NaN}',
        b"[Infinity]",
        b"1e999",
        b"[-1e999]",
        b"1" * 5000,
        b"[" * 100_000,
        b"[" * 60 + b"]" * 60,
        b'{"a":' * 60 + b"1" + b"}" * 60,
    ],
)
def test_what_is_no_sound_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them will do
        answers.document(body, None)


def test_lone_surrogates_become_something_a_database_can_hold() -> None:
    document = answers.document(b'{"\\ud800": ["a\\udfffb", "\\ud83d\\ude00"]}', None)
    assert document == {"?": ["a?b", "😀"]}
    json.dumps(document, ensure_ascii=False).encode()


def test_a_byte_order_mark_is_forgiven() -> None:
    assert answers.document(b"\xef\xbb\xbf[1]", None) == [1]


def test_a_secret_is_starred_out_wherever_it_stands() -> None:
    body = rb'{"sk-secret": "key sk-secret, sk-\u0073ecret", "list": [{"a": "sk-secret"}]}'
    assert "sk-secret" not in repr(answers.document(body, "sk-secret"))


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_a_value_error(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        json.dumps(answers.document(body, None), ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        (["a", "b"], ("a", "b")),
        ("a, b;c\nd，e、f", ("a", "b", "c", "d", "e", "f")),
        ("sunset", ("sunset",)),
        (None, ()),
        (True, ()),
        (2019, ("2019",)),
        ([2019, 1.5, None, True, {"x": 1}], ("2019", "1.5")),
        ([["a", ["b"]], "c"], ("a", "b", "c")),
        (["Sunset", "sunset", " SUNSET "], ("Sunset",)),
        (["a\x00", "\x1bb", "\n"], ("a", "b")),
        (["Rio, Brazil"], ("Rio, Brazil",)),
        ({"a": "b"}, ()),
    ],
)
def test_tags_of_any_shape(value: object, tags: tuple[str, ...]) -> None:
    assert answers.words(value) == tags


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A\r\nB", "A\nB"),
        (" x ", "x"),
        ("a\x00b", "ab"),
        (7, "7"),
        (None, ""),
        (True, ""),
        (["One.", "Two."], "One. Two."),
        ({"en": "x"}, ""),
    ],
)
def test_texts_of_any_shape(value: object, expected: str) -> None:
    assert answers.text(value) == expected


def test_a_title_stands_on_one_line() -> None:
    assert answers.caption("A\nB", "C\nD", ["t"], "x") == Caption("A B", "C\nD", ("t",))


@pytest.mark.parametrize("nothing", [None, "", [], {}, "\x00\n", [None]])
def test_a_caption_that_says_nothing_is_refused(nothing: object) -> None:
    with pytest.raises(BadAnswer, match="without a title, description or tags"):
        answers.caption(nothing, nothing, nothing, "imgtags")


def test_a_megabyte_of_title_is_refused_in_one_short_sentence() -> None:
    with pytest.raises(BadAnswer, match=r"imgtags answered with 1,048,576 bytes of text") as caught:
        answers.caption("x" * 2**20, "", [], "imgtags")
    assert len(str(caught.value)) < 200


def test_details_without_end_are_refused() -> None:
    assert answers.details({"scene": "outdoor"}, "x") == {"scene": "outdoor"}
    with pytest.raises(BadAnswer, match=r"imgtags answered with 200,\d\d\d bytes"):
        answers.details({"scene": "x" * 200_000}, "imgtags")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"amount": 1, "remaining": 99}, Credits(1, 99)),
        ({"amount": "1.5", "remaining": " 98 "}, Credits(1.5, 98)),
        ({"amount": 0, "remaining": "0"}, Credits(0, 0)),
        ({"amount": "many", "remaining": 3}, Credits(None, 3)),
        ({"amount": True, "remaining": [1]}, None),
        ({"amount": "nan", "remaining": "1e999"}, None),
        ({"amount": 10**400}, None),
        ({}, None),
        (None, None),
        ([1, 2], None),
    ],
)
def test_credits_as_numbers_or_text(value: object, expected: Credits | None) -> None:
    assert answers.credits_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"code": 1004, "message": "m", "request_id": "r"}, ServiceSaid("1004", "m", "r")),
        ({"code": "1004", "message": "m"}, ServiceSaid("1004", "m")),
        ({"success": False, "error": {"code": "C", "message": "m"}}, ServiceSaid("C", "m")),
        ({"error": {"code": "C", "message": "m"}, "request_id": 7}, ServiceSaid("C", "m", "7")),
        ({"error": "text"}, ServiceSaid(message="text")),
        ({"detail": "text"}, ServiceSaid(message="text")),
        ({"detail": [{"loc": ["body"]}]}, ServiceSaid(message='[{"loc": ["body"]}]')),
        ({"message": "Bad.", "errors": {"url": ["Too long.", "No."]}}, ServiceSaid(message="Bad. Too long. No.")),
        ({"message": "Bad.", "errors": {"url": None}}, ServiceSaid(message="Bad. url")),
        ({"message": "Bad.", "errors": {"url": ["Bad."]}}, ServiceSaid(message="Bad.")),
        ({"message": "a\r\nb\x1b"}, ServiceSaid(message="a b")),
        ({"message": None, "code": None}, ServiceSaid()),
        ("plain words", ServiceSaid(message="plain words")),
        ([1], ServiceSaid()),
        (None, ServiceSaid()),
    ],
)
def test_what_a_service_says_in_any_shape(value: Any, expected: ServiceSaid) -> None:
    assert answers.said(value) == expected


def test_endless_words_are_cut() -> None:
    found = answers.said({"message": "x" * 10_000, "errors": {str(n): ["y" * 500] for n in range(50)}})
    assert len(found.message) == 300
    assert found.message.endswith("…")
