"""`cutline undo`: the old bytes of photos, put back.

journal ─ core.undo ─> Undone, Undone, ... ─> one line each
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cutline.cli import interrupt, options, places
from cutline.cli.arguments import as_paths
from cutline.cli.guard import Exit
from cutline.cli.output import Output, as_json, sentence
from cutline.cli.report import caption_record, counted
from cutline.core.control import Control
from cutline.core.errors import ChangedMeanwhile
from cutline.core.photo import Caption, printable
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.journal import Journal
    from cutline.core.runs import Recorder
    from cutline.core.undo import Target, Undone

_FORCE = " “--force” puts back the captions of photos that another program changed since, and leaves the rest of them."
_STYLES = {"undone": "green", "failed": "bold red", "cancelled": "yellow"}


def undo(
    context: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Only these photos, and those in these folders.", show_default=False),
    ] = None,
    run: Annotated[int | None, typer.Option(metavar="ID", help="The run to undo: a number from “history”.")] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Where another program changed a photo since, put back only the caption (title, description, tags, "
            "alt text, as far as they were written); this is a run of its own, which can be undone.",
        ),
    ] = False,
    json: options.Json = False,
    set_: options.Set = None,
) -> int:
    """Put back the bytes that were there before a run wrote.

    Alone: those of the last run that wrote anything; once that is undone, nothing more happens. With --run ID: those of
    that run. With PATH: of each photo its latest change that is not undone yet, so that every call goes one change
    further back. With both: those photos of that run.

    Photos and sidecars come back byte for byte, with their modification times; sidecars that were made are removed. A
    photo that changed since is refused, and the others go on. Answers that were kept as photo.json stay.
    """
    from cutline.core.undo import Target

    settings = places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    return _put_back(Target(run, tuple(as_paths(paths or []))), settings, Output(json), force=force)


def _put_back(target: "Target", settings: Settings, output: Output, *, force: bool) -> int:
    control = Control()
    counts: Counter[str] = Counter()
    changed_since = False
    with interrupt.stops(control), closing(places.journal()) as journal:
        for outcome in _outcomes(journal, target, control, settings, force=force):
            counts[outcome.result] += 1
            changed_since |= isinstance(outcome.error, ChangedMeanwhile)
            _tell(output, outcome)
    _conclude(output, counts, target, _FORCE if changed_since and not force else "")
    if control.cancelled:
        return Exit.INTERRUPTED
    return Exit.SOME_FAILED if counts["failed"] else Exit.DONE


def _outcomes(
    journal: "Journal", target: "Target", control: Control, settings: Settings, *, force: bool
) -> Iterator["Undone"]:
    from cutline.core.undo import undo as put_back

    with _forced(journal, settings, force) as recorder:
        yield from put_back(journal, target, control, recorder)


@contextmanager
def _forced(journal: "Journal", settings: Settings, force: bool) -> Iterator["Recorder | None"]:
    from cutline.core.runs import About, recording

    if not force:
        yield None
        return
    with recording(journal, About("undo --force"), settings) as recorder:
        yield recorder


def _tell(output: Output, outcome: "Undone") -> None:
    name = printable(str(outcome.path))
    if output.as_json:
        output.record(_record(outcome))
        for note in outcome.notes:
            output.say(f"{name}: {printable(note)}")
        return
    text = f"  {sentence(outcome.path, outcome.error)}" if outcome.error else ""
    output.line((f"{outcome.result:<11}", _STYLES.get(outcome.result, "")), name, (text, "dim" * bool(text)))
    for note in outcome.notes:
        output.line(f"{'':<11}{printable(note)}")


def _record(outcome: "Undone") -> dict[str, Any]:
    return {
        "path": str(outcome.path),
        "status": outcome.result.value,
        "run": outcome.run,
        **caption_record(_caption(outcome.path)),
        "error": as_json(outcome.error),
    }


def _caption(path: Path) -> Caption:
    """What is in the file afterwards, as far as it can be read."""
    from cutline.core import metadata
    from cutline.core.errors import PhotoError

    try:
        return metadata.read(path).caption
    except PhotoError:
        return Caption()


def _conclude(output: Output, counts: "Counter[str]", target: "Target", hint: str) -> None:
    if not counts:
        what = "The last run" if target.run is None else f"Run {target.run}"
        output.say(f"{what} has nothing left to undo; “cutline history” lists the others, “--run ID” undoes one.")
        return
    parts = ", ".join(f"{count} {result}" for result, count in counts.items())
    text = f"{counted(counts.total())}: {parts}.{hint}"
    if output.as_json:
        output.say(text)
    else:
        output.line((text, "bold"))
