"""What is in a photo now, and what tells its picture apart from others."""

from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from cutline.core.metadata import fields
from cutline.core.metadata.files import opened, reading
from cutline.core.metadata.model import Layout, Reading
from cutline.core.metadata.photofile import container_of, named, taken_apart

_BLOCK = 1 << 20


def read(path: Path) -> Reading:
    """What is in the photo at `path` and its sidecar, all carriers reconciled.

    Raises `Unreadable` (missing, a folder, no picture, cut off in its structure).
    """
    with taken_apart(path, glance=True) as photo:
        said = photo.carriers
        return Reading(
            fields.reconciled(said),
            photo.layout.format,
            photo.stamp,
            photo.sidecar.path,
            (*photo.layout.notes, *fields.notes(said), *photo.sidecar.notes),
        )


def picture_hash(path: Path) -> str:
    """SHA-256 (hex) of the format's name and the image data, metadata left out; of the whole file where nothing is
    embedded into its format. Raises `Unreadable`."""
    with opened(path) as (file, status):
        container = container_of(path, file)
        with named(path):
            layout = container.parse(file, status.st_size)
        with reading(path):
            return picture_digest(file, layout)


def picture_digest(file: BinaryIO, layout: Layout) -> str:
    """The same, of a file that is open and taken apart. Raises `OSError`."""
    digest = sha256(layout.format.encode())
    for offset, length in layout.picture:
        file.seek(offset)
        while length and (block := file.read(min(_BLOCK, length))):
            digest.update(block)
            length -= len(block)
    return digest.hexdigest()
