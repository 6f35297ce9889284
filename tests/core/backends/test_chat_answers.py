"""What vision models write, and what is made of it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.backends.chat_answers import fields_in, message_of
from cutline.core.errors import BackendError
from cutline.core.photo import Suggestion
from helpers.asking import KEY, openai

FOUND = {"title": "A pier", "description": "A pier at dawn.", "tags": ["pier", "dawn"], "alt_text": "A wooden pier."}
JSON = json.dumps(FOUND)
DRAFT = json.dumps({"title": "Draft"})


@pytest.mark.parametrize(
    "content",
    [
        JSON,
        f"\n\n  {JSON}  ",
        f"```json\n{JSON}\n```",
        f"```\n{JSON}\n```\nLet me know if you need more {{braces}}!",
        f"Here you are: {JSON} Enjoy.",
        json.dumps(FOUND, indent=2),
        JSON[:-1] + ",}",
        JSON.replace('"dawn"]', '"dawn",]'),
        JSON.replace(", ", ",\n  "),
        f"[{JSON}]",
        json.dumps({"photo": FOUND}),
        json.dumps({"answer": [{"caption_data": FOUND}]}),
        json.dumps(JSON),
        f"The form {{title, tags}} is filled in so: {JSON}",
        f'{{"type": "object", "properties": {{"title": {{"type": "string"}}}}}} {JSON}',
        f"<think>It looks like {DRAFT}</think>\n{JSON}",
        f"<thinking>hm\n\n</thinking>{JSON}",
        f"It looks like {DRAFT}, I think.</think>{JSON}",
        f"{JSON} {DRAFT}",
        f"<think>{JSON}",
        f"<think>{JSON}</think>",
        [{"type": "text", "text": JSON[:20]}, {"type": "text", "text": JSON[20:]}],
        JSON.replace("title", "Title").replace("description", "caption").replace("tags", "Keywords").replace("_", "-"),
    ],
)  # fmt: skip
def test_the_object_is_found(content: object) -> None:
    assert fields_in({"content": content}) == FOUND


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "thinking"])
@pytest.mark.parametrize("content", ["", None, "<think></think>"])
def test_thoughts_are_looked_at_where_nothing_is_said(name: str, content: str | None) -> None:
    assert fields_in({"content": content, name: f"I shall say {JSON}"}) == FOUND
    assert fields_in({"content": content, name: "sea, sky, boat"}) == {}
    assert fields_in({"content": DRAFT, name: JSON}) == {"title": "Draft"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sea, sky, red boat", ["sea", "sky", "red boat"]),
        ("sea; sky; boat.", ["sea", "sky", "boat"]),
        ("Tags for this picture: sea, sky, boat", ["sea", "sky", "boat"]),
        ("- sea\n- sky\n* boat", ["sea", "sky", "boat"]),
        ("1. sea\n2. sky\n3) boat", ["sea", "sky", "boat"]),
        ("海、空、船", ["海", "空", "船"]),
        ("```\nsea, sky, boat\n```", ["sea", "sky", "boat"]),
        ('["sea", "sky"]', ["sea", "sky"]),
    ],
)
def test_a_bare_list_is_tags(content: str, expected: list[str]) -> None:
    assert fields_in({"content": content}) == {"tags": expected}


@pytest.mark.parametrize(
    "content",
    [
        "I'm sorry, but I can't help with that, as there are people in it.",
        "Sorry, no, not this",
        "Unfortunately, sea, sky",
        "The picture shows a pier, with a boat beside it, at dawn.",
        "sea",
        "",
        "{",
        "{}",
        "null",
        "[]",
        '{"title": ""}',
        '{"title": {"type": "string"}, "tags": {"type": "array"}}',
        JSON[:-3],
        JSON[:40],
        json.dumps(FOUND, indent=2)[:-5],
        "{" * 100_000,
        "[" * 100_000,
        '{"a":' * 5000,
        '"' * 1000,
    ],
)
def test_what_says_nothing_gives_nothing(content: str) -> None:
    assert fields_in({"content": content}) == {}


def test_a_line_break_within_a_text_is_forgiven() -> None:
    assert fields_in({"content": JSON.replace("at dawn", "\nat dawn")})["description"] == "A pier \nat dawn."


def test_labelled_lines() -> None:
    content = (
        "**Title:** A pier\n## Description: A pier\nat dawn.\n\nKeywords:\n- pier\n- dawn\nAlt text: A wooden pier."
    )
    assert fields_in({"content": content}) == {
        "title": "A pier",
        "description": "A pier at dawn.",
        "tags": "pier\ndawn",
        "alt_text": "A wooden pier.",
    }


@pytest.mark.parametrize(
    "document", [None, [], "x", {}, {"choices": None}, {"choices": []}, {"choices": [7]}, {"choices": [{"message": 1}]}]
)
def test_a_document_without_a_message(document: object) -> None:
    assert message_of(document) == ({}, "")


NAMES = st.sampled_from(["title", "description", "tags", "alt_text", "Keywords", "caption", "x"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4)
)
SCRAPS = st.sampled_from(
    ["```json\n", "```", "<think>", "</think>", "{", "}", "[", "]", '"', "\\", ", ", "\n- ", "Title: ", "Tags:", JSON]
)
TEXTS = st.lists(SCRAPS | st.text(max_size=6) | VALUES.map(json.dumps), max_size=8).map("".join)
WHY = st.sampled_from(["stop", "length", "content_filter", "tool_calls", None, 7])


def kept(document: Any) -> Suggestion | BackendError:
    """What the backend makes of a document, its own part of it."""
    backend = openai("http://127.0.0.1:1", key=KEY)
    try:
        return backend._suggestion(document, "seer", 50)
    except BackendError as error:
        return error


@settings(max_examples=400, deadline=None)
@given(content=TEXTS | VALUES, thoughts=TEXTS | st.none(), why=WHY, usage=VALUES, refusal=st.none() | VALUES)
def test_any_content_is_a_suggestion_or_a_backend_error(
    content: object, thoughts: object, why: object, usage: object, refusal: object
) -> None:
    message = {"content": content, "reasoning_content": thoughts, "refusal": refusal}
    document = {"id": content, "choices": [{"message": message, "finish_reason": why}], "usage": usage}
    checked(kept(document))


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({"choices": VALUES}, optional={"usage": VALUES, "id": VALUES}) | VALUES)
def test_any_document_is_a_suggestion_or_a_backend_error(document: object) -> None:
    checked(kept(document))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_the_key_is_starred_out_however_it_is_written(before: str, after: str) -> None:
    escaped = "".join(f"\\u{ord(c):04x}" for c in KEY)
    text = json.dumps({"title": f"{before} MARK {after}", "tags": ["MARK"], "alt_text": "x"}).replace("MARK", escaped)
    found = kept({"choices": [{"message": {"content": text}}]})
    assert isinstance(found, Suggestion)
    assert KEY not in repr(found)
    assert "•••" in found.caption.title


def checked(outcome: Suggestion | BackendError) -> None:
    if isinstance(outcome, BackendError):
        assert str(outcome).isprintable()
        assert len(str(outcome)) < 1200
        return
    caption = outcome.caption
    texts = [caption.title, caption.description, *caption.tags, caption.alt_text]
    assert any(texts)
    json.dumps([texts, outcome.request_id, outcome.details], ensure_ascii=False, allow_nan=False).encode()
    assert all("\x00" not in text for text in texts)
    assert len(caption.tags) <= 50
