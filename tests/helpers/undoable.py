"""Photos of every kind that can be written, a journal, and what of a folder must come back."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image

from cutline.core import metadata
from cutline.core.control import Control
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, Caption, FieldName, WriteMode
from cutline.core.runs import About, Recorder, recording
from cutline.core.settings import Settings
from cutline.core.undo import Target, Undone, undo
from helpers import jpeg_files, png_files, webp_files, xmp_packets
from helpers.exif_blocks import camera

CAPTION = Caption("Zürich", "東京 by night\nsecond line", tuple(f"tag {n}" for n in range(30)), "a lake")
OTHER = Caption("Other", "", ("one",), "")

Look = dict[str, tuple[bytes, int]]


def everything(folder: Path) -> list[Path]:
    """One photo of every flavour; some have sidecars, one can have nothing but a sidecar."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = {f"png {n}.png": make for n, make in enumerate(png_files.FLAVOURS.values())}
    makers |= {f"webp {n}.webp": make for n, make in enumerate(webp_files.FLAVOURS.values())}
    photos = [folder / name for name in makers]
    for path, make in zip(photos, makers.values(), strict=True):
        path.write_bytes(make())
    for name, data in (
        ("bare.jpg", jpeg_files.jpeg()),
        ("camera.jpg", jpeg_files.jpeg(jpeg_files.exif(camera(thumbnail=b"\xff\xd8" + bytes(500) + b"\xff\xd9")))),
        ("beside.jpg", jpeg_files.jpeg(jpeg_files.icc())),
    ):
        (folder / name).write_bytes(data)
        photos.append(folder / name)
    (folder / "beside.xmp").write_bytes(xmp_packets.DARKTABLE)
    Image.new("L", (8, 8)).save(folder / "scan.tif")
    return [*photos, folder / "scan.tif"]


def look(folder: Path) -> Look:
    """All files of a folder: their bytes and modification times."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def journal_at(path: Path) -> Iterator[Journal]:
    """A journal, as after a restart."""
    with closing(Journal(path)) as journal:
        yield journal


def write_run(
    journal: Journal,
    photos: Iterable[Path],
    caption: Caption = CAPTION,
    fields: tuple[FieldName, ...] = FIELDS,
    *,
    mode: WriteMode = "auto",
    keep_mtime: bool = True,
    settings: Settings | None = None,
) -> Recorder:
    """One run that writes `caption` into photos; a TIFF gets a sidecar."""
    with recording(journal, About("write"), settings or Settings()) as recorder:
        for path in photos:
            to = "sidecar" if path.suffix == ".tif" else mode
            metadata.write(path, caption, fields, mode=to, keep_mtime=keep_mtime, record=recorder.of(path))
    return recorder


def undone(journal: Journal, *paths: Path, run: int | None = None, force: bool = False) -> list[Undone]:
    """What undo says."""
    target = Target(run, paths)
    if not force:
        return list(undo(journal, target, Control()))
    with recording(journal, About("undo --force"), Settings()) as recorder:
        return list(undo(journal, target, Control(), recorder))
