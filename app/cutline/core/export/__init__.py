"""Exports: what is in the files, as a table, a document, or sidecars.

    photos ─> (path, Reading), one at a time ─> a writer ─> one file, or a folder of sidecars

A writer takes readings as they come and forgets each as soon as it is written, so that the size of an export has no
limit. A file is written beside its place and moved there at the end: an export that fails leaves nothing behind.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from cutline.core.errors import ConfigError
from cutline.core.photo import printable
from cutline.core.scan import EXTENSIONS

if TYPE_CHECKING:
    from cutline.core.metadata.model import Reading

Exported = tuple[Path, "Reading"]
Writer = Callable[[Iterable[Exported], Path], int]


class Format(NamedTuple):
    """One format, for a person who chooses."""

    label: str
    ending: str
    """The ending of the file that is made; empty: a folder of files is made."""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("Table (CSV)", ".csv"),
        "json": Format("Document (JSON)", ".json"),
        "xmp": Format("Sidecars (XMP)", ""),
    }
)
_MODULES = {"csv": "csv_table", "json": "json_document", "xmp": "xmp_sidecars"}


def write(name: str, readings: Iterable[Exported], output: Path) -> int:
    """Write `readings` in the format called `name` to the file (or, for sidecars, the folder) `output`.

    Answers the number of photos written. Raises `ConfigError` for an unknown format or an output that cannot be meant,
    `ReadOnly` or `DiskError` where it cannot be written, and whatever `readings` raises; a file is then as it was.
    """
    place = checked(name, output)
    writer: Writer = import_module(f"{__name__}.{_MODULES[name]}").write
    return writer(_guarded(readings, place), place)


def checked(name: str, output: Path) -> Path:
    """Where an export called `name` to `output` goes, links followed; `ConfigError` where that cannot be meant."""
    if name not in FORMATS:
        raise ConfigError(f"There is no export format “{printable(name)}”; choose one of {', '.join(FORMATS)}.")
    shown = printable(str(output))
    parent = Path(os.path.realpath(output.parent))
    if str(output) == "-" or parent == Path("/dev") or parent.is_relative_to("/proc"):
        raise ConfigError(f"{shown}: an export is not a stream; name a file (or for xmp a folder) that it is to make.")
    place = Path(os.path.realpath(output))
    there, a_file, a_folder = (test(place) for test in (os.path.exists, os.path.isfile, os.path.isdir))
    if not FORMATS[name].ending:
        if there and not a_folder:
            raise ConfigError(f"{shown}: is a file; sidecars need a folder.")
    elif a_folder:
        raise ConfigError(f"{shown}: is a folder; name a file for the {name} export.")
    elif there and not a_file:
        raise ConfigError(f"{shown}: is not an ordinary file; name a file for the {name} export.")
    elif place.suffix.lower() in EXTENSIONS:
        raise ConfigError(f"{shown}: is named like a photo; choose a name that ends in {FORMATS[name].ending}.")
    if not os.path.isdir(place.parent):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        raise ConfigError(f"{shown}: the folder it would be in does not exist; make it first.")
    return place


def _guarded(readings: Iterable[Exported], place: Path) -> Iterator[Exported]:
    """`readings`, none of which may be overwritten by the export itself."""
    there = str(place)
    for path, reading in readings:
        if os.path.realpath(path) == there:
            raise ConfigError(f"{printable(str(path))}: is one of the photos; choose another place for the export.")
        yield path, reading
