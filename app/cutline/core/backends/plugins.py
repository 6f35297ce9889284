"""Backends that others wrote: installed packages with an entry point, and files in the user's plug-in folder.

    package    entry point ``ID = "module:create"`` in the group ``cutline.backends``
    file       ID.py in the folder ``plugins`` beside config.toml, with a function ``create``

`create(settings, key)` gives a `base.Backend`. The module it stands in says for which version of that interface it was
written: ``CUTLINE_API = 1``. The id of a built-in backend cannot be taken. What a plug-in raises leaves here as one
sentence; one that could not be made is not tried again by this process.
"""

import importlib.util
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

from cutline.core import paths
from cutline.core.backends import answers
from cutline.core.backends.base import API, Backend, Info, Request, Upload
from cutline.core.control import Control
from cutline.core.errors import BadAnswer, ConfigError, CutlineError
from cutline.core.keys import starred
from cutline.core.photo import Caption, Credits, Suggestion, printable
from cutline.core.settings import Settings

FOLDER = "plugins"
_ID = re.compile(r"[a-z][a-z0-9_]*")  # it becomes part of the name of an environment variable
_PARTS = ("id", "name", "info", "fingerprint", "ask", "close")  # of base.Backend

Key = Callable[[], "str | None"]
_broken: dict[tuple[str, str], str] = {}
"""(id, where it comes from) and why it cannot be used."""


class _Unfit(Exception):
    """Why something is no plug-in of this Cutline."""


class Plugin:
    """A backend of someone else, held to the interface."""

    def __init__(self, backend_id: str, inner: Any) -> None:
        self.id = backend_id
        self.name: str = inner.name
        self.info: Info = inner.info
        self._inner = inner

    def fingerprint(self, request: Request) -> str:
        """What its answer depends on."""
        with self._guarded():
            return str(self._inner.fingerprint(request))

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """Its suggestion; `BadAnswer` where it raises what is no `CutlineError`, or gives what is no suggestion."""
        with self._guarded():
            suggestion: Suggestion = self._inner.ask(upload, request, control)
            if not _is_sound(suggestion):
                raise BadAnswer(f"The plug-in “{self.id}” gave no suggestion but {type(suggestion).__name__}.")
            return replace(suggestion, details=answers.sound(dict(suggestion.details), None))

    def close(self) -> None:
        """Let go of its connections."""
        with self._guarded():
            self._inner.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except CutlineError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in raises what it likes
            raise BadAnswer(f"The plug-in “{self.id}” failed at this picture ({_told(error)}).") from None


def files() -> dict[str, Path]:
    """The files in the plug-in folder, by id; those whose names cannot be ids, or begin with ``_``, are left out."""
    folder = paths.config_dir() / FOLDER
    return {path.stem: path for path in sorted(folder.glob("*.py")) if _ID.fullmatch(path.stem)}


def from_file(backend_id: str, path: Path, settings: Settings, key: Key) -> Backend:
    """The backend in a file. Raises `ConfigError`."""
    return _made(backend_id, str(path), lambda: _create_in(backend_id, path), settings, key)


def from_package(point: EntryPoint, settings: Settings, key: Key) -> Backend:
    """The backend of an installed package. Raises `ConfigError`."""
    return _made(point.name, point.value, point.load, settings, key)


def _made(backend_id: str, where: str, load: Callable[[], Any], settings: Settings, key: Key) -> Backend:
    """What is loaded and made, or why it cannot be; without asking it again where it could not be before."""
    if (backend_id, where) not in _broken:
        try:
            create = load()
            _check_version(create)
            return Plugin(backend_id, _complete(create(settings, key)))
        except CutlineError:
            raise  # about a setting or a key: with another one it may work
        except _Unfit as error:
            _broken[backend_id, where] = str(error)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in must not take the others with it
            _broken[backend_id, where] = _told(error)
    why = _broken[backend_id, where]
    raise ConfigError(f"The backend “{backend_id}” cannot be used ({why}); mend or remove the plug-in.")


def _create_in(backend_id: str, path: Path) -> Any:
    module = _imported(f"cutline_plugins_{backend_id}", path)
    if not hasattr(module, "create"):
        raise _Unfit("its file has no function create")
    return module.create


def _imported(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look for it there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _check_version(create: Any) -> None:
    if not callable(create):
        raise _Unfit(f"it names no function but {type(create).__name__}")
    module = sys.modules.get(getattr(create, "__module__", None) or "")
    version = getattr(module, "CUTLINE_API", None)
    if version is None:
        raise _Unfit("it does not say for which version of the interface it was written: CUTLINE_API = 1")
    if version != API:
        raise _Unfit(f"it was written for version {version!r} of the interface, and this Cutline has {API}")


def _complete(made: Any) -> Any:
    missing = [name for name in _PARTS if not hasattr(made, name)]
    if missing:
        raise _Unfit(f"it has no {', '.join(missing)}")
    if not isinstance(made.info, Info) or not isinstance(made.name, str):
        raise _Unfit("its name is no text, or its info is no Info")
    return made


def _is_sound(suggestion: Any) -> bool:
    """Whether it can be kept and merged: its texts are texts, and its details are JSON-shaped."""
    if not isinstance(suggestion, Suggestion) or not isinstance(suggestion.caption, Caption):
        return False
    caption = suggestion.caption
    said = (suggestion.backend, suggestion.model, suggestion.request_id)
    texts = (caption.title, caption.description, caption.alt_text, *caption.tags, *said)
    if not isinstance(caption.tags, tuple) or not all(isinstance(text, str) for text in texts):
        return False
    used = suggestion.credits
    if not isinstance(used, Credits | None) or (used and not all(map(_is_amount, (used.used, used.remaining)))):
        return False
    json.dumps(suggestion.details)  # raises what it cannot hold
    return isinstance(suggestion.details, Mapping)


def _is_amount(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and math.isfinite(value))


def _told(error: BaseException) -> str:
    return starred(printable(f"{type(error).__name__}: {error}"))
