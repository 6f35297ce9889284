"""One ExifTool for thousands of files: what it says of each, and which of that a caption must not have changed.

`said` -> {"IFD0:Main:Make": ["Canon"], ...}: family 1 group, document within the file, tag; every value of it in order,
binary ones as their digest. `foreign` leaves out what a caption is written into and what counts bytes.
"""

import json
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

Said = Mapping[str, list[str]]

_OPTIONS = ("-json", "-a", "-u", "-ee", "-b", "-n", "-G1:3:4", "-struct", "-validate", "-warning", "-error", "-all")
_LONG = 200  # characters of a value that is kept as it is
_ENDING = "{ready}"

_CAPTION = {
    "IFD0": "ImageDescription XPTitle XPComment XPKeywords",
    "IPTC": "ObjectName Caption-Abstract Keywords CodedCharacterSet ApplicationRecordVersion",
    "IPTC2": "ObjectName Caption-Abstract Keywords CodedCharacterSet ApplicationRecordVersion",
    "Photoshop": "IPTCDigest",
    "XMP-dc": "Title Description Subject",
    "XMP-iptcCore": "AltTextAccessibility",
    "XMP-lr": "HierarchicalSubject",
    "XMP-digiKam": "TagsList",
    "XMP-microsoft": "LastKeywordXMP LastKeywordIPTC",
    "XMP-mediapro": "CatalogSets",
    "XMP-acdsee": "Categories",
}
_COUNTING = {
    "MPImage1": "MPImageLength",
    "IFD0": "PreviewImageStart StripOffsets TileOffsets ThumbnailOffset OtherImageStart JpgFromRawStart",
    "IFD1": "ThumbnailOffset PreviewImageStart StripOffsets TileOffsets",
    "GIF": "GIFVersion",
    "QuickTime": "MediaData MediaDataOffset MediaDataSize",
    "PNG": "eXIf",
    "RIFF": "WebP_Flags",
    "File": "CurrentIPTCDigest",
}
"""What counts bytes from elsewhere, or says only that a block is there."""
_NEVER = ("System:", "Composite:", "ExifTool:", "SourceFile")
_STARTS = (
    "MPImageStart", "PreviewImageStart", "PreviewImageOffset", "OtherImageStart", "ThumbnailOffset", "ChunkOffset",
)  # fmt: skip
"""Places of images whose bytes are compared, in whatever group."""

_PICTURES = ("base64:/9j/", "base64:ANj/", "base64:Atj/", "base64:SUkq", "base64:TU0A", "base64:Qk0")
"""JPEG, JPEG whose first byte a Minolta changed, TIFF, BMP."""


class ExifTool:
    """ExifTool in one process; closed by leaving the block."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["exiftool", "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "ExifTool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate(b"-stay_open\nFalse\n")

    def said(self, path: Path) -> Said:
        """All it says of the file at `path`, whose name is of our own making (no line breaks in it)."""
        assert self._process.stdin is not None
        arguments = [*_OPTIONS, "-charset", "iptc=UTF8", str(path), "-execute"]
        self._process.stdin.write("".join(f"{argument}\n" for argument in arguments).encode())
        self._process.stdin.flush()
        return _collected(self._answer())

    def _answer(self) -> list[tuple[str, Any]]:
        assert self._process.stdout is not None
        lines: list[bytes] = []
        while (line := self._process.stdout.readline()) and line.strip() != _ENDING.encode():
            lines.append(line)
        text = b"".join(lines).decode(errors="replace")
        pairs: list[list[tuple[str, Any]]] = json.loads(text, object_pairs_hook=list, strict=False) if text else [[]]
        return pairs[0]


def foreign(said: Said) -> dict[str, list[str]]:
    """What is not about the caption, nor about the file as such; no “previews” whose pointers lead to no picture."""
    return {
        key: texts
        for key, texts in said.items()
        if not key.startswith(_NEVER) and not _ours(_first_iptc(key, said)) and not _is_no_preview(key, texts)
    }


def warnings(said: Said) -> list[str]:
    """Every warning and error, without the numbers in it."""
    found = [value for key, values in said.items() if key.endswith((":Warning", ":Error")) for value in values]
    return sorted("".join(c for c in text if not c.isdigit()) for text in found)


def values(said: Said, key: str) -> list[str]:
    """The values of a tag of the file itself, e.g. “XMP-dc:Subject”."""
    group, tag = key.split(":")
    return list(said.get(f"{group}:Main:{tag}", ()))


def _first_iptc(key: str, said: Said) -> str:
    """A TIFF keeps its records in a tag and in Photoshop's resources; in a JPEG, second ones are a trailer's."""
    return key.replace("IPTC2:", "IPTC:") if {*values(said, "File:FileType")} & {"TIFF", "DNG", "BTF"} else key


def _is_no_preview(key: str, values: list[str]) -> bool:
    return key.endswith(("PreviewImage", "ThumbnailImage")) and not any(v.startswith(_PICTURES) for v in values)


def _ours(key: str) -> bool:
    group, document, *_, tag = key.split(":")
    name = tag.partition("-")[0] if group.startswith("XMP-") else tag
    mine = f"{_CAPTION.get(group, '')} {_COUNTING.get(group, '')}".split()
    return tag in _STARTS or (document == "Main" and name in mine)


def _collected(pairs: list[tuple[str, Any]]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for key, value in pairs:
        parts = [part for part in key.split(":") if not (part.startswith("Copy") and part[4:].isdigit())]
        if parts[0] == "PNG":  # one process names the language of a text only from the second file on
            parts[-1] = parts[-1].partition("-")[0]
        result.setdefault(":".join(parts), []).extend(_texts(value))
    return result


def _texts(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str | int | float | bool) for item in value):
        return [shortened(str(item)) for item in value]
    return [shortened(value if isinstance(value, str) else json.dumps(value))]


def shortened(text: str) -> str:
    """A value as it is kept: without space around it, long ones by their digest."""
    text = text.strip()
    if len(text) <= _LONG:
        return text
    return f"{text[:40]}... {len(text)} characters, SHA-256 {sha256(text.encode()).hexdigest()}"
