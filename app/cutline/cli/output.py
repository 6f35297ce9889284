"""What the terminal shows: results on standard output, messages and progress on standard error.

With ``--json`` standard output holds one JSON object on a line and nothing else, in ASCII, so that names which are no
text survive. Otherwise it holds lines for a person; on a terminal they are coloured (unless NO_COLOR says no) and a bar
stands below them while a run lasts.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cutline.core.errors import CutlineError, DiskError
from cutline.core.photo import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Tick = Callable[[], None]
_WIDEST = 10_000  # columns: no terminal has more


class Output:
    """Both streams of one command."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._out = None if as_json else console(sys.stdout)
        self._live: Console | None = None

    def record(self, values: Mapping[str, Any]) -> None:
        """One JSON line. Raises `DiskError`."""
        with _translated():
            sys.stdout.write(json.dumps(values) + "\n")
            sys.stdout.flush()

    def line(self, *parts: tuple[str, str] | str) -> None:
        """One line for a person, of texts, or texts with a style each; nothing with ``--json``. Raises `DiskError`."""
        from rich.text import Text

        self.show(Text.assemble(*parts))

    def show(self, item: "RenderableType") -> None:
        """A table or another picture made of text; nothing with ``--json``. Raises `DiskError`."""
        if self._out is not None:
            with _translated():
                self._out.print(item, soft_wrap=not hasattr(item, "columns"))

    def fits(self, item: "RenderableType") -> bool:
        """Whether `item` can be shown without a break in its lines."""
        out = self._out
        return out is not None and out.measure(item, options=out.options.update_width(_WIDEST)).maximum <= out.width

    def say(self, message: str) -> None:
        """One line on standard error."""
        if self._live is not None and sys.stderr.isatty():
            self._live.print(message, soft_wrap=True)
        else:
            print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the terminal

    @contextmanager
    def progress(self, total: int) -> Iterator[Tick]:
        """A bar while the block lasts, where a terminal shows it without being in the way of results."""
        where = self._bar_console()
        if where is None or total == 0:
            yield lambda: None
            return
        from cutline.cli.bar import bar

        self._live = where
        try:
            with bar(where, total) as tick:
                yield tick
        finally:
            self._live = None

    def _bar_console(self) -> "Console | None":
        if sys.stdout.isatty():
            return self._out  # on one terminal with the results, which go above it; JSON lines are progress enough
        return console(sys.stderr) if sys.stderr.isatty() else None


def console(stream: TextIO) -> "Console":
    """A console that prints text as it is: no markup, no highlights."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise  # it is called where the error is caught; rich itself would leave with a status of its own

    width = None if stream.isatty() else 160
    return Plain(file=stream, markup=False, highlight=False, emoji=False, width=width)


def sentence(path: "Path | str", error: CutlineError) -> str:
    """`error` without the name of the photo it is about, for a line that begins with that name."""
    text = printable(str(error))
    for name in (printable(str(path)), printable(Path(path).name)):
        text = text.removeprefix(f"{name}: ")
    return text


def as_json(error: CutlineError | None) -> dict[str, str] | None:
    """`error` as it stands in a JSON line."""
    return {"code": error.code, "message": str(error)} if error else None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DiskError(f"Standard output cannot be written ({error.strerror}); send it somewhere else.") from error
