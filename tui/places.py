"""Where on the screen the things of the board stand: for the menu at the cursor, and for jumping."""

from __future__ import annotations

from textual.geometry import Offset

from tui.board.view import BoardView


def cursor_cell(board: BoardView) -> Offset:
    """Return a cell of the card under the cursor; of its column's head where there is no card in view."""
    model, grid = board.model, board.board.grid
    column = model.columns[model.cursor] if model.columns else None
    slot = model.index - column.top if column else 0
    rect = grid.card(model.cursor, slot) or grid.head(model.cursor)
    return board.region.offset + (Offset(rect.x + 1, rect.y + 1) if rect else Offset(0, 0))
