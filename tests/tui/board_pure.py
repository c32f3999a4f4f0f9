"""A board without a terminal, and someone who listens to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.tui.board_fakes import NOW, WORDING, FakeSource
from tui.board.board import Board
from tui.board.colours import palette
from tui.board.painter import OPEN

COLOURS = palette("#121212", "#e0e0e0", "#0178d4", "#ba3c5b")


@dataclass
class Ear:
    """Keeps what the board says, as (what, its arguments)."""

    heard: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def all(self, what: str) -> list[tuple[Any, ...]]:
        """Return the arguments of everything said of one kind."""
        return [args for kind, args in self.heard if kind == what]

    def dropped(self, deal_ids: tuple[str, ...], stage: str, above: str | None) -> None:
        self.heard.append(("dropped", (deal_ids, stage, above)))

    def cursor_moved(self, deal_id: str | None, stage: str | None) -> None:
        self.heard.append(("cursor_moved", (deal_id, stage)))

    def opened(self, deal_id: str) -> None:
        self.heard.append(("opened", (deal_id,)))

    def drag_over(self, stage: str | None, deal_ids: tuple[str, ...]) -> None:
        self.heard.append(("drag_over", (stage, deal_ids)))

    def marks_changed(self, marks: frozenset[str]) -> None:
        self.heard.append(("marks_changed", (marks,)))

    def menu_asked(self, deal_id: str, x: int, y: int) -> None:
        self.heard.append(("menu_asked", (deal_id, x, y)))

    def folded(self, pipeline: str, stages: frozenset[str]) -> None:
        self.heard.append(("folded", (pipeline, stages)))


def board_on(source: FakeSource, width: int = 160, height: int = 20, *, whole: bool = True) -> tuple[Board, Ear]:
    """Return a board that shows a source's pipeline; with ``whole`` every column's ids are known."""
    ear = Ear()
    board = Board(source, COLOURS, WORDING, ear)
    board.resize(width, height)
    board.show(source.pipeline, NOW)
    if whole:
        know_all(board, source)
    board.stale()
    return board, ear


def know_all(board: Board, source: FakeSource) -> None:
    """Read the ids that are still missing, as the view does in its thread."""
    for column, epoch in board.model.incomplete():
        board.complete(column, epoch, source.column_ids("sales", column.stage.id))


def shown(board: Board, stage: str) -> list[str]:
    """Return the ids of the cards in view in a column, cut ones too."""
    place = board.model.column_of(stage)
    assert place is not None
    column = board.model.columns[place]
    return list(column.between(column.top, column.top + board.grid.drawn - 1))


def text(board: Board) -> list[str]:
    """Return the rows as text."""
    return [board.frame.line(y).text for y in range(board.grid.height)]


def head(board: Board, stage: str) -> str:
    """Return a column's name, count and sums as shown."""
    place = board.model.column_of(stage)
    assert place is not None
    span = board.grid.span(place)
    assert span
    return " ".join(board.frame.line(0).crop(span.x, span.end).text.removeprefix(OPEN).split())
