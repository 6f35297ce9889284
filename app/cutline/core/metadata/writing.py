"""A caption into a photo: embedded by splices, or into the sidecar beside it; carriers of one field always in step."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cutline.core.control import Control
from cutline.core.errors import CutlineError, Unsupported
from cutline.core.metadata import detect, sidecar
from cutline.core.metadata.apply import applied
from cutline.core.metadata.aside import aside
from cutline.core.metadata.fields import Carriers, carriers, reconciled, storable, tags_of
from cutline.core.metadata.files import shown
from cutline.core.metadata.locking import locked
from cutline.core.metadata.model import BlockName, Splice, Stamp, Written
from cutline.core.metadata.photofile import PhotoFile, Sidecar, named, sidecar_of, taken_apart
from cutline.core.metadata.plan import planned
from cutline.core.metadata.recording import Record, Replacing, Words, change_of_file, small_change
from cutline.core.metadata.splice import inverse, minimal
from cutline.core.metadata.verify import verify
from cutline.core.photo import FIELDS, Caption, FieldName, WriteMode


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be done to one photo."""

    path: Path
    caption: Caption
    fields: frozenset[FieldName]
    stamp: Stamp | None
    keep_mtime: bool
    dry_run: bool
    record: Record | None

    def recording(self, before: Caption) -> Replacing:
        """What surrounds the replacing of the sidecar."""

        @contextmanager
        def replacing(path: Path, old: bytes | None, new: bytes) -> Iterator[None]:
            if self.record is None:
                yield
                return
            with self.record(small_change(path, old, new), self.words(before)):
                yield

        return replacing

    def words(self, before: Caption) -> Words:
        names = tuple(name for name in FIELDS if name in self.fields)
        changed = tuple(name for name in names if getattr(before, name) != getattr(self.caption, name))
        return Words(before, changed, self.caption.tags if "tags" in changed else before.tags)


def write(
    path: Path,
    caption: Caption,
    fields: Collection[FieldName],
    *,
    stamp: Stamp | None = None,
    mode: WriteMode = "auto",
    keep_mtime: bool = True,
    dry_run: bool = False,
    record: Record | None = None,
    control: Control | None = None,
) -> Written:
    """Make the chosen `fields` of the photo at `path` say what `caption` says; empty values clear a field.

    Fields that are not named stay as they are in every carrier. What is there already is not written: `changed` is
    False and no byte and no time changes. `stamp`, from a `Reading`, refuses a photo that changed since. `record` keeps
    the way back of every file before it is replaced or made. Where another Cutline is writing to the photo, this waits
    a few seconds, or until `control` is cancelled. Raises `Unreadable`, `Unsupported`, `ReadOnly`, `ChangedMeanwhile`,
    `InUse`, `Cancelled` or `DiskError`; then the photo is as it was.
    """
    order = _Order(path, storable(caption), frozenset(fields), stamp, keep_mtime, dry_run, record)
    with nullcontext() if dry_run else locked(path, control), taken_apart(path) as photo:
        photo.check(stamp)
        why = photo.layout.sidecar_only
        if why and mode == "embed":
            raise Unsupported(f"{shown(path)}: {why}; write to a sidecar instead (--write sidecar).")
        if why or mode == "sidecar":
            note = f"The caption goes into a sidecar, since the photo {why}."
            return _into_sidecar(order, photo, (note,) if why and mode == "auto" else ())
        return _embedded(order, photo)


def _embedded(order: _Order, photo: PhotoFile) -> Written:
    said = photo.carriers
    before = reconciled(said)
    with named(order.path):
        plan = planned(photo.layout, order.caption, order.fields)
        blocks = detect.settled(photo.file, photo.status.st_size, photo.layout, plan.blocks)
        splices = minimal(photo.file, photo.container.splices(photo.layout, blocks))
    undo = inverse(photo.file, splices)
    notes = (*plan.notes, *_notes(photo, splices))
    if order.dry_run:
        pending = bool(splices) or not _in_step(photo.sidecar, order)
        return Written(pending, before, splices, undo, photo.sidecar.path, notes)
    if splices:
        said = _apply(photo, order, splices, blocks, before)
    beside, side_changed = _sidecar_in_step(order, photo.sidecar, before)
    after = reconciled(replace(said, sidecar=beside.text))
    changed = bool(splices) or side_changed
    return Written(changed, after, splices, undo, beside.path, (*notes, *beside.notes))


def _notes(photo: PhotoFile, splices: tuple[Splice, ...]) -> Iterator[str]:
    if not splices:
        return
    yield from photo.layout.notes
    if photo.status.st_nlink > 1:
        yield "The photo has a second name (a hard link), under which the old file stays."


def _apply(
    photo: PhotoFile, order: _Order, splices: tuple[Splice, ...], blocks: Mapping[BlockName, bytes], before: Caption
) -> Carriers:
    """Put the splices into the photo; what its carriers say then. All that takes time is done while the disk does."""
    told: list[Carriers] = []
    with ExitStack() as held:
        change = partial(change_of_file, order.path, photo.status, splices)
        known = held.enter_context(aside(change)) if order.record is not None else None

        def look(result: BinaryIO) -> None:
            with named(order.path):
                verify(photo.container, photo.file, result, photo.layout, splices, blocks)
            told.append(carriers({**photo.layout.blocks, **blocks}))
            if order.record is not None and known is not None:  # the last of us that can say no
                held.enter_context(order.record(known(), order.words(before)))

        mtime_ns = photo.status.st_mtime_ns if order.keep_mtime else None
        applied(order.path, photo.file, photo.status, splices, verify=look, mtime_ns=mtime_ns)
    return told[0]


def _sidecar_in_step(order: _Order, there: Sidecar, before: Caption) -> tuple[Sidecar, bool]:
    """Bring a sidecar that is there in step with what was embedded: it would win over it when read."""
    if there.path is None or _in_step(there, order):
        return there, False
    try:
        _, changed = sidecar.write(order.path, order.caption, order.fields, order.recording(before))
    except CutlineError as error:
        note = f"The sidecar could not be brought in step: {error}"
        return replace(there, notes=(*there.notes, note)), False
    return sidecar_of(order.path), changed


def _in_step(there: Sidecar, order: _Order) -> bool:
    """Whether a sidecar that is there says nothing else than the caption in the chosen fields."""
    return there.path is None or all(
        (tags_of(there.text) if name == "tags" else getattr(there.text, name) or "") == wanted
        for name in order.fields
        for wanted in (getattr(order.caption, name),)
    )


def _into_sidecar(order: _Order, photo: PhotoFile, notes: tuple[str, ...]) -> Written:
    """Write beside the photo, whose own bytes stay as they are."""
    there, blocks = photo.sidecar, photo.layout.blocks
    wanted = any(getattr(order.caption, name) for name in order.fields)
    pending = wanted if there.path is None else not _in_step(there, order)
    before = reconciled(photo.carriers)
    if not pending:
        return Written(False, before, sidecar=there.path)
    notes = (*photo.layout.notes, *notes)
    if order.dry_run:
        return Written(True, before, sidecar=there.path, notes=notes)
    path, changed = sidecar.write(order.path, order.caption, order.fields, order.recording(before))
    caption = reconciled(carriers(blocks, sidecar.read(path)))
    if any(getattr(caption, name) != getattr(order.caption, name) for name in order.fields):
        notes = (*notes, "The photo itself still holds text that the sidecar cannot take away; embed to clear it.")
    return Written(changed, caption, sidecar=path, notes=notes)
