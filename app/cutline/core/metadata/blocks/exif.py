"""EXIF: the description every program knows, and the fields that Windows Explorer shows.

    ImageDescription 0x010E   description, UTF-8 in an ASCII field, ends in NUL
    XPTitle          0x9C9B   title         \\
    XPComment        0x9C9C   description    } UTF-16LE whatever the block's byte order, type BYTE, ends in NUL
    XPKeywords       0x9C9E   tags, with ;  /

Windows shows ImageDescription as the title where XPTitle is missing, so the title always goes into XPTitle. A block
that is there is never built anew: `edit` changes these four entries of IFD0 and leaves every other byte at its place.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from cutline.core.errors import Malformed
from cutline.core.keywords import flat
from cutline.core.metadata.blocks import maker_note
from cutline.core.metadata.blocks.tiff import Entry, Ifd, Tree, entries_at, ifd_offset, value_of
from cutline.core.metadata.blocks.tiff_edit import Value, fresh, rewritten
from cutline.core.metadata.model import CarrierText
from cutline.core.photo import Caption, FieldName

_ASCII, _BYTE = 2, 1
_TEXT_TYPES = (1, 2, 6, 7, 129)
_LONGEST = 16_000_000  # bytes of a value that is taken for text
CARRIES: frozenset[FieldName] = frozenset({"title", "description", "tags"})


@dataclass(frozen=True, slots=True)
class _Slot:
    """One of our four entries."""

    tag: int
    field: FieldName
    type: int
    encoding: str
    windows: bool = True

    def text(self, caption: Caption) -> str:
        """What the entry is to say."""
        if self.field == "tags":
            return ";".join(tag.replace(";", ",") for tag in flat(caption.tags))
        return str(getattr(caption, self.field))

    def encoded(self, text: str) -> Value | None:
        """`text` as the entry's value; None where there is nothing to say."""
        plain = text.replace("\0", "")
        return Value(self.type, (plain + "\0").encode(self.encoding, "replace")) if plain else None


_DESCRIPTION = _Slot(0x010E, "description", _ASCII, "utf-8", windows=False)
_TITLE = _Slot(0x9C9B, "title", _BYTE, "utf-16-le")
_COMMENT = _Slot(0x9C9C, "description", _BYTE, "utf-16-le")
_KEYWORDS = _Slot(0x9C9E, "tags", _BYTE, "utf-16-le")
_SLOTS = (_DESCRIPTION, _TITLE, _COMMENT, _KEYWORDS)
_TAGS = frozenset(slot.tag for slot in _SLOTS)


def read(block: bytes) -> CarrierText:
    """What the block says; `Malformed` where it has no readable IFD0."""
    if _blank(block):
        return CarrierText()
    entries = entries_at(block, ifd_offset(block), _TAGS)
    title, description, keywords, comment = (
        _decoded(block, entries[slot.tag], slot, _lenient) if slot.tag in entries else None
        for slot in (_TITLE, _DESCRIPTION, _KEYWORDS, _COMMENT)
    )
    tags = None if keywords is None else tuple(tag.strip() for tag in keywords.split(";") if tag.strip())
    return CarrierText(title=title, description=description, tags=tags, comment=comment)


@lru_cache(maxsize=4)
def editable(block: bytes) -> bool:
    """Whether `edit` would take this block. Asked several times about each photo, hence remembered."""
    try:
        return _blank(block) or _sound(block) is not None
    except Malformed:
        return False


def edit(block: bytes | None, caption: Caption, fields: Collection[FieldName], *, windows: bool = True) -> bytes:
    """`block` with the chosen `fields` of `caption` in it; without `windows`, the XP entries of these are removed.

    The same bytes where they are there already; a new block for None; empty where nothing is left. Raises `Malformed`
    for a block that points out of itself or in circles, which has to stay as it is.
    """
    wanted = {
        slot: slot.text(caption) if windows or not slot.windows else "" for slot in _SLOTS if slot.field in fields
    }
    if block is None or _blank(block):
        return fresh({slot.tag: slot.encoded(text) for slot, text in wanted.items()}) or block or b""
    ifd0 = _sound(block).ifd0
    changes = {slot.tag: slot.encoded(text) for slot, text in wanted.items() if not _says(block, ifd0, slot, text)}
    return rewritten(block, changes, [slot.tag for slot in _SLOTS]) if changes else block


def _sound(block: bytes) -> Tree:
    """The block, walked. `Malformed` where it cannot be edited without changing what something in it leads to."""
    tree = Tree(block)
    if any(maker_note.astray(block, note) for note in tree.maker_notes):
        raise Malformed("The maker note of the EXIF block points out of the block.")
    return tree


def _blank(block: bytes) -> bool:
    """Whether a program left the place of the block and no block in it."""
    return block[:1] in (b"", b"\0") and not block.strip(b"\0")


def _says(block: bytes, ifd0: Ifd, slot: _Slot, text: str) -> bool:
    entries = ifd0.find(slot.tag)
    if len(entries) != 1:
        return not entries and not text
    return _decoded(block, entries[0], slot, _strict) == text.replace("\0", "")


def _decoded(block: bytes, entry: Entry, slot: _Slot, decode: Callable[[bytes, str], str | None]) -> str | None:
    """The text of an entry: up to the first NUL, trailing padding left out."""
    if entry.type not in _TEXT_TYPES or entry.size > _LONGEST:
        return None
    raw = value_of(block, entry)
    if slot.windows:
        text = decode(raw[: len(raw) // 2 * 2], slot.encoding)
        return None if text is None else text.split("\0", 1)[0].rstrip()
    text = decode(raw.split(b"\0", 1)[0], slot.encoding)
    return None if text is None else text.rstrip()


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _lenient(raw: bytes, encoding: str) -> str | None:
    """The text in the encoding the standard asks for, else what older programs wrote: Windows' Latin alphabet."""
    text = _strict(raw, encoding)
    if text is not None:
        return text
    return raw.decode("cp1252", "replace") if encoding == "utf-8" else raw.decode(encoding, "replace")
