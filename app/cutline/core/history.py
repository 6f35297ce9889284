"""What the journal knows of runs: the list of them, newest first, and the forgetting of the oldest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cutline.core import changes
from cutline.core.errors import PhotoError
from cutline.core.journal import Journal
from cutline.core.metadata.undoing import Standing, standing

_ROW = 330
"""Bytes that a file's change costs in the journal beside its names, its words and its inverse splices, roughly."""
_LIVE = timedelta(days=1)
"""A run that did not end and is younger than this may still be going on in another process."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run, for a list. Counts are photos."""

    id: int
    started: str
    """ISO 8601, UTC."""
    ended: str | None
    """None: it is still going on, or was killed."""
    command: str
    backend: str
    lang: str
    policy: str
    written: int
    unchanged: int
    failed: int
    undone: int
    """Those of the written photos whose bytes were put back."""


def history(journal: Journal) -> Iterator[RunRecord]:
    """Every run on record, newest first. Raises `DiskError`."""
    counts = {run: (written, undone) for run, written, undone in journal.rows(_COUNTS)}
    sql = "SELECT id, started, ended, command, backend, lang, policy, unchanged, failed FROM runs ORDER BY id DESC"
    for id_, started, ended, command, backend, lang, policy, unchanged, failed in journal.rows(sql):
        written, undone = counts.get(id_, (0, 0))
        written += _made_after_all(journal, id_)
        yield RunRecord(id_, started, ended, command, backend, lang, policy, written, unchanged, failed, undone)


_COUNTS = """
SELECT run, sum(done OR undone), sum(undone AND NOT done) FROM (
    SELECT c.run AS run, max(f.state = 'done') AS done, max(f.state = 'undone') AS undone
    FROM changes c JOIN files f ON f.change = c.id GROUP BY c.run, c.photo
) GROUP BY run
"""


def last_writing_run(journal: Journal) -> int | None:
    """The id of the newest run that wrote anything; None: there is none. Raises `DiskError`."""
    for (run,) in journal.rows("SELECT DISTINCT run FROM changes ORDER BY run DESC"):
        settled = "SELECT 1 FROM changes c JOIN files f ON f.change = c.id WHERE c.run = ? AND f.state <> 'intended'"
        if journal.rows(settled + " LIMIT 1", (run,)) or _made_after_all(journal, run):
            found: int = run
            return found
    return None


def known(journal: Journal, run: int) -> bool:
    """Whether there is a run of this id. Raises `DiskError`."""
    return 0 < run < 1 << 63 and bool(journal.rows("SELECT 1 FROM runs WHERE id = ?", (run,)))


def prune(journal: Journal, days: float, megabytes: float, *, spare: int) -> None:
    """Forget runs older than `days`, then the oldest until the way back takes at most `megabytes` (of 1,000,000 bytes).

    The run `spare` stays, and so do those that may still be going on. Raises `DiskError`.
    """
    now = datetime.now(UTC)
    oldest, live = ((now - age).isoformat(timespec="milliseconds") for age in (timedelta(days=days), _LIVE))
    sql = (
        "SELECT r.id, r.started < ?1, coalesce(sum(length(f.inverse) + 2 * length(f.path) + 2 * length(c.photo)"
        f" + length(c.named) + length(c.caption) + {_ROW}), 0),"
        " r.id = ?2 OR (r.ended IS NULL AND r.started > ?3)"
        " FROM runs r LEFT JOIN changes c ON c.run = r.id LEFT JOIN files f ON f.change = c.id"
        " GROUP BY r.id ORDER BY r.id"
    )
    runs = journal.rows(sql, (oldest, spare, live))
    excess, gone = sum(size for _, _, size, _ in runs) - megabytes * 1e6, []
    for run, old, size, stays in runs:
        if not stays and (old or excess > 0):
            gone.append((run,))
            excess -= size
    if gone:
        with journal.transaction() as db:
            db.executemany("DELETE FROM runs WHERE id = ?", gone)


def others_going_on(journal: Journal, run: int) -> bool:
    """Whether other runs than this one may be going on. Raises `JournalError`."""
    live = (datetime.now(UTC) - _LIVE).isoformat(timespec="milliseconds")
    return bool(journal.rows("SELECT 1 FROM runs WHERE id <> ? AND ended IS NULL AND started > ?", (run, live)))


def _made_after_all(journal: Journal, run: int) -> int:
    """How many photos of a run that was killed (or goes on) were written, as their files tell, though nobody came to
    note it."""
    sql = (
        "SELECT c.id, c.photo FROM changes c JOIN files f ON f.change = c.id WHERE c.run = ?"
        " GROUP BY c.photo HAVING min(f.state = 'intended')"
    )
    return sum(_made(journal, change) for change, _ in journal.rows(sql, (run,)))


def _made(journal: Journal, change: int) -> bool:
    try:
        return any(standing(file.change) is not Standing.BEFORE for file in changes.files_of(journal, change))
    except PhotoError:
        return True  # it is not known to be as it was
