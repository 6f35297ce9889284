"""What servers of the OpenAI protocol mean when they refuse; each has words of its own.

A part of the request that a server does not know (400, 422, 501, or llama.cpp's 500 about its “peg-native format”) can
be left out. A model that is not there, or cannot see, is for a person to settle: the run stops at once. All else is
what its status says.
"""

from collections.abc import Mapping
from typing import Any

from cutline.core.backends import answers
from cutline.core.backends.faults import Party, quoted
from cutline.core.backends.wire import Reply
from cutline.core.errors import ConfigError, CutlineError, Rejected, ServiceSaid

_PARTS = {
    "response_format": ("response_format", "response format", "json_schema", "json schema", "structured output"),
    "temperature": ("temperature",),
    "max_tokens": ("max_tokens", "max_completion_tokens"),
}
_BLIND = (
    "image input is not supported",
    "does not support image",
    "do not support image",
    "not support vision",
    "support image input",
    "not a multimodal model",
    "missing data required for image",
    "unknown variant `image_url`",
    "image_url is only supported",
)
_NO_MODEL = ("model_not_found", "does not exist", "no such model", "invalid model", "not a valid model")
_GONE = "insufficient_quota"
_LOOKED_AT = 20_000  # bytes of a refusal


class NotTaken(Rejected):
    """The server does not take a part of the request."""

    def __init__(self, message: str, said: ServiceSaid, part: str) -> None:
        super().__init__(message, said)
        self.part = part


class Chat:
    """Who is asked, and what its refusals mean."""

    party: Party
    model: str = ""

    def status(self, reply: Reply, document: Any) -> int | CutlineError:
        """The HTTP status that a reply stands for, or `NotTaken` or a `ConfigError`."""
        status = _inner_status(reply, document)
        if 200 <= status < 300:
            return status
        said = answers.said(document)
        # of a web page nothing is understood
        words = reply.body[:_LOOKED_AT].decode("utf-8", "replace").lower() if document else ""
        if any(blind in words for blind in _BLIND):
            return ConfigError(
                f"The model {self.model} cannot look at pictures ({_heard(said, reply)}); choose one that can, "
                f"such as qwen2.5vl or gemma3, with the setting backends.openai.model."
            )
        part = _part(status, words)
        if part:
            return NotTaken(f"{self.party.name} does not take {part}: {_heard(said, reply)}.", said, part)
        if _is_no_model(status, words):
            return ConfigError(self._no_model(said, reply))
        if status == 429 and _GONE in words:
            return 402
        return 422 if status == 403 and ("moderation" in words or "flagged" in words) else status

    def _no_model(self, said: ServiceSaid, reply: Reply) -> str:
        pull = f"get it with “ollama pull {self.model}”, or " if self.party.start else ""
        return (
            f"{self.party.name} has no model {self.model} ({_heard(said, reply)}); "
            f"{pull}choose another with the setting backends.openai.model."
        )


def _inner_status(reply: Reply, document: Any) -> int:
    """Some gateways answer 200 with an error in the document, whose code is an HTTP status."""
    if not 200 <= reply.status < 300 or not isinstance(document, Mapping):
        return reply.status
    if not document.get("error") or document.get("choices") or document.get("data"):
        return reply.status
    code = answers.said(document).code
    return int(code) if len(code) == 3 and code.isascii() and code.isdigit() and int(code) >= 400 else 502


def _is_no_model(status: int, words: str) -> bool:
    phrases = ("not found", *_NO_MODEL) if status == 404 else _NO_MODEL if status in (400, 422) else ()
    return "model" in words and any(phrase in words for phrase in phrases)


def _part(status: int, words: str) -> str:
    """The part of the request that a refusal names; empty where it names none."""
    if status == 500 and "peg-native" in words:
        return "response_format"
    if status not in (400, 422, 501):
        return ""
    return next((part for part, names in _PARTS.items() if any(name in words for name in names)), "")


def _heard(said: ServiceSaid, reply: Reply) -> str:
    return quoted(said) or f"HTTP {reply.status}"
