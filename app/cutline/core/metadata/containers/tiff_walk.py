"""Everything in a TIFF file that its directories lead to: the pages, what hangs on them, and the picture's data.

    IFD0 ─next─> page 2 ─next─> ...        each with SubIFDs (330), Exif (34665, with 40965), GPS (34853)
      └─ strips (273, 279), tiles (324, 325), a JPEG (513, 514)

A file is changed only where all of this lies inside it and no page leads back to an earlier one: whatever is appended
to a file comes to stand where a pointer beyond its end leads to. Where that is not so, `Malformed` says why, in words
that go on after the file's name.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cutline.core.errors import Malformed
from cutline.core.metadata.containers.tiff_ifds import Entry, Ifd, Range, Tiff

_SUB_IFDS = 0x014A
_BELOW = (_SUB_IFDS, 0x8769, 0x8825, 0xA005)
"""Tags that lead to SubIFDs, to the Exif, GPS and Interop directories."""
_DATA = {0x0111: 0x0117, 0x0144: 0x0145, 0x0201: 0x0202}
"""Tags of the places of strips, tiles and JPEGs, and of their lengths."""
_OLD_JPEG = 0x0201  # whose length is often left out, and whose data are the strips'
_DECODING = frozenset(
    (256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320, 322, 323, 338, 339, 347, 529, 530, 531, 532)
)
"""Tags without which the same data could be another picture: its sides, depth, compression, colours, tables."""

_CIRCLE = "has pages that lead in a circle"


class Walk(NamedTuple):
    """What was found."""

    ifds: list[Ifd]
    """IFD0 first."""
    picture: tuple[Range, ...]
    """Image data of all directories in the file's order; ranges that touch are one."""
    decoding: tuple[Range, ...]
    """Values that say how the data are decoded, in the order of the directories."""

    def shared(self, wanted: Range) -> bool:
        """Whether something else than the one thing that stands in this range reaches into it."""
        reaching = (1 for other in self._ranges() if other[0] < wanted[1] and wanted[0] < other[1])
        next(reaching, None)
        return next(reaching, None) is not None

    def _ranges(self) -> Iterator[Range]:
        yield from self.picture
        for ifd in self.ifds:
            yield ifd.range
            yield from (entry.range for entry in ifd.entries if not entry.inline)


def walk(tiff: Tiff, ifd0: Ifd) -> Walk:
    """The whole file. Raises `Malformed` where it cannot be changed safely."""
    ifds = [ifd0, *_others(tiff, ifd0)]
    data: list[Range] = []
    for ifd in ifds:
        if ifd.size < tiff.shape.table(len(ifd.entries)):
            raise Malformed("ends within a directory")
        for entry in ifd.entries:
            if not entry.inline and not tiff.holds(entry.range):
                raise Malformed("has values that stand outside of it")
        data += _merged(_data_of(tiff, ifd))
    if not data:
        raise Malformed("does not tell where its picture stands")
    decoding = (entry.range for ifd in ifds for entry in ifd.entries if entry.tag in _DECODING)
    return Walk(ifds, tuple(_merged(sorted(data))), tuple(decoding))


def _others(tiff: Tiff, ifd0: Ifd) -> Iterator[Ifd]:
    """All directories but the first, each once."""
    seen = {ifd0.offset}
    waiting = [ifd0]
    for page in _pages(tiff, ifd0, seen):
        yield page
        waiting.append(page)
    while waiting:
        ifd = waiting.pop()
        for sub in _below(tiff, ifd, ifd0, seen):
            yield sub
            waiting.append(sub)


def _pages(tiff: Tiff, ifd: Ifd, seen: set[int]) -> Iterator[Ifd]:
    """The chain behind `ifd`."""
    while ifd.next:
        if ifd.next in seen:
            raise Malformed(_CIRCLE)
        seen.add(ifd.next)
        ifd = tiff.ifd(ifd.next)
        yield ifd


def _below(tiff: Tiff, ifd: Ifd, ifd0: Ifd, seen: set[int]) -> Iterator[Ifd]:
    """The directories that hang on `ifd`. What SubIFDs name as the next one is taken where there is one.

    IFD0, which is moved when it grows, hangs on nothing: that pointer would lead nowhere then. `Malformed`.
    """
    leading = ((entry.tag, offset) for entry in ifd.entries if entry.tag in _BELOW for offset in tiff.numbers(entry))
    for tag, offset in leading:
        if offset == ifd0.offset:
            raise Malformed(_CIRCLE)
        if offset and offset not in seen:
            seen.add(offset)
            sub = tiff.ifd(offset)
            yield sub
            if tag == _SUB_IFDS and sub.next == ifd0.offset:
                raise Malformed(_CIRCLE)
            while tag == _SUB_IFDS and sub.next not in seen and (found := _there(tiff, sub.next)):
                seen.add(sub.next)
                sub = found
                yield sub


def _there(tiff: Tiff, offset: int) -> Ifd | None:
    try:
        return tiff.ifd(offset)
    except Malformed:
        return None


def _data_of(tiff: Tiff, ifd: Ifd) -> Iterator[Range]:
    for where in ifd.entries:
        if where.tag not in _DATA:
            continue
        sizes = ifd.find(_DATA[where.tag])
        if sizes is not None:
            yield from _pairs(tiff, where, sizes)
        elif where.tag != _OLD_JPEG:
            raise Malformed("does not tell how long the data of its picture are")


def _pairs(tiff: Tiff, where: Entry, sizes: Entry) -> Iterator[Range]:
    for start, size in zip(tiff.numbers(where), tiff.numbers(sizes), strict=False):
        if not size:  # a tile that was left out
            continue
        if not tiff.holds((start, start + size)):
            raise Malformed("ends before its picture does")
        yield start, start + size


def _merged(ranges: Iterable[Range]) -> Iterator[Range]:
    """The ranges, those that follow on one another joined."""
    start = end = -1
    for one in ranges:
        if start <= one[0] <= end:
            end = max(end, one[1])
            continue
        if end > 0:
            yield start, end
        start, end = one
    if end > 0:
        yield start, end
