"""Metadata blocks and the fields of IFD0 that hold them.

    exif   a small TIFF structure made of ImageDescription, XPTitle, XPComment and XPKeywords of IFD0
    xmp    the value of tag 700 (XMP specification, part 3)
    irb    the image resources in 34377 with the IIM records of 33723 as their first resource 0x0404

Programs before Photoshop, and all that know IPTC only, look into 33723; Photoshop keeps its resources in 34377, at
times with the records once more. Those in 33723 are the ones that count (MWG guidelines 2.0). It is mostly of type
LONG, which asks for NULs behind the records, and some writers then swapped the bytes of each LONG.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import iptc, irb
from cutline.core.metadata.blocks.tiff import TYPE_SIZES, ifd_at, ifd_offset, value_of
from cutline.core.metadata.blocks.tiff_edit import Value
from cutline.core.metadata.model import BlockName

DESCRIPTION, XMP, IIM, RESOURCES = 270, 700, 33723, 34377
EXIF = (DESCRIPTION, 0x9C9B, 0x9C9C, 0x9C9E)
CARRIERS = frozenset((*EXIF, XMP, IIM, RESOURCES))
"""The tags that blocks stand in."""

_BYTE, _LONG, _UNDEFINED = 1, 4, 7
_BYTES = (_BYTE, _UNDEFINED)
_MACHINES = (b"ImageJ=", b"<?xml", b"<OME", b'{"', b"Aperio ", b"SCANIMAGE", b"state.")
"""How descriptions begin that microscopes' programs keep the order of the pages in."""

Values = Mapping[int, Value]
"""Values of IFD0 by tag."""


@dataclass(frozen=True, slots=True)
class Homes:
    """The fields of IFD0 that hold blocks, as they stand in a file."""

    order: str
    """``<`` or ``>``."""
    values: Values
    big: bool = False
    """Whether the file is a BigTIFF, of which readers take text of type BYTE for a row of numbers."""

    @property
    def machine(self) -> bool:
        """Whether ImageDescription is no one's words about the picture, but what a program needs to read the file."""
        value = self.values.get(DESCRIPTION)
        return value is not None and value.data.lstrip().startswith(_MACHINES)

    @property
    def _iim(self) -> bytes:
        """The records in 33723."""
        return _records(self._data(IIM), self._data(RESOURCES))

    @property
    def _twice(self) -> bool:
        """Whether the records stand, or are to stand, in 34377 as well."""
        first = next((each.data for each in _resources(self._data(RESOURCES)) if each.id == irb.IPTC), None)
        return first is not None and (not self._iim or _unpadded(first) == _unpadded(self._iim))

    def blocks(self) -> dict[BlockName, bytes]:
        """The blocks in their canonical form: the same for fields that say the same."""
        found: dict[BlockName, bytes] = {"exif": self._exif(), "xmp": self._data(XMP), "irb": self._irb()}
        return {name: block for name, block in found.items() if block}

    def fields(self, new: Mapping[BlockName, bytes]) -> dict[int, Value | None]:
        """What has to change so that these blocks stand in the file; None: the field goes."""
        wanted: dict[int, Value | None] = {}
        if "exif" in new:
            old, values = _exif_values(self._exif()), _exif_values(new["exif"])
            changed = [tag for tag in EXIF if values.get(tag) != old.get(tag)]
            wanted |= {tag: self._text(values.get(tag)) for tag in changed if not (tag == DESCRIPTION and self.machine)}
        if "xmp" in new:
            wanted[XMP] = self._bytes(XMP, new["xmp"], _BYTE)
        if "irb" in new and new["irb"] != self._irb():
            wanted |= self._records(new["irb"])
        return {tag: value for tag, value in wanted.items() if value != self.values.get(tag)}

    def settled(self, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
        """`new` as it comes back once it stands in the file."""
        after = {**self.values, **self.fields(new)}
        found = replace(self, values={tag: value for tag, value in after.items() if value is not None}).blocks()
        return {name: found.get(name, b"") for name in new}

    def _data(self, tag: int) -> bytes:
        return self.values[tag].data if tag in self.values else b""

    def _text(self, value: Value | None) -> Value | None:
        return Value(_UNDEFINED, value.data) if value and self.big and value.type == _BYTE else value

    def _bytes(self, tag: int, data: bytes, kind: int) -> Value | None:
        """A value of the type that the field has, where that counts in bytes."""
        there = self.values.get(tag)
        return Value(there.type if there and there.type in _BYTES else kind, data) if data else None

    def _exif(self) -> bytes:
        tags = EXIF[1:] if self.machine else EXIF
        return _exif_block(self.order, {tag: self.values[tag] for tag in tags if tag in self.values})

    def _irb(self) -> bytes:
        records, resources = self._iim, self._data(RESOURCES)
        if not records:
            return resources
        if not _sound(resources):
            return irb.edit(None, records)
        if not self._twice:
            return irb.edit(None, records) + resources
        return _with_first(resources, records)

    def _records(self, block: bytes) -> dict[int, Value | None]:
        """33723 and 34377 for a new block."""
        records = next((resource.data for resource in _resources(block) if resource.id == irb.IPTC), b"")
        there = self.values.get(IIM)
        kind = there.type if there and there.type in _BYTES else _LONG
        padded = _unpadded(records) + bytes(-len(_unpadded(records)) % 4 if kind == _LONG else 0)
        wanted: dict[int, Value | None] = {IIM: Value(kind, padded) if padded else None}
        resources = self._data(RESOURCES)
        if resources and _sound(resources):
            kept = block if not records else _with_first(block, padded if self._twice else b"")
            kept = kept.replace(_digest(records), _digest(padded), 1)
            wanted[RESOURCES] = self._bytes(RESOURCES, kept, _UNDEFINED)
        return wanted


def _exif_block(order: str, values: Values) -> bytes:
    """A TIFF structure of these values and nothing else; empty where there are none."""
    if not values:
        return b""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    table, behind = struct.pack(order + "H", len(values)), b""
    start = 8 + 2 + 12 * len(values) + 4
    for tag, value in sorted(values.items()):
        kind = value.type if value.type in TYPE_SIZES else _UNDEFINED
        table += struct.pack(order + "HHI", tag, kind, len(value.data) // TYPE_SIZES.get(kind, 1))
        if len(value.data) <= 4:
            table += value.data.ljust(4, b"\0")
            continue
        table += struct.pack(order + "I", start + len(behind))
        behind += value.data + bytes(len(value.data) % 2)
    return mark + struct.pack(order + "I", 8) + table + bytes(4) + behind


def _exif_values(block: bytes) -> dict[int, Value]:
    if not block:
        return {}
    entries = ifd_at(block, ifd_offset(block)).entries
    return {entry.tag: Value(entry.type, value_of(block, entry)) for entry in entries if entry.tag in EXIF}


def _records(raw: bytes, resources: bytes) -> bytes:
    """The IIM records in a value of 33723: without what fills up the last LONG, unless the digest counts that too."""
    if raw[:1] != b"\x1c" and raw[3:4] == b"\x1c" and len(raw) % 4 == 0:
        turned = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
        raw = turned if _is_iim(turned) else raw
    if any(resource.id == irb.DIGEST and resource.data == _digest(raw) for resource in _resources(resources)):
        return raw
    return _unpadded(raw)


def _digest(records: bytes) -> bytes:
    return hashlib.md5(records, usedforsecurity=False).digest()


def _unpadded(records: bytes) -> bytes:
    try:
        datasets, tail = iptc.parse(records)
    except Malformed:
        return records
    return records[: len(records) - len(tail)] if datasets else b""


def _is_iim(records: bytes) -> bool:
    try:
        return bool(iptc.parse(records)[0])
    except Malformed:
        return False


def _resources(block: bytes) -> list[irb.Resource]:
    return irb.parse(block)[0] if _sound(block) else []


def _sound(block: bytes) -> bool:
    try:
        irb.parse(block)
    except Malformed:
        return False
    return True


def _with_first(block: bytes, records: bytes) -> bytes:
    """The image resources with `records` in the first resource for them; b"": without it."""
    resources, tail = irb.parse(block)
    at = next(n for n, resource in enumerate(resources) if resource.id == irb.IPTC)
    head = resources[at].head
    new = head + len(records).to_bytes(4, "big") + records + bytes(len(records) % 2) if records else b""
    return b"".join(new if n == at else resource.raw for n, resource in enumerate(resources)) + tail
