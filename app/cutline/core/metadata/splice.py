"""Splices as values: made as small as they can be, inverted, and looked at as the pieces of a new file.

A container replaces whole segments or chunks; `minimal` narrows that to the bytes that really differ. `inverse` is what
puts the old bytes back: the undo record. `pieces` is the plan of the new file: new bytes and ranges of the old one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.metadata.model import Splice

_GAP = 64
"""Equal bytes between two differences that are worth two splices."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A range of the old file that goes into the new one as it is."""

    offset: int
    length: int


def minimal(file: BinaryIO, splices: Iterable[Splice]) -> tuple[Splice, ...]:
    """The same change in as few bytes as possible: what stays the same is in no splice. In order of offset."""
    result: list[Splice] = []
    for splice in sorted(splices, key=lambda s: (s.offset, s.old_length)):
        result += _narrowed(splice, old_bytes(file, splice))
    return tuple(result)


def old_bytes(file: BinaryIO, splice: Splice) -> bytes:
    """What the splice replaces."""
    file.seek(splice.offset)
    return file.read(splice.old_length)


def inverse(file: BinaryIO, splices: Sequence[Splice]) -> tuple[Splice, ...]:
    """What undoes `splices` (in order of offset), against the file as it will be. `file` is the file as it is."""
    result, shift = [], 0
    for splice in splices:
        result.append(Splice(splice.offset + shift, len(splice.new_bytes), old_bytes(file, splice)))
        shift += len(splice.new_bytes) - splice.old_length
    return tuple(result)


def size_after(size: int, splices: Iterable[Splice]) -> int:
    """Bytes of a file of `size` bytes once `splices` are applied."""
    return size + sum(len(splice.new_bytes) - splice.old_length for splice in splices)


def pieces(splices: Sequence[Splice], size: int) -> Iterator[bytes | Kept]:
    """The new file in order: new bytes, and ranges of the old file of `size` bytes."""
    position = 0
    for splice in splices:
        if not position <= splice.offset <= splice.offset + splice.old_length <= size:
            raise ValueError("splices overlap, are out of order, or leave the file")
        if splice.offset > position:
            yield Kept(position, splice.offset - position)
        if splice.new_bytes:
            yield splice.new_bytes
        position = splice.offset + splice.old_length
    if size > position:
        yield Kept(position, size - position)


def _narrowed(splice: Splice, old: bytes) -> list[Splice]:
    """What differs between `old` and the new bytes: compared byte by byte from the front, the common end left out."""
    new = splice.new_bytes
    tail = _common_end(old, new)
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    runs = _differences(old, new)
    result = [Splice(splice.offset + start, end - start, new[start:end]) for start, end in runs]
    if len(old) != len(new):
        start = min(len(old), len(new))
        if runs and runs[-1][1] + _GAP > start:
            start = runs[-1][0]
            del result[-1]
        result.append(Splice(splice.offset + start, len(old) - start, new[start:]))
    return result


def _common_end(old: bytes, new: bytes) -> int:
    """How many bytes are the same at the end of both."""
    most, same = min(len(old), len(new)), 0
    while same + _GAP <= most and old.endswith(new[-same - _GAP : len(new) - same], 0, len(old) - same):
        same += _GAP
    while same < most and old[-same - 1] == new[-same - 1]:
        same += 1
    return same


def _differences(old: bytes, new: bytes) -> list[tuple[int, int]]:
    """Ranges in which both differ, as far as both go; nearly adjacent ones are one."""
    both = min(len(old), len(new))
    runs: list[tuple[int, int]] = []
    for at in range(0, both, _GAP):
        end = min(at + _GAP, both)
        if old[at:end] == new[at:end]:
            continue
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((at, end))
    return [_trimmed(old, new, start, end) for start, end in runs]


def _trimmed(old: bytes, new: bytes, start: int, end: int) -> tuple[int, int]:
    while old[start] == new[start]:
        start += 1
    while old[end - 1] == new[end - 1]:
        end -= 1
    return start, end
