"""imagedescriber, the “AI Image Tag API” of api.imagedescriber.app.

    POST {base}/generate_tags    {"image": "data:image/jpeg;base64,...", "lang": "en"}
    ->  {"code": 0, "message", "request_id", "data": {"tags": {"tags", "title", "description"},
                                                     "credits": {"amount", "remaining"}}}

A failure is a `code` other than 0, with any HTTP status. The document gives one code, 1004 (asked too often), and no
table of the others: a code that is an HTTP status means what that status means, words about credits mean that they are
gone, and anything else is the service's refusal of this picture, in its own words.

It takes at most 4 MB and does not say whether of the picture or of its base64: here the base64 stays below 4,000,000
bytes. It sends no alt text; whoever wants one makes it from the description.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from cutline.core.backends import answers
from cutline.core.backends.base import Info, Request, Upload
from cutline.core.backends.http import Service
from cutline.core.backends.pacing import Pacer
from cutline.core.backends.wire import Reply
from cutline.core.control import Control
from cutline.core.errors import BadAnswer
from cutline.core.photo import Suggestion
from cutline.core.settings import ImagedescriberSettings, Settings

_LANGUAGES = ("en", "zh", "fr", "de", "es", "ja", "ko")
_TOO_OFTEN = "1004"
_CREDITS_GONE = ("credit", "balance")
_KEY_REFUSED = ("api key", "api-key", "apikey", "unauthorized")


class Imagedescriber:
    """Suggests title, description and tags."""

    id = "imagedescriber"
    name = "imagedescriber"

    def __init__(
        self, settings: ImagedescriberSettings, key: Callable[[], str | None], pacer: Pacer | None = None
    ) -> None:
        self.info = Info(
            needs_key=True,
            local=False,
            gives=frozenset({"title", "description", "tags"}),
            formats=("image/jpeg", "image/png", "image/webp"),
            max_bytes=2_999_000,
            languages=_LANGUAGES,
            requests_per_minute=settings.requests_per_minute or None,
        )
        self._service = Service(self.id, settings, key, path="/api/v1", status=_status, pacer=pacer)

    def fingerprint(self, request: Request) -> str:
        """Nothing but picture and language decides the answer: there is no model or prompt to choose."""
        return ""

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """Ask about one picture; raises `BackendError`, `ConfigError` or `Cancelled`."""
        encoded = base64.b64encode(upload.data).decode("ascii")
        body = {"image": f"data:{upload.mime};base64,{encoded}", "lang": request.lang}
        return suggestion(self._service.post("generate_tags", control, json=body))

    def in_flight(self) -> int:
        """How many photos are to be asked about at once."""
        return self._service.in_flight()

    def close(self) -> None:
        """Let go of connections."""
        self._service.close()


def create(settings: Settings, key: Callable[[], str | None]) -> Imagedescriber:
    """The backend for one run; `ConfigError` where its base URL is no address."""
    return Imagedescriber(settings.backends.imagedescriber, key)


def suggestion(document: Any) -> Suggestion:
    """The suggestion in an answer whose code is 0; `BadAnswer` where it holds none."""
    data = document.get("data") if isinstance(document, Mapping) else None
    found = data.get("tags") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(found, Mapping) or "tags" not in found:
        raise BadAnswer(
            "imagedescriber sent an answer without the tags it promises (data.tags.tags is missing).",
            answers.said(document),
        )
    return Suggestion(
        answers.caption(found.get("title"), found.get("description"), found["tags"], Imagedescriber.name),
        Imagedescriber.id,
        request_id=answers.said(document).request_id,
        credits=answers.credits_of(data.get("credits")),
    )


def _status(reply: Reply, document: Any) -> int:
    """The HTTP status that the service's own code and words stand for."""
    if not isinstance(document, Mapping):
        return reply.status
    said = answers.said(document)
    refused = said.code not in ("0", "") or reply.status >= 300
    if not refused:
        return reply.status
    words = said.message.lower()
    if said.code == _TOO_OFTEN:
        return 429
    if any(word in words for word in _CREDITS_GONE):
        return 402
    if said.code.isascii() and said.code.isdigit() and 400 <= int(said.code[:9]) <= 599:
        return int(said.code)
    if any(word in words for word in _KEY_REFUSED):
        return 401
    return reply.status if reply.status >= 300 else 422
