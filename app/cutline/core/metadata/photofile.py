"""One photo open on the disk: its format, its layout, its sidecar, and what all of them say."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cutline.core.errors import ChangedMeanwhile, PhotoError, Unreadable
from cutline.core.metadata import detect, fields, sidecar
from cutline.core.metadata.detect import Container
from cutline.core.metadata.files import opened, shown
from cutline.core.metadata.model import CarrierText, Layout, Stamp


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The XMP file beside a photo, where there is one."""

    path: Path | None = None
    data: bytes = b""
    text: CarrierText = CarrierText()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo taken apart. `file` is open as long as the context manager that gave this."""

    path: Path
    file: BinaryIO
    status: os.stat_result
    container: Container
    layout: Layout
    sidecar: Sidecar

    @property
    def carriers(self) -> fields.Carriers:
        """What every carrier says."""
        return fields.carriers(self.layout.blocks, self.sidecar.text)

    @property
    def stamp(self) -> Stamp:
        """What tells whether file and sidecar are still these."""
        content = hash((self.sidecar.data, *sorted(self.layout.blocks.items())))
        return Stamp(self.status.st_size, self.status.st_mtime_ns, content)

    def check(self, stamp: Stamp | None) -> None:
        """Raise `ChangedMeanwhile` where the photo is no longer the one the stamp was made of."""
        if stamp is not None and stamp != self.stamp:
            raise ChangedMeanwhile(f"{shown(self.path)}: another program changed it since it was read; look again.")


@contextmanager
def taken_apart(path: Path, *, glance: bool = False) -> Iterator[PhotoFile]:
    """The photo at `path`; raises `Unreadable` in one sentence that names it. `glance`: only to read its blocks."""
    with opened(path) as (file, status):
        container = container_of(path, file)
        size = status.st_size
        try:
            layout = detect.glance(container, file, size) if glance else container.parse(file, size)
        except PhotoError as error:
            raise _named(path, error) from error
        yield PhotoFile(path, file, status, container, layout, sidecar_of(path))


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Put the photo's name in front of what a container or a check says about it."""
    try:
        yield
    except PhotoError as error:
        raise _named(path, error) from error


def _named(path: Path, error: PhotoError) -> PhotoError:
    return type(error)(f"{shown(path)}: {str(error).rstrip('.')}.")


def sidecar_of(path: Path) -> Sidecar:
    """The sidecar of the photo at `path`; one that cannot be read says nothing but a note."""
    found = sidecar.find(path)
    if found is None:
        return Sidecar()
    try:
        return Sidecar(found, found.read_bytes(), sidecar.read(found))
    except FileNotFoundError:
        return Sidecar()
    except (OSError, Unreadable) as error:
        return Sidecar(found, notes=(f"The sidecar {shown(found)} cannot be read ({error}).",))


def container_of(path: Path, file: BinaryIO) -> Container:
    """The container of the file at `path`, open as `file`; `Unreadable` where it is no picture we know."""
    head = file.read(detect.HEAD)
    if not head:
        raise Unreadable(f"{shown(path)}: is empty; restore it from a backup.")
    container = detect.container_for(head, path)
    if container is None:
        raise Unreadable(f"{shown(path)}: is not a picture.")
    return container
