"""What every command begins with: the settings in force, the journal, a backend with its key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core import paths, settings, settings_file
from cutline.core.errors import ConfigError
from cutline.core.photo import printable
from cutline.core.settings import Settings

if TYPE_CHECKING:
    from cutline.core.backends.base import Backend
    from cutline.core.journal import Journal
    from cutline.core.runs import About, Recorder
    from cutline.core.tagging import Rules, Tagger


def settings_with(overrides: Sequence[str], options: Mapping[str, object] | None = None) -> Settings:
    """config.toml, then ``--set`` (`overrides`), then the command's own `options` (setting to value, None: not given).

    Raises `ConfigError` naming the wrong one.
    """
    return overridden(settings_file.load(_made(paths.config_dir) / "config.toml"), overrides, options or {})


def overridden(result: Settings, overrides: Sequence[str], options: Mapping[str, object]) -> Settings:
    """`result` with ``--set`` and the command's own options; raises `ConfigError`."""
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(f"--set {printable(text)}: must be section.key=value.")
        result = settings.changed(result, key.strip(), value, "--set")
    for key, given in options.items():
        if given is not None:
            result = settings.changed(result, key, given, f"--{key.replace('_', '-')}")
    return result


@contextmanager
def tagger(in_force: Settings, rules: "Rules", command: str = "tag") -> Iterator["Tagger"]:
    """A tagger by the settings `in_force`; its backend and journal are closed at the end. Raises `CutlineError`.

    What it writes is recorded as a run of `command`.
    """
    from cutline.core.runs import About, recording
    from cutline.core.tagging import Tagger

    about = About(command, in_force.backend, in_force.lang, in_force.policy)
    with backend(in_force.backend, in_force) as chosen, closing(journal()) as kept:
        if rules.dry_run:
            yield Tagger(chosen, kept, in_force, rules)
            return
        with recording(kept, about, in_force) as recorder:
            yield Tagger(chosen, kept, in_force, rules, recorder)


@contextmanager
def recorder(in_force: Settings, about: "About") -> Iterator["Recorder"]:
    """What keeps the way back of a run in this user's journal. Raises `CutlineError`."""
    from cutline.core.runs import recording

    with closing(journal()) as kept, recording(kept, about, in_force) as opened:
        yield opened


@contextmanager
def backend(backend_id: str, in_force: Settings) -> Iterator["Backend"]:
    """The backend called `backend_id`, closed at the end. Raises `ConfigError`."""
    from cutline.core import backends

    with closing(backends.create(backend_id, in_force, lambda: _key(backend_id))) as chosen:
        yield chosen


def journal() -> "Journal":
    """The journal of this user. Raises `JournalError`."""
    from cutline.core.journal import Journal

    return Journal(_made(paths.state_dir) / "journal.sqlite")


def _key(backend_id: str) -> str | None:
    from cutline.core import keys

    return keys.get(backend_id)


def _made(folder: Callable[[], Path]) -> Path:
    try:
        return folder()
    except OSError as error:
        where = printable(str(error.filename))
        raise ConfigError(
            f"{where}: Cutline's folder cannot be made ({error.strerror}); set CUTLINE_HOME to a folder of yours."
        ) from error
