"""Patience with Windows, where nothing is renamed onto, and sometimes not even read, what another program has open.

Virus scanners, indexers and previews open every new file for a moment: that passes, other refusals do not.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SHARING = frozenset({5, 32, 33})
"""ERROR_ACCESS_DENIED (what renaming onto an open file gives), ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION."""
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
"""Seconds between two attempts; together about as long as a scanner needs, and a person waits without wondering."""


def patiently(attempt: Callable[[], T], *, sleep: Callable[[float], object] = time.sleep) -> T:
    """What `attempt` returns, tried again while another program on Windows holds the file; else what it raises."""
    for wait in _WAITS:
        try:
            return attempt()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _SHARING:
                raise
        sleep(wait)
    return attempt()
