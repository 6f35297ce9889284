"""`cutline demo`: the main job on the sample photos, in a folder of their own.

resources/samples ─ copied ─> DIR ─ tagged by the offline backend, embedded ─> read back ─> a table ─> the window
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cutline.cli import interrupt, options, places, screen
from cutline.cli.arguments import as_paths
from cutline.cli.guard import Exit
from cutline.cli.output import Output, sentence
from cutline.core import paths
from cutline.core.batch import Run, State, Step
from cutline.core.control import Control
from cutline.core.errors import Cancelled, ConfigError, CutlineError, DiskError, ReadOnly
from cutline.core.photo import Caption, Photo, printable
from cutline.core.settings import Settings


@dataclass(frozen=True, slots=True)
class _Row:
    """What became of one sample photo."""

    path: Path
    caption: Caption
    result: str
    good: bool


def demo(
    context: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="DIR", help="Where the photos go (default: a new temporary folder).")
    ] = None,
    set_: options.Set = None,
) -> int:
    """Tag copies of the sample photos offline, and show them.

    What is embedded is read back and shown in a table; with a screen, the window opens on the copies.
    """
    call = options.call_of(context)
    overrides = [*call.overrides, *(set_ or [])]
    settings = places.overridden(Settings(), overrides, {"backend": "offline"})
    in_window = places.settings_with(overrides)
    place = as_paths([folder])[0] if folder is not None else Path(tempfile.mkdtemp(prefix="cutline-demo-"))
    copies = _copied(_samples(), place)
    rows = [_row(step) for step in _tagged(copies, place, settings)]
    output = Output()
    _show(output, rows, place)
    if screen.there():
        return call.open_window([place], in_window)
    return Exit.DONE if all(row.good for row in rows) else Exit.SOME_FAILED


def _samples() -> Path:
    folder = paths.resource("samples")
    if not folder.is_dir():
        raise ConfigError("This Cutline came without its sample photos; install it again.")
    return folder


def _copied(samples: Path, place: Path) -> list[Path]:
    """The copies of `samples`, folders in folders too, in `place`. Nothing is overwritten. Raises `CutlineError`."""
    files = sorted(item.relative_to(samples) for item in samples.rglob("*") if item.is_file())
    taken = [printable(str(file)) for file in files if os.path.lexists(place / file)]
    if taken:
        raise ConfigError(f"{printable(str(place))}: already holds {taken[0]}; choose an empty folder for the demo.")
    try:
        for file in files:
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(samples / file, place / file)
    except PermissionError:
        raise ReadOnly(f"{printable(str(place))}: may not be written; choose another folder for the demo.") from None
    except OSError as error:
        raise DiskError(f"{printable(str(place))}: the samples cannot be copied ({error.strerror}).") from error
    return [place / file for file in files]


def _tagged(copies: list[Path], place: Path, settings: Settings) -> list[Step]:
    """What became of each photo. Raises `Cancelled`."""
    from cutline.core.tagging import Rules

    control = Control()
    photos = [Photo(copy) for copy in copies]
    with places.tagger(settings, Rules(), "demo") as tagger, interrupt.stops(control):
        work = Run(photos, tagger.answer, tagger.settle, control, settings.backends.offline.parallel)
        steps = [step for step in work if step.state is not State.ASKING]
        work.drain(10)
    if control.cancelled:
        raise Cancelled(f"Stopped; the photos are in {printable(str(place))}.")
    return sorted(steps, key=lambda step: photos.index(step.photo))


def _row(step: Step) -> _Row:
    from cutline.core import metadata

    path = step.photo.path
    try:
        if step.error is not None:
            raise step.error
        found = metadata.read(path).caption
    except CutlineError as error:
        return _Row(path, Caption(), sentence(path, error), good=False)
    same = found == step.caption
    return _Row(path, found, "as written" if same else "differs from what was written", same)


def _show(output: Output, rows: list[_Row], place: Path) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("file", "title", "tags", "read back", show_lines=True)
    for row in rows:
        cells = (str(row.path.relative_to(place)), row.caption.title, ", ".join(row.caption.tags), row.result)
        table.add_row(*(Text(printable(cell)) for cell in cells), style="" if row.good else "red")
    output.show(table)
    output.line(f"The photos are in {printable(str(place))}.")
