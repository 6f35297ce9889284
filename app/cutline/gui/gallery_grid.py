"""Where cards stand in the gallery: arithmetic on one uniform grid, the same cost for ten photos as for 100,000.

Positions count from 0, line by line from the top left. Coordinates are logical pixels of the whole content; whoever
scrolls adds the offset.
"""

from dataclasses import dataclass

GAP = 8  # pixels between cards, and around them


def fitting(width: int, card_width: int) -> int:
    """The width near `card_width` with which cards fill lines of `width` from edge to edge."""
    columns = max(1, round((width - GAP) / (card_width + GAP)))
    return max(1, (width - GAP) // columns - GAP)


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` cards of `card_width` by `card_height` in a view that is `width` wide."""

    count: int = 0
    width: int = 1
    card_width: int = 1
    card_height: int = 1

    @property
    def columns(self) -> int:
        """Cards in a line; at least one."""
        return max(1, (self.width - GAP) // (self.card_width + GAP))

    @property
    def step_x(self) -> int:
        """From one card's left edge to the next one's."""
        return self.card_width + GAP

    @property
    def step_y(self) -> int:
        """From one line's top to the next one's."""
        return self.card_height + GAP

    @property
    def lines(self) -> int:
        """Lines that are needed."""
        return -(-self.count // self.columns)

    @property
    def height(self) -> int:
        """Of the whole content."""
        return self.lines * self.step_y + GAP if self.count else 0

    def corner(self, position: int) -> tuple[int, int]:
        """Left and top of the card at `position`."""
        line, column = divmod(position, self.columns)
        return GAP + column * self.step_x, GAP + line * self.step_y

    def at(self, x: int, y: int) -> int | None:
        """The position of the card that covers the point, or None."""
        line, column = (y - GAP) // self.step_y, (x - GAP) // self.step_x
        position = line * self.columns + column
        if line < 0 or not 0 <= column < self.columns or not 0 <= position < self.count:
            return None
        left, top = self.corner(position)
        return position if x < left + self.card_width and y < top + self.card_height else None

    def near(self, top: int, bottom: int) -> range:
        """The positions on the lines that touch the stripe from `top` to `bottom`."""
        first = max(0, (top - GAP - self.card_height) // self.step_y + 1)
        last = max(first, (bottom - GAP) // self.step_y + 1)
        return range(min(self.count, first * self.columns), min(self.count, last * self.columns))

    def touched(self, left: int, top: int, right: int, bottom: int) -> list[range]:
        """The positions of the cards that a rectangle touches, as runs without holes."""
        first_column = max(0, (left - GAP - self.card_width) // self.step_x + 1)
        last_column = min(self.columns - 1, (right - GAP) // self.step_x)
        first_line = max(0, (top - GAP - self.card_height) // self.step_y + 1)
        last_line = min(self.lines - 1, (bottom - GAP) // self.step_y)
        if last_column < first_column or last_line < first_line:
            return []
        if (first_column, last_column) == (0, self.columns - 1):
            return [range(first_line * self.columns, min(self.count, (last_line + 1) * self.columns))]
        runs = []
        for line in range(first_line, last_line + 1):
            start = line * self.columns
            run = range(start + first_column, min(self.count, start + last_column + 1))
            if run:
                runs.append(run)
        return runs
