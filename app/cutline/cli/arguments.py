"""What the arguments ask for: the terminal or the window. Looked at before anything heavy is imported."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cutline.core.errors import ConfigError
from cutline.core.photo import printable

COMMANDS = ("tag", "show", "write", "export", "history", "undo", "keys", "backends", "demo")
_SET = "--set"


@dataclass(frozen=True, slots=True)
class WindowArguments:
    """What the window is opened with."""

    paths: tuple[Path, ...] = ()
    overrides: tuple[str, ...] = ()
    """``section.key=value``, as given with ``--set``."""


def for_terminal(arguments: Sequence[str]) -> bool:
    """Whether the first word, ``--set`` aside, is a command or an option; a path, or nothing, is for the window."""
    rest = iter(arguments)
    for argument in rest:
        if argument == _SET:
            next(rest, None)
        elif not argument.startswith(f"{_SET}="):
            return argument in COMMANDS or (argument.startswith("-") and argument not in ("-", "--"))
    return False


def for_window(arguments: Sequence[str]) -> WindowArguments:
    """Paths and overrides of a call without a command; `ConfigError` for anything else."""
    paths: list[Path] = []
    overrides: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            paths += as_paths(list(rest))
        elif argument == _SET or argument.startswith(f"{_SET}="):
            overrides.append(_value(argument, next(rest, None) if argument == _SET else None))
        elif argument.startswith("-") and argument != "-":
            raise ConfigError(f"There is no option “{printable(argument)}” for the window; see “cutline --help”.")
        else:
            paths += as_paths([argument])
    return WindowArguments(tuple(paths), tuple(overrides))


def refuse_unknown_word(paths: Sequence[Path]) -> None:
    """`ConfigError` where the first of `paths` is a word that names nothing here: most likely a command, misspelt."""
    if paths and paths[0].name == str(paths[0]) and not paths[0].suffix and not os.path.lexists(paths[0]):
        word = printable(str(paths[0]))
        raise ConfigError(f"“{word}” is neither a command nor a file or folder here; see “cutline --help”.")


def as_paths(words: Sequence[str]) -> list[Path]:
    """`words` as paths; `ConfigError` for an empty one, which would mean the current folder."""
    if "" in words:
        raise ConfigError("One of the paths is empty; write “.” for the current folder.")
    return [Path(word) for word in words]


def _value(argument: str, following: str | None) -> str:
    value = argument.removeprefix(f"{_SET}=") if argument != _SET else following
    if value is None:
        raise ConfigError("--set needs section.key=value behind it.")
    return value
