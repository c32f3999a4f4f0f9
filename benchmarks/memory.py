"""Whether a board that is left open for long grows: the demo, hurried through a day and a half of its time."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from adapters.cli import demo
from benchmarks.ground import Line, folder
from core.model.moment import HOUR
from funil import BoardEngine, House
from tui.app import FunilApp
from tui.bridge import Doorway
from tui.engine_seat import Seat
from tui.settings import Settings
from tui.tour import SEEN

WARM: Final = 12
HOURS: Final = 36
"""Simulated hours: what is kept on purpose (cards, strips, words) has filled up after the first ones."""
BAR: Final = 1.03
PAGE: Final = 4096
STATUS: Final = Path("/proc/self/statm")


def lines() -> list[Line]:
    """Measure this process after the warm hours and at the end."""
    if not STATUS.exists():
        return [Line("memory of a board left open", "not measured: no /proc here", f"{BAR}", None)]
    with folder() as path:
        roof = House()
        place = roof.place(f"sqlite:///{path}/demo.db", demo=True)
        demo.ready(roof, place)
        before, after = asyncio.run(_opened(path, roof))
    ratio = after[0] / before[0]
    told = f"{ratio:.3f} ({before[0]:.1f} → {after[0]:.1f} MB, {before[1]:,} → {after[1]:,} objects)"
    return [Line(f"a board open from hour {WARM} to {HOURS} of the demo's time, memory", told, f"{BAR}", ratio <= BAR)]


async def _opened(path: Path, roof: House) -> tuple[tuple[float, int], tuple[float, int]]:
    place = roof.place(f"sqlite:///{path}/demo.db", demo=True)
    settings = Settings()
    settings.keep(SEEN, "seen")
    with roof.opened(place) as store:

        def take() -> BoardEngine:
            return BoardEngine(store, roof.adapters, lambda _words: None)

        app = FunilApp(Doorway(store=store, make_engine=take, settings=settings, ticking=True))
        async with app.run_test(size=(120, 36)) as pilot:
            while app.live.seat.state.seat is not Seat.HERE:
                await pilot.pause()
            app.live.clock.hurry()
            await _pass(pilot, app, WARM)
            before = _size()
            await _pass(pilot, app, HOURS - WARM)
            after = _size()
            await app.live.end()
    return before, after


async def _pass(pilot: Pilot[None], app: FunilApp, hours: int) -> None:
    """Let so many hours of the demo's time pass, a simulated minute at a time."""
    until = app.desk.now + hours * HOUR
    while app.desk.now < until:
        await app.live.clock.beat(1.0)
        await pilot.pause()
        app.desk.tick()


def _size() -> tuple[float, int]:
    """Return this process's memory in MB, and how many objects the collector knows."""
    gc.unfreeze()
    gc.collect()
    return int(STATUS.read_text().split()[1]) * PAGE / 1e6, len(gc.get_objects())
