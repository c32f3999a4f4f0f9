"""The board's widget, the only file here that Textual drives: events in, messages and regions to repaint out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from time import monotonic
from typing import Final

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from core.errors import FunilError
from core.model.moment import Moment
from core.model.pipeline import Pipeline
from tui.board.board import Board
from tui.board.compositor import make_exact
from tui.board.cursor import Direction, Way
from tui.board.lines import LineCache
from tui.board.model import BoardModel, BoardSource
from tui.board.painter import Painter
from tui.board.poster import Poster
from tui.board.texts import Wording
from tui.board.theming import DARK, Theming

LEFT: Final = 1
RIGHT: Final = 3
EDGE_LOOK: Final = 0.06
"""Seconds between two looks whether the mouse rests at an edge during a drag."""
_ROUNDS: Final = 3


class BoardView(Widget, can_focus=True):
    """A pipeline's columns and cards, drawn line by line by this one widget. It never touches the store.

    ``now`` gives the moment that ages are counted from. ``lines_painted`` counts rows painted since the start.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "BoardView { width: 1fr; height: 1fr; }"

    class Posted(Message):
        """What all messages of the board have in common: the board that posted them, as ``control``."""

        def __init__(self, board: BoardView) -> None:
            super().__init__()
            self.board = board

        @property
        def control(self) -> BoardView:
            """The board that posted the message."""
            return self.board

    class Dropped(Posted):
        """Deals were dropped or carried to a stage, right under the deal ``above`` (None: on top of the column).

        The board shows them there already. The app writes the move and calls ``revert`` when it is refused.
        """

        def __init__(self, board: BoardView, deal_ids: tuple[str, ...], stage: str, above: str | None) -> None:
            super().__init__(board)
            self.deal_ids = deal_ids
            self.stage = stage
            self.above = above

    class CursorMoved(Posted):
        """The cursor stands on another deal (None: an empty column) or in another stage."""

        def __init__(self, board: BoardView, deal_id: str | None, stage: str | None) -> None:
            super().__init__(board)
            self.deal_id = deal_id
            self.stage = stage

    class Opened(Posted):
        """A deal shall be opened."""

        def __init__(self, board: BoardView, deal_id: str) -> None:
            super().__init__(board)
            self.deal_id = deal_id

    class DragOver(Posted):
        """Deals in the air are over a stage now; ``stage`` None: over none, or the drag has ended."""

        def __init__(self, board: BoardView, stage: str | None, deal_ids: tuple[str, ...]) -> None:
            super().__init__(board)
            self.stage = stage
            self.deal_ids = deal_ids

    class MarksChanged(Posted):
        """Other deals are marked than before."""

        def __init__(self, board: BoardView, marks: frozenset[str]) -> None:
            super().__init__(board)
            self.marks = marks

    class MenuAsked(Posted):
        """A menu is wanted for a deal, at a cell of the screen."""

        def __init__(self, board: BoardView, deal_id: str, x: int, y: int) -> None:
            super().__init__(board)
            self.deal_id = deal_id
            self.x = x
            self.y = y

    class Folded(Posted):
        """Other columns of a pipeline are folded now than before."""

        def __init__(self, board: BoardView, pipeline: str, stages: frozenset[str]) -> None:
            super().__init__(board)
            self.pipeline = pipeline
            self.stages = stages

    def __init__(
        self, source: BoardSource, wording: Wording, now: Callable[[], Moment], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.board = Board(source, DARK, wording, Poster(self))
        self.lines_painted = 0
        self._source = source
        self._now = now
        self._wanted: Pipeline | None = None
        self._edges: Timer | None = None
        self._completing = False
        self._styles_cache = LineCache()
        self._theming = Theming()
        self.board.frame.dress = self._theming.dress

    @property
    def model(self) -> BoardModel:
        """What the board shows."""
        return self.board.model

    # The house --------------------------------------------------------------------------------------------------------

    def show(self, pipeline: Pipeline | None) -> None:
        """Show a pipeline, or the same one as configured and filtered now. Nothing is read before there is room."""
        self._wanted = pipeline
        if self.size:
            self.board.show(pipeline, self._now())
            self._sync()

    def apply_changes(self, deal_ids: Collection[str]) -> None:
        """Show deals as the store has them now: changed, moved, new and removed ones, in one go."""
        self.board.apply_changes(deal_ids, self._now())
        self._sync()

    def revert(self, deal_ids: Collection[str]) -> None:
        """Put deals back to where the store has them: it refused their move."""
        self.board.revert(deal_ids)
        self._sync()

    def reload(self) -> None:
        """Read everything in view anew, keeping cursor, marks and what is being looked at."""
        self.board.reload(self._now())
        self._sync()

    def tick(self) -> None:
        """Draw the ages again that read otherwise by now."""
        self.board.tick(self._now())
        self._sync()

    # Keys -------------------------------------------------------------------------------------------------------------

    def move_cursor(self, direction: Direction) -> None:
        """Move the cursor one step, one screenful, or to an end of the column."""
        self.board.move_cursor(direction)
        self._sync()

    def carry(self, way: Way) -> bool:
        """Move the marked deals, else the one under the cursor, one step; False where there is no further step."""
        moved = self.board.carry(way)
        self._sync()
        return moved

    def toggle_mark(self) -> None:
        """Mark the deal under the cursor, or take its mark away, and go on to the next."""
        self.board.toggle_mark()
        self._sync()

    def mark_range(self) -> None:
        """Begin a range that follows the cursor, or end the one begun."""
        self.board.mark_range()
        self._sync()

    def mark_visible(self) -> None:
        """Mark every card that is wholly in view."""
        self.board.mark_visible()
        self._sync()

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.board.clear_marks()
        self._sync()

    def go_to(self, deal_id: str) -> bool:
        """Put the cursor on a deal wherever it stands; False when it is not shown."""
        found = self.board.go_to(deal_id)
        self._sync()
        return found

    def look_at(self, deal_id: str) -> bool:
        """Put the cursor on a deal and show it: its column unfolds. False when it is not shown."""
        found = self.board.look_at(deal_id)
        self._sync()
        return found

    def fold(self) -> None:
        """Fold the column under the cursor, or unfold it."""
        self.board.fold(self.model.cursor)
        self._sync()

    def unfold_all(self) -> None:
        """Unfold every column."""
        self.board.unfold_all()
        self._sync()

    def set_density(self, name: str) -> None:
        """Draw cards closer or wider."""
        self.board.set_density(name)
        self._sync()

    def open_deal(self) -> None:
        """Ask to open the deal under the cursor."""
        self.board.open()

    def chosen(self) -> tuple[str, ...]:
        """Return the deals that an act is meant for: the marked ones, else the one under the cursor."""
        return self.model.chosen()

    def cancel_drag(self) -> bool:
        """Put carried cards back; False when there was no drag."""
        held = self.board.cancel()
        self._sync()
        return held

    # Life -------------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Follow the theme, and let go of a drag when another screen comes up or the terminal is taken away."""
        make_exact(self.screen)
        self._take_theme()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._take_theme())
        self.app.app_suspend_signal.subscribe(self, lambda _: self._let_go())
        self.watch(self.screen, "stack_updates", self._let_go, init=False)

    def on_hide(self) -> None:
        """Let go of a drag."""
        self._let_go()

    def on_unmount(self) -> None:
        """Let go of the mouse."""
        if self.app.mouse_captured is self:
            self.release_mouse()

    def on_resize(self, event: events.Resize) -> None:
        """Divide the new room; the first one brings the pipeline asked for."""
        self.board.resize(*event.size)
        if self._wanted is not self.model.pipeline:
            self.board.show(self._wanted, self._now())
        self._sync()

    def on_focus(self) -> None:
        """Show that keys reach the board."""
        self.board.focus(True)
        self._sync()

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self.board.focus(False)
        self._sync()

    def render_line(self, y: int) -> Strip:
        """Return one row of the board."""
        self.lines_painted += 1
        return self.board.frame.line(y)

    # Mouse ------------------------------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a card, or whatever else a press does where it falls."""
        if event.button == LEFT:
            self.board.press(event.x, event.y, add=event.ctrl, through=event.shift)
        elif event.button == RIGHT:
            self.board.menu(event.x, event.y)
        self._sync()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Carry what is held; without anything held a motion costs nothing."""
        if self.board.held:
            self.board.motion(event.x, event.y, event.button == LEFT)
            self._sync()

    def on_mouse_up(self) -> None:
        """Let what is carried land."""
        self.board.release()
        self._sync()

    def on_mouse_release(self) -> None:
        """Put carried cards back: something else has taken the mouse."""
        self._let_go()

    def on_click(self, event: events.Click) -> None:
        """Open a deal by a double click."""
        if event.chain == 2 and event.button == LEFT:
            self.board.double_click(event.x, event.y)

    def on_key(self, event: events.Key) -> None:
        """Escape ends a drag and nothing else with it."""
        if event.key == "escape" and self.cancel_drag():
            event.stop()
            event.prevent_default()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the column under the mouse."""
        self._wheel(event, 1, sideways=event.shift or event.ctrl)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the column under the mouse."""
        self._wheel(event, -1, sideways=event.shift or event.ctrl)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll sideways."""
        self._wheel(event, 1, sideways=True)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll sideways."""
        self._wheel(event, -1, sideways=True)

    def _wheel(self, event: events.MouseEvent, by: int, sideways: bool) -> None:
        event.stop()
        self.board.wheel(event.x, by, sideways=sideways)
        self._sync()

    def scroll_at_edge(self, now: float | None = None) -> None:
        """Scroll if the mouse has rested at an edge during a drag; ``now`` are seconds of a steady clock."""
        self.board.scroll_at_edge(monotonic() if now is None else now)
        self._sync()

    def _let_go(self) -> None:
        self.cancel_drag()

    # Inner ------------------------------------------------------------------------------------------------------------

    def _sync(self) -> None:
        """Repaint what is stale, hold the mouse while the board holds a card, and read what is not known yet."""
        stale = self.board.stale()
        if stale is None:
            self.refresh()
        elif stale:
            self.refresh(*(Region(*rect) for rect in stale))
        self._hold()
        if self.board.scrolled:
            self.board.scrolled = False
            self.call_after_refresh(self._read_on)

    def _hold(self) -> None:
        if self.board.held:
            self.capture_mouse()
        elif self.app.mouse_captured is self:
            self.release_mouse()
        if self.board.drag.lifted and self._edges is None:
            self._edges = self.set_interval(EDGE_LOOK, self.scroll_at_edge)
        elif self._edges and not self.board.drag.lifted:
            self._edges.stop()
            self._edges = None

    def _read_on(self) -> None:
        """Read ahead, and begin to read the ids that are missing."""
        self.board.read_ahead()
        self._sync()
        if self.model.incomplete() and not self._completing:
            self._completing = True
            self.run_worker(self._complete(), group="board-ids")

    async def _complete(self) -> None:
        """Read whole columns' ids in a thread, one column after another."""
        try:
            for _ in range(_ROUNDS):
                for column, epoch in self.model.incomplete():
                    pipeline = self.model.pipeline
                    if pipeline:
                        ids = await asyncio.to_thread(self._source.column_ids, pipeline.id, column.stage.id)
                        self.board.complete(column, epoch, ids)
                        self._sync()
        except FunilError as error:
            self.log.warning(str(error))
        finally:
            self._completing = False

    def _take_theme(self) -> None:
        colours = self._theming.take(self.app)
        self.board.paint_with(Painter(colours, self.board.frame.painter.wording))
        self._sync()
