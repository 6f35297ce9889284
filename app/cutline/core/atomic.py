"""Writing a whole file: beside it, fsync, replace. What a reader sees is the old text or the new, never half."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import DiskError, ReadOnly
from cutline.core.photo import printable


def write_bytes(path: Path, data: bytes) -> None:
    """Make the file at `path` hold `data`; raises `ReadOnly` or `DiskError`, and then nothing has changed."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of the one at `path` when the block ends without an exception.

    Raises `ReadOnly` or `DiskError`; then, and when the block raises, nothing has changed and nothing is left behind.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".cutline-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), _mode_for(path))
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        temporary = None
    except PermissionError:
        raise ReadOnly(
            f"{printable(str(path))}: may not be written; change its permissions or choose another place."
        ) from None
    except OSError as error:
        raise DiskError(
            f"{printable(str(path))}: could not be written ({error.strerror}); nothing was changed."
        ) from error
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8 text."""
    write_bytes(path, text.encode())


def _mode_for(path: Path) -> int:
    """The permissions the file has, or that a new file would get."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
