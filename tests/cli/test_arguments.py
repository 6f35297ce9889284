"""Terminal or window: told from the words alone."""

from pathlib import Path

import pytest
import typer

from cutline.cli import arguments
from cutline.cli.app import app
from cutline.core.errors import ConfigError


@pytest.mark.parametrize(
    "words",
    [
        ["tag"],
        ["tag", "a.jpg"],
        ["--help"],
        ["-h"],
        ["--version"],
        ["--nonsense"],
        ["--set", "a=b", "show", "x"],
        ["--set=a=b", "show"],
        ["--set", "a=b", "--set=c=d", "keys"],
    ],
)
def test_a_command_word_or_an_option_is_for_the_terminal(words: list[str]) -> None:
    assert arguments.for_terminal(words)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a.jpg"],
        ["./tag"],
        ["a.jpg", "tag"],
        ["--", "tag"],
        ["--set", "tag"],
        ["--set", "a=b"],
        ["--set=a=b", "a.jpg"],
        ["-"],
    ],
)
def test_anything_else_is_for_the_window(words: list[str]) -> None:
    assert not arguments.for_terminal(words)


def test_the_command_words_are_the_commands_there_are() -> None:
    command = typer.main.get_command(app)
    assert set(arguments.COMMANDS) == set(command.commands)  # type: ignore[attr-defined]


def test_settings_and_paths_of_the_window_come_in_any_order() -> None:
    words = ["--set", "lang=de", "a.jpg", "--set=policy=fill", "b c.jpg", "--", "--set", "tag"]
    found = arguments.for_window(words)
    assert found.overrides == ("lang=de", "policy=fill")
    assert found.paths == (Path("a.jpg"), Path("b c.jpg"), Path("--set"), Path("tag"))


@pytest.mark.parametrize("words", [["a.jpg", "--json"], ["a.jpg", "-x"], ["a.jpg", "--set"], [""], ["a.jpg", ""]])
def test_what_the_window_cannot_mean_is_refused(words: list[str]) -> None:
    with pytest.raises(ConfigError):
        arguments.for_window(words)
