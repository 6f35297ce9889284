"""Whatever a service answers, the outcome is a suggestion that can be kept, or a BackendError."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import helpers.asking as asking
from cutline.core.backends import answers, imagedescriber, imgtags
from cutline.core.backends.address import address
from cutline.core.backends.base import Backend, Request
from cutline.core.backends.faults import Fault, Party, refused
from cutline.core.backends.wire import Reply
from cutline.core.errors import BackendError
from cutline.core.photo import Suggestion
from helpers.asking import KEY, FastControl, SmallUpload
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.service import StandIn, raw

WORDS = st.sampled_from(
    [
        "code",
        "message",
        "data",
        "tags",
        "title",
        "description",
        "credits",
        "amount",
        "remaining",
        "success",
        "error",
        "meta",
        "errors",
        "reset",
        "request_id",
        "RATE_LIMIT_EXCEEDED",
        "1004",
        "credit",
        "0",
        "detail",
        "colors",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=5)
)
NEARLY = st.fixed_dictionaries(
    {"code": st.just(0) | ANYTHING, "data": st.fixed_dictionaries({"tags": ANYTHING, "credits": ANYTHING}) | ANYTHING},
    optional={"success": ANYTHING, "message": ANYTHING, "meta": ANYTHING, "error": ANYTHING, "errors": ANYTHING},
)
SUCCESS = st.fixed_dictionaries(
    {
        "code": st.just(0),
        "success": st.just(True),
        "data": st.fixed_dictionaries(
            {
                "tags": st.fixed_dictionaries({"tags": ANYTHING, "title": ANYTHING, "description": ANYTHING}),
                "description": ANYTHING,
                "objects": ANYTHING,
                "credits": ANYTHING,
            }
        ),
        "meta": ANYTHING,
    }
)
REQUEST = Request(Path("photo.jpg"))
PARTY = Party("imgtags", "imgtags", address("https://x.example", "backends.imgtags.base_url", "/"))


def understood(status: int, body: bytes, service: Any) -> Suggestion | BackendError:
    """The part behind the wire, as a backend does it."""
    reply = Reply(status, {"content-type": "application/json"}, body)
    try:
        document = answers.document(body, KEY)
    except ValueError:
        return BackendError("no JSON")
    meaning = service._status(reply, document)
    if not 200 <= meaning < 300:
        fault = refused(PARTY, reply, meaning, answers.said(document), document)
        assert isinstance(fault, Fault)
        assert isinstance(fault.error, BackendError)
        return fault.error
    try:
        found: Suggestion = service.suggestion(document)
    except BackendError as error:
        return error
    return found


@settings(max_examples=250, deadline=None)
@given(document=ANYTHING | NEARLY | SUCCESS, status=st.sampled_from([200, 201, 204, 304, 400, 401, 404, 429, 500, 599]))
@pytest.mark.parametrize("service", [imagedescriber, imgtags])
def test_any_json_is_a_suggestion_or_a_backend_error(service: Any, document: object, status: int) -> None:
    outcome = understood(status, json.dumps(document).encode(), service)
    if isinstance(outcome, Suggestion):
        kept = [outcome.caption.title, outcome.caption.description, *outcome.caption.tags, outcome.request_id]
        json.dumps([kept, outcome.details], ensure_ascii=False, allow_nan=False).encode()
        assert all("\x00" not in text for text in kept)
        assert outcome.caption.title == outcome.caption.title.strip()
    else:
        assert str(outcome).isprintable()
        assert len(str(outcome)) < 1200


def asked(backend: Backend, control: FastControl) -> Suggestion | BackendError:
    try:
        return backend.ask(SmallUpload(), REQUEST, control)
    except BackendError as error:
        return error
    finally:
        backend.close()


@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_any_json_over_a_real_connection(data: st.DataObject) -> None:
    document = data.draw(ANYTHING | NEARLY | SUCCESS)
    body = data.draw(st.just(json.dumps(document).encode()) | st.binary(max_size=60))
    status = data.draw(st.sampled_from([200, 400, 429, 503]))
    first = data.draw(st.booleans())
    service: StandIn = ImagedescriberService(KEY) if first else ImgtagsService(KEY)
    with service:
        service.faults += [raw(body, code=status)] * 5
        control = FastControl()
        backend = (asking.imagedescriber if first else asking.imgtags)(service.base_url, control)
        outcome = asked(backend, control)
        assert isinstance(outcome, Suggestion) or str(outcome).isprintable()
