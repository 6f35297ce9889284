"""A web server with pictures on it, on 127.0.0.1, which does as it is told."""

import io
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from PIL import Image

Page = Callable[[BaseHTTPRequestHandler], None]


def picture(kind: str = "JPEG", colour: tuple[int, int, int] = (30, 90, 160)) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, kind)
    return out.getvalue()


class WebPictures:
    """Serves `pages` by path; what arrived is in `requests` (path and headers)."""

    def __init__(self, **pages: Page) -> None:
        self.pages = {f"/{name}": page for name, page in pages.items()}
        self.requests: list[tuple[str, dict[str, str]]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                web.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                web.pages.get(path, gone)(self)

            def log_message(self, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def showing(data: bytes, kind: str = "image/jpeg", length: int | None = None) -> Page:
    """A page that is `data`, and says that it has `length` bytes."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        handler.end_headers()
        handler.wfile.write(data)

    return page


def sending_on(to: str, code: int = 302) -> Page:
    """A redirect."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.send_header("Set-Cookie", "seen=1")
        handler.end_headers()

    return page


def gone(handler: BaseHTTPRequestHandler) -> None:
    """There is nothing here."""
    handler.send_error(404)
