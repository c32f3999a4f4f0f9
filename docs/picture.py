"""The picture of the board in the README: the demo, a second after somebody has carried a deal."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from textual.pilot import Pilot

from adapters.cli import demo
from data.store import SqlStore
from funil import House
from tui.app import FunilApp
from tui.bridge import Doorway

SIZE: Final = (150, 40)
STEPS: Final = ("L",)
LOOKS: Final = 40
PAUSE: Final = 0.05
"""Seconds between so many looks at the app before it is taken as it is: the log counts its messages once a second."""


_FONTS: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""A picture fetches nothing from anywhere: the reader's own fixed-width font will do."""


class StillEngine:
    """An engine that has nothing to do, so that the picture stays as it is."""

    async def serve(self, stop: asyncio.Event) -> None:
        """Wait for the end."""
        await stop.wait()

    def wake(self) -> None:
        """Sleep on."""

    def release(self) -> None:
        """Have nothing to give back."""


def board() -> str:
    """Return the board as SVG."""
    with TemporaryDirectory() as folder:
        roof = House()
        place = roof.place(f"sqlite:///{Path(folder) / 'demo.db'}")
        demo.ready(roof, place)
        with roof.opened(place) as store:
            return asyncio.run(_pictured(store))


async def _pictured(store: SqlStore) -> str:
    app = FunilApp(Doorway(store=store, make_engine=StillEngine, on_commit=store.on_commit))
    async with app.run_test(size=SIZE) as pilot:
        await _settle(pilot)
        for key in STEPS:
            await pilot.press(key)
            await _settle(pilot)
        return _FONTS.sub("", app.export_screenshot(title="Funil"))


async def _settle(pilot: Pilot[None]) -> None:
    for _ in range(LOOKS):
        await pilot.pause(PAUSE)
