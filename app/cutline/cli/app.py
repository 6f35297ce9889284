"""The command line put together: one Typer command for each module, one way in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cutline import __version__
from cutline.cli import interrupt, options
from cutline.cli.arguments import COMMANDS
from cutline.cli.backends import backends
from cutline.cli.demo import demo
from cutline.cli.export import export
from cutline.cli.history import history
from cutline.cli.keys import keys
from cutline.cli.output import Output
from cutline.cli.show import show
from cutline.cli.tag import tag
from cutline.cli.undo import undo
from cutline.cli.write import write
from cutline.core.errors import ConfigError
from cutline.core.settings import Settings

_UsageError: type[Exception] = typer.BadParameter.__bases__[0]  # of click or of Typer's own copy, by version

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # plain help: no frames to wrap words in, and there at once
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="“cutline [PATH...]” without a command opens the window on these photos and folders.",
)
app.command()(tag)
app.command()(show)
app.command()(write)
app.command()(export)
app.command()(history)
app.command()(undo)
app.add_typer(keys, name="keys")
app.command()(backends)
app.command()(demo)


def run(words: Sequence[str], open_window: Callable[[list[Path], Settings], int]) -> int:
    """Run the command that `words` say; its exit status. Raises `CutlineError`, `KeyboardInterrupt`."""
    command = typer.main.get_command(app)
    try:
        with interrupt.raises(), command.make_context("cutline", list(words), obj=options.Call(open_window)) as context:
            status: int = command.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    except _UsageError as error:
        raise ConfigError(_sentence(error, words)) from None
    return status


def _tell_version(wanted: bool) -> None:
    if wanted:
        Output().line(f"cutline {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Tell the version and exit.", is_eager=True, callback=_tell_version)
    ] = False,
    set_: options.Set = None,
) -> None:
    """Suggests a title, tags and a description for photos, and embeds what you accept."""
    options.call_of(context).overrides = list(set_ or [])


def _sentence(error: Exception, words: Sequence[str]) -> str:
    """What is wrong with the arguments `words`, and where to look it up."""
    message: str = error.format_message()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else _command_in(words)
    return f"{' '.join(message.split()).rstrip('.')}; see “{where} --help”."


def _command_in(words: Sequence[str]) -> str:
    """The command that `words` call: some errors do not say which one they are about."""
    return next((f"cutline {word}" for word in words if word in COMMANDS), "cutline")
