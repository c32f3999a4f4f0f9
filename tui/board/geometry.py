"""Where everything stands on the board, in cells: columns, cards, gaps; and back from a cell to what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

HEAD: Final = 2
"""Rows of a column's head: its name, and the line below it."""
GHOST: Final = 2
"""Rows of what follows the mouse during a drag."""
NARROWEST: Final = 24
WIDEST: Final = 40
FOLDED: Final = 5
"""Cells of a folded column: its name downwards, and its divider."""


class Density(NamedTuple):
    """How close cards stand: rows of a card, and rows from one card to the next."""

    rows: int
    pitch: int


DENSITIES: Final = {"compact": Density(1, 1), "normal": Density(2, 3), "roomy": Density(3, 4)}
NORMAL: Final = DENSITIES["normal"]


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
    FOLD = auto()
    """The sign at a head that folds its column, and any cell of a folded one."""
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
    ``drawn`` those that are drawn at least in part. ``reach`` says for each column how many would be in view if it
    were the leftmost.
    """

    width: int
    height: int
    columns: int
    first: int
    spans: tuple[Span, ...]
    body: int
    slots: int
    drawn: int
    density: Density = NORMAL
    folded: frozenset[int] = frozenset()
    reach: tuple[int, ...] = ()

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
        span = self.spans[column - self.first]
        if column in self.folded or (x, y) == (span.x, 0):
            return Hit(Part.FOLD, column)
        if y < HEAD:
            return Hit(Part.HEAD, column)
        slot, row = divmod(y - HEAD, self.density.pitch)
        if x == span.track:
            return Hit(Part.TRACK, column, slot)
        return Hit(Part.CARD if row < self.density.rows else Part.GAP, column, slot)

    def card(self, column: int, slot: int) -> Rect | None:
        """Return the cells of a card in view, cut at the lower edge; None when no row of it is in view."""
        span = self.span(column)
        y = HEAD + slot * self.density.pitch
        height = min(self.density.rows, self.height - y)
        if span is None or slot < 0 or height <= 0 or column in self.folded:
            return None
        return Rect(span.x, y, span.width - 1, height)

    def head(self, column: int) -> Rect | None:
        """Return the cells of a column's head."""
        span = self.span(column)
        return Rect(span.x, 0, span.width, min(HEAD, self.height)) if span else None

    def whole(self, column: int) -> Rect | None:
        """Return all cells of a column."""
        span = self.span(column)
        return Rect(span.x, 0, span.width, self.height) if span else None

    def track(self, column: int, rows: Iterable[int] | None = None) -> list[Rect]:
        """Return these rows of a column's scroll bar, or all of it."""
        span = self.span(column)
        if span is None or not self.body or column in self.folded:
            return []
        if rows is None:
            return [Rect(span.track, HEAD, 1, self.body)]
        return [Rect(span.track, row, 1, 1) for row in rows]

    def boundary(self, y: int) -> int:
        """Return the place between cards nearest to a row: 0 above the first slot, 1 below it, and so on."""
        rows, pitch = self.density
        if pitch == 1 and y == self.height - 1:
            return self.drawn  # below the last card in view, which fills the last row
        return min(max(0, (y - HEAD + pitch - (rows + 1) // 2) // pitch), self.drawn)

    def boundary_row(self, boundary: int) -> int:
        """Return the row where the mark of a place between cards is drawn."""
        return max(0, min(HEAD + boundary * self.density.pitch - 1, self.height - 1))

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


def lay_out(
    width: int,
    height: int,
    columns: int,
    first: int = 0,
    density: Density = NORMAL,
    folded: frozenset[int] = frozenset(),
) -> Grid:
    """Divide a board: all columns where each gets its least width, else as many whole ones as fit, from ``first``.

    ``first`` is moved so that no room stays empty while columns are out of view. Folded columns take a few cells.
    """
    width, height = max(1, width), max(1, height)
    reach = tuple(_reach(width, columns, place, folded) for place in range(columns))
    first = max(0, min(first, last_first(reach)))
    body = max(0, height - HEAD)
    rows, pitch = density
    slots, drawn = max(1, (body + pitch - rows) // pitch), max(1, -(-body // pitch))
    places = range(first, first + reach[first]) if columns else range(0)
    spans = tuple(_share(width, [place in folded for place in places]))
    return Grid(width, height, columns, first, spans, body, slots, drawn, density, folded, reach)


def last_first(reach: Sequence[int]) -> int:
    """Return the first column from which on all further ones are in view."""
    return next((place for place, count in enumerate(reach) if place + count >= len(reach)), 0)


def _reach(width: int, columns: int, first: int, folded: frozenset[int]) -> int:
    """Return how many columns fit beside one another from ``first`` on: at least one."""
    used = 0
    for place in range(first, columns):
        used += FOLDED if place in folded else NARROWEST
        if used > width and place > first:
            return place - first
    return columns - first


def _share(width: int, folded: Sequence[bool]) -> list[Span]:
    """Give folded columns their few cells, and the others the rest in equal parts."""
    unfolded = len(folded) - sum(folded)
    room = width if unfolded == len(folded) else max(unfolded, width - FOLDED * sum(folded))
    each, rest = divmod(min(room, unfolded * WIDEST), max(1, unfolded))
    spans, x = [], 0
    for shut in folded:
        wide = min(FOLDED, width) if shut else each + (rest > 0)
        rest -= not shut
        spans.append(Span(x, wide))
        x = spans[-1].end
    return spans


def clamp_top(top: int, count: int, slots: int) -> int:
    """Return a scroll position that leaves no room below the last card while there are cards above."""
    return max(0, min(top, count - slots))


def reveal(top: int, index: int, slots: int) -> int:
    """Return the nearest scroll position at which the card ``index`` is wholly in view."""
    return max(index - slots + 1, min(top, index))
