"""What passes is waited for: how often, how long, and together."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from cutline.core.backends.base import Request
from cutline.core.control import Control
from cutline.core.errors import Cancelled, TimedOut
from cutline.core.photo import Suggestion
from helpers.asking import KEY, FastControl, SmallUpload, ask, imagedescriber, imgtags
from helpers.imagedescriber_service import ImagedescriberService, too_often
from helpers.imgtags_service import ImgtagsService
from helpers.service import (
    DRIPPED_BODY,
    DRIPPED_HEADERS,
    Fault,
    Handler,
    answering,
    drip,
    dropped,
    html,
    raw,
    silent,
    status,
    truncated,
)

REQUEST = Request(Path("photo.jpg"))
PASSING = {
    "dropped": dropped(),
    "truncated": truncated(),
    "500": status(500),
    "502": status(502),
    "503": status(503),
    "504": status(504),
    "429": status(429),
    "html with 502": html(502),
    "broken json": raw(b'{"success": true, "da'),
    "408": status(408),
}


def asked(*faults: Fault, per_minute: float = 0, control: FastControl | None = None) -> FastControl:
    """The waits it took to get an answer through those faults."""
    control = control or FastControl()
    with ImgtagsService(KEY) as service:
        service.faults += faults
        found = ask(imgtags(service.base_url, control, requests_per_minute=per_minute), control)
        assert found.caption.tags == ("Landscape", "test picture")
        assert len(service.requests) == len(faults) + 1
    return control


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_is_asked_through(fault: Fault) -> None:
    assert sum(asked(fault).waits) > 0


def test_waits_grow_and_differ() -> None:
    waits = [asked(*[status(502)] * 4).waits for _ in range(3)]
    for four in waits:
        assert [round(wait / expected) for wait, expected in zip(four, (0.5, 1, 2, 4), strict=True)] == [1, 1, 1, 1]
        assert four == sorted(four)
    assert len({wait for four in waits for wait in four}) == 12


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_in_seconds_is_kept_to(code: int) -> None:
    assert sum(asked(status(code, {"Retry-After": "30"})).waits) == pytest.approx(30)


def test_at_once_is_no_time_to_wait_after_being_asked_too_often() -> None:
    assert sum(asked(status(429, {"Retry-After": "0"})).waits) >= 3


def test_retry_after_as_a_date_is_taken_by_the_services_own_clock() -> None:
    """Its clock is a day off: what counts is the time between its Date and its Retry-After."""
    there = datetime.now(UTC) - timedelta(days=1)
    headers = {"Date": format_datetime(there), "Retry-After": format_datetime(there + timedelta(seconds=40))}

    def fault(handler: Handler, stopped: threading.Event) -> None:
        handler.date_time_string = lambda timestamp=None: headers["Date"]  # type: ignore[method-assign]
        status(503, {"Retry-After": headers["Retry-After"]})(handler, stopped)

    assert sum(asked(fault).waits) == pytest.approx(40, abs=1.5)


def limited(reset: object) -> Fault:
    error = {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down", "type": "minute", "limit": 60, "reset": reset}
    return answering({"success": False, "error": error}, 429)


def test_reset_is_kept_to() -> None:
    reset = (datetime.now(UTC) + timedelta(seconds=25)).isoformat().replace("+00:00", "Z")
    assert sum(asked(limited(reset)).waits) == pytest.approx(25, abs=2)


@pytest.mark.parametrize("wait", ["86400", "99999999999999999999999999"])
def test_what_a_service_asks_for_is_bounded(wait: str) -> None:
    assert sum(asked(status(429, {"Retry-After": wait})).waits) == pytest.approx(120)
    assert sum(asked(limited("2999-01-01T00:00:00Z")).waits) == pytest.approx(120)


@pytest.mark.parametrize("reset", ["2001-01-01T00:00:00Z", "soon", None, 7, ["x"], "2001-01-01"])
def test_a_reset_that_makes_no_sense_leaves_the_usual_wait(reset: object) -> None:
    assert 4 <= sum(asked(limited(reset)).waits) <= 6


@pytest.mark.parametrize("wait", ["-5", "soon", "", "Thu, 99 Foo 2020", "0"])
def test_a_retry_after_that_makes_no_sense_never_hurts(wait: str) -> None:
    assert sum(asked(status(503, {"Retry-After": wait})).waits) < 1


def test_asked_too_often_without_a_time_outlasts_a_minute() -> None:
    assert 60 <= sum(asked(*[status(429)] * 4).waits) <= 90


def test_code_1004_is_waited_for() -> None:
    control = FastControl()
    with ImagedescriberService(KEY) as service:
        service.faults += [too_often(), too_often(http_status=429), too_often(http_status=400)]
        assert ask(imagedescriber(service.base_url, control), control).caption.title == "A picture 60 by 40"
        assert len(service.requests) == 4
    assert sum(control.waits) > 20


class Impatient(FastControl):
    """Gives up as soon as it would have to wait."""

    def wait(self, seconds: float) -> None:
        raise Cancelled("Stopped.")


def test_all_threads_wait_together() -> None:
    """One is told to wait and gives up; another, which was told nothing, waits all the same."""
    control = FastControl()
    with ImgtagsService(KEY) as service:
        service.faults.append(status(429, {"Retry-After": "50"}))
        backend = imgtags(service.base_url, control)
        with pytest.raises(Cancelled):
            backend.ask(SmallUpload(), REQUEST, Impatient())
        ask(backend, control)
    assert sum(control.waits) == pytest.approx(50)


def test_every_attempt_has_its_turn() -> None:
    control = asked(status(500), status(500), per_minute=6)
    assert control.now - 1000 >= 2 * 10


@pytest.mark.parametrize(
    "fault", [silent(), drip(DRIPPED_BODY), drip(DRIPPED_HEADERS)], ids=["silent", "dripped body", "dripped headers"]
)
def test_silence_after_a_whole_request_is_asked_through_once_and_not_again(fault: Fault) -> None:
    control = FastControl()
    with ImgtagsService(KEY) as service:
        service.faults += [fault] * 5
        with pytest.raises(TimedOut, match=r"no complete answer within 0\.3 seconds; backends\.imgtags\.timeout"):
            ask(imgtags(service.base_url, control, timeout=0.3), control)
        assert len(service.requests) == 2


def test_one_silence_passes() -> None:
    with ImgtagsService(KEY) as service:
        service.faults.append(silent())
        assert isinstance(ask(imgtags(service.base_url, timeout=0.3)), Suggestion)


def test_cancelling_ends_a_wait_at_once() -> None:
    control = Control()
    with ImgtagsService(KEY) as service:
        service.faults.append(status(503, {"Retry-After": "100"}))
        backend = imgtags(service.base_url)
        outcome: list[Exception] = []

        def work() -> None:
            try:
                backend.ask(SmallUpload(), REQUEST, control)
            except Cancelled as error:
                outcome.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while not service.requests:
            thread.join(0.01)
        control.cancel()
        thread.join(5)
        assert not thread.is_alive()
        assert len(outcome) == 1
        assert len(service.requests) == 1
        backend.close()


def test_cancelling_while_a_connection_waits_for_its_turn_leaves_the_backend_usable() -> None:
    control = FastControl()
    with ImgtagsService(KEY) as service:
        backend = imgtags(service.base_url, control, requests_per_minute=120, parallel=1)
        backend.ask(SmallUpload(), REQUEST, control)
        with pytest.raises(Cancelled):
            backend.ask(SmallUpload(), REQUEST, Impatient())
        assert len(service.requests) == 1
        ask(backend, control)
        assert len(service.requests) == 2
