"""A strict stand-in of imagedescriber; by hand: ``python -m helpers.imagedescriber_service --port 8000 --key KEY``."""

import base64
import binascii
import itertools
import json
from typing import Any

from helpers.by_hand import serve
from helpers.service import Arrival, Fault, Refusal, StandIn, answering
from helpers.uploaded import picture_in

LANGUAGES = ("en", "zh", "fr", "de", "es", "ja", "ko")
TITLES = {
    "en": "A picture {} by {}",
    "zh": "一张图片 {} × {}",
    "fr": "Une image {} sur {}",
    "de": "Ein Bild, {} mal {}",
    "es": "Una imagen de {} por {}",
    "ja": "写真 {} × {}",
    "ko": "사진 {} × {}",
}
FORMATS = {"data:image/jpeg": "JPEG", "data:image/jpg": "JPEG", "data:image/png": "PNG", "data:image/webp": "WEBP"}
MAX_BASE64 = 4_000_000


class ImagedescriberService(StandIn):
    """Its documented behaviour, and nothing beyond it."""

    def __init__(self, key: str = "", *, credits_left: float = 1000, **how: Any) -> None:
        super().__init__(key, **how)
        self.credits_left = credits_left
        self.langs: list[str] = []
        self._numbers = itertools.count(1)

    def answer(self, arrival: Arrival) -> object:
        if arrival.path.split("?")[0] != "/api/v1/generate_tags" or "?" in arrival.path:
            raise Refusal(404, {"message": "Not found"})
        if arrival.method != "POST":
            raise Refusal(405, {"message": "Method not allowed"}, {"Allow": "POST"})
        if arrival.headers.get("authorization") != f"Bearer {self.key}":
            raise self.refusal(401, 1001, "Invalid API key")
        if arrival.headers.get("content-type", "").split(";")[0] != "application/json":
            raise self.refusal(415, 1002, "Content-Type must be application/json")
        fields = self._fields(arrival.body)
        lang = fields.get("lang", "en")
        if lang not in LANGUAGES:
            raise self.refusal(400, 1002, f"lang must be one of {', '.join(LANGUAGES)}")
        width, height, tags = self._look(fields["image"])
        if self.credits_left < 1:
            raise self.refusal(402, 1003, "Insufficient credits, please recharge")
        self.credits_left -= 1
        self.langs.append(lang)
        title = TITLES[lang].format(width, height)
        return self.success(title, f"{title}.", [*tags, lang])

    def success(self, title: object, description: object, tags: object) -> dict[str, Any]:
        return {
            "code": 0,
            "message": "success",
            "request_id": f"req-{next(self._numbers)}",
            "data": {
                "tags": {"tags": tags, "title": title, "description": description},
                "credits": {"amount": 1, "remaining": str(self.credits_left)},
            },
        }

    def refusal(self, status: int, code: int, message: str) -> Refusal:
        return Refusal(status, {"code": code, "message": message, "request_id": f"req-{next(self._numbers)}"})

    def too_often(self) -> Refusal:
        return self.refusal(429, 1004, "Rate limit exceeded: 30 requests per minute")

    def _fields(self, body: bytes) -> dict[str, Any]:
        def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            if len({name for name, _ in pairs}) != len(pairs):
                raise self.refusal(400, 1002, "A field was given twice")
            return dict(pairs)

        try:
            fields = json.loads(body, object_pairs_hook=once)
        except ValueError:
            raise self.refusal(400, 1002, "The body is not JSON") from None
        if not isinstance(fields, dict) or "image" not in fields or set(fields) - {"image", "lang"}:
            raise self.refusal(400, 1002, "The body must hold image, and may hold lang")
        return fields

    def _look(self, uri: object) -> tuple[int, int, list[str]]:
        head, mark, encoded = uri.partition(";base64,") if isinstance(uri, str) else ("", "", "")
        if not mark or head not in FORMATS:
            raise self.refusal(400, 1002, "image must be a data URI of a JPEG, PNG or WebP")
        if len(encoded) >= MAX_BASE64:
            raise self.refusal(413, 1002, "image is larger than 4 MB")
        try:
            data = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise self.refusal(400, 1002, "image is not base64") from None
        picture = picture_in(data)
        if picture.wrong or picture.format != FORMATS[head]:
            raise self.refusal(422, 1005, f"image is not acceptable: {', '.join(picture.wrong) or picture.format}")
        width, height = picture.size
        return width, height, ["landscape" if width > height else "portrait", *named(picture.mean)]


def named(mean: tuple[int, int, int]) -> list[str]:
    """Two words that follow from the picture, so that answers can be told apart."""
    strongest = max(range(3), key=lambda channel: mean[channel])
    return [("red", "green", "blue")[strongest], "bright" if sum(mean) > 382 else "dark"]


def too_often(message: str = "Too many requests", http_status: int = 200) -> Fault:
    """The documented code for too many requests."""
    return answering({"code": 1004, "message": message, "request_id": "req-limit"}, http_status)


if __name__ == "__main__":
    serve(ImagedescriberService, limit=30)
