"""The one way all online backends talk to their services.

    turn of the pace ─> connection ─> request ─> reply ─> JSON
        ^                                │ passing?
        └──── wait, a little longer ─────┘

At most `ATTEMPTS` times, then the error is passed on. Where the service says how long to wait (Retry-After, `reset`),
or that it was asked too often, all threads wait for it together. No service here knows an idempotency key: a request
that went out whole and met silence may have been charged, so it is repeated once and not again; a reply that broke off
or cannot be parsed is of no use to anyone and counts as an ordinary passing fault.

The key is asked for when a request is about to go, goes into that request's header, and is kept nowhere. It goes to
https, or to this machine, and nowhere else; where it is optional, a request goes without when there is none. Should a
service quote it in an answer, it is starred out before anyone looks. Waiting for a turn or for another attempt ends at
once when the job is cancelled; a request on its way that may be paid for is left to finish.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cutline.core.backends import answers
from cutline.core.backends.address import Address, address
from cutline.core.backends.crowd import MOST_IN_FLIGHT, Crowd
from cutline.core.backends.faults import Fault, Party, lost, no_key, refused
from cutline.core.backends.pacing import Pacer, shared
from cutline.core.backends.wire import Lost, Reply, Wire
from cutline.core.control import Control, left_behind
from cutline.core.errors import AuthError, BadAnswer, ConfigError, CutlineError, KeyStoreError, RateLimited
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
    """One service at one address. `post` and `get` may be called from several threads at once."""

    def __init__(
        self,
        backend_id: str,
        settings: BackendSettings,
        key: Callable[[], str | None],
        *,
        path: str,
        auth: Callable[[str], Mapping[str, str]] = bearer,
        status: Callable[[Reply, Any], int | CutlineError] = by_http_status,
        pacer: Pacer | None = None,
        party: Callable[[Address], Party] | None = None,
        key_optional: bool = False,
    ) -> None:
        """`path`: the path of the service's own base URL. `status`: the HTTP status that a reply's code stands for.

        `status` may give an error of its own for a reply that it understands better than the table in `faults`; what
        it is given as the document is the words of the reply where that is plain text. `party`: the other side's names.

        Raises `ConfigError` where the base URL is no address.
        """
        self._address: Address = address(settings.base_url, f"backends.{backend_id}.base_url", path)
        self.party = party(self._address) if party else Party(backend_id, backend_id, self._address)
        self._key, self._auth, self._status = key, auth, status
        self._key_optional = key_optional
        self._timeout = settings.timeout
        self._crowd = Crowd(settings.requests_per_minute, settings.parallel)
        self._wire = Wire(self._address, settings.parallel or MOST_IN_FLIGHT, settings.timeout)
        self._pacer = pacer or shared(
            backend_id, self._address.base, settings.requests_per_minute, settings.requests_per_hour
        )

    def post(self, path: str, control: Control, **body: Any) -> Any:
        """The JSON document the service answers. `body`: ``json`` or ``files``, as httpx takes them.

        Raises `BackendError`, `ConfigError` and `Cancelled`.
        """
        return self._asked("POST", path, control, body)

    def get(self, path: str, control: Control) -> Any:
        """The same for a request without a body, which costs nothing: cancelling does not wait for it."""
        return left_behind(lambda: self._asked("GET", path, control, {}), control)

    def starred(self, value: Any) -> Any:
        """`value`, JSON-shaped, with the key starred out: for what was unpacked from a text of the document."""
        return answers.sound(value, _secret(self._given_key()))

    def _asked(self, method: str, path: str, control: Control, body: Mapping[str, Any]) -> Any:
        charged = 0
        for attempt in range(ATTEMPTS):
            outcome = self._once(method, path, control, body)
            if not isinstance(outcome, Fault):
                return outcome
            charged += outcome.charged
            if not outcome.again or attempt == ATTEMPTS - 1 or charged > 1:
                break
            self._pause(outcome, attempt, control)
        raise outcome.error

    def in_flight(self) -> int:
        """How many requests at once fill the permitted rate, by how long they take; as many as are set, where set."""
        return self._crowd.wanted()

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def _once(self, method: str, path: str, control: Control, body: Mapping[str, Any]) -> Any:
        """One attempt: the document, or a `Fault`."""
        key = self._usable_key()
        turn = self._pacer.turn()
        turn.approach(control)
        sent: list[float] = []

        def go() -> None:
            turn.take(control)
            sent.append(time.monotonic())

        outcome = self._wire.send(method, path, self._auth(key) if key else {}, go, **body)
        if isinstance(outcome, Lost):
            return lost(self.party, outcome, self._timeout)
        self._crowd.took(time.monotonic() - sent[-1])
        understood = self._understood(outcome, _secret(key), keyless=not key)
        if isinstance(understood, Fault):
            return replace(understood, sent=turn.sent)
        self._pacer.accepted()
        return understood

    def _pause(self, fault: Fault, attempt: int, control: Control) -> None:
        jitter = random.uniform(0.8, 1.2)
        if isinstance(fault.error, RateLimited):
            seconds = LIMITED[attempt] * jitter if fault.after is None else min(fault.after, LONGEST)
            self._pacer.refused(seconds, fault.sent)
        elif fault.after is not None:
            self._pacer.hold(min(fault.after, LONGEST))
        else:
            control.wait(WAITS[attempt] * jitter)

    def _usable_key(self) -> str:
        """The key, fit for a header; the words when there is none never show what was given instead.

        Empty where it is optional and there is none.
        """
        party, trusted = self.party, self._address.trusted
        key = self._given_key() if trusted or self._key_optional else ""
        if not key and self._key_optional:
            return ""
        if not trusted:
            del key  # error reports may show the variables of a frame
            without = f", or take the key away with “cutline keys delete {party.id}”" if self._key_optional else ""
            raise ConfigError(
                f"{self._address.setting} = {self._address.base}: a key is sent over https only "
                f"(or over http to this machine); use https{without}."
            )
        if not key:
            raise no_key(party)
        if not (key.isascii() and key.isprintable() and " " not in key):
            del key
            how = f"“cutline keys set {party.id}” or in the settings"
            raise AuthError(f"The key kept for {party.name} holds characters no key has: set it again with {how}.")
        return key

    def _given_key(self) -> str:
        """The key there is; empty where there is none."""
        try:
            return (self._key() or "").strip()
        except KeyStoreError:
            # most servers on this machine want no key, so a locked keyring must not keep people from them;
            # one that wants it says so, and the way to set it tells what is wrong with the keyring
            if not (self._key_optional and self._address.local):
                raise
            return ""

    def _understood(self, reply: Reply, secret: str | None, keyless: bool) -> Any:
        """The document in a reply, or a `Fault`."""
        try:
            document = answers.document(reply.body, secret)
        except ValueError:
            if 200 <= reply.status < 300:
                return self._unreadable(reply)
            document = _plain(reply, secret)
        status = self._status(reply, document)
        if isinstance(status, CutlineError):
            return Fault(status)
        if 200 <= status < 300:
            return document
        fault = refused(self.party, reply, status, answers.said(document), document)
        if keyless and isinstance(fault.error, AuthError):
            return Fault(no_key(self.party, fault.error.said))
        return fault

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


def _secret(key: str) -> str | None:
    """What to star out."""
    return key if len(key) >= _SHORTEST_SECRET else None


def _is_html(reply: Reply) -> bool:
    return "html" in reply.headers.get("content-type", "") or reply.body.lstrip()[:1] == b"<"


def _plain(reply: Reply, secret: str | None) -> str:
    """The words of a reply in plain text; empty where it is a web page or no text."""
    if _is_html(reply) or not reply.headers.get("content-type", "text/plain").startswith("text/"):
        return ""
    return answers.hidden(reply.body[:2000].decode("utf-8", "replace"), secret)
