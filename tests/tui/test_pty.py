"""The real program on a real pseudo-terminal: it paints, a drag lands, and a lost mouse button is no drop."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.clock import RealClock
from benchmarks.ground import make
from benchmarks.terminal import Terminal
from core.views import DealFilter
from data.opening import open_store

CARD, NEXT = (6, 5), (36, 7)


def in_stage(url: str, stage: str) -> int:
    """Return how many deals stand in a stage."""
    store = open_store(url, clock=RealClock())
    try:
        return len(store.read(lambda r: r.deals(DealFilter(stage=stage))))
    finally:
        store.close()


@pytest.mark.parametrize(("ending", "landed"), [("let go", 1), ("lost", 0)])
def test_only_a_button_let_go_drops_a_card(tmp_path: Path, ending: str, landed: int) -> None:
    url = make(tmp_path / "board.db", 6)
    terminal = Terminal(url)
    try:
        terminal.first_paint("Order ")
        terminal.settle()
        terminal.stroke(terminal.mouse(0, *CARD), patience=2)
        for column in (20, 30, NEXT[0]):
            terminal.stroke(terminal.mouse(32, column, NEXT[1]), patience=2)
        end = terminal.mouse(0, *NEXT, up=True) if ending == "let go" else terminal.mouse(35, 40, 8)
        terminal.stroke(end, patience=2)
        terminal.settle()
        assert in_stage(url, "one") == landed
    finally:
        terminal.close()
