"""Sentences about runs and their photos, for the history."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cutline.core.history import RunRecord
from cutline.core.photo import FieldName, printable
from cutline.core.run_photos import Fate, RunPhoto

FIELD_NAMES: dict[FieldName, str] = {
    "title": "Title",
    "description": "Description",
    "tags": "Tags",
    "alt_text": "Alt text",
}
FATES = {
    Fate.STANDING: "can be put back",
    Fate.AGAIN: "written again",
    Fate.CHANGED: "changed since",
    Fate.TOUCHED: "touched since",
    Fate.GONE: "not found",
    Fate.UNDONE: "as before",
}
"""In two or three words; `fate` says more."""
_COMMANDS = {
    "write": "Written on the command line",
    "window": "Written in the window",
    "undo --force": "Captions put back",
}


def photos(count: int) -> str:
    """How many photos."""
    return f"{count:,} photo{'s' if count != 1 else ''}"


def what(run: RunRecord) -> str:
    """What a run was."""
    if run.command == "tag":
        return f"Tagged with {printable(run.backend)}"
    return _COMMANDS.get(run.command, printable(run.command))


def when(run: RunRecord, now: datetime | None = None) -> str:
    """When a run began, in this machine's time."""
    began = datetime.fromisoformat(run.started).astimezone()
    today = (now or datetime.now()).astimezone().date()
    days = {today: "Today", today - timedelta(days=1): "Yesterday"}
    day = days.get(began.date(), f"{began.day} {began:%B %Y}")
    return f"{day}, {began:%H:%M}"


def became(run: RunRecord) -> str:
    """What a run came to."""
    parts = [f"{photos(run.written)} written"] if run.written else []
    others = ((run.unchanged, "with nothing new"), (run.failed, "failed"))
    parts += [f"{count:,} {word}" for count, word in others if count]
    return ", ".join(parts) or "nothing written"


def left(run: RunRecord) -> str:
    """How much of a run can be put back."""
    count = run.written - run.undone
    if count > 0:
        return f"{count:,} to put back"
    return "undone" if run.written else ""


def changed(photo: RunPhoto) -> str:
    """Which fields a run changed in a photo, in a line."""
    parts = [_tags(photo) if name == "tags" else FIELD_NAMES[name].lower() for name in photo.words.fields]
    text = ", ".join(parts) or "no words changed"
    return text[0].upper() + text[1:]


def _tags(photo: RunPhoto) -> str:
    before, after = photo.words.before.tags, photo.words.tags
    if after is None:
        return "tags"
    added, gone = len(set(after) - set(before)), len(set(before) - set(after))
    parts = [f"{_count(count)} {word}" for count, word in ((added, "added"), (gone, "removed")) if count]
    return ", ".join(parts) or "order of the tags"


def _count(tags: int) -> str:
    return f"{tags} tag{'s' if tags != 1 else ''}"


def fate(photo: RunPhoto) -> str:
    """What can be done about a photo, in a sentence."""
    if photo.fate is Fate.AGAIN:
        return f"Run {photo.later} wrote to it later; undo that first."
    return {
        Fate.STANDING: "It can be put back as it was before this run.",
        Fate.CHANGED: "Another program changed it since; only its caption can be put back.",
        Fate.TOUCHED: "Another program touched it since; it is put back if its bytes are still the same.",
        Fate.GONE: "A file of it is not there any more: it was moved or deleted.",
        Fate.UNDONE: "It is as it was before this run.",
    }[photo.fate]


def spoken(run: RunRecord, now: datetime | None = None) -> str:
    """A run for screen readers."""
    return ", ".join(part for part in (what(run), when(run, now), became(run), left(run)) if part)


def matching(listed: Sequence[RunPhoto], text: str) -> list[RunPhoto]:
    """Those whose path contains `text`, without regard to case; where none does (a link names them), all."""
    wanted = text.casefold()
    found = [photo for photo in listed if wanted in str(photo.path).casefold()]
    return found or list(listed)
