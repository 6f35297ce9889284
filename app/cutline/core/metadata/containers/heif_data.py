"""The bytes of new blocks: where they go, and what is left where the old ones stood."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cutline.core.metadata.containers.bmff_boxes import Node, box
from cutline.core.metadata.containers.bmff_edit import Edit
from cutline.core.metadata.containers.heif_homes import Home, Owner
from cutline.core.metadata.containers.heif_layout import Parts

_HEAD = 8  # bytes of size and type of a box


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an item is put."""

    edit: Edit
    offset: int
    """In the edit's data."""
    length: int


@dataclass(frozen=True, slots=True)
class Data:
    """All that happens to the bytes of our items."""

    edits: tuple[Edit, ...]
    spots: Mapping[Owner, Spot]
    """Of the items that get a new place."""
    lengths: Mapping[Owner, int]
    """Of those that stay at theirs."""


def data_edits(parts: Parts, contents: Mapping[Home, bytes]) -> Data:
    """What puts `contents` into the file; an empty one is only taken out."""
    boxes = own_boxes(parts)
    settled = {home for homes in boxes.values() for home in homes}
    edits: list[Edit] = []
    lengths: dict[Owner, int] = {}
    loose: dict[Home, bytes] = {}
    for home, content in contents.items():
        if home in settled:
            continue
        fits = len(home.ranges) == 1 and 0 < len(content) <= home.length
        edits += _overwritten(parts, home, content if fits else b"")
        if fits:
            lengths.update(dict.fromkeys(home.owners, len(content)))
        elif content:
            loose[home] = content
    spots: dict[Owner, Spot] = {}
    for edit, placed in _boxes_written(parts, boxes, contents, loose):
        edits.append(edit)
        spots.update(_spots(edit, placed))
    return Data(tuple(edits), spots, lengths)


def own_boxes(parts: Parts) -> dict[Node, list[Home]]:
    """The boxes that hold nothing but blocks of ours, and these in order."""
    found: dict[Node, list[Home]] = {}
    for node in parts.top:
        if node.type == b"mdat":
            inside = [home for home in parts.homes if _inside(home, node)]
            ranges = sorted(r for home in inside for r in home.ranges)
            edges = [(node.start, 0), *ranges, (node.end, 0)]
            if inside and all(offset + length == after for (offset, length), (after, _) in pairwise(edges)):
                found[node] = sorted(inside, key=lambda home: home.ranges)
    return found


def _inside(home: Home, node: Node) -> bool:
    return home.length > 0 and all(node.start <= offset < node.end for offset, _ in home.ranges)


def _overwritten(parts: Parts, home: Home, content: bytes) -> Iterator[Edit]:
    """`content` over the first piece, zeros over all that is left."""
    for offset, length in home.ranges:
        yield Edit(None, offset, length, content.ljust(length, b"\0"))
        content = b""


_Placed = Mapping[Home, bytes]


def _boxes_written(
    parts: Parts, boxes: Mapping[Node, Sequence[Home]], contents: _Placed, loose: _Placed
) -> Iterator[tuple[Edit, _Placed]]:
    """Our own boxes written anew, the last one, or a new one, with what is `loose`; and what is in each."""
    last = next(reversed(list(boxes)), None)
    for node, homes in boxes.items():
        placed = {home: contents.get(home, home.prefix + home.block) for home in homes}
        placed |= loose if node is last else {}
        if (node is last and loose) or any(home in contents for home in homes):
            data = b"".join(placed.values())
            whole = Edit(None, node.offset, node.end - node.offset, b"")
            yield (Edit(node, node.start, node.length, data) if data else whole), placed
    if loose and last is None:
        yield Edit(None, parts.place, 0, box(b"mdat", b"".join(loose.values()))), loose


def _spots(edit: Edit, placed: _Placed) -> Iterator[tuple[Owner, Spot]]:
    at = 0 if edit.box else _HEAD
    for home, content in placed.items():
        for owner in home.owners if content else ():
            yield owner, Spot(edit, at, len(content))
        at += len(content)
