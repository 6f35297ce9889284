"""What a vision model is asked: a text file with variables.

    setting ─> config_dir()/prompts/NAME.txt, else resources/prompts/NAME.txt; or a path ─> Prompt ─> filled(...)

A line whose variables are all empty is left out, so that “Taken on: {date}” does not stand there without a date. What
a person's file may hold is checked when it is read, before any photo is asked about.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cutline.core.backends.base import Request
from cutline.core.errors import ConfigError
from cutline.core.facts import read_facts
from cutline.core.keywords import tidy
from cutline.core.metadata.places import place_of
from cutline.core.paths import config_dir, resource
from cutline.core.photo import printable

_VARIABLE = re.compile(r"\{([A-Za-z_]+)\}")
_MAX_BYTES = 20_000  # of a prompt file: far more than a small model's context holds
_MAX_VALUE = 300  # characters a file's or folder's name may add
_MAX_TAGS = 1000  # characters of the tags that are there
_SETTING = "backends.openai.prompt"


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text of a prompt, its variables still in it."""

    text: str

    def filled(self, request: Request, context: str) -> str:
        """The text for one photo; `context` is what all photos of a run have in common."""
        used = {name: _VALUES[name](request, context) for name in set(_VARIABLE.findall(self.text))}
        lines = (_line(line, used) for line in self.text.splitlines())
        return "\n".join(line for line in lines if line is not None).strip()


def _line(line: str, values: Mapping[str, str]) -> str | None:
    """`line` with its variables replaced once; None where it has some and all are empty."""
    names = _VARIABLE.findall(line)
    if names and not any(values[name] for name in names):
        return None
    return _VARIABLE.sub(lambda match: values[match[1]], line)


def _short(text: str, most: int = _MAX_VALUE) -> str:
    return printable(tidy(text))[:most]


def _date(request: Request) -> str:
    taken = read_facts(request.path).taken
    return taken.date().isoformat() if taken else ""


_VALUES: Mapping[str, Callable[[Request, str], str]] = {
    "folder": lambda request, _: _short(request.path.absolute().parent.name),
    "filename": lambda request, _: _short(request.path.name),
    "date": lambda request, _: _date(request),
    "place": lambda request, _: _short(place_of(request.path)),
    "existing_tags": lambda request, _: _short(", ".join(request.existing.tags), _MAX_TAGS),
    "language": lambda request, _: language_name(request.lang),
    "max_tags": lambda request, _: str(request.max_tags),
    "context": lambda _, context: tidy(context),
}


def presets() -> list[str]:
    """The names of all prompts there are, the person's own among them, sorted."""
    folders = (resource("prompts"), config_dir() / "prompts")
    return sorted({path.stem for folder in folders for path in folder.glob("*.txt")})


def load(name: str) -> Prompt:
    """The prompt called `name`, or in the file of that path; the person's own wins over a preset.

    Raises `ConfigError` where there is none, it cannot be read, or it holds a variable that does not exist.
    """
    try:
        path = _path(name.strip())
        data = path.read_bytes()
        if len(data) > _MAX_BYTES:
            raise ConfigError(f"{path}: is longer than {_MAX_BYTES:,} bytes, too long for a prompt.")
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        there = f"there are {', '.join(presets())}, and files of your own in {config_dir() / 'prompts'}"
        raise ConfigError(f"{_SETTING} = {_short(name, 100)!r}: the prompt cannot be read ({why}); {there}.") from None
    _check(path, text)
    return Prompt(text)


def _path(name: str) -> Path:
    if name.endswith(".txt") or "/" in name or "\\" in name:
        return Path(name).expanduser()
    own = config_dir() / "prompts" / f"{name}.txt"
    return own if own.is_file() else resource("prompts") / f"{name}.txt"


def _check(path: Path, text: str) -> None:
    if not text:
        raise ConfigError(f"{path}: is empty; a prompt tells the model what to write.")
    unknown = sorted(set(_VARIABLE.findall(text)) - _VALUES.keys())
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in _VALUES)
        raise ConfigError(f"{path}: there is no variable {{{unknown[0]}}}; there are {known}.")


def language_name(code: str) -> str:
    """What the language with that code is called in English; a text that is no known code stands for itself."""
    names = _languages()
    plain = code.strip().lower().replace("_", "-")
    if plain in names:
        return names[plain]
    base = plain.split("-")[0]
    if base in names:
        return f"{names[base]} ({_short(code)})"
    return f"the language with the code {plain}" if len(plain) <= 3 else _short(code)


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, str]:
    return tomllib.loads((resource("prompts") / "languages.toml").read_text(encoding="utf-8"))
