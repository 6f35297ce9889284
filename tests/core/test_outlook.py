"""The outlook on a run: what there was no time to look at counts as to be asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import backends, metadata
from cutline.core.control import Control
from cutline.core.errors import Cancelled
from cutline.core.journal import AnswerKey, Journal
from cutline.core.outlook import PATIENCE, outlook
from cutline.core.photo import Caption, Credits, Photo, Suggestion
from cutline.core.settings import Settings, changed
from cutline.core.tagging import Rules, Tagger
from helpers.little_photos import jpeg

SETTINGS = changed(Settings(), "backend", "imagedescriber")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def photos(tmp_path: Path) -> list[Photo]:
    return [Photo(jpeg(tmp_path / f"{n}.jpg", 40 + n, 30)) for n in range(5)]


def tagger(journal: Journal, *, fresh: bool = False) -> Tagger:
    return Tagger(backends.create("imagedescriber", SETTINGS, lambda: None), journal, SETTINGS, Rules(fresh=fresh))


def test_what_there_is_no_time_for_counts_as_to_be_asked(journal: Journal, photos: list[Photo]) -> None:
    times = iter([0.0, 0.0, 1.0, PATIENCE])
    ahead = outlook(photos, tagger(journal), SETTINGS, Control(), lambda: next(times))
    assert (ahead.photos, ahead.asked, ahead.exact) == (5, 5, False)
    assert outlook(photos, tagger(journal), SETTINGS, Control()).exact


def test_the_mean_of_earlier_answers_tells_the_cost(journal: Journal, photos: list[Photo]) -> None:
    assert outlook(photos, tagger(journal), SETTINGS, Control()).cost.credits == 5, "one each, where nothing is known"
    for n, used in enumerate((1, 2)):
        journal.keep(AnswerKey(str(n), "imagedescriber", "en"), Suggestion(Caption(), "x", credits=Credits(used, 9)))
    journal.keep(AnswerKey("9", "imgtags", "en"), Suggestion(Caption(), "x", credits=Credits(100, 9)))
    assert outlook(photos, tagger(journal), SETTINGS, Control()).cost.credits == 7.5


def test_what_cannot_be_read_will_not_be_asked_about(journal: Journal, photos: list[Photo], tmp_path: Path) -> None:
    (tmp_path / "0.jpg").write_text("no picture")
    ahead = outlook(photos, tagger(journal), SETTINGS, Control())
    assert (ahead.photos, ahead.asked, ahead.exact) == (5, 4, True)


def test_to_ask_anew_is_to_ask_about_all(journal: Journal, photos: list[Photo]) -> None:
    asker = tagger(journal)
    _, key = asker._answering._question(photos[0], metadata.read(photos[0].path), Control())
    journal.keep(key, Suggestion(Caption("T"), "imagedescriber"))
    assert outlook(photos, asker, SETTINGS, Control()).answered == 1
    assert outlook(photos, tagger(journal, fresh=True), SETTINGS, Control()).asked == 5


def test_it_can_be_cancelled(journal: Journal, photos: list[Photo]) -> None:
    control = Control()
    control.cancel()
    with pytest.raises(Cancelled):
        outlook(photos, tagger(journal), SETTINGS, control)
