"""The progress bar: photos done, rate, time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

_BESIDE = 45  # columns for all but the bar itself, with room for the “^C” that a terminal adds to the line


class _Rate(ProgressColumn):
    """Photos a second, or a minute where that says more."""

    def render(self, task: Task) -> Text:
        if not task.speed:
            return Text("")
        return Text(f"{task.speed:.1f}/s" if task.speed >= 1 else f"{task.speed * 60:.0f}/min")


@contextmanager
def bar(console: Console, total: int) -> Iterator[Callable[[], None]]:
    """A bar for `total` photos while the block lasts; call what it gives once for each photo that is done."""
    columns = (
        TextColumn("{task.completed:.0f} of {task.total:.0f} photos"),
        BarColumn(min(40, max(4, console.width - _BESIDE))),
        _Rate(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    shown = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    task = shown.add_task("", total=total)
    with shown:
        yield lambda: shown.advance(task)
