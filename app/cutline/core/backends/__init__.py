"""The backends, by id: built-in ones register as plug-ins do, in the entry-point group ``cutline.backends``."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from cutline.core.backends import plugins
from cutline.core.backends.base import Backend
from cutline.core.errors import ConfigError
from cutline.core.photo import printable
from cutline.core.settings import Settings

GROUP = "cutline.backends"
_OURS = "cutline.core.backends."


def ids() -> list[str]:
    """The ids of all registered backends, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)} | plugins.files().keys())


def create(backend_id: str, settings: Settings, key: Callable[[], str | None]) -> Backend:
    """Load and make the backend called `backend_id`; `ConfigError` when there is none, or it is of no use."""
    points = sorted(entry_points(group=GROUP, name=backend_id), key=lambda point: not _is_ours(point))
    if points and _is_ours(points[0]):
        backend: Backend = points[0].load()(settings, key)
        return backend
    if points:
        return plugins.from_package(points[0], settings, key)
    path = plugins.files().get(backend_id)
    if path is None:
        raise ConfigError(f"There is no backend “{printable(backend_id)}”; choose one of {', '.join(ids())}.")
    return plugins.from_file(backend_id, path, settings, key)


def _is_ours(point: EntryPoint) -> bool:
    return point.value.startswith(_OURS)
