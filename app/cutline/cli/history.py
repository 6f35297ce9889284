"""`cutline history`: what was written, run by run, newest first."""

from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from cutline.cli import options, places
from cutline.cli.guard import Exit
from cutline.cli.output import Output
from cutline.cli.report import counted
from cutline.core.photo import printable

if TYPE_CHECKING:
    from cutline.core.history import RunRecord


def history(context: typer.Context, json: options.Json = False, set_: options.Set = None) -> int:
    """List the runs that wrote into photos, newest first.

    Each with its number (for “cutline undo --run”), when it began, what it was, and how many photos were written, left
    unchanged, failed, and put back since. Dry runs are not listed; settings say how long runs are kept.
    """
    from cutline.core.history import history as runs

    places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    output, empty = Output(json), True
    with closing(places.journal()) as journal:
        for run in runs(journal):
            empty = False
            if json:
                output.record(asdict(run))
            else:
                _tell(output, run)
    if empty:
        output.say("Nothing was written yet.")
    return Exit.DONE


def _tell(output: Output, run: "RunRecord") -> None:
    began = datetime.fromisoformat(run.started).astimezone().strftime("%Y-%m-%d %H:%M")
    parts = {"unchanged": run.unchanged, "failed": run.failed, "undone": run.undone}
    became = ", ".join([f"{counted(run.written)} written", *(f"{n} {what}" for what, n in parts.items() if n)])
    how = ", ".join(filter(None, (run.backend, run.lang, run.policy)))
    what = f"{run.command} ({how})" if how else run.command
    broken = "" if run.ended else ", did not end"
    output.line((f"{run.id:>5}", "bold"), f"  {began}  {printable(what)}: ", (f"{became}{broken}", _style(run)))


def _style(run: "RunRecord") -> str:
    return "dim" if run.undone and run.undone == run.written else "bold red" if run.failed else "green"
