"""The address of a service, as a person types it, made fit to use.

A base URL without a path gets the service's own, so that ``http://127.0.0.1:8000`` and ``http://127.0.0.1:8000/api/v1``
name the same service. A key may go to https, and to http only where it does not leave this machine.
"""

import ipaddress
import re
from dataclasses import dataclass

import httpx

from cutline.core.errors import ConfigError
from cutline.core.photo import printable

_LONGEST_HOST = 253  # characters (RFC 1035, 2.3.4)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is."""

    base: str
    """Absolute URL without a trailing slash; endpoints are appended to it."""
    host: str
    """Host, and the port where it is not the usual one, for a person."""
    setting: str
    """The setting it comes from, for example ``backends.imgtags.base_url``."""
    secure: bool
    """Whether it is https."""
    local: bool
    """Whether it is on the loopback interface."""

    @property
    def trusted(self) -> bool:
        """Whether a key may be sent there."""
        return self.secure or self.local


def address(text: str, setting: str, path: str) -> Address:
    """The address `text` names; `path` stands in where it has none. `ConfigError` names `setting`."""
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise _wrong(text, setting, str(error).rstrip(".")) from None
    if url.userinfo:
        raise ConfigError(f"{setting}: an address must not hold a user name or password; the key has its own place.")
    if url.scheme not in ("http", "https") or not 0 < len(url.host) <= _LONGEST_HOST:
        raise _wrong(text, setting, "it must begin with https:// or http:// and a host")
    if url.query or url.fragment or any(c.isspace() or not c.isprintable() for c in text.strip()):
        raise _wrong(text, setting, "it must be the plain address of the service, without “?”, “#” or spaces")
    if url.port is not None and not 0 < url.port < 65536:
        raise _wrong(text, setting, "the port must be between 1 and 65535")
    base = str(url).rstrip("/") if url.path.strip("/") else str(url.copy_with(path=path))
    host = f"{url.host}:{url.port}" if url.port else url.host
    return Address(base, host, setting, url.scheme == "https", _is_loopback(url.host))


def _wrong(text: str, setting: str, why: str) -> ConfigError:
    return ConfigError(f"{setting} = “{_without_secrets(text)}” is not the address of a service: {why}.")


def _without_secrets(text: str) -> str:
    """`text` for a person, without the parts of an address in which people put keys."""
    plain = re.sub(r"[^/]*@", "…@", printable(text))
    shown = re.sub(r"([?#]).+", r"\1…", plain)
    return shown if len(shown) <= 100 else f"{shown[:100]}…"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
