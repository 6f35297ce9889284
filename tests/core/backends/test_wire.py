"""One exchange: bounded in size and time, on a kept connection, with no surprise from the environment."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import pytest

from cutline.core.backends.address import address
from cutline.core.backends.base import Request
from cutline.core.backends.wire import MAX_BODY, Lost, Reply, Wire
from cutline.core.control import Control
from cutline.core.errors import BadAnswer
from helpers.asking import KEY, FastControl, SmallUpload, ask, imgtags
from helpers.imgtags_service import ImgtagsService
from helpers.service import DRIPPED_BODY, DRIPPED_HEADERS, Fault, Handler, drip, late, raw, silent, status, truncated

REQUEST = Request(Path("photo.jpg"))


@contextmanager
def wire(url: str, timeout: float = 5.0, connections: int = 2) -> Iterator[Wire]:
    made = Wire(address(url, "backends.x.base_url", "/api/v1"), connections, timeout)
    yield made
    made.close()


def sent(made: Wire, size: int = 10) -> Reply | Lost:
    return made.send("POST", "analyze", {"x-api-key": KEY}, lambda: None, json={"image": "x" * size})


def lost(made: Wire, size: int = 10) -> Lost:
    outcome = sent(made, size)
    assert isinstance(outcome, Lost)
    return outcome


@pytest.mark.parametrize("head", [DRIPPED_BODY, DRIPPED_HEADERS, b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 1"])
def test_an_exchange_ends_in_time_though_bytes_keep_coming(head: bytes) -> None:
    with ImgtagsService(KEY) as service, wire(service.origin, 0.4) as made:
        service.faults.append(drip(head, 0.02))
        start = time.monotonic()
        loss = lost(made)
        assert 0.35 <= time.monotonic() - start < 2
        assert isinstance(loss.cause, httpcore.ReadTimeout)
        assert loss.sent


def test_a_peer_that_does_not_read_holds_nobody() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        wire(f"http://127.0.0.1:{server.getsockname()[1]}", 0.4) as made,
    ):
        start = time.monotonic()
        loss = lost(made, 50_000_000)
        assert time.monotonic() - start < 3
        assert isinstance(loss.cause, httpcore.WriteTimeout)
        assert not loss.sent


def test_the_time_for_the_turn_does_not_count() -> None:
    with ImgtagsService(KEY) as service, wire(service.origin, 0.5) as made:
        outcome = made.send("POST", "analyze", {}, lambda: Control().wait(0.8), json={})
        assert isinstance(outcome, Reply)


def test_the_connection_is_open_before_the_turn() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        wire(f"http://127.0.0.1:{server.getsockname()[1]}", 0.2) as made,
    ):
        arrived: list[bytes] = []

        def ready() -> None:
            connection, _ = server.accept()  # would block for ever, were it not open
            connection.setblocking(False)
            try:
                arrived.append(connection.recv(1))
            except BlockingIOError:
                arrived.append(b"")
            connection.close()

        assert isinstance(made.send("POST", "analyze", {}, ready, json={}), Lost)
        assert arrived == [b""]


def test_what_the_turn_raises_is_passed_on_and_nothing_is_sent() -> None:
    class Enough(Exception):
        pass

    def ready() -> None:
        raise Enough

    with ImgtagsService(KEY) as service, wire(service.origin, connections=1) as made:
        for _ in range(3):  # and the connection's place is free again
            with pytest.raises(Enough):
                made.send("POST", "analyze", {}, ready, json={})
        assert service.requests == []
        assert isinstance(sent(made), Reply)


def test_an_answer_of_8_mb_is_read_and_a_longer_one_is_not() -> None:
    with ImgtagsService(KEY) as service:
        service.faults += [raw(b'"' + b"x" * (MAX_BODY - 2) + b'"'), raw(b"x" * (MAX_BODY + 1))]
        with wire(service.origin) as made:
            whole = sent(made)
            assert isinstance(whole, Reply)
            assert len(whole.body) == MAX_BODY
        with pytest.raises(BadAnswer, match="imgtags sent more than 2 MB as an answer"):
            ask(imgtags(service.base_url))
        assert len(service.requests) == 2


def test_no_compression_is_asked_for_and_none_is_unfolded() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with ImgtagsService(KEY) as service:

        def compressed(handler: Handler, _: threading.Event) -> None:
            headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
            handler.send_bytes(200, bomb, headers)

        service.faults += [compressed] * 5
        control = FastControl()
        with pytest.raises(BadAnswer, match="no valid JSON"):
            ask(imgtags(service.base_url, control), control)
        assert service.requests[0].headers["accept-encoding"] == "identity"


def test_connections_are_kept_and_shared() -> None:
    ports: set[int] = set()
    with ImgtagsService(KEY) as service:
        service.faults += [_noting(ports)] * 6
        backend = imgtags(service.base_url, parallel=2)
        for _ in range(6):
            backend.ask(SmallUpload(), REQUEST, Control())
        backend.close()
    assert len(ports) == 1


def _noting(ports: set[int]) -> Fault:
    def fault(handler: Handler, stopped: threading.Event) -> None:
        ports.add(handler.client_address[1])
        late(0)(handler, stopped)

    return fault


def test_threads_in_parallel_do_not_wait_for_each_other() -> None:
    with ImgtagsService(KEY) as service:
        meeting = threading.Barrier(4, timeout=10)

        def together(handler: Handler, stopped: threading.Event) -> None:
            meeting.wait()
            late(0)(handler, stopped)

        service.faults += [together] * 4
        backend = imgtags(service.base_url, parallel=4)
        threads = [threading.Thread(target=backend.ask, args=(SmallUpload(), REQUEST, Control())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        backend.close()
        assert not meeting.broken


def test_a_connection_the_service_closed_meanwhile_is_replaced() -> None:
    with ImgtagsService(KEY) as service:

        def once(handler: Handler, stopped: threading.Event) -> None:
            late(0)(handler, stopped)
            handler.close_connection = True

        service.faults += [once, once]
        control = FastControl()
        backend = imgtags(service.base_url, control)
        for _ in range(3):
            backend.ask(SmallUpload(), REQUEST, control)
        backend.close()


def test_no_cookie_is_kept() -> None:
    with ImgtagsService(KEY) as service, wire(service.origin) as made:
        service.faults += [status(200, {"Set-Cookie": "spy=1; Path=/"})] * 2
        sent(made)
        sent(made)
        assert "cookie" not in service.requests[1].headers


def test_whether_the_request_went_out_whole_is_known() -> None:
    with ImgtagsService(KEY) as service, wire(service.origin, 0.3) as made:
        service.faults += [silent(), truncated()]
        assert lost(made).sent
        assert lost(made).sent
    assert not lost(Wire(address("http://127.0.0.1:9", "x", "/"), 1, 1.0)).sent
