"""Whether there is a screen: asked before Qt is, which would abort the whole program without one."""

import os
import socket
import sys
from pathlib import Path

from cutline.core.errors import ConfigError
from cutline.core.photo import printable

_UNSEEN = ("offscreen", "minimal", "minimalegl", "vnc")


def there() -> bool:
    """Whether a window could be seen here."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    return platform not in _UNSEEN and (bool(platform) or not _missing())


def require() -> None:
    """Raise `ConfigError` where Qt could not even start."""
    missing = "" if os.environ.get("QT_QPA_PLATFORM") else _missing()
    if missing:
        raise ConfigError(
            f"There is no screen to open the window on ({missing});"
            " on the command line, “cutline --help” tells what can be done without one."
        )


def _missing() -> str:
    """Why no window can be shown here; empty where it can."""
    if not sys.platform.startswith("linux"):
        return ""
    x11, wayland = os.environ.get("DISPLAY", ""), os.environ.get("WAYLAND_DISPLAY", "")
    if not x11 and not wayland:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    if (x11 and _x11_answers(x11)) or (wayland and _wayland_answers(wayland)):
        return ""
    return f"nothing answers at the display {printable(x11 or wayland)}"


def _x11_answers(display: str) -> bool:
    """Whether an X server listens at `display`; one on another machine is not asked, Qt will see."""
    host, _, number = display.rpartition(":")
    path = f"/tmp/.X11-unix/X{number.partition('.')[0]}"
    return host not in ("", "unix") or _listens(path) or _listens(f"\0{path}")


def _wayland_answers(display: str) -> bool:
    return _listens(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / display))


def _listens(address: str) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
    except OSError:
        return False
    return True
