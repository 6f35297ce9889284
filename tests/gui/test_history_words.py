"""The sentences of the history and of undo."""

from datetime import datetime
from pathlib import Path

import pytest

from cutline.core.errors import ChangedMeanwhile, Unreadable
from cutline.core.history import RunRecord
from cutline.core.metadata.recording import Words
from cutline.core.photo import FIELDS, Caption, FieldName
from cutline.core.run_photos import Fate, RunPhoto
from cutline.core.undo import Result, Undone
from cutline.gui import history_words as words
from cutline.gui.undoing import PutBack, Round, Wish

NOW = datetime(2026, 11, 21, 12, 0).astimezone()


def record(**values: object) -> RunRecord:
    usual: dict[str, object] = {
        "id": 7, "started": NOW.isoformat(), "ended": "x", "command": "tag", "backend": "imgtags", "lang": "en",
        "policy": "merge", "written": 3, "unchanged": 0, "failed": 0, "undone": 0,
    }  # fmt: skip
    return RunRecord(**{**usual, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("tag", "Tagged with imgtags"),
        ("write", "Written on the command line"),
        ("window", "Written in the window"),
        ("undo --force", "Captions put back"),
        ("what\nelse", "what\\nelse"),
    ],
)
def test_what_a_run_was(command: str, said: str) -> None:
    assert words.what(record(command=command)) == said


def test_when_a_run_was() -> None:
    assert words.when(record(), NOW) == "Today, 12:00"
    assert words.when(record(started="2026-11-20T23:30:00+00:00"), NOW).startswith(("Yesterday, ", "Today, "))
    assert words.when(record(started=NOW.replace(day=3, hour=9, minute=5).isoformat()), NOW) == "3 November 2026, 09:05"


def test_what_a_run_came_to() -> None:
    assert words.became(record(written=1200, unchanged=1, failed=2)) == (
        "1,200 photos written, 1 with nothing new, 2 failed"
    )
    assert words.became(record(written=0)) == "nothing written"
    assert words.left(record(undone=1)) == "2 to put back"
    assert words.left(record(undone=3)) == "undone"
    assert words.left(record(written=0)) == ""
    assert words.spoken(record(), NOW) == "Tagged with imgtags, Today, 12:00, 3 photos written, 3 to put back"


def photo(
    fields: tuple[FieldName, ...], before: tuple[str, ...] = (), after: tuple[str, ...] | None = None
) -> RunPhoto:
    return RunPhoto(Path("/x/a.jpg"), Words(Caption(tags=before), fields, after), Fate.STANDING)


def test_what_was_changed_in_a_photo() -> None:
    assert words.changed(photo(FIELDS, ("a", "b"), ("b", "c", "d"))) == (
        "Title, description, 2 tags added, 1 tag removed, alt text"
    )
    assert words.changed(photo(("tags",), ("a",), ("a", "b"))) == "1 tag added"
    assert words.changed(photo(("tags",), ("a", "b"), ("b", "a"))) == "Order of the tags"
    assert words.changed(photo(("tags",))) == "Tags"
    assert words.changed(photo(())) == "No words changed"


@pytest.mark.parametrize("fate", list(Fate))
def test_each_fate_has_its_words(fate: Fate) -> None:
    one = RunPhoto(Path("/x/a.jpg"), Words(Caption(), ()), fate, 9 if fate is Fate.AGAIN else None)
    assert words.fate(one).endswith(".")
    assert ("Run 9" in words.fate(one)) == (fate is Fate.AGAIN)
    assert words.FATES[fate]


def outcome(result: Result, error: ChangedMeanwhile | Unreadable | None = None, *notes: str) -> PutBack:
    return PutBack(Undone(Path("/photos/a.jpg"), result, 1, notes, error))


def test_a_round_says_how_it_ended() -> None:
    round_ = Round(Wish(9))
    assert round_.sentence() == "Nothing was put back."
    round_.add(outcome(Result.UNCHANGED, None, "It was already as it was before."))
    assert round_.sentence() == "Nothing was put back. It was already as it was before."
    round_.add(outcome(Result.UNDONE))
    assert round_.sentence() == "1 photo put back as it was before."
    for _ in range(2):
        round_.add(outcome(Result.FAILED, ChangedMeanwhile("/photos/a.jpg: was changed.")))
    round_.add(outcome(Result.CANCELLED))
    round_.typed = 2
    assert round_.sentence() == (
        "1 photo put back as it was before. 2 photos could not be put back; the first: a.jpg: was changed. "
        "Stopped: 1 photo left as it is. What you typed for 2 photos and did not accept is kept."
    )
    assert round_.done == 4


def test_captions_that_came_back_are_said_to_be_no_more() -> None:
    round_ = Round(Wish(2, forced=True))
    round_.add(outcome(Result.UNDONE))
    assert round_.sentence() == "The caption of 1 photo is back; the rest stays."
    round_.add(outcome(Result.UNDONE))
    assert round_.sentence() == "The captions of 2 photos are back; the rest stays."


def test_what_was_refused_can_be_wished_for_once_more() -> None:
    round_ = Round(Wish(5, run=3, about="Then"))
    refused = PutBack(Undone(Path("/x/b.jpg"), Result.FAILED, 3, (), ChangedMeanwhile("changed.")), forcible=True)
    round_.add(refused)
    assert round_.next_wish == Wish(1, 3, (Path("/x/b.jpg"),), forced=True, about="Then")
