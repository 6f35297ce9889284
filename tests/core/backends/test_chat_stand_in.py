"""The stand-in of a chat server refuses whatever the protocol does not know."""

import base64
from typing import Any

import httpx
import pytest

from cutline.core.backends.openai import response_format
from helpers.asking import KEY, SmallUpload
from helpers.chat_service import ChatService

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x04abc\0\0\0\0\0"


def uri(data: bytes | None = None, mime: str = "image/jpeg") -> str:
    return f"data:{mime};base64,{base64.b64encode(SmallUpload().data if data is None else data).decode()}"


def message(url: str | None = None, **more: Any) -> dict[str, Any]:
    picture = {"type": "image_url", "image_url": {"url": uri() if url is None else url}}
    return {"role": "user", "content": [{"type": "text", "text": "Look."}, picture]} | more


def body(**more: Any) -> dict[str, Any]:
    return {"model": "seer", "messages": [message()]} | more


def asked(method: str = "POST", path: str = "/chat/completions", key: str = "", **how: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    with ChatService(KEY if how.pop("wants_key", False) else "") as service:
        return httpx.request(method, service.base_url + path, headers=headers, trust_env=False, **how)


def test_what_it_takes() -> None:
    assert asked(json=body()).status_code == 200
    assert asked(json=body(stream=False, temperature=0, max_tokens=9)).status_code == 200
    assert asked(json=body(response_format=response_format(9))).json()["choices"][0]["message"]["content"][0] == "{"
    assert asked(json=body(), key=KEY, wants_key=True).status_code == 200
    assert asked("GET", "/models").json()["data"][0]["id"] == "seer"


def unwrapped() -> dict[str, Any]:
    return {"type": "json_schema", "schema": response_format(9)["json_schema"]["schema"]}


def loose() -> dict[str, Any]:
    form = response_format(9)
    del form["json_schema"]["schema"]["additionalProperties"]
    return form


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (404, {"path": "/completions", "json": body()}),
        (405, {"method": "GET"}),
        (405, {"path": "/models", "json": {}}),
        (401, {"json": body(), "wants_key": True}),
        (401, {"json": body(), "key": "wrong", "wants_key": True}),
        (401, {"json": body(), "key": KEY}),
        (415, {"content": b"{}"}),
        (400, {"json": []}),
        (400, {"json": {"model": "seer"}}),
        (400, {"json": body(top_k=4)}),
        (404, {"json": body(model="other")}),
        (400, {"json": body(stream=True)}),
        (400, {"json": body(temperature=3)}),
        (400, {"json": body(response_format={"type": "json_object"})}),
        (400, {"json": body(response_format=unwrapped())}),
        (400, {"json": body(response_format=loose())}),
        (400, {"json": body(messages=[])}),
        (400, {"json": body(messages=[message(role="system")])}),
        (400, {"json": body(messages=[message("https://x.example/a.jpg")])}),
        (400, {"json": body(messages=[message(uri(mime="image/png"))])}),
        (400, {"json": body(messages=[message("data:image/jpeg;base64,@@")])}),
        (400, {"json": body(messages=[message(uri(b"no picture"))])}),
        (400, {"json": body(messages=[message(uri(SmallUpload(exif=EXIF).data))])}),
    ],
)
def test_what_it_refuses(status: int, how: dict[str, Any]) -> None:
    reply = asked(**how)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]
