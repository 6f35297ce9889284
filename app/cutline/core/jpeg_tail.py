"""A JPEG that was cut short and closed again: rescue programs and failing cards leave such files.

Where the data of a scan end before the picture does, libjpeg makes up the rest in plain middle grey, and Pillow does
not hear of it. Such a picture ends in exactly that grey, which an honest one may do as well. What tells them apart: put
other data behind those that are there. In a complete scan nobody reads them; in one cut short they show.
(ITU-T T.81, B.1.1 and F.2; libjpeg's jdhuff.c, `insufficient_data`.) Progressive files refine the whole picture scan
by scan, so nothing like this can be seen in them.
"""

import re
from io import BytesIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

_GREY = 128
_FILLER = b"\x5a\xa5\x33\xc7" * 1024
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""The end of a scan: no stuffed byte, no restart marker, no fill byte."""

_END, _START_OF_SCAN = 0xD9, 0xDA


def ends_in_grey(image: Image.Image) -> bool:
    """Whether the decoded `image` ends, at its bottom right, in the grey that libjpeg makes up."""
    last = image.getpixel((image.width - 1, image.height - 1))
    return last in (_GREY, (_GREY, _GREY, _GREY))


def is_made_up(data: bytes) -> bool:
    """Whether the scan in the JPEG file `data` ends before its picture does. `data` must be decodable."""
    start = _scan(data)
    end = _NEXT_MARKER.search(data, start) if start else None
    if end is None or data[end.start() + 1] != _END:
        return False
    filled = data[: end.start()] + _FILLER + data[end.start() :]
    return _small(data) != _small(filled)


def _scan(data: bytes) -> int:
    """Where the entropy-coded data of the first scan begin; 0: nowhere."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        at += 2 + length
        if marker == _START_OF_SCAN:
            return at
    return 0


def _small(data: bytes) -> bytes:
    with JpegImageFile(BytesIO(data)) as image:
        image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        return image.tobytes()
