"""A photo whose clock runs away is that photo's failure, and not the journal's, nor the run's."""

import os
from pathlib import Path

import pytest

from cutline.core.errors import JournalError
from cutline.core.journal import Journal


def test_a_number_that_the_journal_cannot_hold_is_its_error_and_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"photo")
    try:
        os.utime(path, ns=(10**19, 10**19))
    except (OSError, OverflowError):
        pytest.skip("this disk knows no such year")
    journal = Journal(tmp_path / "journal.sqlite")
    with pytest.raises(JournalError), journal.transaction() as db:
        db.execute("SELECT ?", (path.stat().st_mtime_ns,))
    assert journal.rows("SELECT 1") == [(1,)]
    journal.close()
