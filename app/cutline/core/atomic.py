"""Writing a whole file: beside it, fsync, replace. What a reader sees is the old text or the new, never half.

What a killed process left behind is removed when its folder is next written to.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import ChangedMeanwhile, DiskError, ReadOnly
from cutline.core.likeness import make_like
from cutline.core.patience import patiently
from cutline.core.photo import printable
from cutline.core.temporaries import sweep, sync_folder, temporary

_NO_SECOND_NAMES = frozenset({errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK})


def write_bytes(path: Path, data: bytes, *, new: bool = False) -> None:
    """Make the file at `path` hold `data`; raises what `replacing` raises, and then nothing has changed."""
    with replacing(path, new=new) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, new: bool = False) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of the one at `path` when the block ends without an exception.

    It gets the owner, permissions and attributes of the one it replaces. `new`: there must be none, also not in the
    last instant, or `ChangedMeanwhile` is raised. Raises `ReadOnly` or `DiskError`; then, and when the block raises,
    nothing has changed and nothing is left behind.
    """
    try:
        sweep(path.parent)
        there = not new and path.is_file()
        with temporary(path.parent, 0o600 if there else 0o666) as (name, file):
            if there:
                with path.open("rb") as old:
                    make_like(file, old, os.fstat(old.fileno()))
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":  # which renames nothing that is open
                file.close()
            (_given_name if new else _put)(name, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise ChangedMeanwhile(
            f"{printable(str(path))}: is there by now, made by another program; look at it again."
        ) from None
    except PermissionError:
        raise ReadOnly(
            f"{printable(str(path))}: may not be written; change its permissions or choose another place."
        ) from None
    except OSError as error:
        raise DiskError(
            f"{printable(str(path))}: could not be written ({error.strerror}); nothing was changed."
        ) from error


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8 text."""
    write_bytes(path, text.encode())


def _put(name: Path, path: Path) -> None:
    patiently(partial(name.replace, path))


def _given_name(name: Path, path: Path) -> None:
    """Let the file be at `path`, where there must be none: a rename would replace it, a second name does not."""
    if sys.platform == "win32":
        name.rename(path)  # there it does not
        return
    try:
        path.hardlink_to(name)
    except OSError as error:
        if error.errno not in _NO_SECOND_NAMES:
            raise
        if os.path.lexists(path):
            raise FileExistsError from None
        _put(name, path)
