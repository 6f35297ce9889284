"""A strict stand-in of an online service: real sockets on 127.0.0.1, its documented answers, and faults on order.

    with ImagedescriberService(key="...") as service:
        service.faults += [status(503), truncated()]     one is used up by each request
        ... requests to service.base_url ...
        service.requests                                 what arrived, in order

A request is taken apart and refused for whatever the service's documents do not allow. A fault replaces the answer to
a request, whatever the request was.
"""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Refusal(Exception):
    """What the service answers instead: an HTTP status and a JSON document in its own shape."""

    def __init__(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, document)
        self.status, self.document, self.headers = status, document, headers or {}


@dataclass(frozen=True)
class Arrival:
    """One request as it arrived."""

    at: float
    """Monotonic seconds."""
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class StandIn:
    """The common part; a service says what it accepts in `answer` and how it complains in `too_often`."""

    def __init__(self, key: str = "", *, limit: int = 0, window: float = 60.0, port: int = 0) -> None:
        """At most `limit` requests in any `window` seconds (0: no limit)."""
        self.key, self.limit, self.window = key, limit, window
        self.faults: list[Fault] = []
        self.requests: list[Arrival] = []
        self.refused: list[Refusal] = []
        self.rejections = 0
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._admitted: list[float] = []
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="stand-in")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/api/v1"

    def answer(self, arrival: Arrival) -> object:
        """The document for a good request; raises `Refusal`."""
        raise NotImplementedError

    def too_often(self) -> Refusal:
        raise NotImplementedError

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS; to be called before it starts."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def arrived(self, arrival: Arrival) -> "Fault | None":
        with self._lock:
            self.requests.append(arrival)
            return self.faults.pop(0) if self.faults else None

    def admit(self, at: float) -> None:
        """Count the request at monotonic `at`; over the limit it is refused and not counted (a sliding log)."""
        with self._lock:
            self._admitted = [then for then in self._admitted if at - then < self.window]
            if self.limit and len(self._admitted) >= self.limit:
                self.rejections += 1
                raise self.too_often()
            self._admitted.append(at)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined when the stand-in ends, so that none is left behind
    request_queue_size = 64

    def __init__(self, at: tuple[str, int], service: StandIn) -> None:
        self.service = service
        self._open: set[socket.socket] = set()
        super().__init__(at, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was first

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own affair; the test sees what it needs in its own answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go out in two pieces; the second would wait for 40 ms
    server: _Server

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        at = time.monotonic()
        service = self.server.service
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        arrival = Arrival(at, self.command, self.path, headers, self.rfile.read(length))
        fault = service.arrived(arrival)
        if fault is not None:
            fault(self, service.stopped)
            return
        try:
            if len(headers) != len(self.headers.items()):
                raise Refusal(400, {"message": "A header was sent twice."})
            service.admit(at)
            self.send(200, service.answer(arrival))
        except Refusal as refusal:
            service.refused.append(refusal)
            self.send(refusal.status, refusal.document, refusal.headers)

    def send(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_bytes(status, body, {"Content-Type": "application/json"} | dict(headers or {}))

    def send_bytes(self, status: int, body: bytes, headers: Mapping[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Silent: tests look at `requests`."""


Fault = Callable[[Handler, threading.Event], None]


def answering(document: object, http_status: int = 200, headers: Mapping[str, str] | None = None) -> Fault:
    """Any JSON document with any status."""
    return lambda handler, _: handler.send(http_status, document, headers)


def status(code: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Fault:
    """A bare status, with a plain body."""
    return lambda handler, _: handler.send_bytes(code, body, {"Content-Type": "text/plain"} | dict(headers or {}))


def raw(body: bytes, content_type: str = "application/json", code: int = 200) -> Fault:
    """Any bytes as a body."""
    return lambda handler, _: handler.send_bytes(code, body, {"Content-Type": content_type})


def html(code: int = 200) -> Fault:
    """A web page, as proxies and login portals send."""
    return raw(b"<!DOCTYPE html><html><body><h1>Hello</h1></body></html>", "text/html; charset=utf-8", code)


def redirect(to: str, code: int = 302) -> Fault:
    return status(code, {"Location": to})


def truncated() -> Fault:
    """Half of what Content-Length promises, then the end."""

    def fault(handler: Handler, _: threading.Event) -> None:
        handler.send_bytes(200, b'{"code": 0, "da', {"Content-Type": "application/json"}, length=500)
        handler.close_connection = True

    return fault


def dropped() -> Fault:
    """The connection ends without a word."""

    def fault(handler: Handler, _: threading.Event) -> None:
        handler.close_connection = True

    return fault


def no_http() -> Fault:
    """Something that is no HTTP at all."""

    def fault(handler: Handler, _: threading.Event) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        handler.close_connection = True

    return fault


def silent() -> Fault:
    """Nothing, until the stand-in ends."""

    def fault(handler: Handler, stopped: threading.Event) -> None:
        stopped.wait()
        handler.close_connection = True

    return fault


def drip(head: bytes, every: float = 0.05) -> Fault:
    """`head` at once, then a byte now and then, for ever."""

    def fault(handler: Handler, stopped: threading.Event) -> None:
        handler.close_connection = True
        handler.wfile.write(head)
        while not stopped.wait(every):
            handler.wfile.write(b" ")

    return fault


DRIPPED_BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
DRIPPED_HEADERS = b"HTTP/1.1 200 OK\r\nX-Slow:"


def late(seconds: float) -> Fault:
    """The regular answer, later."""

    def fault(handler: Handler, stopped: threading.Event) -> None:
        service = handler.server.service
        stopped.wait(seconds)
        try:
            handler.send(200, service.answer(service.requests[-1]))
        except Refusal as refusal:
            handler.send(refusal.status, refusal.document)

    return fault
