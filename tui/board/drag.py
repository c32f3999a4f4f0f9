"""A drag by mouse, as a machine of three states. It knows cells and ids, never widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

from tui.board.cursor import Target
from tui.board.geometry import HEAD, Grid
from tui.board.model import BoardModel

THRESHOLD: Final = 2
"""Cells that the mouse must move before a press becomes a drag."""
EDGE: Final = 3
"""Cells from an edge within which a drag scrolls: the outermost alone is hard to hit, and a window's border near it."""
EDGE_DELAY: Final = 0.35
"""Seconds at an edge before the board scrolls."""
CARD_EVERY: Final = 0.12
COLUMN_EVERY: Final = 0.6


class Phase(Enum):
    """Nothing pressed, pressed on a card, or under way."""

    IDLE = auto()
    PRESSED = auto()
    LIFTED = auto()


class Step(Enum):
    """What a motion of the mouse did."""

    NOTHING = auto()
    LIFTED = auto()
    MOVED = auto()
    CANCELLED = auto()


class Scroll(NamedTuple):
    """How far to scroll: cards down, columns to the right."""

    cards: int
    columns: int


@dataclass(slots=True)
class Drag:
    """The drag under way: what is carried (``deals``), where the mouse is, and where it would land (``target``)."""

    phase: Phase = Phase.IDLE
    deals: tuple[str, ...] = ()
    x: int = 0
    y: int = 0
    target: Target | None = None
    _from: tuple[int, int] = (0, 0)
    _edge: Scroll = Scroll(0, 0)
    _next: float = 0.0

    @property
    def lifted(self) -> bool:
        """Whether cards are in the air."""
        return self.phase is Phase.LIFTED

    def press(self, x: int, y: int, deals: tuple[str, ...]) -> None:
        """Take hold of deals at a cell."""
        self.cancel()
        self.phase, self.deals, self._from = Phase.PRESSED, deals, (x, y)
        self.x, self.y = x, y

    def motion(self, x: int, y: int, pressed: bool) -> Step:
        """Follow the mouse. Motion with no button pressed means that the release was lost."""
        if self.phase is Phase.IDLE or ((x, y) == (self.x, self.y) and pressed):
            return Step.NOTHING
        if not pressed:
            return Step.CANCELLED
        self.x, self.y = x, y
        if self.lifted:
            return Step.MOVED
        if max(abs(x - self._from[0]), abs(y - self._from[1])) < THRESHOLD:
            return Step.NOTHING
        self.phase = Phase.LIFTED
        return Step.LIFTED

    def cancel(self) -> None:
        """Let go of everything."""
        self.phase, self.deals, self.target = Phase.IDLE, (), None
        self._edge = Scroll(0, 0)

    def aim(self, model: BoardModel, grid: Grid) -> bool:
        """Find where the deals would land now; return whether that is a new place."""
        former = self.target
        self.target = landing(model, grid, self.x, self.y, self.deals)
        return self.target != former

    def edge(self, grid: Grid, now: float) -> Scroll:
        """Return what to scroll at this moment (seconds of a steady clock), since the mouse rests at an edge."""
        edge = _edge_at(grid, self.x, self.y) if self.lifted else Scroll(0, 0)
        if edge != self._edge:
            self._edge, self._next = edge, now + EDGE_DELAY
        if not any(edge) or now < self._next:
            return Scroll(0, 0)
        self._next = now + (COLUMN_EVERY if edge.columns else CARD_EVERY)
        return edge


def landing(model: BoardModel, grid: Grid, x: int, y: int, deals: tuple[str, ...]) -> Target | None:
    """Return the place between cards that is nearest to a cell, or None outside of every column."""
    place = grid.column_at(x)
    if place is None or not 0 <= y < grid.height or place >= len(model.columns):
        return None
    column = model.columns[place]
    if y < HEAD or place in grid.folded:
        return Target(place, None)
    index = min(column.top + grid.boundary(y), column.count)
    model.know(place, index - 1, index)
    return Target(place, column.nearest_above(index, frozenset(deals)))


def landing_slot(model: BoardModel, target: Target) -> int:
    """Return the boundary between slots at which a target lies; it may be out of view."""
    column = model.columns[target.place]
    return column.under(target.above) - column.top


def _edge_at(grid: Grid, x: int, y: int) -> Scroll:
    """Return what a cell near an edge asks for; a side where no further column is does not keep cards from it."""
    cards = -1 if y < HEAD + EDGE else 1 if y >= grid.height - EDGE else 0
    if not 0 <= y < grid.height:
        cards = 0
    left, right = grid.shown.start > 0, grid.shown.stop < grid.columns
    columns = -1 if x < EDGE and left else 1 if x >= grid.width - EDGE and right else 0
    return Scroll(0 if columns else cards, columns)
