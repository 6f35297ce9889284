"""The backends, by id: built-in ones register as plug-ins do, in the entry-point group ``cutline.backends``."""

from collections.abc import Callable
from importlib.metadata import entry_points

from cutline.core.backends.base import Backend
from cutline.core.errors import ConfigError, CutlineError
from cutline.core.keys import starred
from cutline.core.photo import printable
from cutline.core.settings import Settings

GROUP = "cutline.backends"
_PARTS = ("id", "name", "info", "fingerprint", "ask", "close")  # of base.Backend


def ids() -> list[str]:
    """The ids of all registered backends, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def create(backend_id: str, settings: Settings, key: Callable[[], str | None]) -> Backend:
    """Load and make the backend called `backend_id`; `ConfigError` when there is none, or it is of no use."""
    points = list(entry_points(group=GROUP, name=backend_id))
    if not points:
        raise ConfigError(f"There is no backend “{printable(backend_id)}”; choose one of {', '.join(ids())}.")
    try:
        made = points[0].load()(settings, key)
        missing = [name for name in _PARTS if not hasattr(made, name)]
    except CutlineError:
        raise
    except Exception as error:  # noqa: BLE001 - a plug-in raises what it likes, and must not take the others with it
        why = starred(printable(f"{type(error).__name__}: {error}"))
    else:
        if not missing:
            backend: Backend = made
            return backend
        why = f"it has no {', '.join(missing)}"
    raise ConfigError(f"The backend “{backend_id}” cannot be used ({why}); mend or remove the plug-in.")
