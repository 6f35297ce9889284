import random
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from cutline.core.batch import State
from cutline.core.photo import Photo
from cutline.gui.gallery_shown import Shown
from cutline.gui.photos import PhotoModel

NAMES = ["Beach.jpg", "beach 2.jpg", "Forest.jpg", "ÄPFEL.jpg", "forest at night.jpg"]


@pytest.fixture
def model(qapp: object) -> PhotoModel:
    made = PhotoModel()
    made.add([Photo(Path("/photos") / name) for name in NAMES])
    made.update(2, state=State.FAILED)
    made.update(4, state=State.SUGGESTED)
    return made


@pytest.fixture
def shown(model: PhotoModel) -> Shown:
    made = Shown(model, model)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    return made


def rows(shown: Shown) -> list[int]:
    return [shown.row(position) for position in range(shown.rowCount())]


def test_without_a_filter_everything_is_shown(shown: Shown) -> None:
    assert rows(shown) == [0, 1, 2, 3, 4]
    assert [shown.position(row) for row in (0, 4, 5)] == [0, 4, None]
    assert shown.index(1).data() == "beach 2.jpg"


@pytest.mark.parametrize(
    ("states", "text", "expected"),
    [
        (None, "BEACH", [0, 1]),
        (None, "äpfel", [3]),
        (None, "  forest ", [2, 4]),
        ({None}, "", [0, 1, 3]),
        ({State.FAILED, State.SUGGESTED}, "", [2, 4]),
        ({State.SUGGESTED}, "forest", [4]),
        ({State.WRITTEN}, "", []),
        (set(), "", []),
    ],
)
def test_a_filter_by_state_and_name(
    shown: Shown, states: set[State | None] | None, text: str, expected: list[int]
) -> None:
    shown.set_filter(states, text)
    assert rows(shown) == expected
    assert [shown.position(row) for row in expected] == list(range(len(expected)))
    hidden = set(range(5)) - set(expected)
    assert all(shown.position(row) is None for row in hidden)
    shown.set_filter(None, "")
    assert rows(shown) == [0, 1, 2, 3, 4]


def test_the_same_filter_again_changes_nothing(shown: Shown, qtbot: QtBot) -> None:
    shown.set_filter({State.FAILED}, "x")
    with qtbot.assertNotEmitted(shown.modelReset):
        shown.set_filter([State.FAILED], " X ")


def test_photos_enter_and_leave_as_they_change(shown: Shown, model: PhotoModel) -> None:
    shown.set_filter({State.SUGGESTED}, "")
    assert rows(shown) == [4]
    model.update(1, state=State.SUGGESTED)
    assert rows(shown) == [1, 4]
    model.update(4, state=State.WRITTEN)
    assert rows(shown) == [1]
    model.update(1, notes=("seen",))
    assert rows(shown) == [1]


def test_new_photos_are_shown_where_they_match(shown: Shown, model: PhotoModel) -> None:
    model.add([Photo(Path("/photos/x.jpg"))])
    assert rows(shown) == [0, 1, 2, 3, 4, 5]
    shown.set_filter(None, "beach")
    model.add([Photo(Path("/photos/y.jpg")), Photo(Path("/photos/beach 3.jpg"))])
    assert rows(shown) == [0, 1, 7]
    model.add([Photo(Path("/photos/z.jpg"))])
    assert rows(shown) == [0, 1, 7]


def test_removed_photos_are_not_shown(shown: Shown, model: PhotoModel) -> None:
    shown.set_filter(None, "beach")
    model.remove([0])
    assert rows(shown) == [0]
    model.remove([0, 2])
    assert rows(shown) == []
    shown.set_filter(None, "")
    assert rows(shown) == [0, 1]


def test_rows_of_runs_are_in_view_order(shown: Shown) -> None:
    shown.set_filter({None}, "")
    assert shown.rows([(2, 2), (0, 1)]) == [0, 1, 3]
    assert shown.rows([]) == []


def test_a_name_is_found_by_its_beginning_round_the_end(shown: Shown) -> None:
    assert shown.find("FOR", 0) == 2
    assert shown.find("for", 3) == 4
    assert shown.find("be", 2) == 0
    assert shown.find("x", 0) is None


def test_it_always_agrees_with_filtering_all_anew(qapp: object) -> None:
    chance, model = random.Random(7), PhotoModel()
    shown = Shown(model, model)
    states: list[State | None] = [None, *State]
    for number in range(400):
        action = chance.randrange(6)
        if action <= 1:
            model.add([Photo(Path(f"/{chance.choice('abc')}{number}-{more}.jpg")) for more in range(3)])
        elif action == 2 and model.rowCount():
            model.remove(chance.sample(range(model.rowCount()), k=min(2, model.rowCount())))
        elif action == 3:
            shown.set_filter(
                chance.choice([None, {None, State.FAILED}, {State.QUEUED}]), chance.choice(["", "a", "b1"])
            )
        elif model.rowCount():
            count = chance.choice([1, 3, model.rowCount()])
            model.update_rows(
                chance.sample(range(model.rowCount()), k=min(count, model.rowCount())), state=chance.choice(states)
            )
        matches = shown._matcher()
        assert rows(shown) == [row for row, entry in enumerate(model.entries()) if matches(entry)]
