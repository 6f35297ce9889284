"""What became of each photo that a backend was asked about, what it cost, and what a dry run would change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cutline.cli.output import Output, as_json
from cutline.cli.report import Outcome, Report, caption_record
from cutline.core.batch import State, Step
from cutline.core.cost import Cost, cost_of, prices, sum_of
from cutline.core.errors import CutlineError, PhotoError
from cutline.core.merge import merged
from cutline.core.photo import FIELDS, Caption, Credits, Photo
from cutline.core.settings import Settings

_COLUMNS = ("path", "status", "title", "description", "alt_text", "tags", "error")


class TagReport(Report):
    """The outcomes of a run."""

    def __init__(self, output: Output, settings: Settings, *, dry_run: bool, table: Path | None = None) -> None:
        """`table`: the CSV file they are written to at the end."""
        super().__init__(output)
        self._settings, self._dry_run, self._table = settings, dry_run, table
        self._rows: list[tuple[str, ...]] = []
        self._json = output.as_json
        self._cost = Cost()
        self._remaining: float | None = None

    def problem(self, path: Path, error: CutlineError) -> None:
        """Tell of a path that could not be looked at."""
        self.step(Step(Photo(path), State.FAILED, error=error))

    def step(self, step: Step) -> None:
        """Tell of a photo that is done."""
        credits_ = _paid(step)
        if step.suggestion is not None and not step.cached:
            self._cost += cost_of(step.suggestion)
            left = step.suggestion.credits.remaining if step.suggestion.credits else None
            self._remaining = self._remaining if left is None else left
        caption = step.caption if step.caption is not None else self._found(step)
        outcome = Outcome(step.photo.place, step.state, caption, step.notes, step.error)
        after = self._planned(step, caption)
        details = () if after is None else tuple(changes(caption, after))
        if self._table is not None:
            self._rows.append(_row(step, caption if after is None else after))
        self.tell(outcome, self._record(step, caption, credits_, after), details)

    def conclude_run(self) -> None:
        """Tell the sum, and what it cost."""
        known, cost = prices(self._settings), self._cost
        money = known.money(cost)
        if cost.credits is None:
            self.conclude(*([] if money is None else [f"Cost: {known.words(cost)}."]))
            return
        left = "" if self._remaining is None else f", {self._remaining:g} left"
        worth = "" if money is None else f" ({sum_of(money, known.currency)})"
        self.conclude(f"Credits: {cost.credits:g} used{worth}{left}.")

    def write_table(self) -> None:
        """Write what was told to the table, where one is wanted. Raises `ReadOnly`, `DiskError`."""
        if self._table is not None:
            from cutline.core.export.csv_table import write_table

            write_table(_COLUMNS, self._rows, self._table)

    def _found(self, step: Step) -> Caption:
        """What is in the file of a photo that came to nothing: only looked up where it is told."""
        if not (self._json or self._table) or step.photo.url:
            return Caption()
        from cutline.core import metadata

        try:
            return metadata.read(step.photo.path).caption
        except PhotoError:
            return Caption()

    def _planned(self, step: Step, caption: Caption) -> Caption | None:
        """What would stand in the file, on a dry run."""
        if not self._dry_run or step.suggestion is None:
            return None
        settings = self._settings
        return merged(caption, step.suggestion.caption, settings.policy, settings.fields, settings.max_tags)

    def _record(self, step: Step, caption: Caption, credits_: Credits | None, after: Caption | None) -> dict[str, Any]:
        record = {
            "path": step.photo.place,
            "status": step.state.value,
            "backend": self._settings.backend,
            "cached": step.cached,
            **caption_record(caption),
            "credits": _credits_record(credits_),
            "error": as_json(step.error),
        }
        if after is not None and step.suggestion is not None:
            record["suggestion"] = caption_record(step.suggestion.caption)
            record["after"] = caption_record(after)
        return record


def _row(step: Step, caption: Caption) -> tuple[str, ...]:
    """What became of a photo, as `_COLUMNS` say."""
    from cutline.core.export.csv_table import BETWEEN_TAGS

    tags, error = BETWEEN_TAGS.join(caption.tags), str(step.error or "")
    return str(step.photo.place), step.state.value, caption.title, caption.description, caption.alt_text, tags, error


def changes(before: Caption, after: Caption) -> Iterator[str]:
    """What differs, a line for each field."""
    for name in FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        label = name.replace("_", " ")
        if name == "tags":
            yield f"{label}: {_tag_changes(before.tags, after.tags)}"
        else:
            yield f"{label}: {_quoted(old)} → {_quoted(new)}"


def _tag_changes(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    kept = [tag for tag in new if tag in old]
    added = [f"+{tag}" for tag in new if tag not in old]
    removed = [f"−{tag}" for tag in old if tag not in new]
    return ", ".join([*kept, *added, *removed])


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "(none)"


def _paid(step: Step) -> Credits | None:
    """What this call cost: a kept answer costs nothing, and does not know what is left today."""
    if step.suggestion is None or step.suggestion.credits is None:
        return None
    return Credits(used=0, remaining=None) if step.cached else step.suggestion.credits


def _credits_record(credits_: Credits | None) -> dict[str, float | None] | None:
    if credits_ is None:
        return None
    return {"used": _number(credits_.used), "remaining": _number(credits_.remaining)}


def _number(value: float | None) -> float | None:
    """`value`, as a whole number where it is one."""
    return int(value) if value is not None and value == int(value) else value
