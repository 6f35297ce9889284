"""CSV (RFC 4180) for spreadsheets: UTF-8, every cell quoted, a header row, one row for a photo.

The file begins with a byte-order mark, because Excel takes a file without one for text of the local code page; other
programs skip it (Python: encoding ``utf-8-sig``). Tags stand in one cell, separated by “; ”. Line breaks stay.

No cell may be a formula. A spreadsheet that opens the file with another separator (Excel does so in half of Europe)
cuts cells at semicolons, tabs and line breaks, so these count as beginnings of cells too. Where what begins there is,
after white space, quotes and invisible characters, one of ``= + - @`` (or its full-width twin) or an apostrophe, an
apostrophe is put before it; and so it is where a cell begins with a tab or a line break. `plain` takes them away again.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from cutline.core.atomic import replacing
from cutline.core.metadata.model import Reading

COLUMNS = ("path", "title", "description", "alt_text", "tags", "format", "sidecar")
BETWEEN_TAGS = "; "

_BEGINNING = r"(\A|[;\t\r\n])"
_SKIPPED = (
    r"[ \"'‘’“”„«»`\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff]*"  # white space, quotes and what is invisible, but no beginning of a cell
)
_ACTIVE = r"[=+\-@＝＋－＠﹢﹣﹦﹫−']"
_RISKY = re.compile(rf"\A(?=[\t\r\n])|{_BEGINNING}(?={_SKIPPED}{_ACTIVE})")
_MADE_SAFE = re.compile(rf"{_BEGINNING}'")


def write(readings: Iterable[tuple[Path, Reading]], output: Path) -> int:
    """Write the table to the file `output`; the number of photos in it."""
    return write_table(COLUMNS, (_cells(path, reading) for path, reading in readings), output)


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]], output: Path) -> int:
    """Write such a table to the file `output`; the number of its rows. Raises `ReadOnly`, `DiskError`."""
    count = 0
    with replacing(output) as file:
        file.write(b"\xef\xbb\xbf")
        table = csv.writer(_Utf8(file), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        table.writerow(columns)
        for row in rows:
            table.writerow([safe(cell) for cell in row])
            count += 1
    return count


def safe(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    return _RISKY.sub(lambda match: f"{match[0]}'", text)


def plain(cell: str) -> str:
    """The text that `safe` made `cell` of."""
    return _MADE_SAFE.sub(lambda match: match[1], cell)


def _cells(path: Path, reading: Reading) -> tuple[str, ...]:
    caption = reading.caption
    sidecar = str(reading.sidecar) if reading.sidecar else ""
    tags = BETWEEN_TAGS.join(caption.tags)
    return str(path), caption.title, caption.description, caption.alt_text, tags, reading.format, sidecar


class _Utf8:
    """What `csv.writer` writes to: text into UTF-8; bytes of a file name that are none are shown as escapes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(text.replace("\x00", "\ufffd").encode("utf-8", "backslashreplace"))
