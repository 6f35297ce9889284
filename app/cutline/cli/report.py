"""What became of each photo, told as it happens, and the sum of it at the end."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cutline.cli.guard import Exit
from cutline.cli.output import Output, as_json, sentence
from cutline.core.batch import State
from cutline.core.errors import CutlineError
from cutline.core.photo import Caption, printable

_STYLES = {
    State.WRITTEN: "green",
    State.SUGGESTED: "cyan",
    State.FAILED: "bold red",
    State.CANCELLED: "yellow",
}
_INDENT = " " * 11


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo."""

    path: Path | str
    """Or the URL of what is on the web."""
    state: State
    caption: Caption = Caption()
    """What is in the file afterwards, as far as is known."""
    notes: tuple[str, ...] = ()
    error: CutlineError | None = None


class Report:
    """Tells outcomes and counts them."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._counts: Counter[State] = Counter()

    def tell(self, outcome: Outcome, record: Mapping[str, Any], details: Iterable[str] = ()) -> None:
        """Tell one outcome: as the JSON object `record`, or as a line with `details` below it."""
        self._counts[outcome.state] += 1
        if self._output.as_json:
            self._output.record(record)
            for note in outcome.notes:
                self._output.say(f"{printable(str(outcome.path))}: {printable(note)}")
            return
        text = sentence(outcome.path, outcome.error) if outcome.error else gist(outcome.caption)
        state = (f"{outcome.state:<11}", _STYLES.get(outcome.state, ""))
        self._output.line(state, printable(str(outcome.path)), (f"  {text}" if text else "", "dim" * bool(text)))
        for detail in (*details, *outcome.notes):
            self._output.line(f"{_INDENT}{printable(detail)}")

    @property
    def total(self) -> int:
        """How many photos were told of."""
        return self._counts.total()

    def conclude(self, *more: str) -> None:
        """Tell the sum, and what `more` there is to say: the last line for a person, a message with ``--json``."""
        parts = ", ".join(f"{count} {state}" for state in State if (count := self._counts[state]))
        text = " ".join([f"{counted(self.total)}: {parts}.", *more])
        if self._output.as_json:
            self._output.say(text)
        else:
            self._output.line((text, "bold"))

    def status(self) -> Exit:
        """The exit status of a call that went through to its end."""
        return Exit.SOME_FAILED if self._counts[State.FAILED] else Exit.DONE


def caption_record(caption: Caption) -> dict[str, Any]:
    """A caption's part of a JSON object."""
    return {
        "title": caption.title,
        "description": caption.description,
        "alt_text": caption.alt_text,
        "tags": list(caption.tags),
    }


def outcome_record(outcome: Outcome) -> dict[str, Any]:
    """The JSON object of an outcome that no backend took part in."""
    return {
        "path": str(outcome.path),
        "status": outcome.state.value,
        **caption_record(outcome.caption),
        "error": as_json(outcome.error),
    }


def gist(caption: Caption) -> str:
    """A caption on one line, for a list: its title and its tags."""
    parts = [f"“{caption.title}”"] if caption.title else []
    if caption.tags:
        parts.append(", ".join(caption.tags))
    return printable("  ".join(parts))


def counted(number: int) -> str:
    """“1 photo”, “2 photos”."""
    return "1 photo" if number == 1 else f"{number} photos"


def nothing_in(paths: Iterable[Path]) -> str:
    """The sentence for folders without photos."""
    return f"There are no photos in {', '.join(printable(str(path)) for path in paths)}."
