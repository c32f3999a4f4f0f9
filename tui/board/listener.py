"""Who is told what has happened on the board."""

from __future__ import annotations

from typing import Protocol


class Listener(Protocol):
    """Who is told what has happened on the board."""

    def dropped(self, deal_ids: tuple[str, ...], stage: str, above: str | None) -> None:
        """Deals were dropped or carried to a stage, right under ``above`` (None: on top)."""

    def cursor_moved(self, deal_id: str | None, stage: str | None) -> None:
        """The cursor stands elsewhere."""

    def opened(self, deal_id: str) -> None:
        """A deal shall be opened."""

    def drag_over(self, stage: str | None, deal_ids: tuple[str, ...]) -> None:
        """Deals in the air are over another stage now, or over none any more."""

    def marks_changed(self, marks: frozenset[str]) -> None:
        """Other deals are marked."""

    def menu_asked(self, deal_id: str, x: int, y: int) -> None:
        """A menu is wanted for a deal, at a cell of the board."""

    def folded(self, pipeline: str, stages: frozenset[str]) -> None:
        """Other columns of a pipeline are folded now."""
