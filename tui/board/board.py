"""The whole board without a terminal: everything a user or the house can do to it, and what of it to draw again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from core.model.moment import Moment
from core.model.pipeline import Pipeline
from tui.board import changes, cursor
from tui.board.colours import Palette
from tui.board.column import Column
from tui.board.cursor import Direction, Target, Way
from tui.board.drag import Drag, Phase, Step
from tui.board.frame import Frame
from tui.board.geometry import DENSITIES, HEAD, NORMAL, Grid, Hit, Part, Rect, lay_out
from tui.board.listener import Listener
from tui.board.model import BoardModel, BoardSource
from tui.board.painter import Painter
from tui.board.staleness import Staleness
from tui.board.texts import Wording

_SIGN: Final = 5
"""Cells at both ends of the line below the heads that scroll sideways when pressed."""


class Board:
    """A pipeline's board on a grid of cells.

    After each call ``stale`` returns what to draw again; while ``held`` the mouse belongs to the board.
    """

    def __init__(self, source: BoardSource, colours: Palette, wording: Wording, listener: Listener) -> None:
        self.model = BoardModel(source)
        self.drag = Drag()
        self.frame = Frame(self.model, lay_out(1, 1, 0), Painter(colours, wording), self.drag)
        self.listener = listener
        self.scrolled = False
        """Whether columns have shown other cards since somebody last set this to False."""
        self.folds: dict[str, frozenset[str]] = {}
        """The stages that are folded, by pipeline."""
        self._density = NORMAL
        self._stale = Staleness(self.frame)
        self._told: tuple[str | None, str | None] = (None, None)
        self._told_marks: frozenset[str] = frozenset()
        self._told_over: str | None = None

    @property
    def grid(self) -> Grid:
        """The division of the cells now."""
        return self.frame.grid

    @property
    def held(self) -> bool:
        """Whether a card is pressed or in the air."""
        return self.drag.phase is not Phase.IDLE

    # The house --------------------------------------------------------------------------------------------------------

    def show(self, pipeline: Pipeline | None, now: Moment) -> None:
        """Show a pipeline, or the same one as it is configured and filtered now."""
        self.drag.cancel()
        self.frame.forget_notes()
        self.frame.now = now
        self.model.folded = self.folds.get(pipeline.id, frozenset()) if pipeline else frozenset()
        self._divide(self.grid.width, self.grid.height, [stage.id for stage in pipeline.stages] if pipeline else [])
        self.model.load(pipeline)
        self._settle()

    def resize(self, width: int, height: int) -> None:
        """Take another number of cells; the cursor's column stays in view if it was."""
        self.drag.cancel()
        watched = self.model.cursor in self.model.in_view
        self._divide_again(width, height)
        if watched:
            self.model.put_cursor(self.model.cursor, self.model.index)
        self._settle()

    def set_density(self, name: str) -> None:
        """Draw cards closer or wider: one of ``DENSITIES``; the cursor's card stays in view if it was."""
        self._density = DENSITIES[name]
        self.resize(self.grid.width, self.grid.height)

    def fold(self, place: int) -> None:
        """Fold a column, or unfold it; under the cursor its cards go out of reach, or come back."""
        if place >= len(self.model.columns):
            return
        self.drag.cancel()
        self.model.folded ^= {self.model.columns[place].stage.id}
        if place == self.model.cursor:
            self.model.deal = None
        self._refold()

    def unfold_all(self) -> None:
        """Unfold every column."""
        if self.model.folded:
            self.model.folded = frozenset()
            self._refold()

    def apply_changes(self, deal_ids: Collection[str], now: Moment) -> None:
        """Show deals as the store has them now: changed, moved, new and removed ones."""
        self.frame.now = now
        changes.apply_changes(self.model, deal_ids)
        self._keep_drag()

    def revert(self, deal_ids: Collection[str]) -> None:
        """Put deals back to where the store has them."""
        changes.revert(self.model, deal_ids)
        self._keep_drag()

    def reload(self, now: Moment) -> None:
        """Read everything in view anew."""
        self.frame.now = now
        changes.reload(self.model)
        self._keep_drag()

    def tick(self, now: Moment) -> None:
        """Draw the ages and days again that read otherwise by now."""
        slots = [(place, slot) for place in self.model.open_view for slot in range(self.model.drawn)]
        before = [self.frame.timely(place, slot) for place, slot in slots]
        self.frame.now = now
        for (place, slot), told in zip(slots, before, strict=True):
            if self.frame.timely(place, slot) != told:
                column = self.model.columns[place]
                self.model.touched.card(column.at(column.top + slot))
        self._settle()

    # Keys -------------------------------------------------------------------------------------------------------------

    def move_cursor(self, direction: Direction) -> None:
        """Move the cursor one step, one screenful, or to an end of the column."""
        cursor.step(self.model, direction)
        self._settle()

    def carry(self, way: Way) -> bool:
        """Move the marked deals, else the one under the cursor, one step; False where there is no further step."""
        deals = self.model.chosen()
        target = cursor.carry(self.model, way, deals)
        if target is None:
            return False
        self._drop(deals, target)
        self.model.put_cursor(self.model.cursor, self.model.index)
        self._settle()
        return True

    def toggle_mark(self) -> None:
        """Mark the deal under the cursor, or take its mark away, and go on to the next."""
        cursor.toggle_mark(self.model)
        self._settle()

    def mark_range(self) -> None:
        """Begin a range that follows the cursor, or end the one begun."""
        cursor.mark_range(self.model)
        self._settle()

    def mark_visible(self) -> None:
        """Mark every card that is wholly in view."""
        cursor.mark_visible(self.model)
        self._settle()

    def clear_marks(self) -> None:
        """Take all marks away."""
        cursor.clear_marks(self.model)
        self._settle()

    def go_to(self, deal_id: str) -> bool:
        """Put the cursor on a deal wherever it stands; False when it is not shown. A folded column stays folded."""
        found = cursor.go_to(self.model, deal_id)
        self._settle()
        return found

    def look_at(self, deal_id: str) -> bool:
        """Put the cursor on a deal and show it: its column unfolds."""
        found = self.go_to(deal_id)
        if found and self.model.is_folded(self.model.cursor):
            self.fold(self.model.cursor)
            self.go_to(deal_id)
        return found

    def open(self) -> None:
        """Ask to open the deal under the cursor."""
        if self.model.deal:
            self.listener.opened(self.model.deal)

    # Mouse ------------------------------------------------------------------------------------------------------------

    def press(self, x: int, y: int, *, add: bool = False, through: bool = False) -> None:
        """Press the left button: on a card take hold of it (``add`` marks it, ``through`` marks all from the cursor to
        it), on a head put the cursor there, on a scroll bar scroll. A press during a drag cancels it."""
        if self.cancel() or self._press_sign(x, y):
            return
        hit = self.grid.hit(x, y)
        if hit.part is Part.FOLD:
            self.fold(hit.column)
        elif hit.part is Part.TRACK:
            column = self.model.columns[hit.column]
            self.model.scroll(hit.column, self.grid.top_at(y, column.count) - column.top)
        elif hit.part is Part.HEAD:
            self.model.put_cursor(hit.column, self.model.columns[hit.column].top, scroll=False)
        elif hit.part is Part.CARD:
            self._press_card(x, y, hit, add, through)
        self._settle()

    def menu(self, x: int, y: int) -> None:
        """Press the right button: put the cursor on the card there and ask for its menu."""
        hit = self.grid.hit(x, y)
        if self.cancel() or self._card(hit) is None:
            return
        self._point(hit)
        self._settle()
        if self.model.deal:
            self.listener.menu_asked(self.model.deal, x, y)

    def double_click(self, x: int, y: int) -> None:
        """Open the deal at a cell."""
        if self._card(self.grid.hit(x, y)) == self.model.deal:
            self.open()

    def motion(self, x: int, y: int, pressed: bool) -> None:
        """Follow the mouse; ``pressed`` says whether the left button still is."""
        match self.drag.motion(x, y, pressed):
            case Step.CANCELLED:
                self.cancel()
            case Step.LIFTED:
                self.model.touched.card(*self.drag.deals)
                self._settle()
            case Step.MOVED:
                self._settle()

    def release(self) -> None:
        """Release the button: what is in the air lands."""
        deals, target = self.drag.deals, self.drag.target if self.drag.lifted else None
        self.cancel()
        if target is None or not self.model.would_move(deals, target.place, target.above):
            return
        cursor.clear_marks(self.model)
        self._drop(deals, target)
        self.model.put_cursor(target.place, self.model.columns[target.place].find(deals[0]) or 0, scroll=False)
        self._settle()

    def cancel(self) -> bool:
        """Put carried cards back; False when nothing was held."""
        if not self.held:
            return False
        self.model.touched.card(*self.drag.deals)
        self.drag.cancel()
        self._settle()
        return True

    def wheel(self, x: int, by: int, *, sideways: bool = False) -> None:
        """Scroll the column at ``x`` by cards, or the board sideways by columns."""
        place = self.grid.column_at(x)
        if sideways:
            self.model.scroll_columns(by)
        elif place is not None:
            self.model.scroll(place, by)
        self._settle()

    def scroll_at_edge(self, now: float) -> None:
        """Scroll if the mouse has rested at an edge during a drag; ``now`` are seconds of a steady clock."""
        cards, columns = self.drag.edge(self.grid, now)
        if cards or columns:
            self.wheel(self.drag.x, columns or cards, sideways=bool(columns))

    # Drawing ----------------------------------------------------------------------------------------------------------

    def paint_with(self, painter: Painter) -> None:
        """Draw everything with other colours or words from now on."""
        self.frame.painter = painter
        self.frame.forget_notes()
        self.model.touched.everything = True
        self._settle()

    def read_ahead(self) -> None:
        """Read around what is in view, so that the next keys find their cards."""
        self.model.read_ahead()
        self._settle()
        self.scrolled = False

    def complete(self, column: Column, epoch: int, ids: Sequence[str]) -> None:
        """Take over a whole column's ids, read elsewhere while the column was at that epoch."""
        self.model.complete(column, epoch, ids)
        self._settle()
        self.scrolled = False

    def focus(self, focused: bool) -> None:
        """Show whether keys reach the board."""
        self.frame.focused = focused
        self.model.touched.card(self.model.deal)
        self.model.touched.heads.add(self.model.cursor)
        self._settle()

    def stale(self) -> set[Rect] | None:
        """Return the cells to draw again since the last call; None for all of them."""
        return self._stale.take()

    # Inner ------------------------------------------------------------------------------------------------------------

    def _divide(self, width: int, height: int, stages: Sequence[str]) -> None:
        folded = frozenset(place for place, stage in enumerate(stages) if stage in self.model.folded)
        grid = lay_out(width, height, len(stages), self.model.first, self._density, folded)
        self.frame.grid = grid
        self.model.first, self.model.shown, self.model.reach = grid.first, len(grid.spans), grid.reach
        self.model.slots, self.model.drawn = grid.slots, grid.drawn

    def _divide_again(self, width: int, height: int) -> None:
        self._divide(width, height, [column.stage.id for column in self.model.columns])
        self.model.touched.everything = True

    def _refold(self) -> None:
        """Lay the columns out as they are folded now; the cursor stays in view if it was."""
        pipeline, watched = self.model.pipeline, self.model.cursor in self.model.in_view
        assert pipeline is not None, "its columns are there"
        self.folds[pipeline.id] = self.model.folded
        self._divide_again(self.grid.width, self.grid.height)
        self.model.put_cursor(self.model.cursor, self.model.index, scroll=watched)
        self._settle()
        self.listener.folded(pipeline.id, self.model.folded)

    def _press_sign(self, x: int, y: int) -> bool:
        way = -1 if x < _SIGN else 1 if x >= self.grid.width - _SIGN else 0
        if y != HEAD - 1 or not way or not self.model.scroll_columns(way):
            return False
        self._settle()
        return True

    def _press_card(self, x: int, y: int, hit: Hit, add: bool, through: bool) -> None:
        deal = self._card(hit)
        if deal is None:
            return
        if through:
            cursor.mark_to(self.model, deal)
        elif add:
            cursor.toggle_mark(self.model, deal)
        self._point(hit)
        if not add and not through:
            self.drag.press(x, y, self.model.chosen() if deal in self.model.marks else (deal,))

    def _card(self, hit: Hit) -> str | None:
        card = self.model.card_at(hit.column, hit.slot) if hit.part is Part.CARD else None
        return card.id if card else None

    def _point(self, hit: Hit) -> None:
        self.model.anchor = None
        self.model.put_cursor(hit.column, self.model.columns[hit.column].top + hit.slot, scroll=False)

    def _drop(self, deals: tuple[str, ...], target: Target) -> None:
        stage = self.model.columns[target.place].stage.id
        self.model.move(deals, stage, target.above)
        self.listener.dropped(deals, stage, target.above)

    def _keep_drag(self) -> None:
        """Go on carrying what still exists."""
        unsure = bool(self.model.incomplete())
        left = tuple(deal for deal in self.drag.deals if unsure or self.model.place_of(deal) is not None)
        if self.held and not left:
            self.drag.cancel()
        self.drag.deals = left
        self._settle()

    def _settle(self) -> None:
        """Bring everything in line with the model after a change, and tell the listener."""
        self.model.settle()
        if self.model.first != self.grid.first:
            self._divide_again(self.grid.width, self.grid.height)
        if self.drag.lifted:
            self.drag.aim(self.model, self.grid)
        self.scrolled |= self._stale.note()
        self._tell()

    def _tell(self) -> None:
        model = self.model
        stage = model.columns[model.cursor].stage.id if model.columns else None
        if (model.deal, stage) != self._told:
            self._told = (model.deal, stage)
            self.listener.cursor_moved(model.deal, stage)
        if model.marks != self._told_marks:
            self._told_marks = frozenset(model.marks)
            self.listener.marks_changed(self._told_marks)
        target = self.drag.target
        over = model.columns[target.place].stage.id if target and self.drag.lifted else None
        if over != self._told_over:
            self._told_over = over
            self.listener.drag_over(over, self.drag.deals)
