"""What happens without the person: the engine, other boards, the passing of time. It brings all of it to the screen."""

from __future__ import annotations

from asyncio import Task, create_task, sleep
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from core.errors import FunilError
from core.i18n import gettext as _
from core.words import fill
from tui.bridge import Bridge, Changes
from tui.clockwork import BEAT, Clockwork
from tui.engine_seat import EngineSeat, EngineState, Seat
from tui.overdue import Overdue

if TYPE_CHECKING:
    from tui.app import FunilApp

EVERY: Final = 0.05
"""Seconds between two drains: a burst of changes is drawn once."""
LOOK: Final = 0.2
"""Seconds between looks at the change feed, for what other processes write."""


def _done() -> None:
    return


class Live:
    """Keeps the screen true: drains the bridge, follows clock and engine."""

    def __init__(self, app: FunilApp) -> None:
        self._app = app
        doorway = app.desk.doorway
        self.bridge = Bridge(doorway.store, app.post_message)
        self.overdue: Overdue = Overdue(app)
        self.seat = EngineSeat(doorway.make_engine, self._engine_changed, self.overdue.settled)
        self.clock: Clockwork = Clockwork(app, goes=doorway.ticking)
        self._deaf = doorway.on_commit(self.bridge.wake)
        self._drained = 0.0
        self._told = ""
        self._broken: str | None = None
        self._timer: Timer | None = None
        self._clock_task: Task[None] | None = None

    def begin(self) -> None:
        """Start the engine and the looks at feed and clock."""
        self.seat.start()
        self._app.set_interval(LOOK, self._look)
        self._app.set_interval(1.0, self.tick)
        self._clock_task = create_task(self._clock_goes(), name="clock")

    async def end(self) -> None:
        """Stop listening and the clock, and give the engine's seat back."""
        if self._clock_task is not None:
            self._clock_task.cancel()
        self._deaf()
        self._deaf = _done
        await self.seat.leave()

    def woken(self) -> None:
        """Take in what happened, at most once in 50 ms."""
        rest = self._drained + EVERY - monotonic()
        if rest <= 0:
            self._drain()
        elif self._timer is None:
            self._timer = self._app.set_timer(rest, self._drain)

    def written(self) -> None:
        """Act on a write of this board at once: show it, and have the engine look."""
        self.seat.wake()
        self.bridge.wake()

    def _look(self) -> None:
        with self._told_once():
            if self.bridge.behind():
                self.bridge.wake()

    def _drain(self) -> None:
        self._timer = None
        self._drained = monotonic()
        for words in self.bridge.take_notices():
            self._app.say(words.local(), trouble=True)
        with self._told_once():
            changes = self.bridge.drain()
            if changes:
                self._take_in(changes)

    @contextmanager
    def _told_once(self) -> Iterator[None]:
        """Tell trouble with the store, once for as long as it lasts: the next look may find it gone."""
        try:
            yield
        except FunilError as error:
            self._tell(str(error))
        else:
            self._told = ""

    def _tell(self, trouble: str) -> None:
        if trouble != self._told:
            self._told = trouble
            self._app.say(trouble, trouble=True)

    def _take_in(self, changes: Changes) -> None:
        app = self._app
        app.desk.tick()
        if changes == Changes(clock=True):
            app.log_view.repaint()
            app.show_header()
            return
        app.desk.count()
        self.overdue.count_again()
        if changes.config:
            app.desk.reload_house()
            app.show_again()
        elif changes.everything:
            app.board.reload()
        elif changes.deals:
            app.board.apply_changes(changes.deals)
        if app.desk.search and (changes.deals or changes.everything):
            app.filter.again()
        app.log_view.reload()
        app.panel.reload()
        app.inbox.reload()
        app.editing.take_in(config=changes.config)
        app.show_header()
        app.footer.recheck()

    async def _clock_goes(self) -> None:
        """Let a simulated clock go on: beside the screen's own work, which never waits for it."""
        while True:
            await sleep(BEAT)
            try:
                await self.clock.look()
            except FunilError as error:
                self._tell(str(error))

    def tick(self) -> None:
        """Let a second pass: in the header and in countdowns."""
        with self._told_once():
            self._app.desk.tick()
            self._app.board.tick()
        self._app.log_view.tick()
        self._app.show_header()

    def _engine_changed(self, state: EngineState) -> None:
        self._app.show_header()
        if state.seat is Seat.BROKEN and state.trouble != self._broken:
            self._broken = state.trouble
            self._app.say(fill(_("The engine stopped: {trouble}"), {"trouble": state.trouble}), trouble=True)
