"""What a new file takes over from the one whose place it takes, besides its bytes: owner, permissions, attributes."""

import errno
import os
import stat
import sys
from contextlib import suppress
from typing import BinaryIO

_ACCESS_LIST = "system.posix_acl_access"


def make_like(target: BinaryIO, source: BinaryIO, status: os.stat_result) -> None:
    """Give the new file the owner, the extended attributes with the access list, and the permissions of the old one.

    The owner as far as the system lets us. What the folder gave the new file and the old one lacks is taken away.
    """
    if sys.platform == "win32":
        return
    handle = target.fileno()
    with suppress(PermissionError):  # only root may give files away; the group may still go through
        os.fchown(handle, -1, status.st_gid)
        os.fchown(handle, status.st_uid, -1)
    if hasattr(os, "listxattr"):
        _copy_attributes(source.fileno(), handle)
    os.fchmod(handle, stat.S_IMODE(status.st_mode))


def _copy_attributes(source: int, target: int) -> None:
    names = _attributes(source)
    if _ACCESS_LIST not in names and _ACCESS_LIST in _attributes(target):  # by the folder's default
        os.removexattr(target, _ACCESS_LIST)
    for name in names:
        try:
            os.setxattr(target, name, os.getxattr(source, name))
        except OSError:
            if name.startswith("user."):  # somebody's data; the kernel's own (security., trusted.) it sets itself
                raise


def _attributes(handle: int) -> list[str]:
    try:
        return os.listxattr(handle)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return []
        raise
