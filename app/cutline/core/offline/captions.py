"""A caption from findings: plain sentences that are true of the photo, in one language.

Words of the path come first, as they are; what the camera and the pixels say follows. Nothing else is ever said: every
word stands in the path or in the language's table.
"""

from cutline.core.keywords import clean, identity
from cutline.core.offline.findings import Findings
from cutline.core.offline.language import Language, capital
from cutline.core.photo import Caption

_TITLE, _ALT = 70, 125  # characters


class Writer:
    """Puts the findings about one photo into the words of one language."""

    def __init__(self, found: Findings, language: Language) -> None:
        self._found, self._in = found, language

    def caption(self, max_tags: int) -> Caption:
        """The whole caption, with at most `max_tags` tags."""
        return Caption(self.title(), self.description(), self.tags()[:max_tags], self.alt_text())

    def title(self) -> str:
        """The words of the path, or what kind of picture it is; at most 70 characters."""
        named, fill = self._found.named, self._in.fill
        if named.file:
            return _cut(capital(named.file.text), _TITLE)
        if named.folders:
            words = capital(named.folders[-1].text)
            dated = fill("template", "title_words", words=words, date=self._month())
            return dated if len(dated) <= _TITLE else _cut(words, _TITLE)
        return self._fitting("title", _TITLE, date=self._month())

    def description(self) -> str:
        """Sentences: the words of the path, the picture, its tones, how it was taken."""
        picture = self._in.fill(
            "template",
            "description",
            kind=self._kind(),
            colors=self._colors(),
            when=self._when(),
            season=self._season(),
        )
        return self._in.sentences([self._words(), picture, self._light(), self._technique()])

    def alt_text(self) -> str:
        """One short sentence, at most 125 characters."""
        words = self._found.named.file.text if self._found.named.file else ""
        if words:
            text = self._fitting("alt", _ALT - 1, words=_cut(words, 70))
        else:
            text = self._fitting("alt_alone", _ALT - 1, when=self._when())
        return self._in.sentences([text])

    def tags(self) -> tuple[str, ...]:
        """The words of the path, colours, light, shape, time, technique; no twins."""
        found, tag = self._found, self._tag
        named = found.named
        words = [*(named.file.tags if named.file else ()), *(t for p in reversed(named.folders) for t in p.tags)]
        families = [self._in.word("color_tags", color.family) for color in found.colors]
        tone = [] if found.light.tone == "color" else [tag(found.light.tone)]
        light = [tag(key) for key in (found.light.key, found.light.contrast) if key]
        time = [tag(key) for key in (found.season, found.time_of_day) if key]
        technique = [tag(name) for name, _ in found.techniques]
        groups = (words, tone, families, light, [tag(found.frame)], time, self._dates(), technique)
        return _distinct(clean([text for group in groups for text in group]))

    def _tag(self, key: str) -> str:
        return self._in.word("tags", key)

    def _dates(self) -> list[str]:
        year, month = self._year_month()
        if year is None:
            return []
        return ([str(self._in.table["months"][month - 1])] if month else []) + [str(year)]

    def _year_month(self) -> tuple[int | None, int | None]:
        taken, when = self._found.facts.taken, self._found.named.when
        if taken:
            return taken.year, taken.month
        return (when.year, when.month) if when else (None, None)

    def _month(self) -> str:
        year, month = self._year_month()
        return self._in.month(year, month) if year else ""

    def _when(self) -> str:
        taken = self._found.facts.taken
        if taken:
            return self._in.when(self._found.time_of_day or "plain", self._in.day(taken.date()))
        return self._in.when("dated", self._month())

    def _season(self) -> str:
        return self._in.word("season", self._found.season) if self._found.season else ""

    def _words(self) -> str:
        named = self._found.named
        folders = self._in.joined([phrase.text for phrase in named.folders])
        if not named.file:
            return folders
        return self._in.fill("template", "words", file=named.file.text, folders=folders)

    def _kind(self) -> str:
        found = self._found
        noun = "photo" if found.facts.from_camera else "picture"
        tone = "" if found.light.tone == "color" else f"_{found.light.tone}"
        return self._in.fill(
            "template",
            "kind",
            format=self._in.word("format", found.frame),
            noun=self._in.word("noun", noun + tone),
        )

    def _colors(self, most: int = 3) -> str:
        names = [self._in.word("colors", color.name) for color in self._found.colors[:most]]
        return self._in.fill("template", "colors", colors=self._in.listed(names))

    def _light(self) -> str:
        light = self._found.light
        return self._in.joined([self._in.word("light", key) for key in (light.key, light.contrast) if key])

    def _technique(self) -> str:
        number = self._in.number
        return self._in.joined(
            [self._in.fill("technique", name, value=number(value)) for name, value in self._found.techniques]
        )

    def _fitting(self, pattern: str, most: int, **parts: str) -> str:
        """The pattern filled with as much as `most` characters hold: colours go first, then the rest."""
        kind = self._kind()
        for colors in (self._colors(2), self._colors(1), ""):
            text = capital(self._in.fill("template", pattern, kind=kind, colors=colors, **parts))
            if len(text) <= most:
                return text
        return capital(kind)


def _distinct(tags: tuple[str, ...]) -> tuple[str, ...]:
    """`tags` without near-twins: hyphens or spaces, one or many (sunset, sunsets) make no new tag."""
    kept: dict[str, str] = {}
    for tag in tags:
        key = identity(tag).replace("-", " ")
        if len(key) > 4 and key.endswith("s") and not key.endswith("ss"):
            key = key[:-1]
        kept.setdefault(key, tag)
    return tuple(kept.values())


def _cut(text: str, most: int) -> str:
    """`text` cut at a word, where it is longer than `most`."""
    if len(text) <= most:
        return text
    return text[: most + 1].rsplit(" ", 1)[0].rstrip(" ,;-") if " " in text[: most + 1] else text[:most]
