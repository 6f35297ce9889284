from hypothesis import given
from hypothesis import strategies as st

from cutline.gui.gallery_grid import GAP, Grid, fitting

grids = st.builds(
    Grid,
    count=st.integers(0, 300),
    width=st.integers(0, 1500),
    card_width=st.integers(1, 350),
    card_height=st.integers(1, 300),
)


def rectangle(grid: Grid, position: int) -> tuple[int, int, int, int]:
    left, top = grid.corner(position)
    return left, top, left + grid.card_width - 1, top + grid.card_height - 1


def test_a_small_grid_by_hand() -> None:
    grid = Grid(7, GAP + 3 * (100 + GAP), 100, 50)
    assert (grid.columns, grid.lines, grid.height) == (3, 3, GAP + 3 * (50 + GAP))
    assert [grid.corner(position) for position in (0, 2, 3)] == [(8, 8), (224, 8), (8, 66)]
    assert [grid.at(*point) for point in ((8, 8), (107, 57), (108, 8), (116, 8), (0, 0))] == [0, 0, None, 1, None]
    assert grid.at(224, 124) is None, "the last line has one card"


def test_nothing_takes_no_room() -> None:
    grid = Grid(0, 500, 100, 100)
    assert (grid.lines, grid.height, grid.at(10, 10)) == (0, 0, None)
    assert not grid.near(0, 1000)
    assert grid.touched(0, 0, 1000, 1000) == []


@given(grids.filter(lambda grid: grid.count > 0), st.data())
def test_a_card_is_found_where_it_stands(grid: Grid, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, grid.count - 1))
    left, top, right, bottom = rectangle(grid, position)
    assert grid.at(left, top) == grid.at(right, bottom) == position
    assert position in grid.near(top, bottom)
    assert bottom < grid.height


@given(grids, st.integers(-50, 2000), st.integers(-50, 20000), st.integers(0, 900), st.integers(0, 900))
def test_a_rectangle_touches_what_overlaps_it(grid: Grid, left: int, top: int, wide: int, high: int) -> None:
    right, bottom = left + wide, top + high
    expected = [
        position
        for position in range(grid.count)
        for x0, y0, x1, y1 in [rectangle(grid, position)]
        if x0 <= right and x1 >= left and y0 <= bottom and y1 >= top
    ]
    assert [position for run in grid.touched(left, top, right, bottom) for position in run] == expected


@given(grids, st.integers(-50, 20000), st.integers(0, 900))
def test_a_stripe_shows_every_card_that_reaches_into_it(grid: Grid, top: int, high: int) -> None:
    near = grid.near(top, top + high)
    for position in range(grid.count):
        _, y0, _, y1 = rectangle(grid, position)
        if y0 <= top + high and y1 >= top:
            assert position in near


@given(st.integers(150, 4000), st.integers(80, 350))
def test_fitted_cards_fill_the_line_and_are_about_as_wide_as_asked(width: int, wanted: int) -> None:
    card = fitting(width, wanted)
    grid = Grid(1000, width, card, 10)
    left_over = width - GAP - grid.columns * (card + GAP)
    assert 0 <= left_over < grid.columns or width < 2 * wanted
    if width > 4 * (wanted + GAP):
        assert abs(card - wanted) <= wanted / 6
