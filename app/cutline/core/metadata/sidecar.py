"""XMP sidecars: the file beside a photo that says what the photo itself does not.

Two namings are in use: ``a.xmp`` (Adobe, and every raw converter) and ``a.jpg.xmp`` (darktable, digiKam). What exists
is used; where two photos share a stem, ``a.xmp`` belongs to the raw one.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cutline.core import atomic
from cutline.core.errors import ChangedMeanwhile, DiskError, Malformed, Unreadable
from cutline.core.metadata.apply import applied, real_path
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.files import opened, shown
from cutline.core.metadata.model import CarrierText, Splice
from cutline.core.metadata.recording import Replacing, unrecorded
from cutline.core.metadata.splice import minimal
from cutline.core.photo import FIELDS, Caption, FieldName, printable
from cutline.core.scan import EXTENSIONS, RAW

_ENDINGS = (".xmp", ".XMP", ".Xmp")
_LARGEST = 64 << 20  # bytes; sidecars with a long editing history have a few megabytes


def find(path: Path) -> Path | None:
    """The sidecar of the photo at `path`, or None."""
    text = str(path)
    short, long = _existing(text[: len(text) - len(path.suffix)]), _existing(text)
    if short is None or long is None:
        return None if short is not None and _belongs_to_raw(path) else short or long
    return long if not _is_raw(path) and _siblings(path, EXTENSIONS) else short


def read(sidecar: Path) -> CarrierText:
    """What a sidecar says. Raises `Unreadable`, also as `Malformed`."""
    content = _content(sidecar)
    with _named(sidecar):
        return xmp.read(content)


def write(
    photo: Path, caption: Caption, fields: Collection[FieldName], replacing: Replacing = unrecorded
) -> tuple[Path, bool]:
    """Bring the sidecar of `photo` to `fields` as in `caption`: (its path, whether it was written).

    What else is in it stays; where there is none it is made. One that two photos share is not changed: the photo gets
    its own, which starts as a copy. `replacing` surrounds the writing. Raises `Unreadable` (also as `Malformed`),
    `ReadOnly`, `ChangedMeanwhile`, `DiskError`.
    """
    found = find(photo)
    if found is None:
        target = _new_name(photo)
        _made(target, xmp.document(caption, fields), replacing)
        return target, True
    old = _content(found)
    with _named(found):
        new = xmp.edit(old, caption, fields) or xmp.document(Caption(), ())
    if new == old:
        return found, False
    shared = found.stem == photo.stem and found.name != f"{photo.name}{found.suffix}" and not _is_raw(photo)
    if shared and _siblings(photo, EXTENSIONS):
        target = _new_name(photo)
        _made(target, new, replacing)
        return target, True
    _edited(found, old, new, replacing)
    return found, True


def _made(target: Path, new: bytes, replacing: Replacing) -> None:
    with replacing(target, None, new):
        atomic.write_bytes(real_path(target), new, new=True)  # a link stays a link


def _edited(target: Path, old: bytes, new: bytes, replacing: Replacing) -> None:
    """Put `new` in the place of `old`, in the same way as a photo is changed."""

    def verify(result: BinaryIO) -> None:
        result.seek(0)
        if result.read() != new:
            raise DiskError(f"{shown(target)}: the new sidecar is not what was to be written; nothing was changed.")

    with opened(target) as (file, status):
        if file.read() != old:
            raise ChangedMeanwhile(f"{shown(target)}: another program changed it meanwhile; look at it again.")
        splices = minimal(file, [Splice(0, len(old), new)])
        with replacing(target, old, new):
            applied(target, file, status, splices, verify=verify, mtime_ns=None)


def packet(caption: Caption) -> bytes:
    """A complete new sidecar document."""
    return xmp.document(caption, FIELDS)


def _new_name(photo: Path) -> Path:
    """``a.xmp``, or ``a.jpg.xmp`` where that would stand for another photo too."""
    if _is_raw(photo) or not _siblings(photo, EXTENSIONS):
        return _with_ending(photo.with_suffix(""), ".xmp")
    return _with_ending(photo, ".xmp")


def _existing(stem: str) -> Path | None:
    """The sidecar named `stem` and an ending. Asked for every photo that is read: mostly there is none."""
    for ending in _ENDINGS:
        if os.access(stem + ending, os.F_OK) and (found := Path(stem + ending)).is_file():
            return found
    return None


def _with_ending(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_raw(path: Path) -> bool:
    return path.suffix.lower() in RAW


def _belongs_to_raw(path: Path) -> bool:
    """Whether ``a.xmp`` beside the photo is a raw photo's of the same stem."""
    return not _is_raw(path) and _existing(str(path)) is None and _siblings(path, RAW)


def _siblings(path: Path, endings: Collection[str]) -> bool:
    """Whether a photo with one of `endings` and the same stem stands beside `path`. Looks at names, lists no folder;
    one that is too long for the disk is no photo's."""
    own = path.suffix.lower()
    return any(
        os.access(path.with_suffix(spelling), os.F_OK) and path.with_suffix(spelling).is_file()
        for ending in endings
        if ending != own
        for spelling in (ending, ending.upper())
    )


def _content(sidecar: Path) -> bytes:
    name = printable(str(sidecar))
    try:
        with sidecar.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise Unreadable(f"{name}: the sidecar cannot be read ({error.strerror}).") from error
    if len(content) > _LARGEST:
        raise Unreadable(f"{name}: is too large for an XMP sidecar.")
    return content


@contextmanager
def _named(sidecar: Path) -> Iterator[None]:
    """Say which sidecar is malformed."""
    try:
        yield
    except Malformed as error:
        raise Malformed(f"{printable(str(sidecar))}: {error} Mend or remove this sidecar.") from error
