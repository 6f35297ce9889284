"""What went wrong between Cutline and a service, told once, in the same words for all services.

Two tables: `lost` for exchanges without a complete reply, `refused` for replies that are no answer. Each entry says
which error it is, in one sentence for a person, and whether asking again may help.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpcore

from cutline.core import errors
from cutline.core.backends.address import Address
from cutline.core.backends.wire import CONNECT, MAX_BODY, Lost, Reply, TooLong
from cutline.core.errors import BackendError, CutlineError, ServiceSaid

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 531)})
_ELSEWHERE = frozenset({404, 405, 410, *range(300, 400)})
_DOWN = frozenset({502, 503, 504, *range(520, 531)})  # 52x: a content network that does not reach its customer


@dataclass(frozen=True, slots=True)
class Fault:
    """An error, and what may be done about it without a person."""

    error: CutlineError
    again: bool = False
    """Whether the same request may succeed later."""
    after: float | None = None
    """Seconds the service asks to wait; None where it does not say."""
    charged: bool = False
    """Whether the service may have done the work, and charged it, all the same."""
    sent: float | None = None
    """When the request was sent, on the pacer's clock."""


@dataclass(frozen=True, slots=True)
class Party:
    """The other side, for the sentences."""

    id: str
    name: str
    address: Address
    start: str = ""
    """How to start it, where it is a program of the person's own; “start it with ...”."""

    @property
    def check(self) -> str:
        """What to look at when the address seems wrong."""
        return f"check the setting {self.address.setting} = {self.address.base}"

    @property
    def wake(self) -> str:
        """What to do where nothing answers at all."""
        return f"{self.start}, or {self.check}" if self.start else self.check


def lost(party: Party, loss: Lost, timeout: float) -> Fault:
    """What an exchange without a complete reply means; `timeout` in seconds."""
    cause, host = loss.cause, party.address.host
    if isinstance(cause, TooLong):
        return Fault(errors.BadAnswer(f"{party.name} sent more than {MAX_BODY // 1_000_000} MB as an answer."))
    if isinstance(cause, httpcore.ConnectError | httpcore.ConnectTimeout | httpcore.ProxyError):
        reason, again = _no_connection(cause, party)
        return Fault(errors.Unreachable(f"{party.name} cannot be reached: {reason}."), again)
    if isinstance(cause, httpcore.TimeoutException):
        message = (
            f"{party.name} ({host}) gave no complete answer within {timeout:g} seconds; "
            f"backends.{party.id}.timeout allows more."
        )
        return Fault(errors.TimedOut(message), True, charged=loss.sent)
    if isinstance(cause, httpcore.ProtocolError) and "without" not in str(cause):
        return Fault(errors.BadAnswer(f"What answers at {host} does not speak HTTP; {party.check}."), True)
    message = f"{party.name} ({host}) broke off before its answer was complete."
    return Fault(errors.ServerError(message), True)


def _no_connection(error: Exception, party: Party) -> tuple[str, bool]:
    """Why there is no connection, and whether trying again may help."""
    host = party.address.host
    causes = [error]
    while (below := causes[-1].__cause__ or causes[-1].__context__) is not None and isinstance(below, Exception):
        causes.append(below)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {host} is not trusted ({cause.verify_message.rstrip('.')})", False
        if isinstance(cause, ssl.SSLError):
            return f"no secure connection to {host} ({cause.reason or 'TLS failed'}); {party.check}", True
        if isinstance(cause, socket.gaierror | UnicodeError):
            return f"there is no host called “{host}”, or no network; {party.check}", True
        if isinstance(cause, ConnectionRefusedError):
            return f"nothing answers at {host}; {party.wake}", True
    if isinstance(error, httpcore.ConnectTimeout):
        return f"{host} took no connection within {CONNECT:g} seconds; {party.check}", True
    if isinstance(error, httpcore.ProxyError):
        return f"the proxy named by HTTPS_PROXY does not pass on to {host} ({error})", True
    return f"no connection to {host} ({causes[-1]}); {party.check}", True


def refused(party: Party, reply: Reply, status: int, said: ServiceSaid, document: Any = None) -> Fault:
    """What a reply that is no answer means; `status`: its HTTP status, or what the service's own code stands for."""
    words = quoted(said) or f"HTTP {reply.status} {_phrase(reply.status)}".rstrip()
    after = told(reply.headers, document) if status in _PASSING else None
    return Fault(_error(party, reply, status, words, said), status in _PASSING, after)


def _error(party: Party, reply: Reply, status: int, words: str, said: ServiceSaid) -> BackendError:
    name = party.name
    if status in (401, 403):
        set_it = f"set the right one with “cutline keys set {party.id}” or in the settings"
        return errors.AuthError(f"{name} refuses the key: {words}; {set_it}.", said)
    if status == 402:
        return errors.QuotaError(f"The credits of {name} are used up: {words}.", said)
    if status == 429:
        slower = f"wait a while, or lower backends.{party.id}.requests_per_minute"
        return errors.RateLimited(f"{name} was asked too often: {words}; {slower}.", said)
    if status in _ELSEWHERE:
        target = reply.headers.get("location", "")
        found = f"it sends on to “{_host(target)}”, which Cutline does not follow" if target else f"it answers {words}"
        return errors.Unreachable(f"{name} is not at {party.address.base}: {found}; {party.check}.", said)
    if status == 408:
        return errors.TimedOut(f"{name} gave up waiting for the picture: {words}.", said)
    if status in _DOWN:
        return errors.Unreachable(f"{name} is down at the moment: {words}.", said)
    if status >= 500:
        return errors.ServerError(f"{name} failed at this picture: {words}.", said)
    return errors.Rejected(f"{name} refuses this picture: {words}.", said)


def no_key(party: Party, said: ServiceSaid | None = None) -> errors.AuthError:
    """The service wants a key, and there is none."""
    words = f" ({quoted(said)})" if said and quoted(said) else ""
    how = f"“cutline keys set {party.id}” or in the settings"
    return errors.AuthError(f"{party.name} needs a key, and there is none yet{words}: set it with {how}.", said)


def quoted(said: ServiceSaid) -> str:
    """What the service said, verbatim, for a sentence; empty where it said nothing."""
    marks = [f"code {said.code}" if said.code else "", f"request {said.request_id}" if said.request_id else ""]
    behind = ", ".join(mark for mark in marks if mark)
    if not said.message:
        return behind
    return f"“{said.message}” ({behind})" if behind else f"“{said.message}”"


def told(headers: Mapping[str, str], document: Any) -> float | None:
    """Seconds the service asks to wait: Retry-After (RFC 9110, 10.2.3) or its own ``reset``; None where neither.

    Dates are taken against the reply's own Date: the clocks of the two machines may differ.
    """
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    retry = headers.get("retry-after", "").strip()
    if retry.isascii() and retry.isdigit():
        return float(retry[:9]) or None  # at once: that is when it refused
    until = _date(retry) or _reset(document)
    seconds = (until - now).total_seconds() if until else 0.0
    return seconds if seconds > 0 else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _reset(document: Any) -> datetime | None:
    error = document.get("error") if isinstance(document, Mapping) else None
    reset = error.get("reset") if isinstance(error, Mapping) else None
    try:
        date = datetime.fromisoformat(reset) if isinstance(reset, str) else None
    except ValueError:
        return None
    return date if date is None or date.tzinfo else date.replace(tzinfo=UTC)


def _host(url: str) -> str:
    """Where a redirect leads: the host, or the start of a path on the same one; never a query."""
    plain = "".join(c for c in url if c.isprintable())
    return (plain.split("://", 1)[1].split("/")[0] if "://" in plain else plain).split("?")[0].split("@")[-1][:100]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
