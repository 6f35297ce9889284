"""A picture made ready for a backend: upright, sRGB, as large as it can use, under its limit, and without metadata.

    file ─ decode ─> pixels ─ encode ─> bytes

Nothing is decoded before it is looked at. No GPS, no name, no maker note leaves with it: only pixels are carried over.
Pillow is imported with the first picture, not with this module.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core.backends.base import Info
from cutline.core.errors import ConfigError, Unsupported
from cutline.core.photo import Photo
from cutline.core.settings import Upload as UploadSettings

if TYPE_CHECKING:
    from PIL.Image import Image


class Upload:
    """The picture at `path` for a backend with `info`; a `backends.base.Upload`. Thread-safe.

    `mime`, `data` and `picture` raise `Unreadable` or `Unsupported` where the file cannot be decoded.
    """

    def __init__(self, path: Path, info: Info, settings: UploadSettings) -> None:
        self._path, self._info, self._settings = path, info, settings
        self._preparing = threading.Lock()
        self._data: bytes | None = None

    def __repr__(self) -> str:
        return f"Upload({Photo(self._path).name!r})"

    @property
    def mime(self) -> str:
        """The MIME type of `data`: the first of the backend's formats that can be made."""
        from cutline.core.encode import FORMATS

        for mime in self._info.formats:
            if mime in FORMATS:
                return mime
        raise ConfigError(
            f"The backend takes none of the formats that Cutline makes ({', '.join(FORMATS)});"
            " correct the formats it declares, or choose another backend."
        )

    @property
    def data(self) -> bytes:
        """The encoded picture, at most `info.max_bytes` bytes; prepared once."""
        with self._preparing:
            if self._data is None:
                self._data = self._encoded()
            return self._data

    def picture(self, max_side: int) -> "Image":
        """The decoded picture, mode RGB, upright, sRGB, its longest side at most `max_side` pixels; decoded anew."""
        from cutline.core.decode import decoded

        return decoded(self._path, max_side)

    def _encoded(self) -> bytes:
        from cutline.core.encode import encoded

        sides = (self._settings.max_side, self._info.max_side or self._settings.max_side)
        data = encoded(self.picture(min(sides)), self.mime, self._settings.quality, self._info.max_bytes)
        if data is None:
            raise Unsupported(
                f"{Photo(self._path).name}: cannot be made small enough for the service"
                f" (at most {self._info.max_bytes:,} bytes); choose another backend for it."
            )
        return data
