"""JSON (RFC 8259): one document with a version, ``{"version": 1, "photos": [{...}, ...]}``, one photo on a line.

The keys of a photo are those of `cutline show --json`. Text stands as it is, in UTF-8; only a record whose file name is
not text (bytes that are no UTF-8) is written in ASCII with escapes, from which Python's `os.fsencode` finds the file.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cutline.core.atomic import replacing
from cutline.core.metadata.model import Reading

VERSION = 1


def write(readings: Iterable[tuple[Path, Reading]], output: Path) -> int:
    """Write the document to the file `output`; the number of photos in it."""
    count = 0
    with replacing(output) as file:
        file.write(f'{{"version": {VERSION}, "photos": ['.encode())
        for path, reading in readings:
            file.write(b",\n" if count else b"\n")
            file.write(_encoded(record(path, reading)))
            count += 1
        file.write(b"\n]}\n")
    return count


def record(path: Path, reading: Reading) -> dict[str, Any]:
    """What is in one photo: path, title, description, alt_text, tags, format, sidecar (a path or None)."""
    caption = reading.caption
    return {
        "path": str(path),
        "title": caption.title,
        "description": caption.description,
        "alt_text": caption.alt_text,
        "tags": list(caption.tags),
        "format": reading.format,
        "sidecar": str(reading.sidecar) if reading.sidecar else None,
    }


def _encoded(values: dict[str, Any]) -> bytes:
    try:
        return json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(values).encode()
