"""What a camera wrote down about a photo: when, where, and how it was exposed.

    file ─ exif_head ─> IFD0, Exif IFD, GPS IFD ─> Facts

Each fact is read on its own: one that is missing, malformed or absurd (year 0000, 0/0, latitude 200) is None and the
others are still there. Nothing here refuses a photo. Tags by EXIF 2.32 (CIPA DC-008), section 4.6.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from cutline.core.exif_head import Directories, directories, of_block
from cutline.core.jpeg_head import upright_by

_DATE = re.compile(r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$")
_CLOCK_ZEROS = {datetime(year, 1, 1) for year in (1904, 1970, 1980, 2000)}
_FIRST_PHOTOGRAPH = 1826


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one photo; None: not known."""

    taken: datetime | None = None
    """When the shutter opened, by the clock on the wall; with its offset from UTC where the camera gives it."""
    latitude: float | None = None
    """Degrees, north positive."""
    longitude: float | None = None
    """Degrees, east positive."""
    exposure_seconds: float | None = None
    focal_mm: float | None = None
    focal_35mm: float | None = None
    """Focal length that gives the same angle of view on 24 x 36 mm."""
    flash_fired: bool | None = None
    distance_m: float | None = None
    """Distance of the subject."""
    macro: bool | None = None
    """Whether the camera says that the subject is in the macro range."""
    orientation: int | None = None
    """1-8, EXIF tag 0x0112."""
    make: str = ""
    model: str = ""

    @property
    def from_camera(self) -> bool:
        """Whether a camera says anything at all."""
        known = (self.taken, self.exposure_seconds, self.focal_mm, self.flash_fired)
        return bool(self.make or self.model) or any(fact is not None for fact in known)


def read_facts(path: Path) -> Facts:
    """The facts in the file at `path`; empty where it cannot be read or carries none. Never raises for bad content."""
    try:
        with path.open("rb") as file:
            return _facts(directories(file))
    except OSError:
        return Facts()


def parse(block: bytes) -> Facts:
    """The facts in an EXIF block (a TIFF structure)."""
    return _facts(of_block(block))


def _facts(said: Directories) -> Facts:
    ifd0, exif, gps = said.ifd0, said.exif, said.gps
    flash = exif.number(0x9209)
    distance_range = exif.number(0xA40C)
    return Facts(
        taken=_taken(exif.text(0x9003), exif.text(0x9011)),
        latitude=_degrees(gps.rationals(0x0002), gps.text(0x0001), "NS", 90),
        longitude=_degrees(gps.rationals(0x0004), gps.text(0x0003), "EW", 180),
        exposure_seconds=_within(exif.rational(0x829A), 1e-6, 86_400),
        focal_mm=_within(exif.rational(0x920A), 0.5, 10_000),
        focal_35mm=_within(exif.number(0xA405), 2, 20_000),
        flash_fired=None if flash is None else bool(flash & 1),
        distance_m=_within(exif.rational(0x9206), 0.001, 100_000),
        macro=None if distance_range not in (1, 2, 3) else distance_range == 1,
        orientation=upright_by(ifd0),
        make=ifd0.text(0x010F),
        model=ifd0.text(0x0110),
    )


def _taken(text: str, offset: str) -> datetime | None:
    found = _DATE.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    try:
        taken = datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return None
    now = datetime.now(UTC).replace(tzinfo=None)
    if year < _FIRST_PHOTOGRAPH or taken > now + timedelta(days=2) or taken in _CLOCK_ZEROS:
        return None
    return taken.replace(tzinfo=_zone(offset))


def _zone(offset: str) -> timezone | None:
    if offset == "Z":
        return UTC
    found = _OFFSET.match(offset)
    if not found:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes > 14 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


def _degrees(parts: tuple[float | None, ...], reference: str, letters: str, most: int) -> float | None:
    """Degrees from (degrees, minutes, seconds) and N, S, E or W. A missing reference leaves the side unknown."""
    side = reference[:1].upper()
    known = [part for part in parts if part is not None]
    if len(known) != len(parts) or not known or not side or side not in letters:
        return None
    degrees = math.fsum(part / 60.0**place for place, part in enumerate(known))
    if not (0 <= degrees <= most and all(part < 60 for part in known[1:])):
        return None
    return -degrees if side == letters[1] else degrees


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None
