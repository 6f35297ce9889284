"""Sentences about a photo for the inspector: where it is, how far it is, where its suggestion comes from."""

from collections import Counter
from collections.abc import Mapping, Sequence

from cutline.core.batch import State
from cutline.core.photo import Credits, Suggestion, printable
from cutline.core.settings import Settings
from cutline.gui.pace import credits_text
from cutline.gui.photos import Entry
from cutline.gui.review import changes

STATES: dict[State | None, str] = {
    None: "not asked yet",
    State.QUEUED: "queued",
    State.ASKING: "asking",
    State.SUGGESTED: "to review",
    State.WRITTEN: "written",
    State.UNCHANGED: "nothing new",
    State.SKIPPED: "already complete",
    State.FAILED: "failed",
    State.CANCELLED: "not asked",
}


def headline(entries: Sequence[Entry]) -> str:
    """What is selected."""
    if not entries:
        return "Nothing selected"
    return entries[0].photo.name if len(entries) == 1 else f"{len(entries):,} photos"


def place(entries: Sequence[Entry]) -> str:
    """Where it is."""
    folders = {entry.photo.path.parent for entry in entries}
    if len(folders) == 1:
        return printable(str(folders.pop()))
    return f"in {len(folders):,} folders" if folders else ""


def status(entries: Sequence[Entry], settings: Settings) -> str:
    """Format and state, and how many would change."""
    if len(entries) == 1:
        entry = entries[0]
        kind = entry.reading.format.upper() if entry.reading else ""
        beside = f"sidecar {entry.reading.sidecar.name}" if entry.reading and entry.reading.sidecar else ""
        return " · ".join(part for part in (kind, STATES[entry.state], beside) if part)
    counts = Counter(STATES[entry.state] for entry in entries)
    parts = [f"{count:,} {state}" for state, count in counts.most_common()]
    change = sum(bool(changes(entry, settings)) for entry in entries)
    return " · ".join([*parts, f"{change:,} would change"] if change else parts)


def origin(entry: Entry) -> str:
    """Where the suggestion comes from and what it cost."""
    suggestion = entry.suggestion
    if suggestion is None:
        return ""
    parts = [f"Suggested by {suggestion.backend}{f' ({suggestion.model})' if suggestion.model else ''}"]
    if suggestion.shared_with:
        parts.append("at no cost")
    elif entry.cached:
        parts.append("answered before, at no cost now")
    elif suggestion.credits is not None:
        parts.append(_cost(suggestion.credits))
    parts += _said(suggestion)
    if suggestion.request_id:
        parts.append(f"request {printable(suggestion.request_id)}")
    return " · ".join(part for part in parts if part)


def shared(entries: Sequence[Entry]) -> str:
    """Of suggestions that are the answers of photos which look alike; empty where there is none."""
    names = [e.suggestion.shared_with for e in entries if e.suggestion is not None and e.suggestion.shared_with]
    if len(entries) == 1 and names:
        return f"Shares the answer of {printable(names[0])}, which it looks like."
    if not names:
        return ""
    return f"{len(names):,} of them share{'s' * (len(names) == 1)} the answer of a photo that looks alike."


def _cost(credits_: Credits) -> str:
    used = f"{credits_text(credits_.used)} used" if credits_.used is not None else ""
    left = f"{credits_.remaining:g} left" if credits_.remaining is not None else ""
    return ", ".join(part for part in (used, left) if part)


def _said(suggestion: Suggestion) -> list[str]:
    """What else the backend said, as far as it fits in a line."""
    details = suggestion.details
    objects, colors, tokens = details.get("objects"), details.get("colors"), details.get("tokens_used")
    told = {
        "scene": details.get("scene"),
        "mood": details.get("mood"),
        "objects": ", ".join(name for name in objects if isinstance(name, str)) if isinstance(objects, list) else "",
        "main colour": colors.get("dominant") if isinstance(colors, Mapping) else "",
    }
    parts = [f"{name}: {printable(text[:60])}" for name, text in told.items() if isinstance(text, str) and text]
    parts += _unsafe(details.get("safe_search"))
    return [*parts, f"{tokens:,} tokens"] if isinstance(tokens, int) and tokens else parts


def _unsafe(levels: object) -> list[str]:
    """What a person should look at before the picture is published."""
    if not isinstance(levels, Mapping):
        return []
    doubtful = {"POSSIBLE": "possible", "LIKELY": "likely", "VERY_LIKELY": "very likely"}
    return [
        f"{printable(str(kind))}: {doubtful[str(level)]}" for kind, level in levels.items() if str(level) in doubtful
    ]
