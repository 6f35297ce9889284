"""Image sequences: the tracks of moov, whose chunks of samples stand somewhere in the file.

    moov ─ trak ─┬─ mdia ─ minf ─┬─ dinf ─ dref           this file, or others
                 │               └─ stbl ─┬─ stco, co64   where each chunk begins, from the start of the file
                 │                        ├─ stsc         how many samples each chunk has
                 │                        └─ stsz         how long each sample is
                 └─ meta          items that describe the track

ISO/IEC 14496-12, 8.3 to 8.7.
"""

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

from cutline.core.errors import Unreadable
from cutline.core.metadata.containers.bmff_boxes import DAMAGED, Node, Numbers, children, content, first
from cutline.core.metadata.containers.bmff_edit import Edit

_FIELDS = {b"stco": 4, b"co64": 8}
_MOST = 100_000  # chunks of a track
_HEAD = 8  # bytes of version, flags and count
_UNKNOWN = frozenset((b"saio", b"stz2"))
"""Tables that would have to be understood for anything to be moved."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """Where the chunks of one track begin."""

    node: Node
    offsets: tuple[int, ...]

    def moved(self, moves: Callable[[int], int]) -> Edit:
        """The table with every chunk where it will be. Raises `OverflowError` where its numbers are too small."""
        field = _FIELDS[self.node.type]
        data = b"".join(moves(offset).to_bytes(field, "big") for offset in self.offsets)
        return Edit(self.node, self.node.start + _HEAD, len(data), data)


@dataclass(frozen=True, slots=True)
class Track:
    """One track."""

    chunks: tuple[Chunks, ...]
    ranges: tuple[tuple[int, int], ...]
    """(offset, length) of its chunks."""
    is_plain: bool
    """Whether all that stands in the file by offset is in `chunks`."""


def tracks(file: BinaryIO, moov: Node) -> Iterator[Track]:
    """The tracks of a sequence. Raises `Unreadable`."""
    for trak in children(file, moov):
        if trak.type == b"trak":
            minf = _within(file, trak, b"mdia", b"minf")
            stbl = None if minf is None else _within(file, minf, b"stbl")
            if minf is not None and stbl is not None:
                yield _track(file, children(file, stbl), _is_here(file, minf))


def metas(file: BinaryIO, moov: Node) -> Iterator[Node]:
    """The meta boxes of a sequence and of its tracks."""
    for node in children(file, moov):
        if node.type == b"meta":
            yield node
        elif node.type == b"trak":
            yield from (inner for inner in children(file, node) if inner.type == b"meta")


def _track(file: BinaryIO, tables: list[Node], is_here: bool) -> Track:
    places = [node for node in tables if node.type in _FIELDS]
    is_small = all(node.length <= _MOST * _FIELDS[node.type] for node in places)
    if not is_here or not is_small or len(places) > 1 or any(node.type in _UNKNOWN for node in tables):
        return Track((), (), is_plain=False)
    chunks = tuple(_chunks(file, node) for node in places)
    offsets = chunks[0].offsets if chunks else ()
    if not offsets:
        return Track(chunks, (), is_plain=True)
    stsc, stsz = first(tables, b"stsc"), first(tables, b"stsz")
    if stsc is None or stsz is None:
        raise Unreadable(DAMAGED)
    lengths = _lengths(content(file, stsc), content(file, stsz), len(offsets))
    return Track(chunks, tuple(zip(offsets, lengths, strict=True)), is_plain=True)


def _chunks(file: BinaryIO, node: Node) -> Chunks:
    form = {4: "I", 8: "Q"}[_FIELDS[node.type]]
    return Chunks(node, tuple(offset for (offset,) in _rows(content(file, node), f">{form}")))


def _lengths(stsc: bytes, stsz: bytes, count: int) -> Iterator[int]:
    """Bytes of each of `count` chunks."""
    runs = [(start, samples) for start, samples, _ in _rows(stsc, ">III")]
    firsts = [start for start, _ in runs]
    up_to = _bytes_up_to(stsz)
    done = 0
    for number in range(1, count + 1):
        run = bisect_right(firsts, number) - 1
        samples = runs[run][1] if run >= 0 else 0
        yield up_to(done + samples) - up_to(done)
        done += samples


def _bytes_up_to(stsz: bytes) -> Callable[[int], int]:
    """How long the first so many samples are."""
    same = Numbers(stsz, 4).number(4)
    if same:
        return lambda samples: samples * same
    sums = list(accumulate((size for (size,) in _rows(stsz[4:], ">I")), initial=0))
    return lambda samples: sums[min(samples, len(sums) - 1)]


def _rows(data: bytes, form: str) -> Iterator[tuple[int, ...]]:
    """The rows of a table behind version, flags and count."""
    length = Numbers(data, 4).number(4) * struct.calcsize(form)
    if _HEAD + length > len(data):
        raise Unreadable(DAMAGED)
    return struct.iter_unpack(form, data[_HEAD : _HEAD + length])


def _is_here(file: BinaryIO, minf: Node) -> bool:
    """Whether all samples are in this file, and not in others that it names."""
    dref = _within(file, minf, b"dinf", b"dref")
    return dref is None or all(content(file, entry)[3:4] == b"\1" for entry in children(file, dref, _HEAD))


def _within(file: BinaryIO, node: Node, *names: bytes) -> Node | None:
    found: Node | None = node
    for name in names:
        found = None if found is None else first(children(file, found), name)
    return found
