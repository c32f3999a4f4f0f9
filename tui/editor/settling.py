"""Work that follows what is typed: done once the typing rests, one piece at a time, never for what is out of date."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from textual.widget import Widget

PAUSE: Final = 0.15
"""Seconds for which the typing rests before work follows."""


class Settling:
    """Does a piece of work after what was asked for last."""

    def __init__(self, widget: Widget, work: Callable[[], Awaitable[None]], pause: float = PAUSE) -> None:
        self._widget = widget
        self._work = work
        self._pause = pause
        self._asked = 0
        self.rounds = 0
        """How many times the work was done."""
        self._busy = False

    @property
    def settled(self) -> bool:
        """Whether nothing is to follow any more."""
        return not self._busy

    @property
    def asked(self) -> int:
        """The number of the last asking: work that began with another one is out of date."""
        return self._asked

    def again(self) -> None:
        """Have the work done, once nothing more is asked for."""
        self._asked += 1
        if not self._busy:
            self._busy = True
            self._widget.run_worker(self._settle(), group=f"settling-{id(self)}")

    async def _settle(self) -> None:
        done = -1
        try:
            while done != self._asked:
                asked = self._asked
                await asyncio.sleep(self._pause)
                if asked == self._asked:
                    self.rounds += 1
                    await self._work()
                    done = asked
        finally:
            self._busy = False
