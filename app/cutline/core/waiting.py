"""Suggestions that wait for review: photos that were answered in a run, and neither written nor discarded since.

They are kept in the ledgers (see `ledger`), so that they outlive the window; the answers themselves are in the journal.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cutline.core import metadata
from cutline.core.journal import AnswerKey, Journal
from cutline.core.ledger import name_of
from cutline.core.photo import Suggestion

Verdict = Literal["written", "unchanged", "discarded"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits for review."""

    key: AnswerKey
    answered: float
    """Seconds since 1970."""


def waiting(journal: Journal) -> dict[bytes, Waiting]:
    """All that wait, by `ledger.name_of` their photos. Raises `JournalError`."""
    rows = journal.rows(
        "SELECT p.photo, p.picture, p.backend, p.lang, p.fingerprint, strftime('%s', a.answered)"
        " FROM ledger_photos p JOIN answers a USING (picture, backend, lang, fingerprint)"
        " WHERE p.state = 'suggested' ORDER BY p.ledger"
    )
    return {photo: Waiting(AnswerKey(*key), float(answered or 0)) for photo, *key, answered in rows}


def suggestion_of(journal: Journal, path: Path, answer: Waiting) -> Suggestion | None:
    """The answer that waits for the photo at `path`; None where it is lost, or the file holds another picture now.

    Only a file that was touched since it was answered is looked into for that. Raises `CutlineError`.
    """
    try:
        there = os.stat(path)  # noqa: PTH116 - Path.stat is no quicker to say that it is gone
    except OSError:
        return None
    touched = max(there.st_mtime, there.st_ctime)
    if touched >= answer.answered and metadata.picture_hash(path) != answer.key.picture:
        return None
    return journal.answer(answer.key)


def reviewed(journal: Journal, paths: Iterable[Path], verdict: Verdict) -> None:
    """Note that the suggestions of these photos do not wait any more. Raises `JournalError`."""
    rows = [(verdict, name_of(path)) for path in paths]
    with journal.transaction(durable=False) as db:
        db.executemany("UPDATE ledger_photos SET state = ? WHERE photo = ? AND state = 'suggested'", rows)
