"""Where Cutline keeps things: the user's folders, and the data it ships.

`CUTLINE_HOME=DIR` puts configuration, state and cache under DIR (tests, portable use); otherwise they are where the
platform wants them.
"""

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent


def _folder(kind: str, default: str) -> Path:
    home = os.environ.get("CUTLINE_HOME")
    folder = Path(home) / kind if home else Path(default)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def config_dir() -> Path:
    """The folder of config.toml; made if missing."""
    return _folder("config", platformdirs.user_config_dir("cutline", appauthor=False))


def state_dir() -> Path:
    """The folder of the journal and the log; made if missing."""
    return _folder("state", platformdirs.user_state_dir("cutline", appauthor=False))


def cache_dir() -> Path:
    """The folder of what can be made again (thumbnails); made if missing."""
    return _folder("cache", platformdirs.user_cache_dir("cutline", appauthor=False))


def resource(name: str) -> Path:
    """The path of shipped data, for example ``samples``: in the wheel, else in the checkout."""
    shipped = _PACKAGE / "resources" / name
    return shipped if shipped.exists() else _PACKAGE.parent.parent / "resources" / name
