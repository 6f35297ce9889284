"""The stand-ins are strict: what the services' documents do not allow is refused in the services' own shape."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, PngImagePlugin

from helpers.asking import KEY, SmallUpload
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService

AUTH = {"authorization": f"Bearer {KEY}"}


def uri(data: bytes | None = None, mime: str = "image/jpeg") -> str:
    encoded = base64.b64encode(SmallUpload().data if data is None else data).decode()
    return f"data:{mime};base64,{encoded}"


def saved(form: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, form, **how)
    return out.getvalue()


def exif() -> Image.Exif:
    made = Image.Exif()
    made[0x010E] = "Secret"
    return made


def text_chunks() -> PngImagePlugin.PngInfo:
    made = PngImagePlugin.PngInfo()
    made.add_text("Author", "me")
    return made


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
BEARING = {
    "jpeg exif": ("image/jpeg", saved(exif=exif())),
    "jpeg xmp": ("image/jpeg", saved(xmp=XMP)),
    "jpeg comment": ("image/jpeg", saved(comment=b"me")),
    "png exif": ("image/png", saved("PNG", exif=exif())),
    "png text": ("image/png", saved("PNG", pnginfo=text_chunks())),
    "webp exif": ("image/webp", saved("WEBP", exif=exif())),
    "webp xmp": ("image/webp", saved("WEBP", xmp=XMP)),
}


def describer(**how: Any) -> httpx.Response:
    path = how.pop("path", "/api/v1/generate_tags")
    method = how.pop("method", "POST")
    how.setdefault("headers", AUTH)
    with ImagedescriberService(KEY) as service:
        return httpx.request(method, service.origin + path, trust_env=False, **how)


def tagger(**how: Any) -> httpx.Response:
    how.setdefault("headers", AUTH)
    path = how.pop("path", "/api/v1/analyze")
    method = how.pop("method", "POST")
    with ImgtagsService(KEY) as service:
        return httpx.request(method, service.origin + path, trust_env=False, **how)


JSON = {**AUTH, "content-type": "application/json"}


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (404, {"path": "/generate_tags", "json": {"image": uri()}}),
        (404, {"path": "/api/v1/generate_tags?x=1", "json": {"image": uri()}}),
        (405, {"method": "GET"}),
        (405, {"method": "PUT", "json": {"image": uri()}}),
        (401, {"headers": {"authorization": "Bearer wrong"}, "json": {"image": uri()}}),
        (401, {"headers": {"x-api-key": KEY}, "json": {"image": uri()}}),
        (400, {"headers": [*AUTH.items(), ("x-a", "1"), ("x-a", "2")], "json": {"image": uri()}}),
        (415, {"content": b"image=1", "headers": {**AUTH, "content-type": "text/plain"}}),
        (400, {"content": b"{", "headers": JSON}),
        (400, {"content": b"[]", "headers": JSON}),
        (400, {"content": b'{"image": "a", "image": "b"}', "headers": JSON}),
        (400, {"json": {}}),
        (400, {"json": {"lang": "en"}}),
        (400, {"json": {"image": uri(), "model": "x"}}),
        (400, {"json": {"image": uri(), "lang": "it"}}),
        (400, {"json": {"image": uri(), "lang": None}}),
        (400, {"json": {"image": "https://x.example/a.jpg"}}),
        (400, {"json": {"image": None}}),
        (400, {"json": {"image": uri(mime="image/gif")}}),
        (400, {"json": {"image": "data:image/jpeg;base64,!!!"}}),
        (422, {"json": {"image": uri(b"no picture")}}),
        (422, {"json": {"image": uri(SmallUpload().data[:200])}}),
        (422, {"json": {"image": uri(mime="image/png")}}),
        (413, {"json": {"image": uri(b"\xff" * 3_000_000)}}),
        *[(422, {"json": {"image": uri(data, mime)}}) for mime, data in BEARING.values()],
    ],
)
def test_imagedescriber_refuses(status: int, how: dict[str, Any]) -> None:
    reply = describer(**how)
    assert reply.status_code == status
    assert reply.json().get("code", 0) != 0 or status in (400, 404, 405)


def test_imagedescriber_accepts_without_lang() -> None:
    assert describer(json={"image": uri()}).json()["code"] == 0


def form(data: bytes | None = None, mime: str = "image/jpeg", name: str = "image") -> dict[str, Any]:
    return {name: ("photo.jpg", SmallUpload().data if data is None else data, mime)}


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (404, {"path": "/analyze", "files": form()}),
        (405, {"method": "GET"}),
        (401, {"headers": {"authorization": "Bearer wrong"}, "files": form()}),
        (401, {"headers": {"x-api-key": KEY}, "files": form()}),
        (401, {"headers": {**AUTH, "x-api-key": KEY}, "files": form()}),
        (422, {"files": form(name="file")}),
        (422, {"files": form(), "data": {"lang": "de"}}),
        (422, {"files": [("image", form()["image"]), ("image", form()["image"])]}),
        (422, {"json": {"url": "file:///a.jpg"}}),
        (422, {"json": {"url": "https://x.example/" + "a" * 2040}}),
        (422, {"json": {"url": "https://x.example/a.jpg", "lang": "de"}}),
        (422, {"content": b""}),
        (422, {"files": form(b"no picture")}),
        (422, {"files": form(mime="image/png")}),
        (422, {"files": form(mime="application/octet-stream")}),
        (422, {"files": form(SmallUpload().data.ljust(10_000_001, b"\0"))}),
        *[(422, {"files": form(data, mime)}) for mime, data in BEARING.values()],
    ],
)
def test_imgtags_refuses(status: int, how: dict[str, Any]) -> None:
    reply = tagger(**how)
    assert reply.status_code == status
    if status == 422:
        assert set(reply.json()) == {"message", "errors"}


def test_more_than_the_limit_is_refused_until_the_window_has_passed() -> None:
    with ImgtagsService(KEY, limit=2, window=60) as service, httpx.Client(headers=AUTH, trust_env=False) as client:
        statuses = [client.post(f"{service.base_url}/analyze", files=form()).status_code for _ in range(4)]
        service.window = 0
        statuses.append(client.post(f"{service.base_url}/analyze", files=form()).status_code)
        assert statuses == [200, 200, 429, 429, 200]
        assert service.rejections == 2


@pytest.mark.parametrize("module", ["imagedescriber_service", "imgtags_service", "chat_service"])
def test_started_by_hand(module: str) -> None:
    command = [sys.executable, "-m", f"helpers.{module}", "--port", "0", "--key", KEY]
    tests = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=tests, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        reply = httpx.get(url, trust_env=False)
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "1 requests, 1 refused\n"
    assert reply.status_code == 404
    assert process.returncode == 0


def test_json_is_json() -> None:
    assert json.loads(describer(json={"image": uri()}).content)["data"]["tags"]["tags"][0] == "landscape"
