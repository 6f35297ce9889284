"""An example of a plug-in: tags a photo with the name of its mean colour, on this machine.

Copy it into the folder ``plugins`` beside config.toml and choose it with ``--backend mean_colour``; or put it into a
package with the entry point ``mean_colour = "mean_colour:create"`` in the group ``cutline.backends``.
"""

from collections.abc import Callable

from cutline.core.backends.base import Info, Request, Upload
from cutline.core.control import Control
from cutline.core.photo import Caption, Suggestion
from cutline.core.settings import Settings

CUTLINE_API = 1  # the version of the interface this was written for

COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (200, 30, 30),
    "green": (40, 140, 60),
    "blue": (40, 80, 180),
    "yellow": (230, 210, 40),
    "brown": (110, 75, 45),
}


class MeanColour:
    """A backend. `ask` is called from several threads at once, so it keeps nothing between calls."""

    id = "mean_colour"
    name = "Mean colour"
    info = Info(needs_key=False, local=True, gives=frozenset({"tags"}))

    def fingerprint(self, request: Request) -> str:
        """What, besides the picture, an answer depends on; two requests with the same share one answer."""
        return "1"

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        """`upload.picture` is the decoded picture; `upload.data` would be the bytes for a service."""
        control.checkpoint()  # raises Cancelled when the person has stopped the run
        pixel = upload.picture(64).resize((1, 1)).getpixel((0, 0))
        assert isinstance(pixel, tuple)
        nearest = min(COLOURS, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, COLOURS[name], strict=True)))
        return Suggestion(Caption(tags=(nearest,)), self.id)

    def close(self) -> None:
        """Let go of connections; this one has none."""


def create(settings: Settings, key: Callable[[], str | None]) -> MeanColour:
    """Called once for a run. A backend that needs a key calls `key()` when it sends, and keeps it nowhere."""
    return MeanColour()
