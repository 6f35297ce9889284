"""Everything that is known of one photo, before it is put into words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutline.core.facts import Facts
from cutline.core.offline.colors import Dominant, dominant
from cutline.core.offline.light import Frame, Light, frame_of, light_of
from cutline.core.offline.moment import Season, TimeOfDay, season, time_of_day
from cutline.core.offline.names import Named

if TYPE_CHECKING:
    from PIL.Image import Image

_LONG_EXPOSURE = 0.5  # seconds
_TELEPHOTO, _WIDE = 135.0, 24.0  # mm on 24 x 36: from, below
_CLOSE = 0.3  # metres


@dataclass(frozen=True, slots=True)
class Findings:
    """What names, camera and pixels say of a photo."""

    named: Named
    facts: Facts
    light: Light
    frame: Frame
    colors: tuple[Dominant, ...]
    """Empty for a picture without colours of its own (black and white, toned)."""

    @property
    def season(self) -> Season | None:
        """By date and hemisphere."""
        return season(self.facts)

    @property
    def time_of_day(self) -> TimeOfDay | None:
        """By clock and, where it can be known, the sun."""
        return time_of_day(self.facts)

    @property
    def techniques(self) -> tuple[tuple[str, float], ...]:
        """What is uncommon about the exposure, with its value (seconds, millimetres)."""
        facts = self.facts
        found: list[tuple[str, float]] = []
        if facts.exposure_seconds is not None and facts.exposure_seconds >= _LONG_EXPOSURE:
            found.append(("long_exposure", facts.exposure_seconds))
        if facts.macro or (facts.distance_m is not None and facts.distance_m <= _CLOSE):
            found.append(("close_up", 0))
        if facts.focal_35mm is not None and facts.focal_35mm >= _TELEPHOTO:
            found.append(("telephoto", facts.focal_35mm))
        elif facts.focal_35mm is not None and facts.focal_35mm < _WIDE:
            found.append(("wide_angle", facts.focal_35mm))
        if facts.flash_fired:
            found.append(("flash", 0))
        return tuple(found)


def look(picture: "Image", named: Named, facts: Facts) -> Findings:
    """Look at a small RGB `picture` that stands upright."""
    light = light_of(picture)
    colors = dominant(picture) if light.tone == "color" else ()
    return Findings(named, facts, light, frame_of(*picture.size), colors)


def details(found: Findings) -> dict[str, Any]:
    """The findings for machines, JSON-shaped."""
    facts, light = found.facts, found.light
    known = {
        "taken": facts.taken.isoformat() if facts.taken else None,
        "dated": str(found.named.when) if found.named.when else None,
        "season": found.season,
        "time_of_day": found.time_of_day,
        "hemisphere": None if facts.latitude is None else "north" if facts.latitude >= 0 else "south",
        "exposure_seconds": facts.exposure_seconds,
        "focal_35mm": facts.focal_35mm,
        "flash_fired": facts.flash_fired,
    }
    return {
        "colors": [{"name": c.name, "hex": c.hex, "share": round(c.share, 3)} for c in found.colors],
        "orientation": found.frame,
        "tone": light.tone,
        "brightness": round(light.mean / 100, 3),
        "contrast": round((light.high - light.low) / 100, 3),
        **{name: value for name, value in known.items() if value is not None},
    }
