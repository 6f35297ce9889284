"""One exchange over the network: a request goes out, a reply of bounded size comes back in bounded time.

    Wire.send ─> open a connection ─> ready() ─> send ─> read ─> Reply, or what was Lost and how far it had got

Redirects are not followed, no cookie is kept, and no compression is asked for: a small reply could unfold into
gigabytes.
"""

import http.cookiejar
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from cutline import __version__
from cutline.core.backends.address import Address
from cutline.core.backends.transport import Deadline, Transport

MAX_BODY = 2_000_000
"""Longest reply that is read, in bytes; as values it may take fifty times as much."""
CONNECT = 10.0
"""Longest wait for a connection, in seconds."""


class TooLong(Exception):
    """The reply is longer than `MAX_BODY`."""


ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    TooLong,
)
"""What can become of an exchange."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, complete."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """No complete reply."""

    cause: Exception
    """One of `ERRORS`."""
    sent: bool
    """Whether the whole request had gone out, so that the service may have done (and charged) the work."""


class Wire:
    """One client for one service, shared by all threads; made when first used."""

    def __init__(self, address: Address, connections: int, timeout: float) -> None:
        """`timeout`: seconds for an exchange, from sending to the last byte."""
        self._address, self._connections, self._timeout = address, connections, timeout
        self._deadline = Deadline()
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def send(
        self, method: str, path: str, headers: Mapping[str, str], ready: Callable[[], None], **body: Any
    ) -> Reply | Lost:
        """Open a connection, call `ready`, send, read. `body`: ``json`` or ``files``, as httpx takes them.

        What `ready` raises ends the exchange and is passed on.
        """
        begun = sent = False

        def progress(event: str, info: Mapping[str, Any]) -> None:
            nonlocal begun, sent
            if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
                ready()
                begun = True
                self._deadline.at = time.monotonic() + self._timeout
            sent = sent or (begun and event.endswith("send_request_body.complete"))

        self._deadline.at = time.monotonic() + CONNECT
        client = self._opened()
        url = f"{self._address.base}/{path}"
        request = client.build_request(method, url, headers=headers, extensions={"trace": progress}, **body)
        try:
            return self._exchange(client, request)
        except ERRORS as error:
            return Lost(error, sent)
        finally:
            self._deadline.at = float("inf")

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _exchange(self, client: httpx.Client, request: httpx.Request) -> Reply:
        response = client.send(request, stream=True)
        try:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > MAX_BODY:
                    raise TooLong
            return Reply(response.status_code, dict(response.headers), bytes(body))
        finally:
            response.close()

    def _opened(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                limit = httpx.Timeout(self._timeout, connect=CONNECT)
                # "identity": the size of what comes is the size of what is kept
                headers = {
                    "user-agent": f"cutline/{__version__}",
                    "accept": "application/json",
                    "accept-encoding": "identity",
                }
                transport = Transport(self._address, self._connections, self._deadline)
                self._client = httpx.Client(transport=transport, trust_env=False, timeout=limit, headers=headers)
                self._client.cookies.jar.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
            return self._client
