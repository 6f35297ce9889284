"""Edits of a box file: in order, with the size of every box around them corrected, and where everything is afterwards.

An edit replaces a stretch of a box's content. The offsets that tables in the file hold are looked up in `Moves`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cutline.core.metadata.containers.bmff_boxes import Node
from cutline.core.metadata.model import Splice


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `length` bytes at `offset` of the file, which are in `box` (None: in no box), by `data`."""

    box: Node | None
    offset: int
    length: int
    data: bytes

    @property
    def growth(self) -> int:
        """By how many bytes the file grows."""
        return len(self.data) - self.length

    @property
    def order(self) -> tuple[int, int, int]:
        """What comes first in the file. What is put at the end of a box stands before what is put behind it."""
        return self.offset, self.length, 0 if self.box is None else -len(self.box.path)


class Moves:
    """Where what stands at an offset now will stand once `edits`, in order and apart, are made."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._ends = [edit.offset + edit.length for edit in edits]
        self._shifts = [0, *accumulate(edit.growth for edit in edits)]

    def __call__(self, offset: int) -> int:
        """The new offset."""
        return offset + self._shifts[bisect_right(self._ends, offset)]

    def data_of(self, edit: Edit) -> int:
        """Where the new bytes of one of the edits begin."""
        return edit.offset + self._shifts[self._edits.index(edit)]


def in_order(edits: Sequence[Edit], closed: Iterable[Node] = ()) -> list[Edit]:
    """`edits` by offset, and with them those of the sizes of the boxes that grow or are to be `closed`: to say a size
    where they went to the end. Raises `OverflowError` for a size too large."""
    grown = dict.fromkeys(closed, 0)
    for edit in edits:
        for box in edit.box.path if edit.box and edit.growth else ():
            grown[box] = grown.get(box, 0) + edit.growth
    return sorted([*edits, *(_sized(box, growth) for box, growth in grown.items())], key=lambda edit: edit.order)


def as_splices(edits: Iterable[Edit]) -> list[Splice]:
    """The same as splices; what is put at one place is one splice."""
    result: list[Splice] = []
    for edit in edits:
        if result and edit.length == 0 and (result[-1].offset, result[-1].old_length) == (edit.offset, 0):
            result[-1] = Splice(edit.offset, 0, result[-1].new_bytes + edit.data)
        else:
            result.append(Splice(edit.offset, edit.length, edit.data))
    return result


def _sized(box: Node, growth: int) -> Edit:
    size = box.end - box.offset + growth
    if box.size_field == 8:
        return Edit(None, box.offset + 8, 8, size.to_bytes(8, "big"))
    return Edit(None, box.offset, 4, size.to_bytes(4, "big"))
