"""`cutline export`: what is in the files, as a table, a document, or sidecars."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cutline.cli import options, places
from cutline.cli.arguments import as_paths
from cutline.cli.guard import Exit, complain
from cutline.cli.output import Output, sentence
from cutline.cli.report import counted, nothing_in
from cutline.cli.show import readings
from cutline.core import export as exports
from cutline.core.errors import CutlineError
from cutline.core.photo import printable

if TYPE_CHECKING:
    from cutline.core.metadata.model import Reading


class _Readable:
    """The photos that can be read; the others are told of and counted."""

    def __init__(self, paths: list[Path], *, recursive: bool) -> None:
        self._paths, self._recursive = paths, recursive
        self.failed = 0

    def __iter__(self) -> Iterator[tuple[Path, "Reading"]]:
        for path, found in readings(self._paths, recursive=self._recursive):
            if isinstance(found, CutlineError):
                self.failed += 1
                complain(f"{printable(str(path))}: {sentence(path, found)}")
            else:
                yield path, found


def export(
    context: typer.Context,
    paths: options.Paths,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="|".join(exports.FORMATS),
            help="csv: a table for spreadsheets (UTF-8 with a mark for Excel; no cell can act as a formula: what"
            " would, gets an apostrophe); json: a document with a version; xmp: a sidecar for each photo.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            help="The file to make, or for xmp the folder to make sidecars in. Sidecars that are there"
            " already are brought up to date, and what else is in them stays.",
        ),
    ],
    no_recursive: options.NoRecursive = False,
    set_: options.Set = None,
) -> int:
    """Export what is in the files."""
    places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    (place,) = as_paths([output])
    exports.checked(format_, place)
    wanted = as_paths(paths)
    found = _Readable(wanted, recursive=not no_recursive)
    rest = iter(found)
    first = next(rest, None)
    if first is not None:
        number = exports.write(format_, chain([first], rest), place)
        Output().line(f"{counted(number)} exported to {printable(str(place))}.")
    elif not found.failed:
        Output().say(nothing_in(wanted))
    return Exit.SOME_FAILED if found.failed else Exit.DONE
