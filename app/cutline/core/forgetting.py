"""What the journal forgets at the end of a run, by the settings, and the room that this frees on the disk.

Old runs and their way back (`history_days`, `history_megabytes`), finished ledgers of the same age, and answers only
where a setting says so (`answers_days`), since they were paid for.
"""

from datetime import UTC, datetime, timedelta

from cutline.core import history
from cutline.core.journal import Journal
from cutline.core.journal_room import shrink
from cutline.core.settings import Settings


def forget(journal: Journal, settings: Settings, *, spare: int) -> None:
    """Forget what is older or larger than the settings allow, but for the run `spare`. Raises `JournalError`."""
    history.prune(journal, settings.history_days, settings.history_megabytes, spare=spare)
    _forget_ledgers(journal, settings.history_days)
    if settings.answers_days:
        _forget_answers(journal, settings.answers_days)
    shrink(journal, alone=not history.others_going_on(journal, spare))


def _forget_ledgers(journal: Journal, days: int) -> None:
    """Forget finished ledgers older than `days`, unless suggestions of theirs wait for review."""
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    with journal.transaction(durable=False) as db:
        db.execute(
            "DELETE FROM ledgers WHERE ended IS NOT NULL AND started < ? AND NOT EXISTS"
            " (SELECT 1 FROM ledger_photos WHERE ledger = id AND state = 'suggested')",
            (before,),
        )


def _forget_answers(journal: Journal, days: int) -> None:
    """Forget answers older than `days`, but for those that wait for review."""
    before = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%fZ")
    with journal.transaction() as db:
        db.execute(
            "DELETE FROM answers WHERE answered < ? AND (picture, backend, lang, fingerprint) NOT IN"
            " (SELECT picture, backend, lang, fingerprint FROM ledger_photos"
            " WHERE state = 'suggested' AND picture IS NOT NULL)",
            (before,),
        )
        db.execute(
            "DELETE FROM looks WHERE (picture, backend, lang, fingerprint) NOT IN"
            " (SELECT picture, backend, lang, fingerprint FROM answers)"
        )
