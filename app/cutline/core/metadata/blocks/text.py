"""Text on its way into a block: what no carrier can hold is taken out, what is too long is cut between characters."""

import re
import unicodedata

_ILLEGAL = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_NONCHARACTER = re.compile(
    "[" + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)) + "]"
)
_JOINER = "\u200d"


def storable(text: str) -> str:
    """`text` with line breaks as ``\\n`` and without what XML 1.0 (section 2.2) forbids or discourages."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NONCHARACTER.sub("", _ILLEGAL.sub("", lines))


def storable_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """`tags`, each `storable`; those of which nothing is left are dropped."""
    return tuple(tag for tag in map(storable, tags) if tag)


def cut(text: str, limit: int) -> bytes:
    """`text` in UTF-8, at most `limit` bytes, cut between characters as a reader sees them."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return encoded
    whole = encoded[:limit].decode(errors="ignore")
    end = len(whole)
    while end and _continues(text, end):
        end -= 1
    return whole[: end or len(whole)].encode()


def _continues(text: str, index: int) -> bool:
    """Whether the character at `index` belongs to the one before it (combining mark, variation, joined emoji)."""
    char = text[index]
    modifier = "\U0001f3fb" <= char <= "\U0001f3ff"
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or _JOINER in (char, text[index - 1]) or modifier
