"""What image libraries raise at damaged files, as one sentence about the photo.

Pillow is told nothing globally, except that its warnings (about sloppy EXIF and the like) are for nobody.
"""

import errno
import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from cutline.core.errors import CutlineError, Unreadable
from cutline.core.photo import Photo
from cutline.core.sniff import Format, unreachable

FOREIGN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the decoders of Pillow and pillow-heif raise, besides OSError (found by fuzzing and in their issue threads)."""

_PILLOW = r"PIL\."

_hushing = threading.Lock()

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else it writes on a terminal that is not its own


@contextmanager
def translated(path: Path, kind: Format) -> Iterator[None]:
    """What is raised while the file at `path` is decoded, as an error about the photo."""
    hush()
    try:
        yield
    except CutlineError:
        raise
    except MemoryError:
        raise Unreadable(
            f"{Photo(path).name}: there is not enough memory to decode it; close other programs or use a smaller copy."
        ) from None
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # which is what a place outside every file gives
            raise unreachable(path, error) from None
        raise damaged(path, kind, error) from error
    except (Image.DecompressionBombError, *FOREIGN) as error:
        raise damaged(path, kind, error) from error


def damaged(path: Path, kind: Format, error: Exception) -> Unreadable:
    """What a decoder's `error` means to a person."""
    name, said = Photo(path).name, str(error).lower()
    if any(word in said for word in _CUT):
        return Unreadable(f"{name}: the {kind} file is cut short; get it again from where it came from.")
    if isinstance(error, NotImplementedError) or any(word in said for word in _UNKNOWN):
        return Unreadable(f"{name}: uses a kind of {kind} that cannot be decoded; convert it to JPEG and use that.")
    return Unreadable(f"{name}: the {kind} file is damaged and cannot be decoded; get it again or repair it.")


_CUT = ("truncated", "outside of file bounds", "unexpected end of file", "insufficient input data")
_UNKNOWN = ("unsupported feature", "unsupported codec", "has not been built in", "unknown pixel mode")


def hush() -> None:
    """See to it that warnings raised inside Pillow go nowhere; others stay as they are.

    `warnings.catch_warnings` would be shorter but is not thread-safe; an added filter may stay.
    """
    with _hushing:
        mine = next((f for f in warnings.filters if f[0] == "ignore" and getattr(f[3], "pattern", "") == _PILLOW), None)
        if mine is None:
            warnings.filterwarnings("ignore", module=_PILLOW)
