"""Any vision model behind the OpenAI protocol: Ollama, LM Studio, llama.cpp, vLLM, OpenRouter, OpenAI, ...

    GET  {base}/models              {"data": [{"id": "llava:7b"}, ...]}
    POST {base}/chat/completions    {"model", "messages": [{"role": "user", "content": [text, image_url]}], ...}
    ->  {"choices": [{"message": {"content": "{\\"title\\": ...}"}, "finish_reason": "stop"}], "usage": {...}}

The answer is asked for by a JSON schema, in the request and in the prompt. What a server or model does not take
(`response_format`, `temperature`, `max_tokens`) is left out from then on, and the answer is read as tolerantly as
needed. The schema stands in the wrapped form, the only one that llama.cpp honours; `json_object` is never asked for, as
LM Studio refuses it. A key is sent where there is one; most servers on one's own machine want none.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from cutline.core.backends import answers, prompts
from cutline.core.backends.address import Address
from cutline.core.backends.base import Info, Request, Upload
from cutline.core.backends.chat_answers import fields_in, message_of
from cutline.core.backends.chat_faults import Chat, NotTaken
from cutline.core.backends.faults import Party
from cutline.core.backends.http import Service
from cutline.core.backends.pacing import Pacer
from cutline.core.control import Control
from cutline.core.errors import BadAnswer, ConfigError, Rejected
from cutline.core.photo import Suggestion
from cutline.core.settings import OpenaiSettings, Settings

SIDE = 1024
"""Longest side of an uploaded picture in pixels: what these models use."""
_OLLAMA = 11434  # its port
_VERSION = 1  # of what is added to the prompt
_MAX_TOKENS = 4096  # of an answer, thoughts included: ends one that repeats itself for ever
_MAX_ITEMS = 100  # a grammar with more repetitions is refused by some servers
_SHOWN = 12  # models named in a message
_FORM = """
Answer with one JSON object and nothing else, in this form:
{"title": "...", "description": "...", "tags": ["...", "..."], "alt_text": "..."}"""


class Openai:
    """Suggests title, description, tags and alt text."""

    id = "openai"
    name = "Vision model"

    def __init__(self, settings: OpenaiSettings, key: Callable[[], str | None], pacer: Pacer | None = None) -> None:
        """Raises `ConfigError` where the base URL is no address or the prompt cannot be used."""
        self._chat = Chat()
        self._service = Service(
            self.id,
            settings,
            key,
            path="/v1",
            status=self._chat.status,
            pacer=pacer,
            party=_party,
            key_optional=True,
        )
        self._chat.party = self._service.party
        self.info = Info(
            needs_key=False,
            local=self._service.party.address.local,
            gives=frozenset({"title", "description", "tags", "alt_text"}),
            max_side=SIDE,
            requests_per_minute=settings.requests_per_minute or None,
            takes_key=True,
        )
        self._prompt, self._context = prompts.load(settings.prompt), settings.context
        self._without: frozenset[str] = frozenset()
        self._choosing = threading.Lock()
        self._chat.model = settings.model.strip()

    def fingerprint(self, request: Request) -> str:
        """Model, prompt before its variables are filled in, context and number of tags.

        A photo that was renamed, moved or tagged in the meantime keeps its answer. Asks the server for its models where
        none is set; raises `BackendError` and `ConfigError`.
        """
        asked = (_VERSION, self._model(request.control), self._prompt.text, self._context, request.max_tags)
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """Ask about one picture; raises `BackendError`, `ConfigError` or `Cancelled`."""
        model = self._model(control)
        document = self._completed(self._body(model, upload, request), control)
        return self._suggestion(document, model, request.max_tags)

    def close(self) -> None:
        """Let go of connections."""
        self._service.close()

    def _model(self, control: Control) -> str:
        """The model that is set, or the only one the server has."""
        with self._choosing:
            if not self._chat.model:
                self._chat.model = only_model(self._service.get("models", control), self._service.party)
            return self._chat.model

    def _body(self, model: str, upload: Upload, request: Request) -> dict[str, Any]:
        encoded = base64.b64encode(upload.data).decode("ascii")
        content = [
            {"type": "text", "text": self._prompt.filled(request, self._context) + "\n" + _FORM},
            {"type": "image_url", "image_url": {"url": f"data:{upload.mime};base64,{encoded}"}},
        ]
        return {
            "model": model,
            "messages": [{"role": "user", "content": content}],
            "stream": False,
            "temperature": 0.2,
            "max_tokens": _MAX_TOKENS,
            "response_format": response_format(request.max_tags),
        }

    def _completed(self, body: Mapping[str, Any], control: Control) -> Any:
        """The server's document; what it does not take is left out, and remembered once it answers without."""
        without = self._without
        while True:
            taken = {name: value for name, value in body.items() if name not in without}
            try:
                document = self._service.post("chat/completions", control, json=taken)
            except NotTaken as error:
                if error.part not in taken:
                    raise
                without |= {error.part}
            else:
                self._without |= without
                return document

    def _suggestion(self, document: Any, model: str, max_tags: int) -> Suggestion:
        message, why = message_of(document)
        who = f"The model {model}"
        said = answers.said({"message": message.get("refusal")})
        if said.message or why == "content_filter":
            words = f": “{said.message}”" if said.message else " (its content filter stepped in)"
            raise Rejected(f"{who} refuses this picture{words}.", said)
        found = self._service.starred(fields_in(message))
        if not found and why == "length":
            raise BadAnswer(f"{who} did not come to an end: {_cut(document)}.")
        if not found:
            raise BadAnswer(f"{who} answered without a title, description or tags for this picture.")
        tags = answers.words(found.get("tags"))[:max_tags]
        caption = answers.caption(found.get("title"), found.get("description"), tags, who, found.get("alt_text"))
        return Suggestion(
            caption,
            self.id,
            model=model,
            request_id=_text(document.get("id")),
            details=_tokens(document),
        )


def create(settings: Settings, key: Callable[[], str | None]) -> Openai:
    """The backend for one run; `ConfigError` where its base URL is no address or its prompt cannot be used."""
    return Openai(settings.backends.openai, key)


def response_format(max_tags: int) -> dict[str, Any]:
    """Structured output by JSON schema, every property required and none besides, as strict servers want it."""
    tags: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    if max_tags <= _MAX_ITEMS:
        tags["maxItems"] = max_tags
    text = {"type": "string"}
    properties = {"title": text, "description": text, "tags": tags, "alt_text": text}
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"type": "json_schema", "json_schema": {"name": "caption", "strict": True, "schema": schema}}


def only_model(document: Any, party: Party) -> str:
    """The one model in a server's list; `ConfigError` where there is none, or a choice."""
    listed = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(document, Mapping) or not isinstance(listed, list | None):
        raise BadAnswer(f"{party.name} sent no list of its models; name one with the setting backends.openai.model.")
    names = [_text(item.get("id")) for item in listed or () if isinstance(item, Mapping)]
    names = list(dict.fromkeys(name for name in names if name and "embed" not in name.lower()))
    if not names:
        get = (
            "get one that can see, for example with “ollama pull qwen2.5vl”" if party.start else "load one there first"
        )
        raise ConfigError(f"{party.name} has no model yet; {get}.")
    if len(names) > 1:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise ConfigError(
            f"{party.name} has several models: {', '.join(names[:_SHOWN])}{more}; choose one that can see with "
            f"the setting backends.openai.model, for example --set backends.openai.model={names[0]}."
        )
    return names[0]


def _party(address: Address) -> Party:
    """Named as the person knows it: Ollama by its port, any other server by its host."""
    ollama = address.local and address.host.endswith(f":{_OLLAMA}")
    if ollama:
        return Party(Openai.id, "Ollama", address, "start it with “ollama serve”")
    return Party(Openai.id, address.host, address)


def _text(value: object) -> str:
    return answers.said({"request_id": value}).request_id


def _usage(document: Any) -> Mapping[str, Any]:
    usage = document.get("usage") if isinstance(document, Mapping) else None
    return usage if isinstance(usage, Mapping) else {}


def _cut(document: Any) -> str:
    """Where an answer was cut off, and what to do."""
    spent = answers.number(_usage(document).get("completion_tokens")) or 0
    if spent >= _MAX_TOKENS:
        return f"it thought or repeated itself for {spent:.0f} tokens; choose another model"
    after = f" after {spent:.0f} tokens" if spent > 0 else ""
    return f"its answer was cut off{after}; give it a longer context in the server's settings, or choose another model"


def _tokens(document: Any) -> dict[str, Any]:
    """What the answer took, as other services say it."""
    names = {"total_tokens": "tokens_used", "prompt_tokens": "prompt_tokens", "completion_tokens": "completion_tokens"}
    counted = {ours: answers.number(_usage(document).get(theirs)) for theirs, ours in names.items()}
    return {name: int(count) for name, count in counted.items() if count is not None}
