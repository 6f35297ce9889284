"""The backends, by id: built-in ones register as plug-ins do, in the entry-point group ``cutline.backends``."""

from collections.abc import Callable
from importlib.metadata import entry_points

from cutline.core.backends.base import Backend
from cutline.core.errors import ConfigError
from cutline.core.settings import Settings

GROUP = "cutline.backends"


def ids() -> list[str]:
    """The ids of all registered backends, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def create(backend_id: str, settings: Settings, key: Callable[[], str | None]) -> Backend:
    """Load and make the backend called `backend_id`; `ConfigError` when there is none, or it does not load."""
    points = list(entry_points(group=GROUP, name=backend_id))
    if not points:
        raise ConfigError(f"There is no backend “{backend_id}”; choose one of {', '.join(ids())}.")
    try:
        make = points[0].load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigError(f"The backend “{backend_id}” does not load: {error}.") from error
    backend: Backend = make(settings, key)
    return backend
