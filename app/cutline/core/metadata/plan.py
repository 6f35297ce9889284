"""From a caption to the blocks that are to stand in the file: every carrier of the chosen fields, in step.

A block that is malformed stays as it is and the others are written, with a note. A block that would not fit
is made to: EXIF loses the Windows fields first, then all of the chosen fields.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import md5
from typing import Any

from cutline.core.errors import Malformed, Unsupported
from cutline.core.keywords import flat
from cutline.core.metadata import fields
from cutline.core.metadata.blocks import exif, iptc, irb, xmp
from cutline.core.metadata.model import BlockName, Layout
from cutline.core.photo import FIELDS, Caption, FieldName

_EMPTY = Caption()
_ORDER: tuple[BlockName, ...] = ("exif", "xmp", "irb")


@dataclass(frozen=True, slots=True)
class Plan:
    """The blocks that are to be different, and what a person should know."""

    blocks: Mapping[BlockName, bytes]
    notes: tuple[str, ...]


def planned(layout: Layout, caption: Caption, chosen: Collection[FieldName]) -> Plan:
    """The new blocks that make the chosen fields of the file say `caption`.

    Raises `Unsupported` where no carrier is left for a field that is to change.
    """
    new: dict[BlockName, bytes] = {}
    notes: list[str] = []
    carried: set[FieldName] = set()
    for name in (name for name in _ORDER if name in layout.holds):
        mine = fields.CARRIES[name] & set(chosen)
        old = layout.blocks.get(name)
        if not mine or (old is None and not any(getattr(caption, field) for field in mine)):
            continue
        try:
            block, holding = _EDITS[name](old, caption, mine, layout.limits.get(name))
        except Malformed:
            notes.append(fields.malformed_note(name))
            continue
        carried.update(holding)
        if set(holding) != mine and name != "irb":  # IIM's limits are short by its standard, and no one's surprise
            notes.append(f"The text is too long for the {fields.label(name)} block; the other carriers hold it.")
        if block != (old or b""):
            new[name] = block
    if "irb" in new:
        new["irb"] = _meaning_kept(layout.blocks, new, chosen)
    _nothing_lost(caption, chosen, carried, layout)
    return Plan(new, tuple(notes))


def _meaning_kept(
    old: Mapping[BlockName, bytes], new: Mapping[BlockName, bytes], chosen: Collection[FieldName]
) -> bytes:
    """The new Photoshop block, its digest left as it was where it told that IIM is the later word and fields that are
    not written would, without that, mean what XMP says of them."""
    said, block = fields.carriers(old), new["irb"]
    if not said.iim_is_newer:
        return block
    before, after = fields.reconciled(said), fields.reconciled(fields.carriers({**old, **new}))
    stale, records = irb.read(old["irb"]).digest, irb.read(block).iim
    if not stale or not records or all(getattr(before, n) == getattr(after, n) for n in FIELDS if n not in chosen):
        return block
    return block.replace(md5(records, usedforsecurity=False).digest(), stale, 1)


def _nothing_lost(caption: Caption, chosen: Collection[FieldName], carried: Collection[str], layout: Layout) -> None:
    missing = [name for name in chosen if name not in carried]
    if not missing:
        return
    now = fields.reconciled(fields.carriers(layout.blocks))
    for name in missing:
        if getattr(caption, name) != getattr(now, name):
            raise Unsupported(
                f"the {name.replace('_', ' ')} can be embedded nowhere in this file, "
                "because it is too long for it or the file's metadata is malformed; "
                "shorten it, or write it to a sidecar (--write sidecar)"
            )


_Edited = tuple[bytes, Collection[FieldName]]
"""The new block, and those of the chosen fields that it holds in full."""


def _edit_exif(old: bytes | None, caption: Caption, mine: Collection[FieldName], limit: int | None) -> _Edited:
    block = exif.edit(old, caption, mine)
    if _fits(block, limit):
        return block, mine
    block = exif.edit(old, caption, mine, windows=False)
    if _fits(block, limit):
        return block, [name for name in mine if name == "description"]
    return exif.edit(old, _EMPTY, mine), ()


def _edit_xmp(old: bytes | None, caption: Caption, mine: Collection[FieldName], limit: int | None) -> _Edited:
    """Where not all fits, the longest fields are left to the other carriers."""
    longest_first = sorted(mine, key=lambda name: -len(str(getattr(caption, name))))
    for left_out in range(len(longest_first) + 1):
        cleared: dict[str, Any] = {name: getattr(_EMPTY, name) for name in longest_first[:left_out]}
        block = xmp.edit(old, replace(caption, **cleared), mine)
        if not _fits(block, limit):
            block = xmp.trimmed(block)
        if _fits(block, limit):
            return block, longest_first[left_out:]
    return old or b"", ()


def _edit_irb(old: bytes | None, caption: Caption, mine: Collection[FieldName], _: int | None) -> _Edited:
    new = irb.captioned(old or b"", caption, mine)
    said = iptc.read(irb.read(new).iim or b"")
    plain = replace(caption, tags=flat(caption.tags))
    whole = [name for name in mine if (getattr(said, name) or getattr(_EMPTY, name)) == getattr(plain, name)]
    return new, whole


def _fits(block: bytes, limit: int | None) -> bool:
    return limit is None or len(block) <= limit


_EDITS = {"exif": _edit_exif, "xmp": _edit_xmp, "irb": _edit_irb}
