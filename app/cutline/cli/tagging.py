"""A run on the terminal.

paths and URLs ─ scan ─> photos ─ those that are left ─> batch.Run(answer, settle) ─> Step, Step, ... ─> one line each
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cutline.cli import interrupt
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


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be tagged, and how."""

    paths: list[Path]
    urls: list[str]
    recursive: bool = True
    fresh: bool = False
    dry_run: bool = False
    save_to: Path | None = None
    table: Path | None = None
    """The CSV file that tells what became of each."""


def foretell(call: Call, tagger: "Tagger", settings: Settings, output: Output) -> int:
    """Say what a run would come to; the exit status. What is on the web is not looked at."""
    from cutline.core.outlook import outlook

    control = Control()
    with interrupt.stops(control):
        found = list(scan(call.paths, recursive=call.recursive))
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


def run(call: Call, tagger: "Tagger", settings: Settings, output: Output) -> int:
    """Tag the photos; the exit status. Raises `CutlineError` where nothing more can be told."""
    control = Control()
    report = TagReport(output, settings, dry_run=call.dry_run, table=call.table)
    with interrupt.stops(control), ExitStack() as stack:
        photos = list(_photos(call, report))
        if not photos and not report.total:
            output.say(nothing_in(call.paths))
            return Exit.DONE
        ledger = None if call.dry_run else stack.enter_context(_ledger(call, photos, tagger, settings))
        if ledger is not None:
            photos = _left(photos, ledger, output, report)
        _say_what_lies_ahead(photos, tagger, settings, control, output)
        work = _work(photos, call, tagger, settings, control, stack)
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
    report.write_table()
    if interrupted:
        return Exit.INTERRUPTED
    return Exit.STOPPED if work.stopped_by else report.status()


def _ledger(call: Call, photos: list[Photo], tagger: "Tagger", settings: Settings) -> Ledger:
    """Where it is kept how far the run is: of files, since what is on the web is in no file."""
    order = ordered("tag", call.paths, settings, recursive=call.recursive, fresh=call.fresh)
    ledger = opened(tagger.journal, order, [photo for photo in photos if not photo.url])
    tagger.keep_in(ledger)
    return ledger


def _work(
    photos: list[Photo], call: Call, tagger: "Tagger", settings: Settings, control: Control, stack: ExitStack
) -> Run:
    from cutline.core.answering import parallel

    at_once = parallel(tagger.backend, settings)
    if not call.urls:
        return Run(photos, tagger.answer, tagger.settle, control, at_once)
    from cutline.core.remote import WebTagger

    keep = call.save_to is not None and not call.dry_run
    folder = call.save_to if call.save_to and keep else Path(stack.enter_context(TemporaryDirectory()))
    web = WebTagger(tagger, settings, folder, keep=keep)
    return Run(photos, web.answer, web.settle, control, at_once)


def _say_what_lies_ahead(
    photos: list[Photo], tagger: "Tagger", settings: Settings, control: Control, output: Output
) -> None:
    """What is to be asked, what it costs and where the pictures go, where they go anywhere."""
    from cutline.core.outlook import outlook

    if photos and not tagger.backend.info.local:
        with suppress(CutlineError):  # the run hears of it too, and says so of its photos
            here = [photo for photo in photos if not photo.url]
            output.say(outlook_text(outlook(here, tagger, settings, control), prices(settings)))


def _photos(call: Call, report: TagReport) -> Iterator[Photo]:
    """The photos that were named; what cannot be looked at has failed already. Raises `Unfetchable`."""
    for item in scan(call.paths, recursive=call.recursive):
        if isinstance(item, Problem):
            report.problem(item.path, item.error)
        else:
            yield item
    if call.urls:
        from cutline.core.remote import web_photos

        yield from web_photos(call.urls)


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
            if ledger is not None and step.state not in (State.ASKING, State.CANCELLED):
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
