"""Which carrier holds which field, and how carriers that disagree are reconciled.

    ours          XMP                 IPTC-IIM          EXIF
    title         dc:title            2:05 ObjectName   XPTitle
    description   dc:description      2:120 Caption     ImageDescription, XPComment
    tags          dc:subject          2:25 Keywords     XPKeywords
    alt text      AltTextAccessibility

Reading follows the Metadata Working Group's guidelines (2.0, section 5): a description comes from EXIF; the rest, and
descriptions EXIF lacks, from XMP, unless the IPTC digest tells that a program without XMP changed the IIM block later.
What Windows writes (XP..) is asked last. Where a carrier holds a text cut to IIM's lengths, or with ? for what is not
ASCII, and another holds all of it, that is taken. A sidecar wins over all of them for what it carries: programs that
write one leave the file alone, so that what it says is the later word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5

from cutline.core.errors import Malformed
from cutline.core.keywords import leaf, levels, pathed
from cutline.core.metadata.blocks import exif, iptc, irb, text, xmp
from cutline.core.metadata.model import BlockName, CarrierText
from cutline.core.photo import FIELDS, Caption, FieldName

_NOTHING = CarrierText()
_NAMES: Mapping[BlockName, str] = {"exif": "EXIF", "xmp": "XMP", "irb": "Photoshop/IPTC"}
_CUT = 3  # bytes a value may fall short of its limit because it was cut in front of a whole character
_IIM_LIMITS: Mapping[FieldName, int] = {"title": 64, "description": 2000, "tags": 64}

CARRIES: Mapping[BlockName, frozenset[FieldName]] = {
    "exif": frozenset({"title", "description", "tags"}),
    "xmp": frozenset(FIELDS),
    "irb": frozenset({"title", "description", "tags"}),
}
"""The fields a block has a place for."""

_CAMERA_TEXTS = frozenset(
    (
        "olympus digital camera",
        "minolta digital camera",
        "konica minolta digital camera",
        "kodak digital still camera",
        "samsung digital camera",
        "sony dsc",
        "exif_jpeg_picture",
    )
)
"""What cameras put into ImageDescription of every picture: no one's words about this one."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """What every carrier of one file says."""

    exif: CarrierText = _NOTHING
    xmp: CarrierText = _NOTHING
    iim: CarrierText = _NOTHING
    sidecar: CarrierText = _NOTHING
    iim_is_newer: bool = False
    """Whether the IPTC digest tells that the IIM block was changed after the XMP packet."""
    exif_is_sound: bool = True
    """Whether the EXIF block can be changed; where not, it may lag behind and is asked last. Looked at only where
    another carrier has another description, since that takes a walk through the whole block."""
    malformed: frozenset[BlockName] = field(default=frozenset())
    """Blocks that cannot be read."""


def carriers(blocks: Mapping[BlockName, bytes], sidecar: CarrierText = _NOTHING) -> Carriers:
    """What the blocks of a file say; malformed ones say nothing."""
    texts: dict[BlockName, CarrierText] = {}
    malformed: set[BlockName] = set()
    newer = False
    for name, block in blocks.items():
        try:
            if name == "irb":
                texts[name], newer = _read_irb(block)
            else:
                texts[name] = exif.read(block) if name == "exif" else xmp.read(block)
        except Malformed:
            malformed.add(name)
    descriptions = {said.description for said in texts.values() if said.description}
    contested = "exif" in texts and texts["exif"].description and len(descriptions) > 1
    return Carriers(
        exif=texts.get("exif", _NOTHING),
        xmp=texts.get("xmp", _NOTHING),
        iim=texts.get("irb", _NOTHING),
        sidecar=sidecar,
        iim_is_newer=newer,
        exif_is_sound=not contested or exif.editable(blocks["exif"]),
        malformed=frozenset(malformed),
    )


def reconciled(said: Carriers) -> Caption:
    """The one caption that all carriers together mean."""
    return Caption(
        title=_text("title", said, _ordered("title", said)),
        description=_text("description", said, _ordered("description", said)),
        tags=_tags(said, _ordered("tags", said)),
        alt_text=said.sidecar.alt_text or said.xmp.alt_text or "",
    )


def notes(said: Carriers) -> tuple[str, ...]:
    """What a person should know about carriers that will not be changed."""
    unsound = said.malformed | (frozenset() if said.exif_is_sound else {"exif"})
    return tuple(malformed_note(name) for name in _NAMES if name in unsound)


def label(name: BlockName) -> str:
    """What a person calls a block."""
    return _NAMES[name]


def malformed_note(name: BlockName) -> str:
    """The sentence about a block that stays as it is."""
    return f"The {_NAMES[name]} block breaks its standard's rules and stays as it is; the other carriers are used."


def storable(caption: Caption) -> Caption:
    """`caption` as every carrier can hold it: line breaks as ``\\n``, no other control characters, no edge spaces.

    Of two tags of which one is the other with its hierarchy, that one stays: carriers without hierarchies hold it once.
    """
    tags = ["|".join(levels(" ".join(text.storable(tag).split("\n")))) for tag in caption.tags]
    told = {leaf(tag) for tag in tags if "|" in tag}
    return Caption(
        text.storable(caption.title).strip(),
        text.storable(caption.description).strip(),
        tuple(dict.fromkeys(tag for tag in tags if tag and tag not in told)),
        text.storable(caption.alt_text).strip(),
    )


def _read_irb(block: bytes) -> tuple[CarrierText, bool]:
    """The IIM records' text, and whether their digest tells that they were changed after the XMP packet."""
    resources = irb.read(block)
    if not resources.iim:
        return _NOTHING, False
    stale = resources.digest is not None and resources.digest != md5(resources.iim, usedforsecurity=False).digest()
    return iptc.read(resources.iim), stale


def _ordered(name: FieldName, said: Carriers) -> list[CarrierText]:
    """The carriers of a field, the one to believe first."""
    order = [said.iim, said.xmp] if said.iim_is_newer else [said.xmp, said.iim]
    if name == "description" and said.exif_is_sound:
        return [said.sidecar, said.exif, *order]
    return [said.sidecar, *order, said.exif]


def _text(name: FieldName, said: Carriers, order: list[CarrierText]) -> str:
    values = [_value(name, carrier, said) for carrier in order]
    if name == "description":
        values.append(said.exif.comment or "")
    chosen = next((value for value in values if value), "")
    if "?" in chosen:
        chosen = next((value for value in values if _garbled_from(chosen, value)), chosen)
    if chosen and chosen == getattr(said.iim, name):
        return next((value for value in values if _cut_from(chosen, value, _IIM_LIMITS[name])), chosen)
    return chosen


def _value(name: FieldName, carrier: CarrierText, said: Carriers) -> str:
    value: str = getattr(carrier, name) or ""
    if carrier is said.exif and name == "description" and value.strip(" .").casefold() in _CAMERA_TEXTS:
        return ""
    return value


def tags_of(text: CarrierText) -> tuple[str, ...]:
    """The tags of one carrier, with the hierarchies it knows."""
    return pathed(text.tags or (), text.paths, more=True)


def _tags(said: Carriers, order: list[CarrierText]) -> tuple[str, ...]:
    if said.sidecar.tags or said.sidecar.paths:
        return tags_of(said.sidecar)
    # of a program that knows no XMP, the last word is also that a tag is gone
    return pathed(_names(said, order), said.xmp.paths, more=not said.iim_is_newer)


def _names(said: Carriers, order: list[CarrierText]) -> tuple[str, ...]:
    """The tags without hierarchies."""
    lists = [carrier.tags for carrier in order if carrier.tags]
    chosen = next(iter(lists), ())
    if chosen and chosen == said.iim.tags:
        return next((tags for tags in lists if tags != chosen and _all_cut_from(chosen, tags)), chosen)
    return chosen


def _all_cut_from(cut: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Whether `cut` is what IIM's limit leaves of the tags of `whole`: of two that only differ behind it, one."""
    limit, used = _IIM_LIMITS["tags"], set()
    for tag in whole:
        found = next((c for c in cut if c == tag or _cut_from(c, tag, limit)), None)
        if found is None:
            return False
        used.add(found)
    return used == set(cut)


def _garbled_from(garbled: str, whole: str) -> bool:
    """Whether `garbled` is what a program made of `whole` that knows ASCII only: a ? for each other character."""
    return garbled != whole and garbled == whole.encode("ascii", "replace").decode()


def _cut_from(cut: str, whole: str, limit: int) -> bool:
    """Whether `cut` is what IIM's limit leaves of `whole`."""
    near_limit = whole.startswith(cut) and len(cut.encode()) >= limit - _CUT
    return cut != whole and (near_limit or text.cut(whole, limit) == cut.encode())
