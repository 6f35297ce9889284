"""What the history window reads from the journal, in the background: generators.

Everything that touches the journal or a file is imported by the thread that iterates.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cutline.core.history import RunRecord
    from cutline.core.run_photos import RunPhoto


def reading_runs(journal: Path, text: str) -> Iterator["RunRecord"]:
    """The runs, newest first; with a `text` only those that wrote to a photo whose path contains it.

    Raises `JournalError` where the journal cannot be used.
    """
    from cutline.core.history import history
    from cutline.core.journal import Journal
    from cutline.core.run_photos import runs_naming

    with closing(Journal(journal)) as kept:
        wanted = runs_naming(kept, text) if text else None
        yield from (run for run in history(kept) if wanted is None or run.id in wanted)


def reading_photos(journal: Path, run: int) -> Iterator["RunPhoto"]:
    """The photos of a run, in the order they were written. Raises `JournalError`."""
    from cutline.core.journal import Journal
    from cutline.core.run_photos import run_photos

    with closing(Journal(journal)) as kept:
        yield from run_photos(kept, run)
