"""The words and sentence patterns of one language, from resources/offline/languages/CODE.toml.

A pattern holds {placeholders}; a part of it in [brackets] is left out where one of its placeholders is empty. So word
order and punctuation are the language's own, and a new language is a new file.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cutline.core.paths import resource

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_FOLDER = "offline/languages"


def languages() -> tuple[str, ...]:
    """The codes of the languages that are there; English first."""
    codes = sorted(path.stem for path in resource(_FOLDER).glob("*.toml"))
    return ("en", *(code for code in codes if code != "en"))


@dataclass(frozen=True)
class Language:
    """One language's tables."""

    table: Mapping[str, Any]

    def word(self, section: str, key: str) -> str:
        """One entry of a section."""
        return str(self.table[section][key])

    def fill(self, section: str, key: str, **parts: str) -> str:
        """The pattern `key` with `parts` in it; empty where a placeholder outside brackets is empty."""
        pattern = self.word(section, key)
        pattern = _OPTIONAL.sub(lambda found: found[1] if _complete(found[1], parts) else "", pattern)
        return pattern.format_map(parts) if _complete(pattern, parts) else ""

    def when(self, key: str, date: str) -> str:
        """When a photo was taken, contracted as the language wants it (``il 8`` is ``l'8``)."""
        text = self.fill("when", key, date=date)
        for plain, contracted in self.table.get("when_contractions", ()):
            text = text.replace(plain, contracted)
        return text

    def listed(self, words: Sequence[str]) -> str:
        """`words` as a sentence lists them: a, b and c."""
        if len(words) < 2:
            return "".join(words)
        return str(self.table["comma"]).join(words[:-1]) + str(self.table["and"]) + words[-1]

    def joined(self, phrases: Sequence[str]) -> str:
        """`phrases`, one after the other."""
        return str(self.table["comma"]).join(phrase for phrase in phrases if phrase)

    def sentences(self, texts: Sequence[str]) -> str:
        """`texts` as sentences in a row."""
        pattern = str(self.table["sentence"])
        return str(self.table["space"]).join(pattern.format(text=capital(text)) for text in texts if text)

    def number(self, value: float) -> str:
        """A number with at most two digits that count behind the decimal sign."""
        text = f"{value:.2g}" if value < 10 else f"{value:.0f}"
        return text.replace(".", str(self.table["decimal"]))

    def day(self, day: date) -> str:
        """A full date."""
        month = str(self.table["months"][day.month - 1])
        return self.fill("date", "day", day=str(day.day), month=month, year=str(day.year))

    def month(self, year: int, month: int | None) -> str:
        """A month of a year, or a year alone."""
        if month is None:
            return self.fill("date", "year", year=str(year))
        return self.fill("date", "month", month=str(self.table["months"][month - 1]), year=str(year))


def _complete(pattern: str, parts: Mapping[str, str]) -> bool:
    return all(parts.get(name) for name in _PLACEHOLDER.findall(pattern))


def capital(text: str) -> str:
    """`text` with its first letter in upper case, unless its first word has its own ways (iPhone)."""
    return text[:1].upper() + text[1:] if text.split(" ", 1)[0].islower() else text


@lru_cache(maxsize=32)
def language(code: str) -> Language:
    """The language `code`, one of `languages()`."""
    return Language(tomllib.loads(resource(f"{_FOLDER}/{code}.toml").read_text(encoding="utf-8")))
