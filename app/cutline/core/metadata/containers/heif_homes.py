"""Where the blocks of a HEIF file stand: the Exif and XMP items that describe its picture.

An item that describes something else (a gain map, a depth map) is that thing's own and stays as it is. One stretch of
the file can be an item of several tables, the file's and a track's: it is one home. The picture's own come first.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple

from cutline.core.metadata.containers.heif_tables import CDSC, Info, Table
from cutline.core.metadata.model import BlockName

EXIF_PREFIX = b"\0\0\0\x06Exif\0\0"
"""What stands in front of the TIFF block in a new Exif item (ISO/IEC 23008-12, annex A.2.1)."""
XMP_TYPE = b"application/rdf+xml"
_MOST = 1000
_MARKS = (b"II*\0", b"MM\0*")


class Owner(NamedTuple):
    """An item of a table."""

    table: int
    """Its place in the row of tables."""
    item: int


@dataclass(frozen=True, slots=True)
class Home:
    """One stretch of the file, or several, that hold a block."""

    name: BlockName
    owners: tuple[Owner, ...]
    ranges: tuple[tuple[int, int], ...]
    """(offset, length) of its pieces; none of a new one."""
    prefix: bytes
    """What stands in front of the block."""
    block: bytes

    @property
    def length(self) -> int:
        """Bytes of it in the file."""
        return sum(length for _, length in self.ranges)


def name_of(info: Info) -> BlockName | None:
    """The block that an item is; None: it is none of ours."""
    if info.type == b"Exif":
        return "exif"
    return "xmp" if info.type == b"mime" and info.content_type == XMP_TYPE else None


def homes(file: BinaryIO, size: int, tables: Sequence[Table]) -> tuple[tuple[Home, ...], bool]:
    """The homes in the file, and whether all such items could be read."""
    found: dict[object, Home] = {}
    is_sound, left = True, size
    for owner, name, ranges in _described(tables):
        length = sum(length for _, length in ranges or ())
        if ranges is None or any(offset + part > size for offset, part in ranges) or len(found) > _MOST:
            is_sound = False
            continue
        key = (name, ranges if length else owner)
        if key in found:
            found[key] = replace(found[key], owners=(*found[key].owners, owner))
        elif length <= left:
            left -= length
            found[key] = _home(file, name, owner, ranges)
        else:
            is_sound = False
    return tuple(found.values()), is_sound


_Ranges = tuple[tuple[int, int], ...]


def _described(tables: Sequence[Table]) -> Iterator[tuple[Owner, BlockName, _Ranges | None]]:
    """The items that describe the picture, those that say so first, and where they stand."""
    for number, table in enumerate(tables):
        ours = [(info, name) for info in table.infos if (name := name_of(info))]
        targets = _targets(table)
        ranges = _places(table)
        said = [(info, name) for info, name in ours if table.primary in targets.get(info.item, ())]
        unsaid = [(info, name) for info, name in ours if not targets.get(info.item)]
        for info, name in (*said, *unsaid):
            readable = not info.is_protected and not info.encoding
            yield Owner(number, info.item), name, ranges.get(info.item) if readable else None


def _targets(table: Table) -> dict[int, set[int]]:
    """What each item describes."""
    found: dict[int, set[int]] = {}
    for reference in table.references:
        if reference.type == CDSC:
            found.setdefault(reference.source, set()).update(reference.targets)
    return found


def _places(table: Table) -> dict[int, _Ranges]:
    """Where each item stands that is in the file once, in pieces whose lengths are said."""
    times = Counter(info.item for info in table.infos)
    times.update(row.item for row in table.locations.rows)
    rows = (row for row in table.locations.rows if times[row.item] == 2 and not row.reference)
    found = {row.item: table.ranges(row) for row in rows} if table.locations.sizes[1] else {}
    return {item: tuple(ranges) for item, ranges in found.items() if ranges is not None}


def _home(file: BinaryIO, name: BlockName, owner: Owner, ranges: _Ranges) -> Home:
    pieces = []
    for offset, length in ranges:
        file.seek(offset)
        pieces.append(file.read(length))
    data = b"".join(pieces)
    prefix, block = _exif_parts(data) if name == "exif" else (b"", data)
    return Home(name, (owner,), ranges, prefix, block)


def _exif_parts(data: bytes) -> tuple[bytes, bytes]:
    """The TIFF block of an Exif item, and what stands in front of it.

    Its place is in the first four bytes, which some writers got wrong: then it is where it is seen to begin.
    """
    said = 4 + int.from_bytes(data[:4], "big")
    seen = next((at for at in (said, said + 6, 10, 4, 0, 6) if data[at : at + 4] in _MARKS), said)
    if seen < len(data):
        return data[:seen], data[seen:]
    return (EXIF_PREFIX, b"") if len(data) <= len(EXIF_PREFIX) else (b"", data)
