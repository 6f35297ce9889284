"""Splices applied to whole files in memory, and what independent readers say of the result."""

import io
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from cutline.core.metadata.model import BlockName, Layout, Splice

_FILE_FACTS = ("System:", "ExifTool:ExifToolVersion", "SourceFile", "Composite:", "File:ExifByteOrder")


def spliced(data: bytes, splices: Sequence[Splice]) -> bytes:
    """`data` with the splices applied; they must be in order and apart."""
    pieces, position = [], 0
    for splice in splices:
        assert position <= splice.offset <= splice.offset + splice.old_length <= len(data)
        pieces += [data[position : splice.offset], splice.new_bytes]
        position = splice.offset + splice.old_length
    return b"".join([*pieces, data[position:]])


def parsed(container: ModuleType, data: bytes) -> Layout:
    """The layout of a whole file."""
    layout: Layout = container.parse(io.BytesIO(data), len(data))
    return layout


def with_blocks(container: ModuleType, data: bytes, new: dict[BlockName, bytes]) -> bytes:
    """The file with new blocks."""
    return spliced(data, container.splices(parsed(container, data), new))


def picture(container: ModuleType, data: bytes) -> bytes:
    """The bytes of the image data."""
    return b"".join(data[offset : offset + length] for offset, length in parsed(container, data).picture)


def exiftool(path: Path, *options: str) -> dict[str, Any]:
    """What ExifTool reads, as ``Group:Tag`` -> value, without facts about the file itself."""
    command = ["exiftool", "-j", "-G1", "-a", "-struct", "-charset", "iptc=UTF8", *options, str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    facts: dict[str, Any] = json.loads(done.stdout.decode(errors="replace"))[0]
    return {name: value for name, value in facts.items() if not name.startswith(_FILE_FACTS)}


def exiv2(path: Path, kind: str) -> str:
    """What exiv2 prints of one kind of metadata: ``X`` XMP, ``I`` IPTC, ``E`` EXIF."""
    done = subprocess.run(["exiv2", f"-P{kind}kv", "print", str(path)], capture_output=True, check=False)
    assert b"Error" not in done.stderr, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace")


def numbered(value: object) -> list[str]:
    """ExifTool's JSON gives a lone item plain, and tags that look like numbers as numbers: a list of strings again."""
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def is_sentence(error: Exception) -> bool:
    """Whether an error says itself to a person on one line."""
    text = str(error)
    assert text.endswith("."), text
    assert text.isprintable(), text
    return True
