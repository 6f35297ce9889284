"""`cutline keys`: API keys in the keyring. A key is read from a hidden prompt or standard input, and never shown."""

import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from cutline.cli import options, places
from cutline.cli.guard import Exit
from cutline.cli.output import Output
from cutline.core import keys as store
from cutline.core.backends import ids
from cutline.core.backends.base import Backend
from cutline.core.errors import ConfigError, KeyStoreError
from cutline.core.photo import printable
from cutline.core.settings import Settings

keys = typer.Typer(help="Store, forget or look up the API keys of backends.", rich_markup_mode=None)
_Backend = Annotated[str, typer.Argument(metavar="BACKEND", help="The id of a backend.", show_default=False)]


@keys.command("set")
def set_key(context: typer.Context, backend: _Backend, set_: options.Set = None) -> int:
    """Store a key in the keyring.

    It is asked for on the terminal, or is the first line of standard input.
    """
    settings = places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    with places.backend(backend, settings) as chosen:
        if _keyless(chosen):
            raise ConfigError(f"{chosen.name} needs no key.")
        name = chosen.name
    if store.set_key(backend, _asked_for(name)) == "memory":
        why = store.status(backend).sentence.removeprefix("The key is kept in memory until Cutline is closed. ")
        raise KeyStoreError(
            f"The key was not stored, and is forgotten now: {why}"
            f" Without a keyring, give it in the environment variable {store.variable(backend)}."
        )
    Output().line(f"{backend}: {store.status(backend).sentence}")
    return Exit.DONE


@keys.command()
def delete(context: typer.Context, backend: _Backend, set_: options.Set = None) -> int:
    """Forget the key of a backend."""
    places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    (known,) = _known([backend])
    store.delete(known)
    Output().line(f"{known}: {store.status(known).sentence}")
    return Exit.DONE


@keys.command()
def status(
    context: typer.Context,
    backend: Annotated[str | None, typer.Argument(metavar="BACKEND", show_default=False)] = None,
    set_: options.Set = None,
) -> int:
    """Tell where the key of a backend comes from.

    Without BACKEND: of each. The key itself is never shown.
    """
    settings = places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    output = Output()
    for backend_id in _known([backend]) if backend is not None else ids():
        output.line(f"{backend_id}: {printable(_where_from(backend_id, settings))}")
    return Exit.DONE


def _where_from(backend_id: str, settings: Settings) -> str:
    """The sentence about the key of a backend; where the backend cannot be used, why."""
    try:
        with places.backend(backend_id, settings) as chosen:
            keyless = _keyless(chosen)
    except ConfigError as error:
        return str(error)
    return "It needs no key." if keyless else store.status(backend_id).sentence


def _keyless(backend: Backend) -> bool:
    """Whether a key would be of no use to `backend`."""
    return backend.info.local and not (backend.info.needs_key or backend.info.takes_key)


def _known(backends: Sequence[str]) -> Sequence[str]:
    """`backends`; `ConfigError` where one of them is none."""
    for backend_id in backends:
        if backend_id not in ids():
            raise ConfigError(f"There is no backend “{printable(backend_id)}”; choose one of {', '.join(ids())}.")
    return backends


def _on_its_line(ask: Callable[[], str]) -> str:
    """What `ask` gives; where it is broken off, whatever is told next begins on a new line."""
    try:
        return ask()
    except (EOFError, KeyboardInterrupt):
        Output().say("")
        raise


def _asked_for(name: str) -> str:
    """The key that a person types unseen, or that a program pipes in. Raises `ConfigError`."""
    try:
        if sys.stdin is not None and sys.stdin.isatty():
            from getpass import getpass

            return store.checked(_on_its_line(lambda: getpass(f"Key for {name} (it is not shown): ")))
        return store.checked(sys.stdin.readline(store.MAX_LENGTH + 2) if sys.stdin is not None else "")
    except EOFError:
        raise ConfigError("No key was given; nothing was changed.") from None
    except UnicodeDecodeError:
        raise ConfigError("What came on standard input is no text; give the key as one line.") from None
