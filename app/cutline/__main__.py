"""Cutline starts here: a command word leads to the terminal, anything else to the window."""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from cutline.cli import arguments, screen
from cutline.cli.guard import guarded
from cutline.core.errors import ConfigError
from cutline.core.settings import Settings


def main() -> int:
    """Run Cutline with the arguments of this process; its exit status."""
    return guarded(partial(run, sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run Cutline with `words` as arguments; its exit status. Raises `CutlineError`."""
    if arguments.for_terminal(words):
        from cutline.cli import app

        return app.run(words, open_window)
    from cutline.cli.places import settings_with

    wanted = arguments.for_window(words)
    arguments.refuse_unknown_word(wanted.paths)
    return open_window(list(wanted.paths), settings_with(wanted.overrides))


def open_window(paths: list[Path], settings: Settings) -> int:
    """Open the window on `paths`; returns when it was closed. `ConfigError` where there can be none."""
    screen.require()
    try:
        from cutline.gui.app import run as run_window
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] == "cutline":
            raise
        raise ConfigError(
            f"The window cannot be opened: Qt does not load ({error}); install what is missing."
        ) from error
    return run_window(paths, settings)


if __name__ == "__main__":
    sys.exit(main())
