"""`cutline show`: what is in the files now."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cutline.cli import options, places
from cutline.cli.arguments import as_paths
from cutline.cli.guard import Exit, complain
from cutline.cli.output import Output, as_json, sentence
from cutline.cli.report import nothing_in
from cutline.core.errors import CutlineError
from cutline.core.photo import printable
from cutline.core.scan import Problem, scan

if TYPE_CHECKING:
    from cutline.core.metadata.model import Reading

Found = tuple[Path, "Reading | CutlineError"]


def show(
    context: typer.Context,
    paths: options.Paths,
    no_recursive: options.NoRecursive = False,
    json: options.Json = False,
    set_: options.Set = None,
) -> int:
    """Show what is in the files now.

    All carriers (EXIF, IPTC, XMP) and sidecars are taken together.
    """
    from cutline.core.export.json_document import record

    places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    output = Output(json)
    status, nothing = Exit.DONE, True
    for path, found in readings(as_paths(paths), recursive=not no_recursive):
        nothing = False
        if isinstance(found, CutlineError):
            status = Exit.SOME_FAILED
            _tell_error(output, path, found)
        elif output.as_json:
            output.record(record(path, found))
        else:
            _tell(output, path, found)
    if nothing:
        output.say(nothing_in(as_paths(paths)))
    return status


def readings(paths: list[Path], *, recursive: bool) -> Iterator[Found]:
    """Each photo at `paths` with what is in it, or what is wrong with it."""
    from cutline.core import metadata

    for item in scan(paths, recursive=recursive):
        if isinstance(item, Problem):
            yield item.path, item.error
            continue
        try:
            yield item.path, metadata.read(item.path)
        except CutlineError as error:
            yield item.path, error


def _tell_error(output: Output, path: Path, error: CutlineError) -> None:
    if output.as_json:
        output.record({"path": str(path), "error": as_json(error)})
    complain(f"{printable(str(path))}: {sentence(path, error)}")


def _tell(output: Output, path: Path, reading: "Reading") -> None:
    caption = reading.caption
    sidecar = f", sidecar {printable(str(reading.sidecar))}" if reading.sidecar else ""
    output.line((printable(str(path)), "bold"), f"  {reading.format}{sidecar}")
    texts = {
        "title": caption.title,
        "description": caption.description,
        "tags": ", ".join(caption.tags),
        "alt text": caption.alt_text,
    }
    for label, text in texts.items():
        for number, row in enumerate(text.split("\n") if text else []):
            output.line((f"  {label if number == 0 else '':<13}", "dim"), printable(row))
    for note in reading.notes:
        output.line(("  note         ", "dim"), printable(note))
