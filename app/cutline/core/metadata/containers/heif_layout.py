"""A HEIF file taken apart, and whether its parts can be moved without anything in it losing its place.

    ftyp │ meta │ mdat of the pictures │ moov of a sequence │ mdat of our blocks │ mpvd, sefd

What stands where is said by offsets from the start of the file, in the iloc of every meta box and in the chunk tables
of every track. Where any of them is of a kind that is not understood here, nothing is moved.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import BinaryIO

from cutline.core.boxes import MOST
from cutline.core.errors import Unreadable
from cutline.core.metadata.containers import heif_homes, heif_locations, heif_tables, heif_tracks
from cutline.core.metadata.containers.bmff_boxes import DAMAGED, Node, content, first, row
from cutline.core.metadata.containers.heif_homes import Home
from cutline.core.metadata.containers.heif_tables import CDSC, Table
from cutline.core.metadata.containers.heif_tracks import Chunks, Track

_TRAILERS = (b"mpvd", b"sefd")
"""Boxes that their programs look for at the end of the file: the film of a motion photo, Samsung's notes."""
_BRIEF = b"mini"
"""A picture with so few words about it that there is no room for ours."""
_COUNTED = frozenset((b"moof", b"mfra", b"sidx", b"styp", b"meco"))
"""Boxes with offsets of their own kind."""
_KNOWN = frozenset((b"ftyp", b"meta", b"moov", b"mdat", b"idat", b"free", b"skip", b"uuid", *_TRAILERS, *_COUNTED))
_NO_PLACE = frozenset((b"ftyp", b"meta", b"moov", b"free", b"skip"))

_MOST_OF_MOOV = 1 << 26
"""Bytes of moov in which tables are looked for: a film of hours."""
_MOST_TABLES = 64
"""Meta boxes of one file: its own, and those of tracks."""

_FRAGMENTED = "is laid out in fragments, none of which can be moved safely"
_STRAY = "has a table that points out of its picture data, so that nothing in it can be moved safely"
_TIED = "shares its metadata with other parts of the file, which a change would break"
_UNREAD = "holds metadata that cannot be replaced safely (it is encrypted, compressed or damaged)"
_ODD = "has an unusual table of contents, which leaves no safe place for metadata"
_NO_STILL = "has no still picture that could be described"

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Parts:
    """Where things stand."""

    top: tuple[Node, ...]
    tables: tuple[Table, ...]
    """The file's own first."""
    tracks: tuple[Track, ...]
    homes: tuple[Home, ...]
    all_read: bool
    """Whether every item that is ours could be read."""
    place: int
    """Where new data goes: at the end, in front of what is looked for there."""

    @property
    def chunks(self) -> Iterator[Chunks]:
        """The chunk tables of all tracks."""
        return chain.from_iterable(track.chunks for track in self.tracks)


def parts(file: BinaryIO, size: int) -> Parts:
    """The file taken apart. Raises `Unreadable`."""
    top = row(file, 0, size)
    _require_whole(file, top, size)
    meta, moov = first(top, b"meta"), first(top, b"moov")
    if meta is None and moov is None and first(top, _BRIEF) is None:
        raise Unreadable("the file holds no picture")
    nodes = ([] if meta is None else [meta]) + ([] if moov is None else list(heif_tracks.metas(file, moov)))
    tables = tuple(table for node in nodes if (table := heif_tables.table(file, node)))
    tracks = () if moov is None else tuple(heif_tracks.tracks(file, moov))
    homes, all_read = heif_homes.homes(file, size, tables)
    end = top[-1].end
    place = next((node.offset for node in top if node.type in _TRAILERS), end)
    return Parts(tuple(top), tables, tracks, homes, all_read, place)


def _require_whole(file: BinaryIO, top: Sequence[Node], size: int) -> None:
    """Raise `Unreadable` where the row of boxes ends with one that is cut short; bytes of another kind may follow."""
    end = top[-1].end if top else 0
    file.seek(end)
    head = file.read(8)
    if not top or (head[4:8] in _KNOWN and int.from_bytes(head[:4], "big") != 0):
        raise Unreadable(DAMAGED)


def picture(parts: Parts) -> tuple[Range, ...]:
    """What stays the same when only metadata changes: items that are no metadata, their properties, and samples."""
    items = (r for table in parts.tables for r in _all_but(_metadata(table), table))
    properties = ((node.offset, node.end - node.offset) for table in parts.tables for node in table.others)
    samples = (r for track in parts.tracks for r in track.ranges)
    return tuple(_union(chain(items, properties, samples)))


def unsafe(file: BinaryIO, parts: Parts) -> str:
    """Why nothing can be embedded into this file; empty where it can."""
    tables = parts.tables
    if any(node.type in _COUNTED for node in parts.top):
        return _FRAGMENTED
    if any(node.type == _BRIEF for node in parts.top):
        return _ODD
    if not tables or tables[0].primary is None or tables[0].meta.parent or not _is_pict(file, tables[0]):
        return _NO_STILL
    if not parts.all_read:
        return _UNREAD
    metas = sum(node.type == b"meta" for node in parts.top)
    if metas > 1 or len(tables) > _MOST_TABLES or len(parts.top) >= MOST:
        return _ODD
    if not all(_is_plain(table) for table in tables) or not all(t.is_plain for t in parts.tracks):
        return _ODD
    if not _is_inside(parts):
        return _STRAY
    if not _all_known(file, parts):
        return _ODD
    return _TIED if _is_tied(parts) or _overlaps(parts) else ""


def _is_pict(file: BinaryIO, table: Table) -> bool:
    hdlr = first(list(table.nodes), b"hdlr")
    return hdlr is not None and content(file, hdlr)[8:12] == b"pict"


def _is_plain(table: Table) -> bool:
    """Whether its boxes are there once and hold nothing but what was understood of them."""
    names = [node.type for node in table.nodes]
    lengths_said = table.locations.sizes[1] > 0
    return (
        table.nodes[-1].end == table.meta.end
        and all(node.size_field for node in table.nodes)
        and table.iref_end == (table.iref.end if table.iref else 0)
        and table.counted == len(table.infos)
        and all(names.count(name) <= 1 for name in (b"iinf", b"iloc", b"iref", b"idat", b"pitm", b"iprp", b"grpl"))
        and all(row.reference == 0 for row in table.locations.rows)
        and (lengths_said or all(row.method != heif_locations.FILE for row in table.locations.rows))
    )


def _is_inside(parts: Parts) -> bool:
    """Whether all that is found by its offset is in boxes whose content only moves as a whole."""
    idats = [table.idat for table in parts.tables if table.idat]
    holders = sorted((node.start, node.end) for node in (*parts.top, *idats) if node.type not in _NO_PLACE)
    starts = [start for start, _ in holders]
    for offset, length in _all_ranges(parts):
        at = bisect_right(starts, offset) - 1
        if length and (at < 0 or offset + length > holders[at][1]):
            return False
    return True


def _all_known(file: BinaryIO, parts: Parts) -> bool:
    """Whether every table of offsets in moov is one that was found where it belongs: any other would not be moved.

    Looked for by name, wherever they stand; a sample size that happens to spell one only costs a sidecar.
    """
    moovs = [node for node in parts.top if node.type == b"moov"]
    if len(moovs) > 1 or any(node.length > _MOST_OF_MOOV for node in moovs):
        return False
    told = b"".join(content(file, node) for node in moovs)
    places = sum(told.count(name) for name in (b"stco", b"co64"))
    ilocs = sum(table.meta.parent is not None for table in parts.tables)
    return places == sum(1 for _ in parts.chunks) and told.count(b"iloc") == ilocs and b"saio" not in told


def _is_tied(parts: Parts) -> bool:
    """Whether more is said of our items than that they describe the picture."""
    for number, table in enumerate(parts.tables):
        tied = set(table.spoken_of).union(
            *(row.targets for row in table.references),
            (row.source for row in table.references if row.type != CDSC),
        )
        if tied & _ours(parts, number):
            return True
    return False


def _overlaps(parts: Parts) -> bool:
    """Whether bytes of ours are also something else's."""
    others = (r for number, table in enumerate(parts.tables) for r in _all_but(_ours(parts, number), table))
    samples = (r for track in parts.tracks for r in track.ranges)
    ours = [r for home in parts.homes for r in home.ranges if r[1]]
    ordered = sorted([*_union(chain(others, samples)), *ours])
    return any(offset + length > after for (offset, length), (after, _) in pairwise(ordered))


def _ours(parts: Parts, number: int) -> set[int]:
    """The items of the table with this number that hold blocks of ours."""
    return {owner.item for home in parts.homes for owner in home.owners if owner.table == number}


def _metadata(table: Table) -> set[int]:
    return {info.item for info in table.infos if heif_homes.name_of(info)}


def _all_but(items: Container[int], table: Table) -> Iterator[Range]:
    """Where all but these `items` of a table stand."""
    for place in table.locations.rows:
        if place.item not in items:
            yield from table.ranges(place) or ()


def _all_ranges(parts: Parts) -> Iterator[Range]:
    for table in parts.tables:
        yield from _all_but((), table)
    for track in parts.tracks:
        yield from track.ranges


def _union(ranges: Iterable[Range]) -> Iterator[Range]:
    """The same bytes in ranges that do not touch, by offset."""
    start = end = 0
    for offset, length in sorted(r for r in ranges if r[1]):
        if offset > end:
            if end > start:
                yield start, end - start
            start, end = offset, offset
        end = max(end, offset + length)
    if end > start:
        yield start, end - start
