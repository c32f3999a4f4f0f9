"""The simulated clock's works: it stands, goes with the wall's or sixty times as fast, or steps to what comes next."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from core import commands
from core.errors import FunilError
from core.i18n import gettext as _
from core.model.moment import SECOND, Moment
from core.ports import Priority, Reader
from tui.engine_seat import Seat

if TYPE_CHECKING:
    from tui.app import FunilApp

BEAT: Final = 0.25
"""Seconds of the wall's clock between two looks whether time has to pass."""
LEAP: Final = 2.0
"""Seconds of the wall's clock that one look lets pass at most."""
FAST: Final = 60
"""Simulated seconds to one of the wall's, in a hurry."""
ROUNDS: Final = 100
PAUSE: Final = 0.01
"""Seconds of each of so many rounds in which the engine may do what has become due, before time goes on."""


class Clockwork:
    """Moves the house's simulated clock while this board has its engine; a real clock it leaves alone.

    Time stops at each moment for which something is planned until the engine has done it, so that a clock that runs
    fast tells the same story as one that runs slowly.
    """

    def __init__(self, app: FunilApp, *, goes: bool) -> None:
        self._app = app
        self.goes = goes
        self.fast = False
        self._seen = monotonic()
        self._owed = 0.0
        self._busy = False

    @property
    def speed(self) -> int:
        """How many simulated seconds pass in one of the wall's; 0: the clock stands."""
        return (FAST if self.fast else 1) if self.goes else 0

    @property
    def shown(self) -> int | None:
        """The speed of a clock that can be turned here; None for any other one."""
        return None if self.why_not() else self.speed

    def why_not(self) -> str | None:
        """Say why the clock cannot be turned here; None when it can."""
        if not self._app.desk.simulated:
            return _("The clock is the real one: only a simulated clock can be turned.")
        if self._app.live.seat.state.seat is not Seat.HERE:
            return _("Another process runs the rules of this database: the clock is turned there.")
        return None

    def stop_or_go(self) -> None:
        """Stop the clock, or let it go on."""
        self.goes = not self.goes
        self._app.show_header()

    def hurry(self) -> None:
        """Let it run fast, or with the wall's again; a clock that stands begins to go."""
        self.fast = not (self.fast and self.goes)
        self.goes = True
        self._app.show_header()

    async def step(self) -> None:
        """Turn it to the next moment at which something is due, and let that happen."""
        came = await self._app.desk.store.write(commands.step_clock(), Priority.SCREEN)
        self._app.written()
        if came is None:
            self._app.say(_("Nothing is planned."))
            return
        await self._done()

    async def look(self) -> None:
        """Let pass what the wall's clock has moved on since the last look; a machine that slept makes no leap."""
        now = monotonic()
        passed, self._seen = now - self._seen, now
        try:
            await self.beat(min(passed, LEAP))
        except FunilError:
            self.goes = False  # at the end of time, or without a database: a clock that stands says so once
            raise

    async def beat(self, seconds: float) -> None:
        """Let so many seconds of the wall's clock pass, in whole simulated ones; not while the engine is at work."""
        if not self.goes or self._busy or self.why_not() is not None:
            return
        self._owed += seconds * self.speed * SECOND
        if self._owed < SECOND:
            return
        self._busy = True
        try:
            left, self._owed = int(self._owed), 0.0
            while left > 0 and self.goes:
                left = await self._app.desk.store.write(commands.pass_time(left), Priority.UPKEEP)
                self._app.live.seat.wake()
                await self._done()
        finally:
            self._busy = False

    async def _done(self) -> None:
        """Wait until the engine has done what is due, a moment at most: what cannot be done now does not stop time."""
        for _round in range(ROUNDS):
            if not self._app.desk.store.read(_something_due):
                return
            await asyncio.sleep(PAUSE)


def _something_due(reader: Reader) -> bool:
    due: Moment | None = reader.next_due()
    return due is not None and due <= reader.now()
