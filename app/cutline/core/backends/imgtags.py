"""imgtags, the image analysis of www.imgtags.com.

    POST {base}/analyze    multipart/form-data, the picture in the field `image`
    ->  {"success": true, "data": {"tags", "description", "objects", "colors", "scene", "mood", "safe_search",
                                   "dimensions"}, "meta": {"tokens_used", "processing_time_ms"}}

There is no title in it: the title is the description's first sentence, cut at a word. Its documents know no language
parameter and answer in English; a person who works in another language hears that before anything is sent, instead of
finding English words among the own ones afterwards.

One variant of its documents sends the key as ``Authorization: Bearer``, another as ``X-API-Key``: a setting decides.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cutline.core.backends import answers
from cutline.core.backends.base import Info, Request, Upload
from cutline.core.backends.http import Service, bearer
from cutline.core.backends.pacing import Pacer
from cutline.core.backends.wire import Reply
from cutline.core.control import Control
from cutline.core.errors import BadAnswer
from cutline.core.photo import Suggestion
from cutline.core.settings import ImgtagsSettings, Settings

_TITLE = 70  # characters: what stock agencies take
_KEPT = ("objects", "colors", "scene", "mood", "safe_search", "dimensions")
_CODES = {"RATE_LIMIT_EXCEEDED": 429, "ANALYSIS_FAILED": 500}
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


class Imgtags:
    """Suggests title, description and tags, and says what else it sees."""

    id = "imgtags"
    name = "imgtags"

    def __init__(self, settings: ImgtagsSettings, key: Callable[[], str | None], pacer: Pacer | None = None) -> None:
        self.info = Info(
            needs_key=True,
            local=False,
            gives=frozenset({"title", "description", "tags"}),
            formats=tuple(_EXTENSIONS),
            max_bytes=10_000_000,
            languages=("en",),
            requests_per_minute=settings.requests_per_minute or None,
        )
        auth = bearer if settings.auth == "bearer" else _x_api_key
        self._service = Service(self.id, settings, key, path="/api/v1", auth=auth, status=_status, pacer=pacer)

    def fingerprint(self, request: Request) -> str:
        """Nothing but the picture decides the answer."""
        return ""

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """Ask about one picture; raises `BackendError`, `ConfigError` or `Cancelled`."""
        # a name of our own: the file's may tell more than the picture
        picture = (f"photo.{_EXTENSIONS.get(upload.mime, 'jpg')}", upload.data, upload.mime)
        return suggestion(self._service.post("analyze", control, files={"image": picture}))

    def ask_url(self, url: str, request: Request, control: Control) -> Suggestion:
        """Ask about a picture on the web, which the service fetches itself. Raises as `ask` does."""
        return suggestion(self._service.post("analyze", control, json={"url": url}))

    def in_flight(self) -> int:
        """How many photos are to be asked about at once."""
        return self._service.in_flight()

    def close(self) -> None:
        """Let go of connections."""
        self._service.close()


def create(settings: Settings, key: Callable[[], str | None]) -> Imgtags:
    """The backend for one run; `ConfigError` where its base URL is no address."""
    return Imgtags(settings.backends.imgtags, key)


def suggestion(document: Any) -> Suggestion:
    """The suggestion in an answer that claims success; `BadAnswer` where it holds none."""
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, Mapping) or not ("tags" in data or "description" in data):
        raise BadAnswer(
            "imgtags sent an answer without the tags and description it promises (data is missing).",
            answers.said(document),
        )
    description = answers.text(data.get("description"))
    meta = document.get("meta")
    kept = {name: data[name] for name in _KEPT if data.get(name)} | (dict(meta) if isinstance(meta, Mapping) else {})
    return Suggestion(
        answers.caption(title_of(description), description, data.get("tags"), Imgtags.name),
        Imgtags.id,
        request_id=answers.said(document).request_id,
        details=answers.details(kept, Imgtags.name),
    )


def title_of(description: str) -> str:
    """The first sentence of `description`, cut at a word, at most 70 characters."""
    line = " ".join(description.split())
    sentence = re.split(r"(?<=[.!?])\s|(?<=[。！？])", line, maxsplit=1)[0].rstrip(".。 ")
    if len(sentence) <= _TITLE:
        return sentence
    head = sentence[: _TITLE + 1]
    cut = head.rsplit(" ", 1)[0] if " " in head else sentence[:_TITLE]
    return cut[:_TITLE].rstrip(" ,;:–—-")


def _x_api_key(key: str) -> dict[str, str]:
    return {"x-api-key": key}


def _status(reply: Reply, document: Any) -> int:
    """The HTTP status that the service's own code stands for."""
    if not isinstance(document, Mapping) or (reply.status < 300 and document.get("success") is not False):
        return reply.status
    return _CODES.get(answers.said(document).code, reply.status if reply.status >= 300 else 422)
