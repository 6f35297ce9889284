"""Where a photo was taken, in the words that stand in it: never from its coordinates.

    sidecar, XMP packet, IPTC records ─ each level from the first that names it ─> "Alfama, Lisbon, Portugal"

The levels by the Metadata Working Group's guidance 2.0, section 5.6: Iptc4xmpCore:Location, photoshop:City,
photoshop:State and photoshop:Country in XMP; 2:92, 2:90, 2:95 and 2:101 in IPTC-IIM. Where none of them says anything,
Iptc4xmpExt:LocationCreated does (IPTC Photo Metadata Standard, extension schema): a list of structures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cutline.core.errors import Malformed, PhotoError
from cutline.core.metadata.blocks import iptc, irb, xmp
from cutline.core.metadata.blocks.xmp_tree import Element
from cutline.core.metadata.blocks.xmp_values import IPTC_CORE, array, items, properties, read_text
from cutline.core.metadata.photofile import taken_apart

_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_CREATED = f"{_EXTENSION} LocationCreated"


@dataclass(frozen=True, slots=True)
class _Level:
    """The names of one level of a place."""

    xmp: str
    iim: tuple[int, int]
    structured: str
    """Within a structure of the extension schema."""


_LEVELS = (
    _Level(f"{IPTC_CORE} Location", (2, 92), f"{_EXTENSION} Sublocation"),
    _Level(f"{_PHOTOSHOP} City", (2, 90), f"{_EXTENSION} City"),
    _Level(f"{_PHOTOSHOP} State", (2, 95), f"{_EXTENSION} ProvinceState"),
    _Level(f"{_PHOTOSHOP} Country", (2, 101), f"{_EXTENSION} CountryName"),
)
_WATCHED = frozenset((_CREATED, *(level.xmp for level in _LEVELS)))


def place_of(path: Path) -> str:
    """The place in the photo at `path` and its sidecar, the narrowest level first; empty where none is named.

    What cannot be read names none.
    """
    try:
        with taken_apart(path, glance=True) as photo:
            blocks, beside = photo.layout.blocks, photo.sidecar.data
    except PhotoError:
        return ""
    packets = [packet for packet in (beside, blocks.get("xmp", b"")) if packet]
    told = [_of_packet(packet) for packet in packets]
    plain = [words for words, _ in told] + [_of_records(blocks.get("irb", b""))]
    structures = [words for _, words in told]
    for sources in (plain, structures):
        levels = [next((words[level] for words in sources if words.get(level)), "") for level in _LEVELS]
        if any(levels):
            return ", ".join(dict.fromkeys(filter(None, levels)))
    return ""


_Words = Mapping[_Level, str]


def _of_packet(packet: bytes) -> tuple[_Words, _Words]:
    """What an XMP packet says, plainly and in the first structure. A malformed one says nothing."""
    try:
        tree = xmp.looked_into(packet, _WATCHED)
        plain = {level: _line(read_text(tree, level.xmp) or "") for level in _LEVELS}
        found = next((place for element in properties(tree, _CREATED) for place in _structures(element)), None)
    except Malformed:
        return {}, {}
    said = dict(_within(found)) if found is not None else {}
    return plain, {level: _line(said.get(level.structured, "")) for level in _LEVELS}


def _structures(element: Element) -> list[Element]:
    container = array(element)
    return [element] if container is None else items(container)


def _within(element: Element) -> Iterator[tuple[str, str]]:
    """Names and texts of a structure's fields, written as elements or as attributes."""
    yield from element.attributes.items()
    yield element.name, element.text
    for child in element.children:
        yield from _within(child)


def _of_records(resources: bytes) -> _Words:
    """What the IPTC records say. Malformed ones say nothing."""
    try:
        iim = irb.read(resources).iim or b""
        said = iptc.texts(iim, {level.iim for level in _LEVELS})
    except Malformed:
        return {}
    return {level: _line(next(iter(said[level.iim]), "")) for level in _LEVELS}


def _line(text: str) -> str:
    return " ".join(text.split())
