"""XMP sidecars: a folder with one ``.xmp`` for each photo.

In the photo's own folder the sidecar beside it is used, or made, by the rules of `metadata.sidecar`. In any other
folder it is called ``a.xmp``; where two photos of one export share that name, the later one is called ``a.jpg.xmp``,
and further ones ``a-2.jpg.xmp`` and so on.

A sidecar that is there already is never replaced: its title, description, tags and alt text are brought to what is in
the photo, and all else in it stays. One that another program made also keeps those of the four that the photo does not
have. What is there and is no XMP ends the export with an error; the sidecars made until then are complete.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import count
from pathlib import Path

from cutline.core.atomic import write_bytes
from cutline.core.errors import DiskError, Malformed, ReadOnly, Unreadable
from cutline.core.metadata import sidecar
from cutline.core.metadata.blocks import xmp
from cutline.core.metadata.model import Reading
from cutline.core.photo import FIELDS, Caption, FieldName, printable

_MADE_BY_US = b'x:xmptk="Cutline"'


def write(readings: Iterable[tuple[Path, Reading]], output: Path) -> int:
    """Write the sidecars into the folder `output`, made if missing; the number of photos that have one now."""
    _make(output)
    used: set[str] = set()
    number = 0
    for path, reading in readings:
        if os.path.realpath(path.parent) == str(output):
            target = _write_beside(path, reading.caption)
        else:
            target = next(name for name in _names(path, output) if _key(name) not in used)
            _write(target, reading.caption)
        used.add(_key(target))
        number += 1
    return number


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except PermissionError:
        raise ReadOnly(f"{printable(str(folder))}: the folder may not be made; choose another place.") from None
    except OSError as error:
        raise DiskError(f"{printable(str(folder))}: the folder cannot be made ({error.strerror}).") from error


def _write_beside(photo: Path, caption: Caption) -> Path:
    found = sidecar.find(photo)
    old = _content(found) if found else None
    target, _ = sidecar.write(photo, caption, FIELDS if old is None else _fields(old, caption))
    return target


def _names(path: Path, folder: Path) -> Iterator[Path]:
    yield folder / f"{path.stem}.xmp"
    yield folder / f"{path.name}.xmp"
    yield from (folder / f"{path.stem}-{number}{path.suffix}.xmp" for number in count(2))


def _key(target: Path) -> str:
    """What two names have in common on a disk that does not tell capitals from small letters."""
    return target.name.casefold()


def _write(target: Path, caption: Caption) -> None:
    old = _content(target)
    if old is None:
        write_bytes(target, sidecar.packet(caption))
        return
    try:
        new = xmp.edit(old, caption, _fields(old, caption)) or sidecar.packet(Caption())
    except Malformed as error:
        raise Malformed(f"{printable(str(target))}: {error} Move it away, or export to another folder.") from error
    if new != old:
        write_bytes(target, new)


def _fields(old: bytes, caption: Caption) -> Collection[FieldName]:
    return FIELDS if _MADE_BY_US in old else [name for name in FIELDS if getattr(caption, name)]


def _content(target: Path) -> bytes | None:
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{printable(str(target))}: the sidecar cannot be read ({error.strerror}).") from error
