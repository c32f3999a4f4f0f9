"""Where everything stands on the board, in cells: columns, cards, gaps; and back from a cell to what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

HEAD: Final = 2
"""Rows of a column's head: its name, and the line below it."""
CARD: Final = 2
"""Rows of a card."""
PITCH: Final = 3
"""Rows from one card to the next."""
NARROWEST: Final = 24
WIDEST: Final = 40


class Rect(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


class Span(NamedTuple):
    """The cells of a column: the last one is its divider, which is its scroll bar too."""

    x: int
    width: int

    @property
    def end(self) -> int:
        """The first cell behind the column."""
        return self.x + self.width

    @property
    def track(self) -> int:
        """The cell of the divider."""
        return self.end - 1


class Part(Enum):
    """What a cell belongs to."""

    HEAD = auto()
    CARD = auto()
    GAP = auto()
    TRACK = auto()
    NOTHING = auto()


class Hit(NamedTuple):
    """What is at a cell: ``column`` counts all columns from 0, ``slot`` the cards in view from 0 (-1 on a head)."""

    part: Part
    column: int = -1
    slot: int = -1


@dataclass(frozen=True, slots=True)
class Grid:
    """The division of a board's cells. ``first`` is the leftmost column in view, ``spans`` those in view.

    ``body`` counts the rows below the heads, ``slots`` the whole cards that fit under one another (at least one), and
    ``drawn`` those that are drawn at least in part.
    """

    width: int
    height: int
    columns: int
    first: int
    spans: tuple[Span, ...]
    body: int
    slots: int
    drawn: int

    @property
    def shown(self) -> range:
        """The columns in view."""
        return range(self.first, self.first + len(self.spans))

    def span(self, column: int) -> Span | None:
        """Return a column's cells, or None when it is out of view."""
        return self.spans[column - self.first] if column in self.shown else None

    def column_at(self, x: int) -> int | None:
        """Return the column whose cells hold ``x``."""
        return next((i for i, span in zip(self.shown, self.spans, strict=True) if span.x <= x < span.end), None)

    def hit(self, x: int, y: int) -> Hit:
        """Return what is at a cell; a card's slot may turn out to be empty."""
        column = self.column_at(x)
        if column is None or not 0 <= y < self.height:
            return Hit(Part.NOTHING)
        if y < HEAD:
            return Hit(Part.HEAD, column)
        slot, row = divmod(y - HEAD, PITCH)
        if x == self.spans[column - self.first].track:
            return Hit(Part.TRACK, column, slot)
        return Hit(Part.CARD if row < CARD else Part.GAP, column, slot)

    def card(self, column: int, slot: int) -> Rect | None:
        """Return the cells of a card in view, cut at the lower edge; None when no row of it is in view."""
        span = self.span(column)
        y = HEAD + slot * PITCH
        height = min(CARD, self.height - y)
        if span is None or slot < 0 or height <= 0:
            return None
        return Rect(span.x, y, span.width - 1, height)

    def head(self, column: int) -> Rect | None:
        """Return the cells of a column's head."""
        span = self.span(column)
        return Rect(span.x, 0, span.width, min(HEAD, self.height)) if span else None

    def track(self, column: int, rows: Iterable[int] | None = None) -> list[Rect]:
        """Return these rows of a column's scroll bar, or all of it."""
        span = self.span(column)
        if span is None or not self.body:
            return []
        if rows is None:
            return [Rect(span.track, HEAD, 1, self.body)]
        return [Rect(span.track, row, 1, 1) for row in rows]

    def boundary(self, y: int) -> int:
        """Return the place between cards nearest to a row: 0 above the first slot, 1 below it, and so on."""
        return min(max(0, (y - HEAD + 2) // PITCH), self.drawn)

    def boundary_row(self, boundary: int) -> int:
        """Return the row where the mark of a place between cards is drawn."""
        return max(0, min(HEAD + boundary * PITCH - 1, self.height - 1))

    def thumb(self, count: int, top: int) -> range:
        """Return the rows of a column's thumb; empty when all its cards fit."""
        if count <= self.slots or not self.body:
            return range(0)
        size = max(1, self.body * self.slots // count)
        travel = self.body - size
        start = HEAD + round(travel * min(1.0, top / (count - self.slots)))
        return range(start, start + size)

    def top_at(self, y: int, count: int) -> int:
        """Return the scroll position that puts the middle of the thumb at a row of the bar."""
        size = max(1, self.body * self.slots // max(1, count))
        share = (y - HEAD - size // 2) / max(1, self.body - size)
        return clamp_top(round(share * (count - self.slots)), count, self.slots)


def lay_out(width: int, height: int, columns: int, first: int = 0) -> Grid:
    """Divide a board: all columns where each gets its least width, else as many whole ones as fit, from ``first``.

    ``first`` is moved so that no room stays empty while columns are out of view.
    """
    width, height = max(1, width), max(1, height)
    fit = max(1, min(columns, width // NARROWEST))
    shown = min(columns, fit)
    first = max(0, min(first, columns - shown))
    body = max(0, height - HEAD)
    slots, drawn = max(1, (body + PITCH - CARD) // PITCH), max(1, -(-body // PITCH))
    return Grid(width, height, columns, first, tuple(_share(width, shown)), body, slots, drawn)


def _share(width: int, shown: int) -> list[Span]:
    if not shown:
        return []
    each, rest = divmod(min(width, shown * WIDEST), shown)
    spans, x = [], 0
    for place in range(shown):
        spans.append(Span(x, each + (place < rest)))
        x = spans[-1].end
    return spans


def clamp_top(top: int, count: int, slots: int) -> int:
    """Return a scroll position that leaves no room below the last card while there are cards above."""
    return max(0, min(top, count - slots))


def reveal(top: int, index: int, slots: int) -> int:
    """Return the nearest scroll position at which the card ``index`` is wholly in view."""
    return max(index - slots + 1, min(top, index))
