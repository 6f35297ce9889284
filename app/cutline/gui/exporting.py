"""Exporting what is in the files: the generator the export dialog runs in the background."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cutline.core.control import Control
from cutline.core.errors import PhotoError
from cutline.core.metadata.model import Reading
from cutline.core.photo import Photo


@dataclass(frozen=True, slots=True)
class Exported:
    """The end of an export: how many photos are in it, and what was wrong with those that are not."""

    count: int
    left_out: tuple[PhotoError, ...]


def exporting(format_name: str, photos: Sequence[Photo], output: Path, control: Control) -> Iterator[Exported]:
    """Export `photos`, once iterated; a photo that cannot be read is left out and told of.

    Raises what `export.write` raises, and `Cancelled`; then a file that was there before is as it was.
    """
    from cutline.core import export

    left_out: list[PhotoError] = []
    count = export.write(format_name, _readings(photos, left_out, control), output)
    yield Exported(count, tuple(left_out))


def _readings(photos: Sequence[Photo], left_out: list[PhotoError], control: Control) -> Iterator[tuple[Path, Reading]]:
    from cutline.core import metadata

    for photo in photos:
        control.checkpoint()
        try:
            reading = metadata.read(photo.path)
        except PhotoError as error:
            left_out.append(error)
            continue
        yield photo.path, reading
