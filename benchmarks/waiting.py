"""What it costs to wake when very much waits: a million runs beside a thousand, in turn, in the same run."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.engine import InstantAdapters
from benchmarks.ground import Line, copy, folder, make, opened, timed
from core import commands
from core.engine.loop import Engine
from core.ports import Tx
from data.store import SqlStore

FEW, MANY = 1_000, 1_000_000
DUE = 25
ROUNDS = 20
BAR = 3.0
_DAY = 86_400_000

# Runs of stays that nobody asks about: one a stay, due from tomorrow on, as the engine itself would have written them.
_WAITING = """
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :many)
    INSERT INTO runs (entry, deal, rule, revision, position, status, moment, due_at, reason, created_at)
    SELECT 1000000000 + i, 'D' || (i % 600), 'one0', 1, 0, 'waiting', :at + i, :at + i, 'time', :now FROM n
"""


@dataclass(slots=True)
class House:
    """A house in which so many runs wait, and what its wakings took: in seconds."""

    store: SqlStore
    engine: Engine
    asked: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


def lines() -> list[Line]:
    """Measure both houses in turn and return the table."""
    with folder() as path:
        base = make(path / "base.db", DUE * (ROUNDS + 1))
        houses = [_house(path, base, count) for count in (FEW, MANY)]
        try:
            asyncio.run(_wakings(houses))
        finally:
            for house in houses:
                house.store.close()
        few, many = houses
        return [
            _line("what is due next, which runs, which connections", few.asked, many.asked),
            _line("one pass of the engine, nothing due", few.idle, many.idle),
            _line(f"one pass of the engine, {DUE} runs and their messages due", few.busy, many.busy),
        ]


def _house(path: Path, base: str, count: int) -> House:
    url = copy(base, path / f"{count}.db")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        now = int(time.time() * 1000)
        connection.execute(_WAITING, {"many": count, "now": now, "at": now + _DAY})
    connection.close()
    store = opened(url)
    return House(store, Engine(store, InstantAdapters(), random.Random(0), "bench"))


async def _wakings(houses: list[House]) -> None:
    for round_ in range(ROUNDS + 1):
        for house in houses:
            await _waking(house, round_)
    for house in houses:
        await house.engine.close()


async def _waking(house: House, round_: int) -> None:
    """Wake a house with nothing due, then with some; the first round only warms up."""
    asked = house.store.write_now(_asked)
    idle = await _pass(house)
    deals = [f"D{n}" for n in range(DUE * round_, DUE * (round_ + 1))]
    house.store.write_now(commands.move(deals, "one"))
    busy = await _pass(house, expected=2 * DUE)
    if round_:
        house.asked.append(asked)
        house.idle.append(idle)
        house.busy.append(busy)


def _asked(tx: Tx) -> float:
    now = tx.now()
    return timed(lambda: (tx.next_due(), tx.due_runs(now, DUE), tx.due_connections(now)))[0]


async def _pass(house: House, expected: int = 0) -> float:
    started = time.perf_counter()
    done = await house.engine.once()
    took = time.perf_counter() - started
    assert done == expected, f"{done} things happened, not {expected}"
    return took


def _line(what: str, few: list[float], many: list[float]) -> Line:
    """Compare the medians of both houses."""
    ratio = statistics.median(many) / statistics.median(few)
    measured = f"{ratio:.2f} × of 1,000 ({statistics.median(many) * 1e3:.2f} ms)"
    return Line(f"1,000,000 runs wait: {what}", measured, f"{BAR} ×", ratio <= BAR)
