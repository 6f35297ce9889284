"""Near-duplicates: frames of a burst, told by what they look like and by when they were taken.

A picture is looked at twice, as small as it goes: which of two neighbouring places is brighter, along rows and columns
of a grid of 8 x 8 (the difference hash, 128 bits), and the mean colours of a grid of 4 x 4. Two are near when few bits
and no colour differ, the shapes are the same, and the shutter opened within a minute where both cameras say when. A
picture without any contrast looks like every other such picture, and is near to none.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cutline.core import thumbnail
from cutline.core.errors import PhotoError
from cutline.core.facts import read_facts

if TYPE_CHECKING:
    from PIL.Image import Image

_BITS = 14
"""Most of the 128 that may differ."""
_COLOUR = 28
"""Most that a mean colour may differ, of 255 in each channel."""
_SHAPE = 0.03
"""Most that the ratios of the sides may differ."""
_BURST = 60.0
"""Seconds between two frames."""
_FLAT = 6
"""Contrast, of 255, below which the bits are noise."""
_SIDE = 64  # pixels of what is looked at


@dataclass(frozen=True, slots=True)
class Looks:
    """What a picture looks like."""

    bits: int
    colours: bytes
    shape: float
    """Width by height."""
    taken: float | None
    """Seconds on the camera's clock."""

    def near(self, other: "Looks") -> bool:
        """Whether this is another frame of the same."""
        if self.taken is not None and other.taken is not None and abs(self.taken - other.taken) > _BURST:
            return False
        if abs(self.shape / other.shape - 1) > _SHAPE or (self.bits ^ other.bits).bit_count() > _BITS:
            return False
        return max(abs(a - b) for a, b in zip(self.colours, other.colours, strict=True)) <= _COLOUR

    def packed(self) -> str:
        """As text, for the journal."""
        taken = "" if self.taken is None else repr(self.taken)
        return f"{self.bits:032x} {self.colours.hex()} {self.shape!r} {taken}"


def unpacked(text: str) -> Looks | None:
    """What was `packed`; None where it is damaged."""
    try:
        bits, colours, shape, taken = text.split(" ")
        looks = Looks(int(bits, 16), bytes.fromhex(colours), float(shape), float(taken) if taken else None)
    except ValueError:
        return None
    return looks if len(looks.colours) == 48 and looks.shape > 0 else None


def looks_of(path: Path) -> Looks | None:
    """What the photo at `path` looks like; None where it looks like nothing in particular, or cannot be decoded."""
    try:
        thumb = thumbnail.thumbnail(path, _SIDE)
    except PhotoError:
        return None  # whoever asks about it will say why
    from PIL import Image

    image = Image.frombytes("RGB", (thumb.width, thumb.height), thumb.rgb)
    low, high = image.convert("L").getextrema()
    if not isinstance(low, int) or not isinstance(high, int) or high - low < _FLAT:
        return None
    taken = read_facts(path).taken
    seconds = None if taken is None else taken.replace(tzinfo=None).timestamp()
    return Looks(
        _bits(image), image.resize((4, 4), Image.Resampling.BOX).tobytes(), thumb.width / thumb.height, seconds
    )


def _bits(image: "Image") -> int:
    from PIL import Image

    rows = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    columns = image.convert("L").resize((8, 9), Image.Resampling.BOX).tobytes()
    across = (rows[9 * y + x] < rows[9 * y + x + 1] for y in range(8) for x in range(8))
    down = (columns[8 * y + x] < columns[8 * y + 8 + x] for y in range(8) for x in range(8))
    return sum(bit << place for place, bit in enumerate((*across, *down)))
