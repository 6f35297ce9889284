"""The colours of the window, one set for light and one for dark surroundings.

Text and state colours have a contrast of at least 4.5:1 on every surface they are painted on (WCAG 2.2, 1.4.3); the
tests hold them to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cutline.core.batch import State


@dataclass(frozen=True, slots=True)
class Colours:
    """Each as ``#rrggbb``."""

    window: str
    """Behind everything."""
    base: str
    """Fields that are typed into, and the gallery."""
    card: str
    hover: str
    """A card under the pointer."""
    mat: str
    """Around a thumbnail inside its card."""
    border: str
    text: str
    muted: str
    """Text of second rank."""
    disabled: str
    accent: str
    on_accent: str
    tint: str
    """Behind what is selected."""
    on_state: str
    """A state's glyph, on the state's colour."""
    states: Mapping[State, str]


LIGHT = Colours(
    window="#f3f4f6",
    base="#ffffff",
    card="#f6f7f9",
    hover="#eef0f3",
    mat="#e7eaee",
    border="#d3d8df",
    text="#1b1f24",
    muted="#565f6b",
    disabled="#9aa2ad",
    accent="#1f5fc4",
    on_accent="#ffffff",
    tint="#dfeafb",
    on_state="#ffffff",
    states={
        State.QUEUED: "#57606c",
        State.ASKING: "#1f5fc4",
        State.SUGGESTED: "#6d3bc4",
        State.WRITTEN: "#18703b",
        State.UNCHANGED: "#2b6b66",
        State.SKIPPED: "#57606c",
        State.FAILED: "#b3261e",
        State.CANCELLED: "#7d5310",
    },
)

DARK = Colours(
    window="#1f2227",
    base="#17191d",
    card="#23272d",
    hover="#2b3037",
    mat="#1a1d21",
    border="#3a4049",
    text="#e7e9ec",
    muted="#a5adb8",
    disabled="#6b737e",
    accent="#78adff",
    on_accent="#10151c",
    tint="#22364f",
    on_state="#14171b",
    states={
        State.QUEUED: "#a9b1bc",
        State.ASKING: "#78adff",
        State.SUGGESTED: "#c2a4ff",
        State.WRITTEN: "#6fd08c",
        State.UNCHANGED: "#7fc9bf",
        State.SKIPPED: "#a9b1bc",
        State.FAILED: "#ff8f86",
        State.CANCELLED: "#e2b86e",
    },
)
