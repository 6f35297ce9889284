"""The connections below httpx: every call on a socket ends at the deadline of the exchange it belongs to.

    httpx client ─> Transport ─> httpcore pool ─> _Stream ─> socket

httpx bounds each single read; a peer that sends a byte now and then could hold a thread for ever. The deadline stands
where the blocking calls are, so that it also covers headers, handshakes and a peer that does not read.

The environment: proxies and a company's certificates (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE, the system's proxy
settings) are honoured for https, where many people have no other way out and the key stays inside the tunnel. For http
they are not: a request to this machine, key and all, must not go to a proxy.
"""

import logging
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from cutline.core.backends.address import Address
from cutline.core.errors import ConfigError

_KEEP = 30.0  # seconds an idle connection is kept: a paced run comes back to it
_CHUNK = 65536

# at DEBUG it logs response headers, in which a service may quote the key
logging.getLogger("httpcore").setLevel(logging.INFO)


class Deadline(threading.local):
    """When the exchange of this thread must be over, on the monotonic clock."""

    at: float = float("inf")

    def left(self, timeout: float | None, expired: type[httpcore.TimeoutException]) -> float:
        """Seconds a call may take: at most `timeout`; raises `expired` when the time is over."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise expired("The time for the whole exchange is over.")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection each of whose calls ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _CHUNK):
            part = buffer[start : start + _CHUNK]
            self._stream.write(part, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Network(httpcore.NetworkBackend):
    """Opens such connections."""

    def __init__(self, deadline: Deadline) -> None:
        self._plain, self._deadline = httpcore.SyncBackend(), deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection, as httpcore asks for it. Raises its exceptions."""
        try:
            stream = self._plain.connect_tcp(host, port, timeout, local_address, socket_options)
        except UnicodeError as error:  # the resolver's word for a label that no host name can hold
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(stream, self._deadline)


class Transport(httpx.BaseTransport):
    """Hands httpx's requests to a pool of our own connections; httpcore's exceptions pass through as they are."""

    def __init__(self, address: Address, connections: int, deadline: Deadline, network: Network | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates() if address.secure else None,
            proxy=_proxy(address),
            max_connections=connections,
            keepalive_expiry=_KEEP,
            network_backend=network or Network(deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send; the body comes as it is read. Raises httpcore's exceptions."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """A response's bytes as they arrive."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


def _certificates() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context(trust_env=True)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"SSL_CERT_FILE or SSL_CERT_DIR names certificates that cannot be read ({error}).") from None


def proxied(address: Address) -> bool:
    """Whether a proxy stands between. Raises `ConfigError` where it is none."""
    return _proxy(address) is not None


def _proxy(address: Address) -> httpcore.Proxy | None:
    """The proxy the environment or the system names for https to this host."""
    if not address.secure or address.local:
        return None
    proxies = getproxies()
    named = proxies.get("https") or proxies.get("all")
    if not named or proxy_bypass(address.host):
        return None
    try:
        proxy = httpx.Proxy(named if "://" in named else f"http://{named}")
    except (ValueError, httpx.InvalidURL):
        raise ConfigError("HTTPS_PROXY is not the address of a proxy; it must look like http://host:port.") from None
    if proxy.url.scheme not in ("http", "https"):
        raise ConfigError(f"HTTPS_PROXY names a {proxy.url.scheme} proxy; only http and https proxies can be used.")
    url = httpcore.URL(scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=b"/")
    return httpcore.Proxy(url, auth=proxy.raw_auth)
