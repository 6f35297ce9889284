"""The one way all online backends talk to their services.

    turn of the pace ─> connection ─> request ─> reply ─> JSON
        ^                                │ passing?
        └──── wait, a little longer ─────┘

At most `ATTEMPTS` times, then the error is passed on. Where the service says how long to wait (Retry-After, `reset`),
or that it was asked too often, all threads wait for it together. No service here knows an idempotency key: a request
that went out whole and met silence may have been charged, so it is repeated once and not again; a reply that broke off
or cannot be parsed is of no use to anyone and counts as an ordinary passing fault.

The key is asked for when a request is about to go, goes into that request's header, and is kept nowhere. It goes to
https, or to this machine, and nowhere else. Should a service quote it in an answer, it is starred out before anyone
looks. Waiting for a turn or for another attempt ends at once when the job is cancelled; a request on its way is left
to finish, as its answer is paid for.
"""

import random
from collections.abc import Callable, Mapping
from typing import Any

from cutline.core.backends import answers
from cutline.core.backends.address import Address, address
from cutline.core.backends.faults import Fault, Party, lost, refused
from cutline.core.backends.pacing import Pacer
from cutline.core.backends.wire import Lost, Reply, Wire
from cutline.core.control import Control
from cutline.core.errors import AuthError, BadAnswer, ConfigError, RateLimited
from cutline.core.settings import BackendSettings

ATTEMPTS = 5
WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before the second, third, ... attempt."""
LIMITED = (5.0, 10.0, 20.0, 40.0)
"""The same for all threads after “asked too often” without a time: together they outlast a window of a minute."""
LONGEST = 120.0
"""Longest wait a service can impose before the next attempt, in seconds."""
_SHORTEST_SECRET = 6  # characters: starring out anything shorter would maim ordinary words


def bearer(key: str) -> dict[str, str]:
    """RFC 6750, 2.1."""
    return {"authorization": f"Bearer {key}"}


def by_http_status(reply: Reply, document: Any) -> int:
    """The status of a reply whose service has no code of its own."""
    return reply.status


class Service:
    """One service at one address. `post` may be called from several threads at once."""

    def __init__(
        self,
        backend_id: str,
        settings: BackendSettings,
        key: Callable[[], str | None],
        *,
        path: str,
        auth: Callable[[str], Mapping[str, str]] = bearer,
        status: Callable[[Reply, Any], int] = by_http_status,
        pacer: Pacer | None = None,
    ) -> None:
        """`path`: the path of the service's own base URL. `status`: the HTTP status that a reply's code stands for.

        Raises `ConfigError` where the base URL is no address.
        """
        self._address: Address = address(settings.base_url, f"backends.{backend_id}.base_url", path)
        self.party = Party(backend_id, backend_id, self._address)
        self._key, self._auth, self._status = key, auth, status
        self._timeout = settings.timeout
        self._wire = Wire(self._address, settings.parallel, settings.timeout)
        self._pacer = pacer or Pacer(settings.requests_per_minute)

    def post(self, path: str, control: Control, **body: Any) -> Any:
        """The JSON document the service answers. `body`: ``json`` or ``files``, as httpx takes them.

        Raises `BackendError`, `ConfigError` and `Cancelled`.
        """
        charged = 0
        for attempt in range(ATTEMPTS):
            outcome = self._once(path, control, body)
            if not isinstance(outcome, Fault):
                return outcome
            charged += outcome.charged
            if not outcome.again or attempt == ATTEMPTS - 1 or charged > 1:
                break
            self._pause(outcome, attempt, control)
        raise outcome.error

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def _once(self, path: str, control: Control, body: Mapping[str, Any]) -> Any:
        """One attempt: the document, or a `Fault`."""
        key = self._usable_key()
        turn = self._pacer.turn()
        turn.approach(control)
        outcome = self._wire.send("POST", path, self._auth(key), lambda: turn.take(control), **body)
        if isinstance(outcome, Lost):
            return lost(self.party, outcome, self._timeout)
        return self._understood(outcome, key if len(key) >= _SHORTEST_SECRET else None)

    def _pause(self, fault: Fault, attempt: int, control: Control) -> None:
        jitter = random.uniform(0.8, 1.2)
        if fault.after is not None:
            self._pacer.hold(min(fault.after, LONGEST))
        elif isinstance(fault.error, RateLimited):
            self._pacer.hold(LIMITED[attempt] * jitter)
        else:
            control.wait(WAITS[attempt] * jitter)

    def _usable_key(self) -> str:
        """The key, fit for a header; the words when there is none never show what was given instead."""
        party = self.party
        if not self._address.trusted:
            raise ConfigError(
                f"{self._address.setting} = {self._address.base}: a key is sent over https only "
                f"(or over http to this machine); use https."
            )
        key = (self._key() or "").strip()
        how = f"“cutline keys set {party.id}” or in the settings"
        if not key:
            raise AuthError(f"{party.name} needs a key, and there is none yet: set it with {how}.")
        if not (key.isascii() and key.isprintable() and " " not in key):
            del key  # error reports may show the variables of a frame
            raise AuthError(f"The key kept for {party.name} holds characters no key has: set it again with {how}.")
        return key

    def _understood(self, reply: Reply, secret: str | None) -> Any:
        """The document in a reply, or a `Fault`."""
        try:
            document = answers.document(reply.body, secret)
        except ValueError:
            if not 200 <= reply.status < 300:
                return refused(self.party, reply, reply.status, answers.said(_plain(reply, secret)))
            return self._unreadable(reply)
        status = self._status(reply, document)
        if 200 <= status < 300:
            return document
        return refused(self.party, reply, status, answers.said(document), document)

    def _unreadable(self, reply: Reply) -> Fault:
        """A reply that claims success and holds no JSON."""
        name = self.party.name
        if _is_html(reply):
            message = (
                f"{name} answered with a web page, not with data; {self.party.check}, or a login page of the network."
            )
            return Fault(BadAnswer(message))
        return Fault(
            BadAnswer(f"{name} sent an answer that cannot be read (no valid JSON, {len(reply.body)} bytes)."), True
        )


def _is_html(reply: Reply) -> bool:
    return "html" in reply.headers.get("content-type", "") or reply.body.lstrip()[:1] == b"<"


def _plain(reply: Reply, secret: str | None) -> str:
    """The words of a reply in plain text; empty where it is a web page or no text."""
    if _is_html(reply) or not reply.headers.get("content-type", "text/plain").startswith("text/"):
        return ""
    return answers.hidden(reply.body[:2000].decode("utf-8", "replace"), secret)
