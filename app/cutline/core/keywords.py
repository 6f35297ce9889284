"""Tags as a person wants them: clean, no near-twins, the order kept, never more than asked for.

Backends and files deliver tags as strings, numbers, nested lists, with control characters and in several spellings.
`clean` brings any of that to a tuple of tidy strings; `merge` adds new ones behind those that are there.
"""

import unicodedata
from collections.abc import Iterable, Iterator


def tidy(text: str) -> str:
    """`text` in NFC, on one line: runs of white space become single spaces, other control characters go."""
    plain = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def tidy_lines(text: str) -> str:
    """`text` in NFC with its line breaks (as ``\\n``) kept and other control characters removed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(tidy(line) for line in lines).strip()


def identity(tag: str) -> str:
    """What spellings of one tag have in common: case and width of letters do not matter, nor space around levels."""
    named = "|".join(levels(tag)) if "|" in tag else tag
    return unicodedata.normalize("NFKC", named).casefold()


def levels(tag: str) -> tuple[str, ...]:
    """The levels of a tag with a hierarchy (``Places|Europe|France``), from the top; of another one, itself."""
    return tuple(level for part in tag.split("|") if (level := part.strip()))


def leaf(tag: str) -> str:
    """The last level of a tag: what carriers without hierarchies call it."""
    found = levels(tag)
    return found[-1] if found else ""


def flat(tags: Iterable[str]) -> tuple[str, ...]:
    """`tags` for a carrier without hierarchies: their last levels, each once."""
    return tuple(dict.fromkeys(name for tag in tags if (name := leaf(tag))))


def pathed(names: Iterable[str], paths: Iterable[str], *, more: bool) -> tuple[str, ...]:
    """Flat `names` with the hierarchies they have in `paths`; with `more`, what only `paths` hold comes behind.

    A path of one level says nothing where there is a longer one to the same name.
    """
    paths, homes = tuple(paths), dict[str, list[str]]()
    if not paths:
        return tuple(dict.fromkeys(names))
    deep = {leaf(path) for path in paths if "|" in path}
    for path in paths:
        if "|" in path or path not in deep:
            homes.setdefault(leaf(path), []).append(path)
    found = [path for name in names for path in (homes.pop(name, None) or [name])]
    return tuple(dict.fromkeys([*found, *(path for left in homes.values() for path in left if more)]))


def clean(tags: object) -> tuple[str, ...]:
    """Any JSON-shaped value as tidy tags, twins dropped, first spelling and order kept."""
    seen: dict[str, str] = {}
    for text in _texts(tags):
        tag = tidy(text).strip("#,; ")
        if tag:
            seen.setdefault(identity(tag), tag)
    return tuple(seen.values())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield f"{value:g}" if isinstance(value, float) else str(value)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _texts(item)


def merge(existing: Iterable[str], new: Iterable[str], limit: int) -> tuple[str, ...]:
    """`existing` as they are, then what `new` adds to them while there are fewer than `limit`."""
    merged = list(existing)
    known = {identity(name) for tag in merged for name in (tag, leaf(tag))}
    for tag in new:
        if len(merged) < limit and identity(tag) not in known:
            merged.append(tag)
            known.add(identity(tag))
    return tuple(merged)
