"""The key goes into one header of one request, and appears nowhere else."""

import logging
import traceback
from collections.abc import Callable

import pytest

from cutline.core.backends.base import Backend
from cutline.core.backends.imgtags import Imgtags
from cutline.core.errors import CutlineError
from cutline.core.settings import ImgtagsSettings
from helpers.asking import KEY, FastControl, ask, imagedescriber, imgtags, openai
from helpers.chat_service import ChatService
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.service import Fault, StandIn, answering, dropped, html, no_http, raw, redirect, silent, status, truncated

QUOTED = {"code": 999, "message": f"Bad key {KEY}", "request_id": KEY, "data": {KEY: [KEY]}, KEY: KEY}
FAULTS: dict[str, Fault] = {
    "quoted with 200": answering(QUOTED),
    "quoted with 401": answering(QUOTED, 401),
    "quoted with 500": answering(QUOTED, 500),
    "quoted deeper": answering({"success": False, "error": {"code": KEY, "message": f"{KEY} {KEY}"}}, 422),
    "quoted per field": answering({"message": "Bad.", "errors": {KEY: [KEY], "a": KEY}}, 422),
    "quoted with escapes": raw(
        rb'{"success": false, "code": 9, "error": {"message": "\u0073k-live-0123456789abcdef"}}'
    ),
    "quoted in plain text": status(403, body=KEY.encode()),
    "quoted in broken json": raw(b'{"key": "' + KEY.encode()),
    "quoted in a page": raw(b"<html>" + KEY.encode(), "text/html", 403),
    "quoted in a redirect": redirect(f"https://evil.example/{KEY}?key={KEY}"),
    "quoted in a header": status(429, {"Retry-After": KEY}),
    "dropped": dropped(),
    "truncated": truncated(),
    "no http": no_http(),
    "silent": silent(),
    "html": html(500),
}


def everything(error: BaseException) -> str:
    """All that a careless program might print about an error, the variables of all frames included."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    plain = "".join(traceback.format_exception(error))
    said = getattr(error, "said", None)
    chain = [repr(link) for link in (error.__cause__, error.__context__) if link]
    own = [line for line in told.format() if "/cutline/" in line]
    return "\n".join([str(error), repr(error), repr(error.args), repr(vars(error)), repr(said), plain, *chain, *own])


SERVICES: dict[Callable[..., Backend], type[StandIn]] = {
    imagedescriber: ImagedescriberService,
    imgtags: ImgtagsService,
    openai: ChatService,
}


@pytest.mark.parametrize("make", SERVICES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_no_error_and_no_log_line_holds_the_key(
    fault: Fault, make: Callable[..., Backend], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with SERVICES[make](KEY) as service:
        service.faults += [fault] * 5
        control = FastControl()
        backend = make(service.base_url, control, KEY, timeout=0.2)
        with pytest.raises(CutlineError) as error:
            ask(backend, control)
        assert service.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in everything(error.value)
    assert KEY not in caplog.text
    assert KEY not in repr(vars(backend)) + repr(backend)


def test_the_libraries_do_log_so_that_there_is_something_to_hunt_in(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ImgtagsService(KEY) as service:
        ask(imgtags(service.base_url))
        assert f"POST {service.base_url}/analyze" in caplog.text


def test_the_hunt_finds_a_key() -> None:
    def careless() -> None:
        raise CutlineError(f"The key {KEY} is bad.")

    with pytest.raises(CutlineError) as error:
        careless()
    assert KEY in everything(error.value)


def test_an_unusable_key_is_not_shown() -> None:
    bad = f"{KEY}\nX-Other: 1"
    with pytest.raises(CutlineError) as error:
        ask(imgtags("https://service.invalid", key=bad))
    assert KEY not in everything(error.value)


def test_a_key_in_an_answer_is_starred_out_before_it_is_kept() -> None:
    document = {
        "success": True,
        "data": {"tags": [KEY, "sky"], "description": f"A sign that says {KEY}.", "scene": {KEY: [KEY]}},
        "meta": {"tokens_used": KEY},
    }
    with ImgtagsService(KEY) as service:
        service.faults.append(answering(document))
        found = ask(imgtags(service.base_url))
    assert KEY not in repr(found)
    assert "sky" in found.caption.tags


def test_a_very_short_key_does_not_maim_the_answer() -> None:
    with ImgtagsService("a") as service:
        assert ask(imgtags(service.base_url, key="a")).caption.tags == ("Landscape", "test picture")


def test_the_key_is_asked_for_anew_each_time() -> None:
    keys = iter([KEY, "wrong", KEY])
    with ImgtagsService(KEY) as service:
        settings = ImgtagsSettings(base_url=service.base_url, requests_per_minute=0)
        for expected in (True, False, True):
            backend = Imgtags(settings, lambda: next(keys))
            if expected:
                ask(backend)
            else:
                with pytest.raises(CutlineError, match="refuses the key"):
                    ask(backend)


def test_two_header_styles_and_never_both() -> None:
    with ImgtagsService(KEY, auth="x-api-key") as service:
        ask(imgtags(service.base_url, auth="x-api-key"))
        with pytest.raises(CutlineError, match="refuses the key"):
            ask(imgtags(service.base_url, auth="bearer"))
        assert "authorization" not in service.requests[0].headers
        assert "x-api-key" not in service.requests[1].headers
