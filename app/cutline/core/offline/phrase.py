"""From a name to words: ``DuskOver_the-Lake_02`` is “Dusk Over the Lake”, and its tags are Dusk and Lake.

    name ─> chunks (at commas, spaced dashes, brackets) ─> words (at other separators and humps) ─> a title and tags

Capital words in a row are taken for one name (New York), at most three of them; all others are tags of their own.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from cutline.core.keywords import identity
from cutline.core.paths import resource

_CHUNKS = re.compile(r"[,;:|()\[\]{}]+|\s[-–—~]+\s|_-_|--+|[–—]|、|。|（|）|「|」|【|】|・")
_INSIDE = "'’-\u200c\u200d"  # with letters, marks and digits on both sides they belong to a word
_HUMP = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ]{2})(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2})")
_ORDINAL = re.compile(r"\d{1,3}(st|nd|rd|th|er|e|º|ª|年|月|日)", re.IGNORECASE)
_DESIGNATION = re.compile(r"[A-Z]{1,3}\d{1,3}")  # A380, B52
_YEAR = re.compile(r"(19|20)\d\d")
_NO_VOWEL = re.compile(r"[B-DF-HJ-NP-TV-XZ]{4,}")
_LONGEST_NAME = 3  # words
_LONGEST_WORD = 40  # letters


@dataclass(frozen=True, slots=True)
class Phrase:
    """What one name says."""

    text: str
    """On one line, to be read."""
    tags: tuple[str, ...]

    @property
    def says_year(self) -> bool:
        """Whether a year is among the words."""
        return any(_YEAR.fullmatch(tag) for tag in self.tags)

    @property
    def as_one(self) -> "Phrase":
        """The same with one tag for at most two words: a folder's name is mostly one thing (Old town)."""
        return Phrase(self.text, (self.text,)) if len(self.text.split()) == len(self.tags) == 2 else self

    @property
    def plain(self) -> str:
        """In lower case, for looking up."""
        return self.text.casefold()


@dataclass(frozen=True, slots=True)
class _Lists:
    endings: frozenset[str]
    noise: frozenset[str]
    stopwords: frozenset[str]
    articles: frozenset[str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    table = tomllib.loads(resource("offline/names.toml").read_text(encoding="utf-8"))
    return _Lists(*(frozenset(table[name]) for name in ("endings", "noise", "stopwords", "articles")))


def phrase_of(name: str) -> Phrase | None:
    """The words of `name` (no control characters); None where it has no meaningful one."""
    spaced = " " in name.strip()
    chunks = [_bare(_words(chunk, spaced=spaced)) for chunk in _CHUNKS.split(name)]
    chunks = [chunk for chunk in chunks if any(not _empty(word) or _YEAR.fullmatch(word) for word in chunk)]
    if all(_empty(word) for chunk in chunks for word in chunk):
        return None
    chunks = _quiet(chunks)
    text = ", ".join(" ".join(chunk) for chunk in chunks)
    tags = [tag for chunk in chunks for tag in _tags(chunk)]
    return Phrase(text, tuple({identity(tag): tag for tag in reversed(tags)}.values())[::-1]) if tags else None


def _words(chunk: str, *, spaced: bool) -> list[str]:
    """The words of a chunk. Hyphens and humps separate words only in names that have no spaces."""
    if not spaced:
        chunk = chunk.replace("-", " ")
    words: list[str] = []
    for found in _split(chunk):
        words += [found] if spaced else _humps(found)
    return [word for word in (_trimmed(word) for word in words) if word and word.casefold() not in _lists().noise]


def _split(chunk: str) -> Iterator[str]:
    """What stands between separators, in any script; ``&`` is a word."""
    spaced = chunk.replace("&", " & ")
    text = "".join(c if c in _INSIDE or c == "&" or unicodedata.category(c)[0] in "LMN" else " " for c in spaced)
    for part in text.split():
        word = part.strip(_INSIDE)
        if word == "&" or any(c.isalnum() for c in word):
            yield word


def _humps(word: str) -> list[str]:
    """``MountainLake`` is two words, ``iPhone`` and ``McDonald`` are one, ``QxZkP`` is none."""
    humps = _HUMP.split(word)
    if len(humps) > 1 and min(len(hump) for hump in humps) >= 3:
        return humps
    return [] if len(humps) > 2 and sum(len(hump) < 3 for hump in humps) > 1 else [word]


def _trimmed(word: str) -> str:
    """`word` without the counter at its end; empty where it is a code."""
    if len(word) > _LONGEST_WORD or (_NO_VOWEL.fullmatch(word) and word.isascii()):
        return ""
    if word.isdigit() or _ORDINAL.fullmatch(word) or not any(c.isdigit() for c in word) or _DESIGNATION.fullmatch(word):
        return word
    bare = word.rstrip("0123456789").rstrip("-")
    return bare if len(bare) > 2 and not any(c.isdigit() for c in bare) else "" if word.isascii() else word


def _bare(words: list[str]) -> list[str]:
    """`words` without counters and endings such as “copy”: numbers stay inside a phrase, and years at its end."""
    while words and words[0].isdigit() and not _YEAR.fullmatch(words[0]):
        words = words[1:]
    while words and _says_nothing_last(words[-1]):
        words = words[:-1]
    return [] if len(words) == 1 and _DESIGNATION.fullmatch(words[0]) else words


def _says_nothing_last(word: str) -> bool:
    if word.isdigit():
        return not _YEAR.fullmatch(word)
    plain = word.casefold()
    return plain in _lists().endings or (word.islower() and plain in _lists().stopwords) or _letter(word)


def _letter(word: str) -> bool:
    return len(word) == 1 and word.isascii()


def _empty(word: str) -> bool:
    return word.isdigit() or word.casefold() in _lists().stopwords or _letter(word)


def _quiet(chunks: list[list[str]]) -> list[list[str]]:
    """Names that SHOUT in ordinary capitals; short ones (NYC) stay."""
    letters = [word for chunk in chunks for word in chunk if word.isalpha()]
    if not all(word.isupper() for word in letters) or not any(len(word) > 3 for word in letters):
        return chunks
    return [[word.capitalize() if len(word) > 3 else _small(word) for word in chunk] for chunk in chunks]


def _small(word: str) -> str:
    return word.lower() if word.casefold() in _lists().stopwords else word


def _tags(words: list[str]) -> list[str]:
    """The tags of a chunk: names of up to three words, and every other word that means something."""
    tags: list[str] = []
    for named, group in groupby(_told(words), key=lambda item: item[0]):
        run = [word for _, word in group]
        if named and len(run) <= _LONGEST_NAME:
            tags.append(" ".join(run))
        elif named is not None:
            tags += [word for word in run if not _empty(word) or _YEAR.fullmatch(word)]
    return tags


def _told(words: list[str]) -> Iterator[tuple[bool | None, str]]:
    """Each word with whether it is part of a name; None for one that is no tag."""
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        yield _is_named(word, after_name=_in_name(before), before_name=_in_name(after)), word


def _is_named(word: str, *, after_name: bool, before_name: bool) -> bool | None:
    plain = word.casefold()
    if _YEAR.fullmatch(word):
        return False
    if word.isdigit():
        return after_name or None
    if word == "&":
        return (after_name and before_name) or None
    if plain in _lists().stopwords:
        return (word[0].isupper() and plain in _lists().articles and before_name) or None
    return None if _empty(word) or _ORDINAL.fullmatch(word) else word[0].isupper()


def _in_name(word: str) -> bool:
    return word[:1].isupper() and not _empty(word)
