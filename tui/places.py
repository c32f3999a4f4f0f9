"""Where on the screen the things of the board stand: for the menu at the cursor, for jumping, and for what is
told beside them."""

from __future__ import annotations

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._toast import ToastRack

from tui.board.view import BoardView


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
