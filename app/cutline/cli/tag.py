"""`cutline tag`: ask a backend about photos, merge, embed.

paths ─ scan ─> photos ─ batch.Run(answer, settle) ─> Step, Step, ... ─> one line each, and a bar
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cutline.cli import interrupt, options, places
from cutline.cli.arguments import as_paths
from cutline.cli.guard import Exit
from cutline.cli.outlook_text import outlook_record, outlook_text
from cutline.cli.output import Output
from cutline.cli.report import nothing_in
from cutline.cli.tag_report import TagReport
from cutline.core.batch import Run, State, Step
from cutline.core.control import Control
from cutline.core.cost import prices
from cutline.core.errors import CutlineError
from cutline.core.ledger import Ledger, opened, ordered
from cutline.core.photo import Photo
from cutline.core.scan import Problem, scan
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.tagging import Tagger

_PATIENCE = 10.0  # seconds that an interrupted run waits for answers which are on their way


def tag(
    context: typer.Context,
    paths: options.Paths,
    backend: Annotated[
        str | None, typer.Option(metavar="ID", help="Who is asked: offline (default), or one that `backends` lists.")
    ] = None,
    lang: Annotated[str | None, typer.Option(metavar="CODE", help="Language of the answer (default en).")] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="merge|fill|replace",
            help="merge (default): tags are added to those in the file, title and description only where empty;"
            " fill: only what is empty; replace: what the backend gives.",
        ),
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...",
            help="What may be changed: title, description, tags, alt_text (default: the first three).",
        ),
    ] = None,
    write: options.WriteMode = None,
    max_tags: Annotated[str | None, typer.Option(metavar="N", help="Most tags for a photo (default 50).")] = None,
    no_recursive: options.NoRecursive = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask and show, write nothing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask again, even where an answer is kept.")] = False,
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="N", help="Most the run may cost: credits, as 200, or money, as “20 USD”."),
    ] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what the run would cost, and ask nobody.")] = False,
    sidecar_json: Annotated[
        bool, typer.Option("--sidecar-json", help="Keep each answer as photo.json beside its photo, too.")
    ] = False,
    from_json: Annotated[
        bool, typer.Option("--from-json", help="Take a photo.json beside a photo as its answer.")
    ] = False,
    json: options.Json = False,
    set_: options.Set = None,
) -> int:
    """Ask a backend about photos, and embed what it suggests.

    Answers are merged with what is in the files, and kept: the same picture is not asked about twice.
    """
    from cutline.core.tagging import Rules

    named = {
        "backend": backend, "lang": lang, "policy": policy, "fields": fields, "write": write, "max_tags": max_tags,
        "max_cost": max_cost, "sidecar_json": sidecar_json or None, "from_json": from_json or None,
    }  # fmt: skip
    settings = places.settings_with([*options.call_of(context).overrides, *(set_ or [])], named)
    with places.tagger(settings, Rules(dry_run, fresh)) as tagger:
        rules = {"recursive": not no_recursive, "fresh": fresh}
        if estimate:
            return foretell(as_paths(paths), tagger, settings, Output(json), recursive=not no_recursive)
        return run(as_paths(paths), tagger, settings, Output(json), rules, dry_run=dry_run)


def foretell(paths: list[Path], tagger: "Tagger", settings: Settings, output: Output, *, recursive: bool) -> int:
    """Say what a run over the photos at `paths` would come to; the exit status."""
    from cutline.core.outlook import outlook

    control = Control()
    with interrupt.stops(control):
        found = list(scan(paths, recursive=recursive))
        for item in found:
            if isinstance(item, Problem):
                output.say(str(item.error))
        photos = [item for item in found if isinstance(item, Photo)]
        ahead = outlook(photos, tagger, settings, control)
    if output.as_json:
        output.record(outlook_record(ahead, prices(settings)))
    else:
        output.line(outlook_text(ahead, prices(settings)))
    return Exit.DONE if len(photos) == len(found) else Exit.SOME_FAILED


def run(
    paths: list[Path],
    tagger: "Tagger",
    settings: Settings,
    output: Output,
    rules: Mapping[str, bool],
    *,
    dry_run: bool = False,
) -> int:
    """Tag the photos at `paths`; the exit status. Raises `CutlineError` where nothing more can be told."""
    from cutline.core.answering import parallel

    control = Control()
    report = TagReport(output, settings, dry_run=dry_run)
    with interrupt.stops(control), ExitStack() as stack:
        photos = list(_photos(paths, rules["recursive"], report))
        if not photos and not report.total:
            output.say(nothing_in(paths))
            return Exit.DONE
        ledger = None
        if not dry_run:
            ledger = stack.enter_context(opened(tagger.journal, ordered("tag", paths, settings, **rules), photos))
            tagger.answered = ledger.answered
            photos = _left(photos, ledger, output, report)
        _say_what_lies_ahead(photos, tagger, settings, control, output)
        work = Run(photos, tagger.answer, tagger.settle, control, parallel(tagger.backend, settings))
        try:
            _go(work, output, report, ledger)
        finally:
            interrupted = control.cancelled
            if ledger is not None:
                ledger.stopped = interrupted or work.stopped_by is not None
            control.cancel()
            _wait_for_answers(work, output)
    if work.stopped_by:
        output.say(f"The run had to stop: {work.stopped_by}")
    report.conclude_run()
    if interrupted:
        return Exit.INTERRUPTED
    return Exit.STOPPED if work.stopped_by else report.status()


def _say_what_lies_ahead(
    photos: list[Photo], tagger: "Tagger", settings: Settings, control: Control, output: Output
) -> None:
    """What is to be asked, what it costs and where the pictures go, where they go anywhere."""
    from cutline.core.outlook import outlook

    if not tagger.backend.info.local:
        with suppress(CutlineError):  # the run hears of it too, and says so of its photos
            output.say(outlook_text(outlook(photos, tagger, settings, control), prices(settings)))


def _photos(paths: list[Path], recursive: bool, report: TagReport) -> Iterator[Photo]:
    """The photos at `paths`; what cannot be looked at has failed already."""
    for item in scan(paths, recursive=recursive):
        if isinstance(item, Problem):
            report.problem(item.path, item.error)
        else:
            yield item


def _left(photos: list[Photo], ledger: Ledger, output: Output, report: TagReport) -> list[Photo]:
    """The photos that a run which was stopped has still to do; those that it did are told of, and left alone."""
    done = ledger.done()
    if not done:
        return photos
    output.say(f"Going on with the run that was stopped: {len(done):,} of {len(photos):,} photos are done.")
    left = []
    for photo in photos:
        if Path(os.path.abspath(photo.path)) in done:  # noqa: PTH100 - a link keeps its name
            report.step(Step(photo, State.UNCHANGED, cached=True, notes=("Done before the run was stopped.",)))
        else:
            left.append(photo)
    return left


def _go(work: Run, output: Output, report: TagReport, ledger: Ledger | None) -> None:
    with output.progress(work.total) as tick:
        for step in work:
            if ledger is not None and step.state is not State.CANCELLED:
                ledger.note(step.photo, step.state, step.error)
            if step.state is not State.ASKING:
                report.step(step)
                tick()
    if ledger is not None and ledger.trouble is not None:
        output.say(f"How far the run is could not be noted: {ledger.trouble}")


def _wait_for_answers(work: Run, output: Output) -> None:
    """Let requests that are on their way end, so that no answer which was paid for is lost."""
    if work.drain(0):
        return
    output.say(
        f"Stopping: waiting up to {_PATIENCE:.0f} seconds for answers that are on their way;"
        " press Ctrl-C again to leave at once."
    )
    if not work.drain(_PATIENCE):
        output.say("Some answers did not come in time; these photos will be asked about again.")
