"""A picture from the web into a file: bounded in size and time, from public addresses only, without any credentials.

    URL ─ checked ─> host resolved ─ every address public? ─> connection to that very address ─> bytes ─> file

A page that names pictures can name anything, a router's form or a cloud's metadata service too; so private addresses
are refused unless the person allows them, and the address that was looked at is the one connected to. Redirects are
followed a few times, each looked at in the same way. Nothing is sent but the request: no key, no cookie, no name.
"""

import ipaddress
import os
import re
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpcore
import httpx

from cutline import __version__
from cutline.core import atomic
from cutline.core.backends.address import Address
from cutline.core.backends.transport import Deadline, Network, Transport, proxied
from cutline.core.control import Control, left_behind
from cutline.core.errors import ChangedMeanwhile, Unfetchable, Unsupported
from cutline.core.photo import printable
from cutline.core.sniff import format_of

MAX_BYTES = 100_000_000
SECONDS = 120.0
"""Longest time for one picture."""
LONGEST = 2048
"""Characters of a URL."""
_CONNECT = 10.0
_LONGEST_NAME = 60  # characters, of up to four bytes each: most disks take 255 bytes
_HOPS = 5
_ENDINGS = {
    "JPEG": ".jpg", "PNG": ".png", "WebP": ".webp", "GIF": ".gif", "TIFF": ".tif", "BMP": ".bmp", "AVIF": ".avif",
    "HEIC": ".heic", "HEIF": ".heif",
}  # fmt: skip
_NAME = re.compile(r"[^\w .()+,@=-]+")
_FAILURES = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError)


def checked(url: str) -> httpx.URL:
    """`url`, parsed; `Unfetchable` where it is none, is too long, or holds credentials."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Unfetchable(f"{shown(url)}: is no address of a picture ({error}).") from None
    if len(url) > LONGEST or not parsed.host or parsed.scheme not in ("http", "https"):
        raise Unfetchable(f"{shown(url)}: is no address of a picture; it must begin with https:// and name a host.")
    if parsed.userinfo:
        raise Unfetchable(f"{shown(url)}: holds a name or a password, which are not sent; save the picture as a file.")
    return parsed


def fetched(url: str, folder: Path, control: Control, *, allow_private: bool = False) -> Path:
    """The file in `folder`, named after `url`, that the picture is now in.

    Raises `Unfetchable`, `Cancelled`, `ReadOnly`, `DiskError`.
    """
    address = checked(url)
    data = left_behind(lambda: _downloaded(address, url, control, allow_private), control)
    if _ending(data) is None:
        raise Unfetchable(f"{shown(url)}: is not a picture; open it in a browser to see what it is.")
    return saved(data, folder, Path(httpx.URL(url).path).stem)


def saved(data: bytes, folder: Path, stem: str) -> Path:
    """A new file in `folder` that holds the picture `data`, called `stem` as far as a file can be.

    It is there wholly or not at all, and none that is there is replaced. Raises `Unsupported` where `data` is no
    picture, `ReadOnly`, `DiskError`.
    """
    ending = _ending(data)
    if ending is None:
        raise Unsupported("What was copied is no picture of a known format; save it as a file.")
    stem, number = _NAME.sub("_", stem).strip(" .")[:_LONGEST_NAME].rstrip(" .") or "picture", 1
    while True:
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem} {number}{ending}")
        try:
            if not os.path.lexists(path):
                atomic.write_bytes(path, data, new=True)
                return path
        except ChangedMeanwhile:  # somebody was faster
            pass
        number += 1


def shown(url: str) -> str:
    """A URL for a person: on one line, without a password and without what may be a key in its query."""
    plain = re.sub(r"//[^/]*@", "//…@", printable(url))
    plain = re.sub(r"([?#]).+", r"\1…", plain)
    return plain if len(plain) <= 200 else f"{plain[:200]}…"


def _ending(data: bytes) -> str | None:
    return _ENDINGS.get(format_of(data[:512]) or "")


def _downloaded(url: httpx.URL, named: str, control: Control, allow_private: bool) -> bytes:
    deadline = Deadline()
    deadline.at = time.monotonic() + SECONDS
    try:
        for _ in range(_HOPS + 1):
            control.checkpoint()
            answer = _asked(url, named, control, deadline, allow_private)
            if isinstance(answer, bytes):
                return answer
            url = checked(str(answer))
        raise Unfetchable(f"{shown(named)}: sends on and on to other addresses; save the picture as a file.")
    except _Private as error:
        why = f"{error} is inside a private network, which is asked only where allow_private_urls is set"
        raise Unfetchable(f"{shown(named)}: {why}.") from None
    except _FAILURES as error:
        raise Unfetchable(f"{shown(named)}: cannot be fetched ({_why(error)}).") from None
    except OSError as error:
        raise Unfetchable(f"{shown(named)}: cannot be fetched ({error.strerror or error}).") from None


def _asked(url: httpx.URL, named: str, control: Control, deadline: Deadline, allow_private: bool) -> bytes | httpx.URL:
    """The picture, or where it is instead."""
    host = f"{url.host}:{url.port}" if url.port else url.host
    address = Address(str(url), host, "", url.scheme == "https", local=False)
    if proxied(address) and not allow_private and _is_private_literal(url.host):
        raise _Private(url.host)  # of other names a proxy alone knows the addresses
    network = Network(deadline) if allow_private or proxied(address) else _Public(deadline)
    transport = Transport(address, 1, deadline, network)
    headers = {"user-agent": f"cutline/{__version__}", "accept": "image/*", "accept-encoding": "identity"}
    timeout = httpx.Timeout(SECONDS, connect=_CONNECT)
    with httpx.Client(transport=transport, trust_env=False, timeout=timeout, headers=headers) as client:
        response = client.send(client.build_request("GET", url), stream=True)
        try:
            if response.has_redirect_location:
                return url.join(response.headers["location"])
            if response.status_code != 200:
                raise Unfetchable(f"{shown(named)}: is not there (HTTP {response.status_code}); check the address.")
            return _body(response, named, control)
        except httpx.InvalidURL:
            raise Unfetchable(f"{shown(named)}: sends on to what is no address.") from None
        finally:
            response.close()


def _body(response: httpx.Response, named: str, control: Control) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        control.checkpoint()
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unfetchable(f"{shown(named)}: is larger than {MAX_BYTES // 1_000_000} MB; save a smaller copy.")
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) != len(body):
        raise Unfetchable(f"{shown(named)}: broke off before it was complete; try again.")
    return bytes(body)


class _Private(Exception):
    """An address that is not public."""


class _Public(Network):
    """Connects to public addresses only: to the very ones that were looked at."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not is_public(address):
                raise _Private(host)
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's; those that wrap another one are what they wrap."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        ip = inner or ip
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            ip = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return host.lower().rstrip(".").endswith("localhost")


def _why(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "nobody answers there" if isinstance(error, httpcore.ConnectTimeout) else "it takes too long"
    return str(error) or type(error).__name__
