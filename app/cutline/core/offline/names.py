"""What the names of a file and its folders say of a photo.

    /home/anna/Pictures/2019-07 Lake Como/DSC_0001 dusk_over_water (2).jpg
                         └ date   └ folder           └ file

Camera numberings, generic folders, copies' endings and people's home folders say nothing of a picture: which these are
stands in resources/offline/names.toml. What is left keeps its words, their order and their case.
"""

import contextlib
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cutline.core.offline.phrase import Phrase, phrase_of
from cutline.core.paths import resource

_FOLDERS = 2  # meaningful ones that are used
_LOOKED_AT = 4  # folders above the file
_CENTURIES = r"((?:18[3-9]|19\d|20[0-4])\d)"
_YEAR = rf"(?<![\d.x×]){_CENTURIES}"
_MONTH, _DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[ T_-]*(?:(?:at|um|à|a las|alle) )?[012]\d[-_.:h]?[0-5]\d(?:[-_.:m]?[0-5]\d\d{0,3}s?)?(?![\d]))?"
_DATES = (
    re.compile(rf"{_YEAR}([-_. ]?){_MONTH}\2{_DAY}(?!\d){_TIME}"),
    re.compile(rf"(?<!\d)(\d{{1,2}})[-_.] ?(\d{{1,2}})[-_.] ?{_CENTURIES}(?!\d)"),
    re.compile(rf"{_YEAR}[-_.]{_MONTH}(?![\d])"),
    re.compile(rf"{_YEAR}(?![\dx×p])"),
)


@dataclass(frozen=True, slots=True)
class When:
    """A date that a name gives."""

    year: int
    month: int | None = None

    def __str__(self) -> str:
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Named:
    """What a path says."""

    file: Phrase | None = None
    folders: tuple[Phrase, ...] = ()
    """The outermost first, at most two."""
    when: When | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    numberings: re.Pattern[str]
    folder_numberings: re.Pattern[str]
    files: frozenset[str]
    folders: frozenset[str]
    owners: frozenset[str]
    beginnings: tuple[str, ...]


@lru_cache(maxsize=1)
def _known() -> _Known:
    table = tomllib.loads(resource("offline/names.toml").read_text(encoding="utf-8"))
    numberings = "|".join(pattern.replace("{n}", table["counter"]) for pattern in table["numberings"])
    files = frozenset(table["files"])
    return _Known(
        re.compile(numberings, re.IGNORECASE),
        re.compile("|".join(table["folder_numberings"]), re.IGNORECASE),
        files,
        files | frozenset(table["folders"]),
        frozenset(table["owners"]),
        tuple(table["beginnings"]),
    )


def named(path: Path) -> Named:
    """What the names in `path` say. Never raises; every text is free of control characters."""
    path = path.absolute()
    file, when = _file(path.stem)
    folders: list[Phrase] = []
    parts = _folders(path)
    for place, part in enumerate(parts):
        phrase, dated = _folder(part, parts[place + 1] if place + 1 < len(parts) else "")
        if not (file and file.says_year):
            when = when or dated
        if phrase and len(folders) < _FOLDERS and not _said(phrase, file, *folders):
            folders.append(phrase.as_one)
    return Named(file, tuple(reversed(folders)), when)


def _said(phrase: Phrase, *others: Phrase | None) -> bool:
    return any(other is not None and phrase.plain == other.plain for other in others)


def _folders(path: Path) -> list[str]:
    """The folders that may say something, the innermost first: no roots, no home folders, no disks."""
    parts = [_plain(part) for part in path.parent.parts[1:]]
    start = 0
    for place, part in enumerate(parts):
        if part.casefold() in _known().owners and place <= 2:
            start = place + 2
    with contextlib.suppress(RuntimeError):  # no home folder is known
        start = max(start, len(Path.home().parts) - 1 if path.is_relative_to(Path.home()) else 0)
    temporary = Path(tempfile.gettempdir())
    if path.is_relative_to(temporary):
        start = max(start, len(temporary.parts))
    return parts[start:][::-1][:_LOOKED_AT]


def _file(stem: str) -> tuple[Phrase | None, When | None]:
    text = _plain(stem)
    for beginning in _known().beginnings:
        if text.casefold().startswith(beginning):
            text = text[len(beginning) :]
    numbered = bool(_known().numberings.fullmatch(text))
    rest, when = _dates(text, alone=False)
    if numbered or _known().numberings.fullmatch(rest.strip(" _-")):
        return None, when
    phrase = phrase_of(rest)
    return (None if phrase is None or phrase.plain in _known().files else phrase), when


def _folder(name: str, parent: str) -> tuple[Phrase | None, When | None]:
    """A folder's phrase and date; ``06`` in ``2024`` is June 2024."""
    if re.fullmatch(_MONTH, name) and re.fullmatch(_YEAR, parent):
        return None, When(int(parent), int(name))
    rest, when = _dates(name, alone=True)
    if _known().folder_numberings.fullmatch(name) or _known().numberings.fullmatch(rest.strip(" _-")):
        return None, when
    phrase = phrase_of(rest)
    return (None if phrase is None or phrase.plain in _known().folders else phrase), when


def _dates(text: str, *, alone: bool) -> tuple[str, When | None]:
    """`text` without the dates in it, and the first of them. A year `alone` is a date in a folder's name only."""
    when: When | None = None
    for shape, pattern in enumerate(_DATES if alone else _DATES[:-1]):
        for found in pattern.finditer(text):
            when = when or _when(shape, found)
        text = pattern.sub(" - ", text)
    return text, when


def _when(shape: int, found: re.Match[str]) -> When | None:
    if shape == 0:
        return When(int(found[1]), int(found[3]))
    if shape == 1:
        return When(int(found[3]), _middle(int(found[1]), int(found[2]), dotted="." in found[0]))
    return When(int(found[1]), int(found[2]) if shape == 2 else None)


def _middle(first: int, second: int, *, dotted: bool) -> int | None:
    """The month of a date that ends in the year: 12.6. is June; 12-6 may be either, 13-6 and 6-13 are June."""
    if 1 <= second <= 12 and 1 <= first <= 31 and (dotted or first > 12):
        return second
    return first if 1 <= first <= 12 < second <= 31 else None


def _plain(name: str) -> str:
    """`name` in NFC, bytes that are no text and characters that are not seen as spaces."""
    normal = unicodedata.normalize("NFC", name)
    return "".join(_visible(normal)).strip()


def _visible(text: str) -> Iterator[str]:
    for character in text:
        category = unicodedata.category(character)
        if character in "\u200c\u200d":  # joiners that some scripts spell with
            yield character
        elif category != "Cf":
            yield " " if category[0] in "CZ" else character
