"""Ten thousand changes on record: finding them does not take the longer the more there are of the others."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import changes
from cutline.core.history import history, prune
from cutline.core.journal import Journal
from cutline.core.metadata.model import Splice
from cutline.core.metadata.recording import FileChange, FileState, Words
from cutline.core.photo import Caption
from helpers.undoable import journal_at

MANY = 10_000


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """One run of many photos in many folders, and their sidecars; every tenth was named by a link."""
    words = Words(Caption("Title"), ("title",))
    with journal_at(tmp_path_factory.mktemp("many") / "journal.sqlite") as opened:
        with opened.transaction() as db:
            db.execute(
                "INSERT INTO runs (started, ended, command, backend, lang, policy) VALUES ('2', '2', '', '', '', '')"
            )
            for number in range(MANY):
                change = changes.add_change(db, 1, "2", photo(number), words)
                for path in (photo(number), photo(number).with_suffix(".xmp")):
                    state = FileState(100, bytes(32))
                    file = changes.intend(db, change, FileChange(path, state, 0, state, (Splice(0, 1, b"x"),)))
                    changes.mark(db, [file], "done")
            db.execute("UPDATE changes SET named = CAST('/links/' || id AS BLOB) WHERE id % 10 = 0")
        yield opened


def photo(number: int) -> Path:
    return Path(f"/photos/{number % 100}/IMG_{number:05}.jpg")


def test_photos_are_found_by_their_names_their_sidecars_links_and_folders(journal: Journal) -> None:
    asked = [Path("/photos/7"), Path("/photos"), photo(5), photo(6).with_suffix(".xmp"), Path("/links/10"),
             Path("/photos/7/IMG_0"), Path("/photo"), Path("/")]  # fmt: skip
    found = changes.photos_at(journal, asked)
    assert found[0] == [photo(number) for number in range(MANY - 93, -1, -100)], "the one written last comes first"
    assert len(found[1]) == len(found[7]) == MANY
    assert found[2:7] == [[photo(5)], [photo(6)], [photo(9)], [], []]
    assert changes.photos_at(journal, [photo(5)], run=2) == [[]]


def test_it_is_quick(journal: Journal) -> None:
    """By far: quadratic work of any kind takes minutes at this size."""
    began = time.monotonic()
    found = changes.photos_at(journal, [photo(number) for number in range(MANY)])
    assert all(found[number] == [photo(number)] for number in range(0, MANY, 97))
    assert len(changes.standing_of_run(journal, 1)) == MANY
    assert [(run.written, run.undone) for run in history(journal)] == [(MANY, 0)]
    prune(journal, 36500, 500, spare=1)
    assert time.monotonic() - began < 15
