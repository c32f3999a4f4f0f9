"""Turns what the board says into messages of its widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.board.view import BoardView


class Poster:
    """Posts a message for each thing that a listener is told."""

    def __init__(self, view: BoardView) -> None:
        self._view = view

    def dropped(self, deal_ids: tuple[str, ...], stage: str, above: str | None) -> None:
        """Deals were dropped or carried to a stage."""
        self._view.post_message(self._view.Dropped(self._view, deal_ids, stage, above))

    def cursor_moved(self, deal_id: str | None, stage: str | None) -> None:
        """The cursor stands elsewhere."""
        self._view.post_message(self._view.CursorMoved(self._view, deal_id, stage))

    def opened(self, deal_id: str) -> None:
        """A deal shall be opened."""
        self._view.post_message(self._view.Opened(self._view, deal_id))

    def drag_over(self, stage: str | None, deal_ids: tuple[str, ...]) -> None:
        """Deals in the air are over another stage."""
        self._view.post_message(self._view.DragOver(self._view, stage, deal_ids))

    def marks_changed(self, marks: frozenset[str]) -> None:
        """Other deals are marked."""
        self._view.post_message(self._view.MarksChanged(self._view, marks))

    def menu_asked(self, deal_id: str, x: int, y: int) -> None:
        """A menu is wanted, at a cell of the board."""
        region = self._view.region
        self._view.post_message(self._view.MenuAsked(self._view, deal_id, region.x + x, region.y + y))

    def folded(self, pipeline: str, stages: frozenset[str]) -> None:
        """Other columns are folded."""
        self._view.post_message(self._view.Folded(self._view, pipeline, stages))
