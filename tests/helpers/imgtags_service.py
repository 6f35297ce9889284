"""A strict stand-in of imgtags; by hand: ``python -m helpers.imgtags_service --port 8000 --key KEY``."""

import email
import email.policy
import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from helpers.by_hand import serve
from helpers.service import Arrival, Refusal, StandIn
from helpers.uploaded import picture_in

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
MAX_BYTES = 10_000_000


class ImgtagsService(StandIn):
    """Its documented behaviour, and nothing beyond it. A URL is noted, and answered as if a picture were there."""

    def __init__(self, key: str = "", *, auth: str = "bearer", **how: Any) -> None:
        super().__init__(key, **how)
        self.auth = auth
        self.names: list[str] = []
        self.urls: list[str] = []

    def answer(self, arrival: Arrival) -> object:
        if arrival.path != "/api/v1/analyze":
            raise Refusal(404, {"message": "Not found"})
        if arrival.method != "POST":
            raise Refusal(405, {"message": "Method not allowed"}, {"Allow": "POST"})
        self._check_key(arrival)
        if arrival.headers.get("content-type") == "application/json":
            (width, height), mean = self._fetch(arrival.body)
        else:
            (width, height), mean = self._look(self._part(arrival))
        landscape = width > height
        return {
            "success": True,
            "data": {
                "tags": ["Landscape" if landscape else "Portrait", "test picture"],
                "description": f"A plain picture of {width} by {height} pixels. It shows one colour.",
                "objects": [],
                "colors": {"dominant": "#{:02X}{:02X}{:02X}".format(*mean), "palette": ["#FF6B35", "#004E89"]},
                "scene": "indoor",
                "mood": "peaceful",
                "safe_search": {"adult": "VERY_UNLIKELY", "violence": "UNLIKELY"},
                "dimensions": {"orientation": "landscape" if landscape else "portrait"},
            },
            "meta": {"tokens_used": 1250, "processing_time_ms": 12},
        }

    def too_often(self) -> Refusal:
        reset = (datetime.now(UTC) + timedelta(seconds=self.window)).isoformat().replace("+00:00", "Z")
        error = {"code": "RATE_LIMIT_EXCEEDED", "message": "Rate limit exceeded", "type": "minute"}
        return Refusal(429, {"success": False, "error": error | {"limit": self.limit, "reset": reset}})

    def _check_key(self, arrival: Arrival) -> None:
        name, value = ("authorization", f"Bearer {self.key}") if self.auth == "bearer" else ("x-api-key", self.key)
        other = "x-api-key" if self.auth == "bearer" else "authorization"
        if arrival.headers.get(name) != value or other in arrival.headers:
            raise Refusal(401, {"success": False, "error": {"code": "UNAUTHORIZED", "message": "Invalid API key"}})

    def _fetch(self, body: bytes) -> tuple[tuple[int, int], tuple[int, int, int]]:
        document = json.loads(body)
        url = document.get("url") if isinstance(document, dict) and list(document) == ["url"] else None
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise invalid("url", "The url field must be a valid URL.")
        if len(url) > 2048:
            raise invalid("url", "The url field must not be greater than 2048 characters.")
        self.urls.append(url)
        return (640, 480), (255, 107, 53)

    def _part(self, arrival: Arrival) -> EmailMessage:
        """The one part of the form."""
        kind = arrival.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data; boundary="):
            raise invalid("image", "The image field is required when url is not present.")
        message = email.message_from_bytes(
            f"Content-Type: {kind}\r\n\r\n".encode() + arrival.body, policy=email.policy.HTTP
        )
        parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
        names = [part.get_param("name", header="content-disposition") for part in parts]
        if names != ["image"]:
            raise invalid("image", f"There must be one field, image; there are {names}.")
        return parts[0]

    def _look(self, part: EmailMessage) -> tuple[tuple[int, int], tuple[int, int, int]]:
        data = part.get_payload(decode=True)
        self.names.append(part.get_filename() or "")
        if not isinstance(data, bytes) or len(data) > MAX_BYTES:
            raise invalid("image", "The image may not be greater than 10 MB.")
        picture = picture_in(data)
        if picture.wrong or picture.format != FORMATS.get(part.get_content_type()):
            raise invalid("image", f"The image is not acceptable: {', '.join(picture.wrong) or picture.format}.")
        return picture.size, picture.mean


def invalid(field: str, reason: str) -> Refusal:
    """The documented shape for a request that breaks the rules."""
    return Refusal(422, {"message": "The given data was invalid.", "errors": {field: [reason]}})


if __name__ == "__main__":
    serve(ImgtagsService, limit=60)
