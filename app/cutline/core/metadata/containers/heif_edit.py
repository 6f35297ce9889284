"""New blocks into a HEIF file: data where the old stood or at the end, and every table that counts bytes kept right.

    data     in place where it fits, with zeros behind it; else zeros there, and into a box of our own at the end
    tables   infe, iloc and iref get a new item, or lose one whose block is empty
    offsets  what stands behind something that grew is moved: every iloc, every chunk table

A box (mdat) that holds nothing but blocks of ours is our own, whoever made it: it is written anew, as large as needed.
Numbers too small for what they are to say are made larger in iloc; the chunk tables of a sequence keep their form.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cutline.core.errors import Unsupported
from cutline.core.metadata.containers.bmff_edit import Edit, Moves, as_splices, in_order
from cutline.core.metadata.containers.heif_data import Data, data_edits
from cutline.core.metadata.containers.heif_homes import EXIF_PREFIX, Home, Owner
from cutline.core.metadata.containers.heif_item_boxes import fresh, items_edited
from cutline.core.metadata.containers.heif_layout import Parts
from cutline.core.metadata.containers.heif_locations import FILE, Location, Locations
from cutline.core.metadata.containers.in_step import followed
from cutline.core.metadata.model import BlockName, Splice

_WIDTHS = (0, 4, 8)
"""Bytes that offsets and lengths of a table have at least: as they are, then more if need be."""
_TOO_LARGE = "the file would become too large for the numbers in it; write to a sidecar instead"
_TWO = "the file holds two {} blocks, of which only one would be left; write to a sidecar instead"


def edited(parts: Parts, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What makes the file hold the `new` blocks. Raises `Unsupported` where its numbers cannot say that."""
    contents = _contents(parts, new)
    if not contents:
        return []
    for least in _WIDTHS:
        try:
            return as_splices(_Rewriting(parts, contents, least).edits())
        except OverflowError:
            continue
    raise Unsupported(_TOO_LARGE)


def _contents(parts: Parts, new: Mapping[BlockName, bytes]) -> dict[Home, bytes]:
    """The homes that change, new ones among them, and all that is to be in them; nothing: they go."""
    contents: dict[Home, bytes] = {}
    taken: set[int] = set()
    for name, block in new.items():
        homes = [home for home in parts.homes if home.name == name]
        if not homes and block:
            home = Home(name, _owners(parts, taken), (), EXIF_PREFIX if name == "exif" else b"", b"")
            contents[home] = home.prefix + block
        for home in homes:
            after = block if home is homes[0] else followed(name, homes[0].block, block, home.block)
            if after and not block:
                raise Unsupported(_TWO.format(name.upper()))
            if after != home.block:
                contents[home] = home.prefix + after if after else b""
    return contents


def _owners(parts: Parts, taken: set[int]) -> tuple[Owner, ...]:
    """A new item in the file's table, and in those of tracks that have items of ours."""
    used = {0, *(owner.table for home in parts.homes for owner in home.owners)}
    owners = tuple(Owner(number, fresh(parts.tables[number], taken)) for number in sorted(used))
    taken.update(owner.item for owner in owners)
    return owners


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """One try, with numbers of `least` bytes. Raises `OverflowError` where these are too small."""

    parts: Parts
    contents: Mapping[Home, bytes]
    least: int

    def edits(self) -> list[Edit]:
        """All edits, in order."""
        data = data_edits(self.parts, self.contents)
        edits = [*data.edits]
        for number, table in enumerate(self.parts.tables):
            edits += items_edited(table, self._removed(number), self._added(number))
            room = bytes(self._locations(number, data, None).length)
            edits.append(Edit(table.iloc, table.iloc.start, table.iloc.length, room))
        edits += _taken_from_free(self.parts, edits)
        is_longer = any(edit.box is None and edit.growth > 0 for edit in edits)
        ordered = in_order(edits, [node for node in self.parts.top if is_longer and node.size_field == 0])
        return self._with_offsets(ordered, data)

    def _with_offsets(self, ordered: list[Edit], data: Data) -> list[Edit]:
        """The edits once it is known where everything goes."""
        moves = Moves(ordered)
        numbers = {table.iloc: number for number, table in enumerate(self.parts.tables)}
        told = [
            replace(edit, data=self._locations(numbers[edit.box], data, moves).packed())
            if edit.box in numbers
            else edit
            for edit in ordered
        ]
        chunks = (chunks.moved(moves) for chunks in self.parts.chunks)
        return sorted([*told, *chunks], key=lambda edit: edit.order)

    def _locations(self, number: int, data: Data, moves: Moves | None) -> Locations:
        """The iloc table with this number; without `moves` only as long as it will be."""
        table = self.parts.tables[number].locations.widened(self.least)
        removed, added = self._removed(number), self._added(number)
        rows = [row for row in table.rows if row.item not in removed]
        rows += [Location(item, 0, 0, 0, ()) for item in added]
        by_base = table.by_base
        placed = (_placed(row, Owner(number, row.item), data, moves) for row in rows)
        told = (row if starts is None else row.moved(starts, by_base) for row, starts in placed)
        return replace(table, rows=tuple(told))

    def _removed(self, number: int) -> set[int]:
        gone = (home for home, content in self.contents.items() if not content)
        return {owner.item for home in gone for owner in home.owners if owner.table == number}

    def _added(self, number: int) -> dict[int, BlockName]:
        known = set(self.parts.homes)
        new = (home for home in self.contents if home not in known)
        return {owner.item: home.name for home in new for owner in home.owners if owner.table == number}


def _placed(row: Location, owner: Owner, data: Data, moves: Moves | None) -> tuple[Location, list[int] | None]:
    """`row` with its new lengths, and where its pieces go; None: nothing is known, or nothing changes."""
    spot = data.spots.get(owner)
    if owner in data.lengths:
        row = row.shortened(data.lengths[owner])
    elif spot is not None:
        row = row.anew(spot.length)
    if moves is None or row.method != FILE:
        return row, None
    return row, [moves(start) for start in row.starts] if spot is None else [moves.data_of(spot.edit) + spot.offset]


def _taken_from_free(parts: Parts, edits: list[Edit]) -> Iterator[Edit]:
    """A free box right behind the file's meta box gives what that grows by, if it can, and takes what it shrinks by."""
    meta = parts.tables[0].meta
    growth = sum(edit.growth for edit in edits if edit.box is not None and meta in edit.box.path)
    for node in parts.top:
        if growth and node.offset == meta.end and node.type in (b"free", b"skip") and node.length >= growth:
            yield Edit(node, node.start, max(growth, 0), bytes(max(-growth, 0)))
