"""The values of the metadata engine: where blocks stand in a file, what a change is, what reading and writing answer.

A container (JPEG, PNG, ...) is taken apart into a `Layout`: the metadata blocks it holds, as bytes, and where the
picture itself stands. Blocks are edited by pure functions, bytes to bytes. The container then answers, for the blocks
that are to be different, a list of `Splice`s against the file as it is. What is in no splice cannot change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cutline.core.photo import Caption

BlockName = Literal["exif", "xmp", "irb"]
"""exif: a TIFF structure from its byte-order mark on; xmp: an XMP packet; irb: Photoshop image resources, from the
first ``8BIM`` on, which hold the IPTC-IIM records (resource 0x0404) and their digest (0x0425)."""


@dataclass(frozen=True, slots=True)
class CarrierText:
    """What one block says. None: the block does not carry this field; an empty value: it is there, and empty."""

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    alt_text: str | None = None
    comment: str | None = None
    """EXIF XPComment, which is kept in step with the description."""
    paths: tuple[str, ...] = ()
    """Tags as XMP's lists of hierarchies hold them, levels parted by ``|``; those without levels too."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace `old_length` bytes at `offset` of the file as it is by `new_bytes`."""

    offset: int
    old_length: int
    new_bytes: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """One file taken apart by its container."""

    format: str
    """jpeg, png, webp, ... in lower case."""
    blocks: Mapping[BlockName, bytes]
    """The blocks the file holds. A block that is there but malformed is here all the same."""
    holds: frozenset[BlockName]
    """The blocks the format can hold."""
    limits: Mapping[BlockName, int]
    """Most bytes of a block; absent: no limit."""
    picture: tuple[tuple[int, int], ...]
    """(offset, length) of the image data: what stays the same when only metadata changes."""
    notes: tuple[str, ...] = ()
    """What a person should know about this file before it is changed."""
    parts: object = None
    """The container's own notes of where things stand; nobody else looks at them."""
    sidecar_only: str = ""
    """Why nothing can be embedded into this file: a clause that goes on after its name; empty where it can."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file is still the one that was read."""

    size: int
    mtime_ns: int
    content: int = 0
    """Python's hash of the metadata blocks as they were read: for as long as this process lives."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a file now, all carriers reconciled."""

    caption: Caption
    format: str
    stamp: Stamp
    sidecar: Path | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did."""

    changed: bool
    caption: Caption
    """What is in the file now."""
    splices: tuple[Splice, ...] = ()
    """What was, or on a dry run would be, replaced."""
    inverse: tuple[Splice, ...] = ()
    """What undoes it, against the file as it is now."""
    sidecar: Path | None = None
    notes: tuple[str, ...] = field(default=())
