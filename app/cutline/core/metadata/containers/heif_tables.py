"""The tables of a meta box: which items there are, of what kind, where, and what they describe.

    meta ─┬─ hdlr   pict: its items are pictures
          ├─ pitm   which item is the picture
          ├─ iinf ─ infe   number and type of each item
          ├─ iloc   where each item's bytes stand
          ├─ iref   which item describes (cdsc), makes up, or goes with which others
          ├─ iprp, grpl   what else speaks of items by number
          └─ idat   bytes of small items

ISO/IEC 14496-12, 8.11, and ISO/IEC 23008-12. A file has one; the track of an image sequence may have its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from cutline.core.boxes import Box, boxes
from cutline.core.metadata.containers import heif_locations
from cutline.core.metadata.containers.bmff_boxes import Node, Numbers, children, content, first
from cutline.core.metadata.containers.heif_locations import IDAT, Location, Locations

CDSC = b"cdsc"
_MOST = 65_536  # items
_FULL = 4  # bytes of version and flags


@dataclass(frozen=True, slots=True)
class Info:
    """One infe box."""

    item: int
    type: bytes
    content_type: bytes
    encoding: bytes
    is_protected: bool
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """One box in iref."""

    type: bytes
    source: int
    targets: tuple[int, ...]
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A meta box taken apart."""

    meta: Node
    nodes: tuple[Node, ...]
    """What is in it."""
    iinf: Node
    infos: tuple[Info, ...]
    counted: int
    """How many items iinf says there are."""
    count_size: int
    """Bytes of that number."""
    iloc: Node
    locations: Locations
    iref: Node | None
    references: tuple[Reference, ...]
    is_wide: bool
    """Whether iref has item numbers of 32 bits."""
    idat: Node | None
    primary: int | None
    spoken_of: frozenset[int]
    """Items that have properties or belong to a group."""
    others: tuple[Node, ...]
    """Boxes that stay as they are and say how the items are to be seen."""

    @property
    def iref_end(self) -> int:
        """Where the last reference ends; of a table without iref, 0."""
        if self.iref is None:
            return 0
        return self.references[-1].end if self.references else self.iref.start + _FULL

    def ranges(self, row: Location) -> list[tuple[int, int]] | None:
        """The (offset, length) of an item's pieces in the file; None: it is put together from other items."""
        if row.method == heif_locations.FILE:
            base = 0
        elif row.method == IDAT and self.idat is not None:
            base = self.idat.start
        else:
            return None
        return [(base + start, extent.length) for start, extent in zip(row.starts, row.extents, strict=True)]


def table(file: BinaryIO, meta: Node) -> Table | None:
    """The meta box taken apart; None where it lists no items. Raises `Unreadable`."""
    nodes = children(file, meta, _FULL)
    iinf, iloc, iref = (first(nodes, name) for name in (b"iinf", b"iloc", b"iref"))
    if iinf is None or iloc is None:
        return None
    counted, count_size, infos = _infos(file, iinf)
    is_wide, references = _references(file, iref)
    return Table(
        meta,
        tuple(nodes),
        iinf,
        tuple(infos),
        counted,
        count_size,
        iloc,
        heif_locations.parse(content(file, iloc)),
        iref,
        tuple(references),
        is_wide,
        first(nodes, b"idat"),
        _primary(file, first(nodes, b"pitm")),
        frozenset((*_with_properties(file, first(nodes, b"iprp")), *_grouped(file, first(nodes, b"grpl")))),
        tuple(node for node in nodes if node.type == b"iprp"),
    )


def _infos(file: BinaryIO, iinf: Node) -> tuple[int, int, list[Info]]:
    data = content(file, iinf)
    wide = 4 if data[:1] > b"\0" else 2
    counted = Numbers(data, _FULL).number(wide)
    found = [
        _info(data[box.start : box.end], iinf.start + offset, iinf.start + box.end)
        for offset, box in _rows(data, _FULL + wide)
        if box.type == b"infe"
    ]
    return counted, wide, found


def _rows(data: bytes, offset: int) -> Iterator[tuple[int, Box]]:
    """The boxes of a table from `offset` on, and where each begins; one that says no size ends the row."""
    for box in boxes(BytesIO(data), offset, len(data), _MOST):
        if not any(data[offset : offset + 4]):
            return
        yield offset, box
        offset = box.end


def _info(data: bytes, offset: int, end: int) -> Info:
    numbers = Numbers(data)
    version, _ = numbers.number(1), numbers.number(3)
    item, protection = numbers.number(4 if version == 3 else 2), numbers.number(2)
    kind = numbers.number(4).to_bytes(4, "big") if version >= 2 else b""
    texts = b"", b""
    if kind == b"mime":
        numbers.text()  # the item's name
        texts = numbers.text(), numbers.text()
    return Info(item, kind, texts[0].strip().lower(), texts[1], protection != 0, offset, end)


def _references(file: BinaryIO, iref: Node | None) -> tuple[bool, list[Reference]]:
    data = b"" if iref is None else content(file, iref)
    if iref is None or len(data) < _FULL:
        return False, []
    wide = 4 if data[0] else 2
    found = []
    for offset, box in _rows(data, _FULL):
        numbers = Numbers(data[box.start : box.end])
        source, count = numbers.number(wide), numbers.number(2)
        targets = tuple(numbers.number(wide) for _ in range(count))
        found.append(Reference(box.type, source, targets, iref.start + offset, iref.start + box.end))
    return wide == 4, found


def _primary(file: BinaryIO, pitm: Node | None) -> int | None:
    if pitm is None:
        return None
    numbers = Numbers(content(file, pitm))
    version, _ = numbers.number(1), numbers.number(3)
    return numbers.number(4 if version else 2)


def _with_properties(file: BinaryIO, iprp: Node | None) -> set[int]:
    found: set[int] = set()
    for ipma in children(file, iprp) if iprp else ():
        if ipma.type != b"ipma":
            continue
        numbers = Numbers(content(file, ipma))
        version, flags = numbers.number(1), numbers.number(3)
        for _ in range(numbers.number(4)):
            found.add(numbers.number(4 if version else 2))
            numbers.number(numbers.number(1) * (2 if flags & 1 else 1))
    return found


def _grouped(file: BinaryIO, grpl: Node | None) -> set[int]:
    """The numbers of groups, and of what belongs to them: all from one row of numbers."""
    found: set[int] = set()
    for group in children(file, grpl) if grpl else ():
        numbers = Numbers(content(file, group), _FULL)
        found.add(numbers.number(4))
        found.update(numbers.number(4) for _ in range(numbers.number(4)))
    return found
