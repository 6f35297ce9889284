"""Several homes of one block in one file: the second follows the first.

A file can hold two XMP packets or two EXIF blocks (a standard one, and one in a form from before the standard). The
first is edited; in the others the same fields are set to the same values, and all else in them stays.
"""

from collections.abc import Callable, Collection

from cutline.core.errors import Malformed
from cutline.core.metadata.blocks import exif, iptc, irb, xmp
from cutline.core.metadata.fields import tags_of
from cutline.core.metadata.model import BlockName, CarrierText
from cutline.core.photo import Caption, FieldName

_CARRIED: dict[BlockName, tuple[FieldName, ...]] = {
    "exif": ("title", "description", "tags"),
    "xmp": ("title", "description", "tags", "alt_text"),
    "irb": ("title", "description", "tags"),
}


def followed(name: BlockName, old: bytes, new: bytes, other: bytes) -> bytes:
    """`other` with what changed from `old` to `new` changed in it as well. A malformed one stays as it is."""
    if other == old:
        return new
    try:
        before, after = (_caption(_reader(name)(block)) for block in (old, new))
        fields = [f for f in _CARRIED[name] if getattr(before, f) != getattr(after, f)]
        return _editor(name)(other, after, fields) if fields else other
    except Malformed:
        return other


def _caption(text: CarrierText) -> Caption:
    return Caption(text.title or "", text.description or "", tags_of(text), text.alt_text or "")


def _reader(name: BlockName) -> Callable[[bytes], CarrierText]:
    readers: dict[BlockName, Callable[[bytes], CarrierText]] = {"exif": exif.read, "xmp": xmp.read, "irb": _read_irb}
    return readers[name]


def _editor(name: BlockName) -> Callable[[bytes, Caption, Collection[FieldName]], bytes]:
    editors: dict[BlockName, Callable[[bytes, Caption, Collection[FieldName]], bytes]] = {
        "exif": exif.edit,
        "xmp": xmp.edit,
        "irb": irb.captioned,
    }
    return editors[name]


def _read_irb(block: bytes) -> CarrierText:
    return iptc.read(irb.read(block).iim or b"")
