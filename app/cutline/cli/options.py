"""The options that several commands share, and what a command is called with.

Options are text here: the settings tree turns them into values, so that a wrong one is refused in the same words on the
command line, in config.toml and in the window.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from cutline.core.settings import Settings


@dataclass(slots=True)
class Call:
    """What surrounds a command: stands in the context's `obj`."""

    open_window: Callable[[list[Path], Settings], int]
    overrides: list[str] = field(default_factory=list)
    """``--set`` before the command."""


def call_of(context: typer.Context) -> Call:
    """The call a command is part of."""
    call = context.obj
    assert isinstance(call, Call)
    return call


Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Photos and folders.", show_default=False)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any setting, for this call: section.key=value (repeatable)."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line on standard output, as each is ready.")]
NoRecursive = Annotated[bool, typer.Option("--no-recursive", help="Leave out folders in folders.")]
WriteMode = Annotated[
    str | None,
    typer.Option(
        "--write",
        metavar="auto|embed|sidecar",
        help="auto: embed where the format can hold it, else an XMP sidecar beside the photo.",
    ),
]
