"""The file layer: opening photos, and every operating-system error as one clear sentence."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import DiskError, ReadOnly, Unreadable
from cutline.core.patience import patiently
from cutline.core.photo import printable


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """The photo at `path` open for reading, and its status. Raises `Unreadable`, also while it is read."""
    try:
        with _open(path) as file:
            yield file, os.fstat(file.fileno())
    except OSError as error:
        raise _unreadable(path, error) from error


def _open(path: Path) -> BinaryIO:
    try:
        mode = path.stat().st_mode
    except ValueError:
        raise Unreadable(f"{shown(path)}: is no file name; check the name.") from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise Unreadable(f"{shown(path)}: is {kind}; choose a photo.")
    return patiently(lambda: path.open("rb"))


def shown(path: Path) -> str:
    """A file's path for a person, on one line."""
    return printable(str(path))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Translate what the operating system says while `path` is read."""
    try:
        yield
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(f"{shown(path)}: there is no such file; check the name.")
    if isinstance(error, PermissionError):
        return Unreadable(f"{shown(path)}: may not be read; change its permissions.")
    return Unreadable(f"{shown(path)}: cannot be read ({_why(error)}).")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Translate what the operating system says while `path` is written anew."""
    try:
        yield
    except PermissionError:
        raise ReadOnly(f"{shown(path)}: may not be written; change the permissions of file and folder.") from None
    except OSError as error:
        if error.errno == errno.EROFS:
            raise ReadOnly(f"{shown(path)}: is on a read-only disk; copy the photo elsewhere first.") from None
        raise DiskError(f"{shown(path)}: could not be written ({_why(error)}); nothing was changed.") from error


def _why(error: OSError) -> str:
    return error.strerror or str(error)
