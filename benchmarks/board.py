"""The board on a real pseudo-terminal, 160 x 50: many deals beside none, and beside kanban-tui's, in the same run; and
its first query."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass

from benchmarks import peers
from benchmarks.ground import Line, folder, make, opened, timed
from benchmarks.terminal import Terminal, strokes
from data.store import SqlStore

MANY = (100, 10_000, 100_000)
RUNS = 3
DOWN, UP, RIGHT, LEFT = b"j", b"k", b"l", b"h"
EMPTY_SCREEN = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Nothing here", id="s")
    def on_key(self):
        self.query_one("#s").refresh()
Empty().run()
"""
"""What Textual itself takes: a screen with one word, painted again at each key."""
STAGES = ("new", "one", "three", "idle", "won", "lost")


@dataclass
class Figures:
    """What one board took, in seconds: medians."""

    paint: float
    key: float
    carry: float | None
    drag: float | None


def lines() -> list[Line]:
    """Measure everything and return the table."""
    with folder() as path:
        urls = {n: make(path / f"board{n}.db", n, STAGES) for n in (0, *MANY)}
        found = [_query(urls[MANY[-1]])]
        # The boards take turns, so that a slow moment of the machine falls on all of them.
        taken = {n: [_board(urls[n], n) for _ in range(RUNS)] for n in urls}
        bare = _middle([_bare() for _ in range(RUNS)])
        peer = peers.measured(path, RUNS)
    empty = _middle(taken[0])
    found += [
        Line("empty board: first paint", _times(empty.paint, bare.paint, "Textual's empty screen's"), "-", None),
        Line("empty board: key", _times(empty.key, bare.key, "Textual's empty screen's"), "-", None),
    ]
    for n in MANY:
        found += _lines(n, _middle(taken[n]), empty)
    return [*found, *peer.lines({n: _taken(taken[n]) for n in MANY}, _taken([bare]))]


def _taken(runs: list[Figures]) -> peers.Taken:
    middle = _middle(runs)
    return peers.Taken(middle.paint, middle.key, middle.carry)


def _query(url: str) -> Line:
    store = opened(url)
    for _ in range(3):
        _first(store)
    took = statistics.median(timed(lambda: _first(store))[0] for _ in range(21)) * 1000
    store.close()
    what = "board's first query at 100,000 deals, with totals"
    return Line(what, f"{took:.2f} ms", "10 ms", took <= 10)


def _first(store: SqlStore) -> int:
    return store.read(lambda r: len(r.totals("sales")) + sum(len(r.cards("sales", s, 0, 50)) for s in STAGES))


def _board(url: str, deals: int) -> Figures:
    terminal = Terminal(url)
    try:
        paint = terminal.first_paint("Order " if deals else "New")
        terminal.settle()
        # An empty board has no card to go to: its key is the one that goes to the next column.
        keys = strokes(terminal, (DOWN, UP) if deals else (RIGHT, LEFT), 30)
        carry = drag = None
        if deals:
            carry = statistics.median(strokes(terminal, (b"L", b"H"), 12))
            terminal.settle()
            drag = _drag(terminal)
        return Figures(paint, statistics.median(keys), carry, drag)
    finally:
        terminal.close()


def _bare() -> Figures:
    terminal = Terminal("", program=(sys.executable, "-c", EMPTY_SCREEN))
    try:
        paint = terminal.first_paint("Nothing here")
        terminal.settle()
        return Figures(paint, statistics.median(strokes(terminal, (DOWN, UP), 30)), None, None)
    finally:
        terminal.close()


def _times(took: float, floor: float, whose: str) -> str:
    return f"{took / floor:.2f} x {whose} ({took * 1000:.1f} ms)"


def _drag(terminal: Terminal) -> float:
    """Press on a card, carry it about inside the next column, let go where it was."""
    terminal.stroke(terminal.mouse(0, 6, 5))
    for column in range(8, 40, 4):
        terminal.stroke(terminal.mouse(32, column, 6), patience=1.0)
    took = []
    for step in range(24):
        seconds = terminal.stroke(terminal.mouse(32, 40 + step % 6, 6 + step), patience=1.0)
        if seconds is not None:
            took.append(seconds)
    terminal.stroke(b"\x1b", patience=1.0)
    return statistics.median(took)


def _middle(runs: list[Figures]) -> Figures:
    def middle(values: list[float | None]) -> float | None:
        known = [v for v in values if v is not None]
        return statistics.median(known) if known else None

    return Figures(
        statistics.median(r.paint for r in runs),
        statistics.median(r.key for r in runs),
        middle([r.carry for r in runs]),
        middle([r.drag for r in runs]),
    )


def _lines(deals: int, many: Figures, empty: Figures) -> list[Line]:
    rows = (
        ("first paint", many.paint, empty.paint, 1.8),
        ("key", many.key, empty.key, 2.0),
        ("drag step", many.drag, empty.key, 2.0),
        ("carry to the next column", many.carry, empty.key, 3.0),
    )
    found = []
    for what, took, floor, bar in rows:
        if took is None:
            found.append(Line(f"{deals:,} deals: {what}", "no answer", f"{bar} x", False))
            continue
        against = "the empty board's" if what == "first paint" else "the empty board's key"
        held = took / floor <= bar
        found.append(Line(f"{deals:,} deals: {what}", _times(took, floor, against), f"{bar} x", held))
    return found
