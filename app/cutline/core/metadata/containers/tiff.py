"""TIFF, BigTIFF and DNG: pages, each a directory of fields that stand anywhere in the file.

    file ─> IFD0 ─> its fields for metadata (tiff_blocks) ─> blocks ─> edited ─> fields ─> splices (tiff_splices)
                └─> everything else the file leads to (tiff_walk): what must not be touched, and the picture

The metadata of the file are those of IFD0, which in a DNG is the preview's; other pages keep theirs. What a file holds
that cannot be changed safely is read all the same.
"""

import re
from collections.abc import Mapping
from typing import BinaryIO

from cutline.core.errors import Malformed, Unreadable
from cutline.core.metadata.blocks.tiff_edit import Value
from cutline.core.metadata.containers import tiff_splices
from cutline.core.metadata.containers.tiff_blocks import CARRIERS, Homes
from cutline.core.metadata.containers.tiff_ifds import LARGEST, Entry, Ifd, Range, Tiff, shape_of
from cutline.core.metadata.containers.tiff_splices import Place
from cutline.core.metadata.containers.tiff_walk import Walk, walk
from cutline.core.metadata.model import BlockName, Layout, Splice

FORMAT, DNG = "tiff", "dng"

_DNG_VERSION, _C2PA = 50706, 52545
_HOLDS: frozenset[BlockName] = frozenset({"exif", "xmp", "irb"})
_MACHINE = "The EXIF field ImageDescription holds what a program needs to read the pages, and stays as it is."
_SIGNED = "The photo carries content credentials (C2PA); they will no longer match once it is changed."
_GROWTH = 4 * LARGEST
_MOST_ENTRIES = 65_000
_TRAILER = re.compile(
    rb"AXS[!*].{8}\Z|\xa1\xb2\xc3\xd4\Z|cbipcbbl\Z|\ACANON OPTIONAL DATA\0|\0\0(QDIOBS|SEFT)\Z|\0{6}/NIKON APP\Z|"
    rb"zmie~\0\0(\x06.{4}[\x10\x18]\x04|\x0a.{8}[\x10\x18]\x08)\Z",
    re.DOTALL,
)
"""The last 64 bytes of a file to which AFCP, FotoStation, PhotoMechanic, Canon, Samsung, Nikon or MIE added data."""
_CUT = "the file is damaged or was cut off"


def matches(head: bytes) -> bool:
    """Whether a file that begins so is a TIFF or BigTIFF."""
    return shape_of(head) is not None


def parse(file: BinaryIO, size: int) -> Layout:
    """Take the file apart; `Unreadable` where it has no readable IFD0."""
    tiff = opened(file, size)
    try:
        ifd0 = tiff.ifd(tiff.first())
    except Malformed:
        raise Unreadable(_CUT) from None
    homes = homes_of(tiff, ifd0)
    format_name = DNG if ifd0.find(_DNG_VERSION) else FORMAT
    try:
        found = walk(tiff, ifd0)
        place = _place(tiff, found, homes)
    except Malformed as error:
        return Layout(format_name, homes.blocks(), _HOLDS, {}, ((0, size),), sidecar_only=str(error))
    picture = tuple((start, end - start) for start, end in (*found.decoding, *found.picture))
    notes = [note for note, there in ((_MACHINE, homes.machine), (_SIGNED, ifd0.find(_C2PA))) if there]
    return Layout(format_name, homes.blocks(), _HOLDS, {}, picture, tuple(notes), (homes, place))


def splices(layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
    """What puts the blocks of `new` into the file."""
    homes, place = _parts(layout)
    return tiff_splices.changed(place, homes.fields(new))


def settled(file: BinaryIO, size: int, layout: Layout, new: Mapping[BlockName, bytes]) -> dict[BlockName, bytes]:
    """`new` as its fields will give it back: the records padded, the EXIF fields in order."""
    return _parts(layout)[0].settled(new)


def opened(file: BinaryIO, size: int) -> Tiff:
    """The file's header; `Unreadable` where it is not a TIFF file's."""
    file.seek(0)
    shape = shape_of(file.read(16))
    if shape is None:
        raise Unreadable("the file is no TIFF file")
    return Tiff(file, size, shape)


def homes_of(tiff: Tiff, ifd0: Ifd) -> Homes:
    """The fields of IFD0 that hold metadata; without those whose value leaves the file or is larger than anyone's."""
    values: dict[int, Value] = {}
    for entry in _carriers(ifd0):
        data = tiff.value(entry)
        if data is not None and entry.tag not in values:
            values[entry.tag] = Value(entry.type, data)
    return Homes(tiff.shape.order, values, tiff.shape.big)


def _parts(layout: Layout) -> tuple[Homes, Place]:
    assert isinstance(layout.parts, tuple)
    homes, place = layout.parts
    assert isinstance(homes, Homes)
    assert isinstance(place, Place)
    return homes, place


def _carriers(ifd0: Ifd) -> list[Entry]:
    return [entry for entry in ifd0.entries if entry.tag in CARRIERS]


def _place(tiff: Tiff, found: Walk, homes: Homes) -> Place:
    """Where things may be changed. Raises `Malformed` where the fields for metadata leave that open."""
    ifd0 = found.ifds[0]
    carriers = _carriers(ifd0)
    if len({entry.tag for entry in carriers}) < len(carriers):
        raise Malformed("has the same field for metadata twice")
    if any(entry.size > LARGEST for entry in carriers):
        raise Malformed("has metadata that are larger than Cutline takes")
    if tiff.size + _GROWTH > tiff.shape.largest:
        raise Malformed("is as large as a file of its kind can be")
    if len(ifd0.entries) > _MOST_ENTRIES:
        raise Malformed("has more fields than a picture can have")
    if _TRAILER.search(tiff.read(max(tiff.size - 64, 0), 64)):
        raise Malformed("ends with another program's data, which are found from its end")
    ranges = [ifd0.range, *(entry.range for entry in carriers if not entry.inline)]
    own = frozenset(each for each in ranges if not found.shared(each))
    return Place(tiff.shape, tiff.size, ifd0, homes.values, own, _tail(tiff, own))


def _tail(tiff: Tiff, own: frozenset[Range]) -> int:
    """Where the run of our own ranges begins that ends with the file, NULs that fill up words between them."""
    starts: dict[int, int] = {}
    for start, end in own:
        gap = -end % tiff.shape.word
        starts |= {end: start, end + gap: start} if tiff.read(end, gap) == bytes(gap) else {end: start}
    position = tiff.size
    while position in starts:
        position = starts[position]
    return position
