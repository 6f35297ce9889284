"""Photoshop image resources: the box in which a JPEG keeps its IPTC-IIM records.

A row of resources ``signature id name size data`` (Adobe Photoshop file formats specification, image resource blocks):
0x0404 holds the records, 0x0425 the MD5 of them, by which readers tell whether XMP or IPTC was written last. All
other resources, with whatever signature, stay byte for byte.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import iptc
from cutline.core.photo import Caption, FieldName

IPTC = 0x0404
DIGEST = 0x0425
_SIGNATURE = b"8BIM"
_DIGEST_SIZE = 16  # bytes; what has others is no digest
_MOST = 100_000  # resources of a block
_HEADER = 12  # bytes of the shortest resource


@dataclass(frozen=True, slots=True)
class Irb:
    """The IPTC-IIM records (several resources 0x0404 joined) and the digest; None where there is none."""

    iim: bytes | None
    digest: bytes | None


class Resource(NamedTuple):
    """One resource; `raw` is all of it, with its padding."""

    id: int
    head: bytes
    """Signature, id and name, up to the size."""
    data: bytes
    raw: bytes


def read(irb: bytes) -> Irb:
    """The records and the digest. Raises `Malformed`."""
    resources, _ = parse(irb)
    records = [r.data for r in resources if r.id == IPTC]
    digests = [r.data for r in resources if r.id == DIGEST and len(r.data) == _DIGEST_SIZE]
    return Irb(_joined([record for record in records if record]) if records else None, digests[0] if digests else None)


def edit(irb: bytes | None, iim: bytes) -> bytes:
    """The resources with `iim` in 0x0404 (b"" removes it) and 0x0425, where it is there, in step.

    b"": nothing is left. Raises `Malformed`.
    """
    return _with_records(irb or b"", [iim])


def captioned(irb: bytes, caption: Caption, fields: Collection[FieldName]) -> bytes:
    """The resources with `fields` as in `caption`; the same bytes where they are so already. b"": nothing is left.

    Where several resources hold records, the first gets the fields, which the others lose; what else they say stays
    apart. Raises `Malformed`.
    """
    resources, _ = parse(irb)
    first, *others = [r.data for r in resources if r.id == IPTC] or [b""]
    new = [iptc.edit(first, caption, fields), *(iptc.edit(other, Caption(), fields) for other in others)]
    return irb if new == [first, *others] else _with_records(irb, new)


def _with_records(irb: bytes, records: Sequence[bytes]) -> bytes:
    """The resources with `records` in those of them that are for records, as far as they go."""
    resources, tail = parse(irb)
    if any(records) and all(r.id != IPTC for r in resources):
        resources.insert(_place(resources), Resource(IPTC, _SIGNATURE + IPTC.to_bytes(2) + b"\x00\x00", b"", b""))
    left = iter(records)
    pieces = []
    for resource in resources:
        if resource.id == IPTC:
            new = next(left, b"")
            pieces.append(_with(resource, new) if new else b"")
        elif resource.id == DIGEST:
            pieces.append(_with(resource, _digest(records)) if any(records) else b"")
        else:
            pieces.append(resource.raw)
    return b"".join(pieces) + tail if any(pieces) or tail.strip(b"\x00") else b""


def _digest(records: Sequence[bytes]) -> bytes:
    return hashlib.md5(_joined([record for record in records if record]), usedforsecurity=False).digest()


def parse(irb: bytes) -> tuple[list[Resource], bytes]:
    """The resources, and the NULs behind them. Raises `Malformed`."""
    resources, position = [], 0
    while len(irb) - position >= _HEADER and irb[position : position + 4].strip(b"\x00"):
        resource = _resource(irb, position)
        resources.append(resource)
        position += len(resource.raw)
        if len(resources) > _MOST:
            raise Malformed(f"The Photoshop block holds more than {_MOST:,} resources.")
    tail = irb[position:]
    if tail.strip(b"\x00"):
        raise Malformed(f"The Photoshop block holds something that is no resource, at byte {position}.")
    return resources, tail


def _resource(irb: bytes, start: int) -> Resource:
    """The resource at `start`. One that lacks its last padding byte is taken as it is."""
    signature, name = irb[start : start + 4], irb[start + 6]
    if not all(0x20 <= byte < 0x7F for byte in signature):
        raise Malformed(f"The Photoshop block holds something that is no resource, at byte {start}.")
    size_at = start + 6 + (name + 2) // 2 * 2
    data_at = size_at + 4
    end = data_at + int.from_bytes(irb[size_at:data_at])
    if end > len(irb) or data_at > len(irb):
        raise Malformed(f"The Photoshop block ends within the resource at byte {start}.")
    padded = end
    if (end - data_at) % 2 and end < len(irb) and irb[end : end + 4] != _SIGNATURE:
        padded += 1
    number = int.from_bytes(irb[start + 4 : start + 6]) if signature == _SIGNATURE else -1
    return Resource(number, irb[start:size_at], irb[data_at:end], irb[start:padded])


def _with(resource: Resource, data: bytes) -> bytes:
    if resource.data == data and resource.raw:
        return resource.raw
    return resource.head + len(data).to_bytes(4) + data + b"\x00" * (len(data) % 2)


def _place(resources: list[Resource]) -> int:
    """Behind the last resource with a smaller id: Photoshop keeps them in order."""
    return max((i + 1 for i, r in enumerate(resources) if 0 <= r.id < IPTC), default=0)


def _joined(records: list[bytes]) -> bytes:
    """Several blocks of records as one: only the last keeps the NULs behind it."""
    return b"".join([*(record.rstrip(b"\x00") for record in records[:-1]), *records[-1:]])
