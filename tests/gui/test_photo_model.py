import time
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from cutline.core.batch import State
from cutline.core.errors import Unreadable
from cutline.core.photo import Photo
from cutline.gui.photos import PhotoModel


def photos(*names: str) -> list[Photo]:
    return [Photo(Path("/photos") / name) for name in names]


@pytest.fixture
def model(qapp: object) -> PhotoModel:
    made = PhotoModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    made.add(photos("a.jpg", "b.jpg", "c.jpg", "d.jpg"))
    return made


def names(model: PhotoModel) -> list[str]:
    return [entry.photo.name for entry in model.entries()]


def test_adding_appends_what_is_new_and_says_how_many(model: PhotoModel, qtbot: QtBot) -> None:
    with qtbot.waitSignals([model.rowsInserted, model.changed_counts]):
        assert model.add(photos("e.jpg", "b.jpg", "e.jpg", "f.jpg")) == 2
    assert names(model) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg"]
    assert model.rowCount() == 6
    assert model.count(None) == 6


def test_adding_nothing_new_says_nothing(model: PhotoModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.rowsInserted), qtbot.assertNotEmitted(model.changed_counts):
        assert model.add(photos("a.jpg", "d.jpg")) == 0
        assert model.add([]) == 0


def test_a_photo_is_found_by_its_path(model: PhotoModel) -> None:
    assert [model.row_of(photo) for photo in photos("a.jpg", "d.jpg", "x.jpg")] == [0, 3, None]


def test_an_update_changes_counts_and_tells_the_views(model: PhotoModel, qtbot: QtBot) -> None:
    with qtbot.waitSignals([model.dataChanged, model.changed_counts]):
        model.update(1, state=State.FAILED, error=Unreadable("b.jpg: is damaged."))
    assert (model.count(None), model.count(State.FAILED)) == (3, 1)
    assert model.entry(1).error is not None


def test_an_update_without_a_change_of_state_leaves_the_counts(model: PhotoModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.changed_counts):
        model.update(1, notes=("GIF holds no IPTC.",))


def test_counts_are_right_when_the_views_hear_of_an_update(model: PhotoModel) -> None:
    seen: list[int] = []
    model.dataChanged.connect(lambda *_: seen.append(model.count(State.QUEUED)))
    model.update_rows([0, 2], state=State.QUEUED)
    assert seen == [2]


def test_many_rows_are_updated_with_one_signal(model: PhotoModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.dataChanged) as told:
        model.update_rows([3, 1], state=State.QUEUED)
    top, bottom = told.args[:2]
    assert (top.row(), bottom.row()) == (1, 3)
    assert [entry.state for entry in model.entries()] == [None, State.QUEUED, None, State.QUEUED]
    model.update_rows([], state=State.FAILED)
    assert model.count(State.FAILED) == 0


def test_an_unknown_field_is_a_defect(model: PhotoModel) -> None:
    with pytest.raises(AttributeError):
        model.update(0, colour="red")


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([0], ["b.jpg", "c.jpg", "d.jpg"]),
        ([1, 2], ["a.jpg", "d.jpg"]),
        ([3, 0, 0], ["b.jpg", "c.jpg"]),
        ([], ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]),
        ([3, 2, 1, 0], []),
    ],
)
def test_removing_renumbers_and_recounts(model: PhotoModel, rows: list[int], left: list[str]) -> None:
    model.update(2, state=State.WRITTEN)
    model.remove(rows)
    assert names(model) == left
    assert [model.row_of(photo) for photo in photos(*left)] == list(range(len(left)))
    assert model.count(State.WRITTEN) == ("c.jpg" in left)
    assert model.count(None) == len(left) - ("c.jpg" in left)


def test_what_was_removed_can_be_added_again(model: PhotoModel) -> None:
    model.remove([0])
    assert model.add(photos("a.jpg")) == 1
    assert names(model)[-1] == "a.jpg"


def test_clearing_takes_all(model: PhotoModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.changed_counts):
        model.clear()
    assert (model.rowCount(), model.count(None)) == (0, 0)
    model.clear()


def test_it_is_a_flat_list(model: PhotoModel) -> None:
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None
    assert model.data(model.index(0), Qt.ItemDataRole.UserRole) is None


def test_every_state_is_said_in_words_with_its_reason(model: PhotoModel) -> None:
    said = set()
    for state in (None, *State):
        model.update(0, state=state)
        said.add(model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole))
    assert len(said) == len(State) + 1
    assert all(text.startswith("a.jpg, ") for text in said)
    model.update(0, state=State.FAILED, error=Unreadable("a.jpg: is damaged."), notes=("Left as it is.",))
    assert model.entry(0).says() == "Failed: a.jpg: is damaged.\nLeft as it is."


def test_a_name_is_never_taken_for_markup(qapp: object) -> None:
    model = PhotoModel()
    model.add(photos("<img src=x>.jpg"))
    tip = model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    assert "<img" not in tip
    assert model.data(model.index(0)) == "<img src=x>.jpg"


def test_100_000_photos_are_no_trouble(qapp: object) -> None:
    many = photos(*(f"IMG_{number}.jpg" for number in range(100_000)))
    model = PhotoModel()
    begun = time.process_time()
    assert model.add(many) == 100_000
    assert model.add(many) == 0
    model.update_rows(range(100_000), state=State.QUEUED)
    for row in range(0, 100_000, 100):
        model.update(row, state=State.SUGGESTED)
    model.remove(range(0, 100_000, 2))
    took = time.process_time() - begun
    assert (model.rowCount(), model.count(State.QUEUED), model.count(State.SUGGESTED)) == (50_000, 50_000, 0)
    assert took < 8, f"{took:.1f} s of computing; a second at most is usual"
