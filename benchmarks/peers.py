"""kanban-tui, the best known board on Textual, from PyPI in an environment of its own that goes with the bench."""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.ground import Line
from benchmarks.terminal import Terminal, strokes

PACKAGE: Final = "kanban-tui"
VERSION: Final = "0.21.2"
BESIDE: Final = {100: 100, 1_000: 10_000}
"""Its cards, and the deals of our board that stand beside them."""
COLUMNS: Final = 3
"""Those that it shows, of the four that it makes."""
ONE_CARD: Final = ("board create Bench --set-active", "task create Order")
INSTALLING: Final = 600.0
"""Seconds that pip may take."""


class Unavailable(Exception):
    """It cannot be had here; the text says why."""


class Taken(NamedTuple):
    """What a board took, in seconds: until its cards were there, a key, a card carried to the next column."""

    paint: float
    key: float
    carry: float | None


class Peer:
    """An installed kanban-tui with as many cards as asked for."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder / "peer" / "bin"
        self._home = folder / "home"
        self._home.mkdir()
        self._run(sys.executable, "-m", "venv", str(folder / "peer"))
        pip = (str(self._bin / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet")
        self._run(*pip, "install", f"{PACKAGE}=={VERSION}")

    @property
    def _environment(self) -> Mapping[str, str]:
        """Its own folders, whatever this machine's user has."""
        folders = {f"XDG_{kind}_HOME": str(self._home / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
        return {**folders, "HOME": str(self._home), "KANBAN_TUI_DATABASE_FILE": str(self._home / "peer.db")}

    def measure(self, cards: int) -> Taken:
        """Fill its board anew, open it on a pseudo-terminal, and take times."""
        self._fill(cards)
        terminal = Terminal("", program=(str(self._bin / "ktui"),), more=self._environment)
        try:
            paint = terminal.first_paint("Order")
            terminal.settle()
            keys = strokes(terminal, (b"j", b"k"), 12, patience=20.0)
            if not keys:
                raise TimeoutError("no key was answered")
            terminal.settle()
            carries = strokes(terminal, (b"L", b"H"), 4, patience=60.0)
            return Taken(paint, statistics.median(keys), statistics.median(carries) if carries else None)
        finally:
            terminal.close()

    def _fill(self, cards: int) -> None:
        """Have it make a board with one card, and copy that one: it makes each by a process of its own."""
        store = Path(self._environment["KANBAN_TUI_DATABASE_FILE"])
        store.unlink(missing_ok=True)
        for command in ONE_CARD:
            self._run(str(self._bin / "ktui"), *command.split())
        with closing(sqlite3.connect(store)) as connection, connection:
            names = [row[1] for row in connection.execute("PRAGMA table_info(tasks)")]
            same = ", ".join(name for name in names if name not in ("task_id", "title", "column"))
            copy = f"INSERT INTO tasks (title, column, {same}) SELECT ?, ?, {same} FROM tasks WHERE task_id = 1"
            connection.executemany(copy, [(f"Order {n}", 1 + n % COLUMNS) for n in range(1, cards)])

    def _run(self, *command: str) -> None:
        try:
            subprocess.run(
                command,
                env={**os.environ, **(self._environment if command[0] != sys.executable else {})},
                check=True,
                capture_output=True,
                text=True,
                timeout=INSTALLING,
            )
        except subprocess.CalledProcessError as error:
            told = (error.stderr or error.stdout or str(error)).strip().splitlines()
            raise Unavailable(told[-1] if told else str(error)) from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(str(error)) from error


class Measured(NamedTuple):
    """What its boards took, by their number of cards; ``trouble`` says why nothing was measured."""

    taken: Mapping[int, Taken]
    trouble: str = ""

    def lines(self, ours: Mapping[int, Taken], bare: Taken) -> list[Line]:
        """Return its times beside those of our boards, by their number of deals, and of Textual's empty screen."""
        if self.trouble:
            return [Line(f"{PACKAGE} {VERSION} from PyPI", self.trouble, "-", None)]
        return [
            line for cards, deals in BESIDE.items() for line in _beside(cards, self.taken[cards], deals, ours, bare)
        ]


def measured(folder: Path, runs: int) -> Measured:
    """Install it and measure it: the small board several times, the large one, which takes long, once."""
    try:
        peer = Peer(folder)
        return Measured({cards: _middle([peer.measure(cards) for _ in range(_times(cards, runs))]) for cards in BESIDE})
    except Unavailable as trouble:
        return Measured({}, f"cannot be installed here: {trouble}")
    except TimeoutError as trouble:
        return Measured({}, f"not measured: {trouble}")


def _times(cards: int, runs: int) -> int:
    return runs if cards == min(BESIDE) else 1


def _middle(runs: Sequence[Taken]) -> Taken:
    carries = [run.carry for run in runs if run.carry is not None]
    paint, key = (statistics.median(values) for values in ([r.paint for r in runs], [r.key for r in runs]))
    return Taken(paint, key, statistics.median(carries) if carries else None)


def _beside(cards: int, peer: Taken, deals: int, ours: Mapping[int, Taken], bare: Taken) -> Iterator[Line]:
    floors = {"first paint": bare.paint, "key": bare.key, "carry to the next column": bare.key}
    for (what, floor), took, our in zip(floors.items(), peer, ours[deals], strict=True):
        name = f"{PACKAGE} {VERSION}, {cards:,} cards: {what}"
        if took is None or our is None:
            yield Line(name, "no answer", "-", None)
            continue
        times = f"{took / our:.1f} x our board's with {deals:,} deals, {took / floor:.1f} x Textual's empty screen's"
        yield Line(name, f"{times} ({took * 1000:.0f} ms)", "-", None)
