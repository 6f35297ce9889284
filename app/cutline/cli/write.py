"""`cutline write`: a person's own words into photos.

Words that a person gives are meant: without ``--policy`` a text that is given replaces the one in the file (an empty
one clears it), tags that are given are added, tags to be removed are removed. The setting `policy`, which is about what
backends suggest, plays no part; ``--policy`` given on this command does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cutline.cli import interrupt, options, places
from cutline.cli.arguments import as_paths
from cutline.cli.guard import Exit
from cutline.cli.output import Output
from cutline.cli.report import Outcome, Report, nothing_in, outcome_record
from cutline.core.batch import State
from cutline.core.control import Control
from cutline.core.errors import Cancelled, ChangedMeanwhile, ConfigError, CutlineError
from cutline.core.keywords import clean, identity, leaf, tidy, tidy_lines
from cutline.core.keywords import merge as merge_tags
from cutline.core.photo import Caption, FieldName, Photo, Policy
from cutline.core.scan import Problem, scan
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.runs import Recorder

_NO_LIMIT = 1_000_000  # a person may give as many tags as they like


@dataclass(frozen=True, slots=True)
class Words:
    """What a person gave. None: not given; empty: cleared."""

    title: str | None = None
    description: str | None = None
    alt_text: str | None = None
    tags: tuple[str, ...] | None = None
    removed: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[FieldName, ...]:
        """The fields these words are about."""
        texts: tuple[FieldName, ...] = ("title", "description", "alt_text")
        given = tuple(name for name in texts if getattr(self, name) is not None)
        return given if self.tags is None and not self.removed else (*given, "tags")


def write(
    context: typer.Context,
    paths: options.Paths,
    title: Annotated[str | None, typer.Option(help="The title; an empty one clears it.")] = None,
    description: Annotated[str | None, typer.Option(help="The description; an empty one clears it.")] = None,
    alt_text: Annotated[str | None, typer.Option(help="The alt text; an empty one clears it.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag to add (repeatable).")] = None,
    remove_tag: Annotated[list[str] | None, typer.Option(help="A tag to remove (repeatable).")] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="merge|fill|replace",
            help="Without it, texts given replace those in the file and tags given are added."
            " merge: tags are added, texts only written where empty; fill: only what is empty;"
            " replace: tags given become the only tags.",
        ),
    ] = None,
    write_mode: options.WriteMode = None,
    no_recursive: options.NoRecursive = False,
    json: options.Json = False,
    set_: options.Set = None,
) -> int:
    """Write your own title, description, alt text and tags."""
    words = Words(
        title=None if title is None else tidy(title),
        description=None if description is None else tidy_lines(description),
        alt_text=None if alt_text is None else tidy_lines(alt_text),
        tags=None if not tag else clean(tag),
        removed=clean(remove_tag or []),
    )
    if not words.fields:
        raise ConfigError("There is nothing to write; give --title, --description, --alt-text, --tag or --remove-tag.")
    overrides = [*options.call_of(context).overrides, *(set_ or [])]
    settings = places.settings_with(overrides, {"policy": policy, "write": write_mode})
    chosen = settings.policy if policy is not None else None
    return run(as_paths(paths), words, chosen, settings, Output(json), recursive=not no_recursive)


def run(
    paths: list[Path], words: Words, policy: Policy | None, settings: Settings, output: Output, *, recursive: bool
) -> int:
    """Write `words` into the photos at `paths`; the exit status."""
    from cutline.core.runs import About

    control = Control()
    report = Report(output)
    with interrupt.stops(control), places.recorder(settings, About("write", policy=policy or "")) as recorder:
        items = list(scan(paths, recursive=recursive))
        with output.progress(len(items)) as tick:
            for outcome in _outcomes(items, words, policy, settings, control, recorder):
                report.tell(outcome, outcome_record(outcome))
                tick()
    if not items:
        output.say(nothing_in(paths))
        return Exit.DONE
    report.conclude()
    return Exit.INTERRUPTED if control.cancelled else report.status()


def _outcomes(
    items: list[Photo | Problem],
    words: Words,
    policy: Policy | None,
    settings: Settings,
    control: Control,
    recorder: "Recorder",
) -> Iterator[Outcome]:
    for item in items:
        if control.cancelled:
            yield Outcome(item.path, State.CANCELLED, error=Cancelled("Stopped before it was done."))
        elif isinstance(item, Problem):
            yield Outcome(item.path, State.FAILED, error=item.error)
        else:
            outcome = _written(item.path, words, policy, settings, control, recorder)
            if outcome.state in (State.FAILED, State.UNCHANGED):
                recorder.count("failed" if outcome.error else "unchanged")
            yield outcome


def _written(
    path: Path, words: Words, policy: Policy | None, settings: Settings, control: Control, recorder: "Recorder"
) -> Outcome:
    outcome = _attempted(path, words, policy, settings, control, recorder)
    if isinstance(outcome.error, ChangedMeanwhile):  # somebody came first: the words are meant for what is there now
        outcome = _attempted(path, words, policy, settings, control, recorder)
    return outcome


def _attempted(
    path: Path, words: Words, policy: Policy | None, settings: Settings, control: Control, recorder: "Recorder"
) -> Outcome:
    from cutline.core import metadata

    there = Caption()
    try:
        reading = metadata.read(path)
        there = reading.caption
        written = metadata.write(
            path,
            captioned(there, words, policy),
            words.fields,
            stamp=reading.stamp,
            mode=settings.write,
            keep_mtime=settings.keep_mtime,
            record=recorder.of(path),
            control=control,
        )
    except Cancelled as error:
        return Outcome(path, State.CANCELLED, there, error=error)
    except CutlineError as error:
        return Outcome(path, State.FAILED, there, error=error)
    return Outcome(path, State.WRITTEN if written.changed else State.UNCHANGED, written.caption, written.notes)


def captioned(there: Caption, words: Words, policy: Policy | None) -> Caption:
    """The caption that is to stand in a file that holds `there`."""
    result = there
    for name in words.fields:
        if name == "tags":
            result = replace(result, tags=_tags(there.tags, words, policy))
        elif policy in (None, "replace") or not getattr(there, name):
            result = replace(result, **{name: getattr(words, name)})
    return result


def _tags(there: tuple[str, ...], words: Words, policy: Policy | None) -> tuple[str, ...]:
    given = words.tags
    if given is None or (policy == "fill" and there):
        tags = there
    else:
        tags = given if policy == "replace" else merge_tags(there, given, _NO_LIMIT)
    removed = {identity(tag) for tag in words.removed}
    return tuple(tag for tag in tags if not {identity(tag), identity(leaf(tag))} & removed)
