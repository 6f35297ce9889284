"""Items that come and go in the tables of a meta box: infe and the count of iinf, cdsc in iref.

The place of their data, in iloc, is known only when all the rest is.
"""

from collections.abc import Collection, Iterator, Mapping

from cutline.core.metadata.containers.bmff_boxes import box
from cutline.core.metadata.containers.bmff_edit import Edit
from cutline.core.metadata.containers.heif_homes import XMP_TYPE
from cutline.core.metadata.containers.heif_tables import CDSC, Table
from cutline.core.metadata.model import BlockName

_TYPES: Mapping[BlockName, bytes] = {"exif": b"Exif\0", "xmp": b"mime\0" + XMP_TYPE + b"\0"}
"""Item type, an empty name, and the content type where it has one."""
_HIDDEN = b"\0\0\1"
_SHORT = 0xFFFF
_FULL = 4  # bytes of version and flags


def fresh(table: Table, taken: Collection[int]) -> int:
    """A number that no item or group of the table has and that its boxes can hold, and none of those `taken`."""
    used = {*taken, *table.spoken_of, table.primary or 0}
    used.update(info.item for info in table.infos)
    used.update(row.item for row in table.locations.rows)
    used.update(number for row in table.references for number in (row.source, *row.targets))
    following = max(used) + 1
    wide = table.locations.version == 2 and (table.is_wide or table.iref is None)
    if following <= (0xFFFFFFFF if wide else _SHORT):
        return following
    return next(number for number in range(1, len(used) + 2) if number not in used)


def items_edited(table: Table, removed: Collection[int], added: Mapping[int, BlockName]) -> Iterator[Edit]:
    """What takes items out of the table and puts new ones in. Raises `OverflowError` where it cannot hold them."""
    if not removed and not added:
        return
    iinf, at = table.iinf, table.iinf.start + _FULL
    count = table.counted - len(removed) + len(added)
    yield Edit(iinf, at, table.count_size, count.to_bytes(table.count_size, "big"))
    yield from (Edit(iinf, i.offset, i.end - i.offset, b"") for i in table.infos if i.item in removed)
    if added:
        end = table.infos[-1].end if table.infos else at + table.count_size
        yield Edit(iinf, end, 0, b"".join(_infe(item, name) for item, name in added.items()))
    yield from _references(table, removed, added)


def _infe(item: int, name: BlockName) -> bytes:
    wide = item > _SHORT
    head = bytes((3 if wide else 2,)) + _HIDDEN + item.to_bytes(4 if wide else 2, "big")
    return box(b"infe", head + b"\0\0" + _TYPES[name])


def _references(table: Table, removed: Collection[int], added: Collection[int]) -> Iterator[Edit]:
    wide = table.is_wide if table.iref else max([*added, table.primary or 0]) > _SHORT
    new = b"" if table.primary is None else b"".join(_cdsc(item, table.primary, 4 if wide else 2) for item in added)
    gone = [reference for reference in table.references if reference.source in removed]
    if table.iref is None:
        if new:
            yield Edit(table.meta, table.meta.end, 0, box(b"iref", bytes((wide, 0, 0, 0)) + new))
    elif gone and len(gone) == len(table.references) and not new:
        yield Edit(table.meta, table.iref.offset, table.iref.end - table.iref.offset, b"")
    else:
        yield from (Edit(table.iref, reference.offset, reference.end - reference.offset, b"") for reference in gone)
        if new:
            yield Edit(table.iref, table.iref_end, 0, new)


def _cdsc(source: int, target: int, size: int) -> bytes:
    return box(CDSC, source.to_bytes(size, "big") + b"\0\1" + target.to_bytes(size, "big"))
