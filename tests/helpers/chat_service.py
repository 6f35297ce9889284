"""A strict stand-in of a server of the OpenAI protocol; by hand: ``python -m helpers.chat_service --port 8000``."""

import base64
import binascii
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helpers.by_hand import serve
from helpers.service import Arrival, Fault, Refusal, StandIn, answering
from helpers.uploaded import picture_in

KNOWN = {"model", "messages", "stream", "temperature", "max_tokens", "response_format"}
NEEDED = {"model", "messages"}


class ChatService(StandIn):
    """Lists its models, looks at one picture, and answers in the form it is asked for.

    It refuses whatever the protocol does not know; `lacks` names parts of a request that this one does not know either.
    """

    def __init__(
        self, key: str = "", *, models: Sequence[str] | None = ("seer",), lacks: Sequence[str] = (), **how: Any
    ) -> None:
        super().__init__(key, **how)
        self.models, self.lacks = models, set(lacks)
        self.prompts: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.sides: list[int] = []
        self.refuse: Callable[[str], Refusal] = openai_refusal
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    def answer(self, arrival: Arrival) -> object:
        if arrival.path not in ("/v1/models", "/v1/chat/completions"):
            raise refusal(404, f"Invalid URL ({arrival.method} {arrival.path})")
        given = arrival.headers.get("authorization")
        if given != (f"Bearer {self.key}" if self.key else None):
            raise refusal(401, "Incorrect API key provided", "invalid_api_key")
        if arrival.path == "/v1/models":
            return self._list(arrival)
        if arrival.method != "POST":
            raise refusal(405, "Not allowed")
        return self._completion(self._checked(arrival))

    def too_often(self) -> Refusal:
        return refusal(429, "Rate limit reached", "rate_limit_exceeded")

    def _list(self, arrival: Arrival) -> object:
        if arrival.method != "GET" or arrival.body:
            raise refusal(405, "Not allowed")
        listed = [{"id": name, "object": "model", "created": 1, "owned_by": "library"} for name in self.models or ()]
        return {"object": "list", "data": None if self.models is None else listed}

    def _checked(self, arrival: Arrival) -> dict[str, Any]:
        if arrival.headers.get("content-type", "").split(";")[0] != "application/json":
            raise refusal(415, "Content-Type must be application/json")
        try:
            body = json.loads(arrival.body)
        except ValueError:
            raise refusal(400, "The body is not JSON") from None
        if not isinstance(body, dict) or not set(body) >= NEEDED or set(body) - KNOWN:
            raise refusal(400, f"Unrecognized or missing request arguments: {sorted(body)}")
        for part in sorted(self.lacks & set(body)):
            raise self.refuse(part)
        if body["model"] not in (self.models or ()):
            raise refusal(404, f"model '{body['model']}' not found")
        if body.get("stream", False) is not False or not 0 <= body.get("temperature", 1) <= 2:
            raise refusal(400, "stream must be false, temperature between 0 and 2")
        _check_format(body.get("response_format"))
        self.bodies.append(body)
        return body

    def _completion(self, body: Mapping[str, Any]) -> object:
        text, uri = _parts(body["messages"])
        self.prompts.append(text)
        size, tags = _look(uri)
        self.sides.append(max(size))
        title = "A picture {} by {}".format(*size)
        said = json.dumps(
            {"title": title, "description": f"{title}.", "tags": tags, "alt_text": f"{title}, all of it {tags[0]}."}
        )
        if "response_format" not in body:
            said = f"Of course! Here is what I see:\n```json\n{said}\n```\nCan I help with anything else?"
        return self.completion({"content": said})

    def completion(self, message: Mapping[str, Any], finish_reason: str = "stop") -> dict[str, Any]:
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}
        usage = {"prompt_tokens": 700, "completion_tokens": 60, "total_tokens": 760}
        return {
            "id": f"chatcmpl-{next(self._numbers)}",
            "object": "chat.completion",
            "model": "seer",
            "choices": [choice],
            "usage": usage,
        }

    def saying(self, content: object, finish_reason: str = "stop", **message: Any) -> Fault:
        """An answer of that content."""
        return answering(self.completion({"content": content, **message}, finish_reason))


def refusal(status: int, message: str, code: str | None = None) -> Refusal:
    """The protocol's own shape."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return Refusal(status, {"error": error})


def openai_refusal(part: str) -> Refusal:
    return refusal(400, f"Unsupported parameter: '{part}' is not supported with this model.", "unsupported_parameter")


def _check_format(asked: Any) -> None:
    """Structured output in the wrapped form, with a schema as strict servers want it."""
    if asked is None:
        return
    if not isinstance(asked, dict) or set(asked) != {"type", "json_schema"} or asked["type"] != "json_schema":
        raise refusal(400, "response_format.type must be json_schema, wrapped")
    inner = asked["json_schema"]
    if not isinstance(inner, dict) or set(inner) != {"name", "strict", "schema"} or inner["strict"] is not True:
        raise refusal(400, "response_format.json_schema must hold name, strict and schema")
    schema = inner["schema"]
    strict = schema.get("additionalProperties") is False and schema.get("required") == list(schema["properties"])
    if schema.get("type") != "object" or not strict:
        raise refusal(400, "Invalid schema for response_format: all properties must be required, and no others allowed")


def _parts(messages: Any) -> tuple[str, str]:
    """The text and the picture's URI of the one message."""
    if not isinstance(messages, list) or len(messages) != 1 or set(messages[0]) != {"role", "content"}:
        raise refusal(400, "There must be one message of role and content")
    content = messages[0]["content"]
    if messages[0]["role"] != "user" or [part.get("type") for part in content] != ["text", "image_url"]:
        raise refusal(400, "The user's content must be a text and an image_url")
    if set(content[0]) != {"type", "text"} or set(content[1]["image_url"]) - {"url", "detail"}:
        raise refusal(400, "Unrecognized parts of the content")
    return content[0]["text"], content[1]["image_url"]["url"]


def _look(uri: str) -> tuple[tuple[int, int], list[str]]:
    head, _, encoded = uri.partition(";base64,")
    if head != "data:image/jpeg":
        raise refusal(400, "invalid image input: a data URI of a JPEG is needed")
    try:
        picture = picture_in(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        raise refusal(400, "illegal base64 data") from None
    if picture.wrong or picture.format != "JPEG":
        raise refusal(400, f"Failed to load image: {', '.join(picture.wrong) or picture.format}")
    strongest = max(range(3), key=lambda channel: picture.mean[channel])
    width, height = picture.size
    return picture.size, [("red", "green", "blue")[strongest], "landscape" if width > height else "portrait"]


if __name__ == "__main__":
    serve(ChatService, limit=0)
