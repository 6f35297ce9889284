"""Everything a service or a network can do wrong, as one sentence for a person and the right leaf of the error tree."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from cutline.core.backends.base import Backend, Request
from cutline.core.backends.imgtags import Imgtags
from cutline.core.backends.pacing import Pacer
from cutline.core.errors import (
    AuthError,
    BackendError,
    BadAnswer,
    ConfigError,
    QuotaError,
    RateLimited,
    Rejected,
    ServerError,
    TimedOut,
    Unreachable,
)
from cutline.core.settings import ImgtagsSettings
from helpers.asking import KEY, FastControl, SmallUpload, ask, imagedescriber, imgtags
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.service import Fault, answering, dropped, html, no_http, raw, redirect, status, truncated

REPEATED = 5


def caught(fault: Fault, expected: type[BackendError], requests: int = 1) -> BackendError:
    """The error that a fault comes to when it does not pass, after that many requests."""
    with ImgtagsService(KEY) as service:
        service.faults += [fault] * REPEATED
        control = FastControl()
        with pytest.raises(BackendError) as error:
            ask(imgtags(service.base_url, control), control)
        assert type(error.value) is expected
        assert len(service.requests) == requests
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert "imgtags" in sentence or "127.0.0.1" in sentence
    assert "Error" not in sentence
    assert len(sentence) < 600
    return error.value


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_key(code: int) -> None:
    error = caught(answering({"success": False, "error": {"code": "X", "message": "Bad key"}}, code), AuthError)
    assert "“Bad key” (code X)" in str(error)
    assert "cutline keys set imgtags" in str(error)
    assert error.stops_run


def test_no_credits() -> None:
    error = caught(status(402), QuotaError)
    assert str(error) == "The credits of imgtags are used up: HTTP 402 Payment Required."
    assert error.stops_run


@pytest.mark.parametrize("code", [400, 413, 415, 422, 406, 418, 499])
def test_a_refused_picture_is_that_picture_alone(code: int) -> None:
    error = caught(answering({"message": "Too dull.", "errors": {"image": ["Too dark."]}}, code), Rejected)
    assert str(error) == "imgtags refuses this picture: “Too dull. Too dark.”."
    assert not error.stops_run
    assert error.said.message == "Too dull. Too dark."


@pytest.mark.parametrize("code", [404, 405, 410])
def test_a_wrong_address(code: int) -> None:
    error = caught(status(code), Unreachable)
    assert "is not at http://127.0.0.1:" in str(error)
    assert "backends.imgtags.base_url" in str(error)
    assert error.stops_run


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(code: int) -> None:
    with ImgtagsService(KEY) as other:
        error = caught(redirect(f"{other.base_url}/analyze?key=abc", code), Unreachable)
        assert other.requests == []
        assert other.base_url.split("/")[2] in str(error)
    assert "does not follow" in str(error)
    assert "key=abc" not in str(error)


def test_a_redirect_to_a_path_and_one_to_nowhere() -> None:
    assert "“/login”" in str(caught(redirect("/login?next=/"), Unreachable))
    assert "HTTP 304 Not Modified" in str(caught(status(304), Unreachable))


@pytest.mark.parametrize("code", [502, 503, 504, 522])
def test_a_service_that_is_down_stops_the_run(code: int) -> None:
    error = caught(status(code), Unreachable, REPEATED)
    assert "is down at the moment" in str(error)
    assert error.stops_run


def test_a_failed_analysis_concerns_one_picture() -> None:
    document = {"success": False, "error": {"code": "ANALYSIS_FAILED", "message": "The analysis failed."}}
    error = caught(answering(document, 500), ServerError, REPEATED)
    assert "imgtags failed at this picture: “The analysis failed.” (code ANALYSIS_FAILED)" in str(error)
    assert not error.stops_run


def test_server_errors_that_do_not_pass_are_not_repeated() -> None:
    caught(status(501), ServerError)
    caught(status(505), ServerError)


def test_a_web_page_instead_of_data() -> None:
    assert "web page" in str(caught(html(200), BadAnswer))
    assert "HTTP 502 Bad Gateway" in str(caught(html(502), Unreachable, REPEATED))
    assert "html" not in str(caught(html(403), AuthError))


@pytest.mark.parametrize("body", [b"", b'{"success": tr', b"\xff\xff", b'{"a": NaN}', b"[" * 10_000])
def test_broken_json_is_asked_for_again_and_then_reported(body: bytes) -> None:
    assert "no valid JSON" in str(caught(raw(body), BadAnswer, REPEATED))


def test_plain_words_of_a_proxy_are_shown() -> None:
    assert "“Blocked by the firewall”" in str(caught(status(403, body=b"Blocked by the\r\nfirewall"), AuthError))


def test_asked_too_often_without_end() -> None:
    document = {"success": False, "error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down", "type": "minute"}}
    error = caught(answering(document, 429), RateLimited, REPEATED)
    assert "backends.imgtags.requests_per_minute" in str(error)


@pytest.mark.parametrize("fault", [truncated(), dropped()])
def test_a_connection_that_breaks(fault: Fault) -> None:
    error = caught(fault, ServerError, REPEATED)
    assert "broke off before its answer was complete" in str(error)


def test_something_that_is_no_http() -> None:
    assert "does not speak HTTP" in str(caught(no_http(), BadAnswer, REPEATED))


def test_request_timeout_of_the_service() -> None:
    caught(status(408), TimedOut, REPEATED)


def test_nothing_listens_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    control = FastControl()
    with pytest.raises(Unreachable, match=f"nothing answers at 127.0.0.1:{port}; check the setting"):
        ask(imgtags(f"http://127.0.0.1:{port}", control), control)
    assert len(control.waits) == REPEATED - 1


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid"])
def test_no_such_host(host: str) -> None:
    with pytest.raises((Unreachable, ConfigError), match=r"there is no host called|is not the address"):
        ask(imagedescriber(f"https://{host}"))


@pytest.mark.parametrize("make", [imagedescriber, imgtags])
@pytest.mark.parametrize("key", [None, "", "  \n"])
def test_no_key_is_said_before_any_request(make: Callable[..., Backend], key: str | None) -> None:
    with ImagedescriberService(KEY) as service:
        backend = make(service.base_url, key=key)
        with pytest.raises(AuthError, match=f"needs a key, and there is none yet.*cutline keys set {backend.id}"):
            ask(backend)
        assert service.requests == []


def test_no_key_is_said_without_waiting_for_a_turn() -> None:
    control = FastControl()
    with ImgtagsService(KEY) as service:
        keys = iter([KEY])
        settings = ImgtagsSettings(base_url=service.base_url, requests_per_minute=1)
        backend = Imgtags(settings, lambda: next(keys, None), Pacer(1, control.clock))
        backend.ask(SmallUpload(), Request(Path("x.jpg")), control)
        with pytest.raises(AuthError, match="there is none yet"):
            ask(backend, control)
    assert control.waits == []


@pytest.mark.parametrize("key", ["sk\nx-evil: 1", "schlüssel-geheim", "two words", "nul\x00nul"])
def test_a_key_that_fits_no_header_is_refused_and_not_shown(key: str) -> None:
    with ImagedescriberService(KEY) as service:
        with pytest.raises(AuthError, match="holds characters no key has") as error:
            ask(imagedescriber(service.base_url, key=key))
        assert service.requests == []
    assert key not in str(error.value)


def test_a_key_pasted_with_a_line_break_behind_it_works() -> None:
    with ImagedescriberService(KEY) as service:
        ask(imagedescriber(service.base_url, key=f" {KEY}\n"))


@pytest.mark.parametrize("make", [imagedescriber, imgtags])
def test_a_key_is_not_sent_over_the_open_network(make: Callable[..., Backend]) -> None:
    with pytest.raises(ConfigError, match=r"base_url = http://192\.0\.2\.1/api/v1: a key is sent over https only"):
        ask(make("http://192.0.2.1", key=KEY))


def test_an_address_that_is_none_is_refused_when_the_backend_is_made() -> None:
    with pytest.raises(ConfigError, match=r"^backends\.imgtags\.base_url"):
        imgtags("nonsense")
