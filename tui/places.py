"""Where on the screen the things of the board stand: for the menu at the cursor, for jumping, and for what is
told beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._toast import ToastRack

from tui.board.view import BoardView
from tui.outbound_log import HEAD

if TYPE_CHECKING:
    from tui.app import FunilApp


@dataclass(frozen=True, slots=True)
class Target:
    """A place that can be gone to: its cell on the screen, and what going there does."""

    cell: Offset
    go: Callable[[], object]


def cursor_cell(board: BoardView) -> Offset:
    """Return a cell of the card under the cursor; of its column's head where there is no card in view."""
    model, grid = board.model, board.board.grid
    column = model.columns[model.cursor] if model.columns else None
    slot = model.index - column.top if column else 0
    rect = grid.card(model.cursor, slot) or grid.head(model.cursor)
    return board.region.offset + (Offset(rect.x + 1, rect.y + 1) if rect else Offset(0, 0))


def toasts_above(log: Widget, screen: Screen[object]) -> None:
    """Show what is said above the log, whose newest lines it would else cover; at the foot where the log is all."""
    rows = 1 if screen.has_class("full-log") else log.size.height + 1
    for rack in screen.query(ToastRack):
        rack.styles.margin = (0, 0, rows, 0)


def targets(app: FunilApp) -> list[Target]:
    """Return what can be jumped to: columns, the open deal, messages in view, cards in view."""
    found: list[Target] = []
    if app.board.display and app.board.region:
        found += _columns(app.board)
    if app.panel.display and app.panel.region:
        found.append(Target(app.panel.region.offset, app.panel.focus_body))
    if app.log_view.display and app.log_view.region:
        found += _messages(app)
    if app.board.display and app.board.region:
        found += _cards(app.board)
    return found


def _columns(board: BoardView) -> Iterator[Target]:
    for place in board.board.grid.shown:
        head = board.board.grid.head(place)
        if head:
            yield Target(board.region.offset + Offset(head.x, head.y), partial(_to_column, board, place))


def _to_column(board: BoardView, place: int) -> None:
    board.focus()
    for _step in board.model.columns:
        if board.model.cursor != place:
            board.move_cursor("right" if board.model.cursor < place else "left")


def _cards(board: BoardView) -> Iterator[Target]:
    grid = board.board.grid
    for place in grid.shown:
        column = board.model.columns[place]
        for slot in range(grid.drawn):
            deal, rect = column.at(column.top + slot), grid.card(place, slot)
            if deal is not None and rect and place not in grid.folded:
                yield Target(board.region.offset + Offset(rect.x, rect.y), partial(_to_card, board, deal))


def _to_card(board: BoardView, deal: str) -> None:
    board.focus()
    board.go_to(deal)


def _messages(app: FunilApp) -> Iterator[Target]:
    log = app.log_view
    for line in range(min(log.height, len(log.rows.lines) - log.rows.top)):
        yield Target(log.region.offset + Offset(0, HEAD + line), partial(_to_message, app, line))


def _to_message(app: FunilApp, line: int) -> None:
    app.log_view.focus()
    app.log_view.rows.point(line, app.log_view.height)
    app.log_view.refresh()
