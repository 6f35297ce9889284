"""When servers of the OpenAI protocol refuse, break off or talk nonsense."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cutline.core.backends.address import address
from cutline.core.backends.chat_faults import Chat
from cutline.core.backends.faults import Party
from cutline.core.backends.wire import Reply
from cutline.core.errors import (
    AuthError,
    BackendError,
    BadAnswer,
    ConfigError,
    CutlineError,
    QuotaError,
    RateLimited,
    Rejected,
    ServerError,
    TimedOut,
    Unreachable,
)
from cutline.core.photo import Suggestion
from helpers.asking import FastControl, ask, openai
from helpers.chat_service import ChatService
from helpers.service import Fault, answering, dropped, html, raw, redirect, silent, status, truncated


def asked(*faults: Fault, timeout: float = 10) -> Suggestion:
    with ChatService() as service:
        service.faults += faults
        control = FastControl()
        return ask(openai(service.base_url, control, model="seer", timeout=timeout), control)


def error(message: str, code: object = None, **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "x", "param": None, "code": code} | more}


@pytest.mark.parametrize(
    ("http_status", "document", "expected", "words"),
    [
        (400, error("Failed to load image or audio file", 400), Rejected, "refuses this picture: “Failed to load"),
        (400, {"error": "bad picture"}, Rejected, "“bad picture”"),
        (422, {"detail": "bad picture"}, Rejected, "“bad picture”"),
        (422, {"detail": [{"loc": ["body"], "msg": "bad picture"}]}, Rejected, "bad picture"),
        (400, {"message": "bad picture", "code": 3}, Rejected, r"“bad picture” \(code 3\)"),
        (401, error("Incorrect API key provided"), AuthError, "needs a key, and there is none yet"),
        (402, error("Insufficient credits", 402), QuotaError, "“Insufficient credits” "),
        (403, error("Your input was flagged", 403, metadata={"reasons": ["x"]}), Rejected, "“Your input was flagged"),
        (403, error("Country not supported"), AuthError, "needs a key.*“Country not supported”"),
        (429, error("You exceeded your current quota", "insufficient_quota"), QuotaError, "exceeded your current"),
        (429, error("Rate limit reached", "rate_limit_exceeded"), RateLimited, "“Rate limit reached”"),
        (404, {"error": "model 'seer' not found"}, ConfigError, "has no model seer.*choose another"),
        (404, error("The model `seer` does not exist", "model_not_found"), ConfigError, "has no model seer"),
        (400, error("seer is not a valid model ID", 400), ConfigError, "has no model seer"),
        (404, error("File Not Found", 404), Unreachable, "is not at http://127.0.0.1.*base_url"),
        (500, error("image input is not supported - hint: mmproj", 500), ConfigError, "cannot look at pictures"),
        (404, error("No endpoints found that support image input"), ConfigError, "cannot look at pictures"),
        (400, {"error": "seer does not support images"}, ConfigError, "cannot look at pictures"),
        (500, error("something broke", 500), ServerError, "failed at this picture: “something broke”"),
        (503, error("Loading model", 503), Unreachable, "is down at the moment: “Loading model”"),
        (200, error("Provider returned error", 502), Unreachable, "“Provider returned error”"),
        (200, error("Rate limited upstream", 429), RateLimited, "“Rate limited upstream”"),
        (200, {"error": "no code"}, Unreachable, "“no code”"),
    ],
)
def test_every_shape_of_a_refusal(http_status: int, document: object, expected: type[CutlineError], words: str) -> None:
    with pytest.raises(CutlineError, match=words) as found:
        asked(*[answering(document, http_status)] * 5)
    assert type(found.value) is expected
    assert str(found.value).isprintable()


@pytest.mark.parametrize("fault", [status(500), dropped(), truncated(), raw(b'{"choices": '), html(502)])
def test_passing_faults_pass(fault: Fault) -> None:
    assert asked(*[fault] * 4).caption.title == "A picture 60 by 40"


def test_a_model_that_is_still_loading_is_waited_for() -> None:
    assert asked(answering(error("Loading model", 503), 503)).caption.tags == ("red", "landscape")


def test_silence() -> None:
    with pytest.raises(TimedOut, match=r"no complete answer within 1 seconds; backends\.openai\.timeout allows more"):
        asked(silent(), silent(), timeout=1)


def test_a_web_page_where_an_answer_should_be() -> None:
    with pytest.raises(BadAnswer, match="a web page, not with data"):
        asked(html())
    with pytest.raises(Unreachable, match=r"sends on to “evil\.example”"):
        asked(redirect("https://evil.example/v1"))


def completion(content: object, why: str = "stop", **message: object) -> Fault:
    return answering({"choices": [{"message": {"content": content, **message}, "finish_reason": why}]})


@pytest.mark.parametrize("document", [[], None, "x", 7, {}, {"choices": []}, {"choices": [{"message": {}}]}])
def test_a_document_without_an_answer(document: object) -> None:
    with pytest.raises(BadAnswer, match="The model seer answered without a title, description or tags"):
        asked(answering(document))


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (4096, "it thought or repeated itself for 4096 tokens; choose another model"),
        (700, "its answer was cut off after 700 tokens; give it a longer context"),
        (None, "its answer was cut off; give it a longer context"),
    ],
)
def test_an_answer_that_was_cut_off(spent: int | None, words: str) -> None:
    choice = {"message": {"content": '{"title": "A pi'}, "finish_reason": "length"}
    with pytest.raises(BadAnswer, match=f"The model seer did not come to an end: {words}"):
        asked(answering({"choices": [choice], "usage": {"completion_tokens": spent}}))


def test_an_answer_that_was_cut_off_behind_a_whole_object() -> None:
    assert asked(completion('{"title": "A pier"} And also', "length")).caption.title == "A pier"


def test_a_model_that_refuses() -> None:
    with pytest.raises(Rejected, match=r"The model seer refuses this picture: “I will not look at this\.”"):
        asked(completion(None, refusal="I will not look at this."))
    with pytest.raises(Rejected, match="its content filter stepped in"):
        asked(completion("", "content_filter"))


def test_a_model_that_talks_without_end() -> None:
    with pytest.raises(BadAnswer, match="more than a photo can hold"):
        asked(completion(json.dumps({"title": "x" * 40_000})))


def test_asked_too_often_all_wait_and_go_on() -> None:
    assert asked(status(429, {"Retry-After": "3"})).caption.title


def test_a_key_is_starred_out_of_the_answer_that_is_kept() -> None:
    key = "sk-or-0123456789abcdef"
    escaped = "".join(f"\\u{ord(c):04x}" for c in key)
    with ChatService(key) as service:
        service.faults.append(service.saying(f'{{"title": "{escaped}", "tags": ["{key}", "sky"]}}'))
        found = ask(openai(service.base_url, key=key, model="seer"))
    assert key not in repr(found)
    assert "sky" in found.caption.tags


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
NAMES = st.sampled_from(["error", "message", "code", "detail", "choices", "data", "errors", "request_id"])
WORDS = st.sampled_from(["model not found", "response_format", "max_tokens", "peg-native", "flagged", "502", "402"])
ANYTHING = st.recursive(
    LEAVES | WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING, st.sampled_from([200, 204, 304, 400, 401, 403, 404, 422, 429, 500, 501, 503, 599]))
def test_any_refusal_is_understood(document: object, http_status: int) -> None:
    chat = Chat()
    chat.party = Party("openai", "seer.example", address("https://seer.example", "backends.openai.base_url", "/v1"))
    reply = Reply(http_status, {"content-type": "application/json"}, json.dumps(document).encode())
    meaning = chat.status(reply, document)
    if isinstance(meaning, CutlineError):
        assert str(meaning).isprintable()
        assert len(str(meaning)) < 1200
    else:
        assert meaning == http_status or 400 <= meaning < 1000


def test_errors_say_which_server() -> None:
    with ChatService() as service:
        service.faults.append(answering({"error": "no"}, 400))
        with pytest.raises(BackendError, match=r"^127\.0\.0\.1:\d+ refuses this picture"):
            ask(openai(service.base_url, model="seer"))
