"""The engine: lets what is due happen, pass by pass, and sleeps until something is due again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from core.documents import Typesetter
from core.engine import disabling, happening, listening, reaping, running, timers
from core.engine.dispatching import Dispatcher
from core.engine.sealing import Sealer
from core.engine.typesetting import Press
from core.errors import BadInput
from core.i18n import N_
from core.judging_hits import Lists
from core.model.moment import SECOND, Moment, iso
from core.ports import AdapterFactory, Job, Priority, Random, Reader, Store, TrackingKeys, Tx, Waker

PATIENCE: Final = 5.0
"""Seconds that a stopping engine waits for what is on the wire."""
LOOK: Final = 0.2
"""Seconds between looks whether another process has written."""
IN_A_PASS: Final = 20
"""Batches of events in one pass, before runs and messages have their turn."""
REAP: Final = 30.0
"""Seconds between looks, while serving, for what an engine beside this one left when it died."""


@dataclass(frozen=True, slots=True)
class StoreClock:
    """The clock in force, read from the store."""

    store: Store

    def now(self) -> Moment:
        """Return the present moment: simulated or real."""
        return self.store.read(lambda reader: reader.now())


@dataclass(slots=True)
class Engine:
    """Runs rules and sends messages for one database. ``waker`` is only needed by :meth:`serve`."""

    store: Store
    adapters: AdapterFactory
    rng: Random
    worker: str
    waker: Waker | None = None
    on_trouble: Callable[[BaseException], None] | None = None
    keys: TrackingKeys | None = None
    lists: Lists = listening.NO_LISTS
    typesetter: Typesetter | None = None
    _dispatcher: Dispatcher = field(init=False)
    _press: Press = field(init=False)
    _ran: int = 0
    _befallen: int = 0
    _heard: int = 0
    _wakened: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        sealer = Sealer(self.store, self.keys) if self.keys is not None else None
        clock = StoreClock(self.store)
        self._press = Press(self.typesetter)
        self._dispatcher = Dispatcher(self.store, self.adapters, self.worker, self.rng, clock, sealer)

    @property
    def happened(self) -> int:
        """How many runs and events this engine has taken up, how many attempts it has made and how much simulated peers
        have done, together."""
        return self._ran + self._befallen + self._heard + self._dispatcher.attempts

    async def start(self) -> int:
        """Take over what a dead engine left behind; returns how many messages are *unknown* for it. So is what waits
        of rules that somebody has died while switching off."""
        lost = await self.store.write(reaping.reap(self.adapters), Priority.RUNS)
        while await self.store.write(disabling.sweep, Priority.RUNS):
            pass
        return lost

    async def close(self) -> None:
        """Close the ways out."""
        await self._dispatcher.close()

    async def once(self) -> int:
        """One pass: simulated peers do what they do by now, events move deals, due runs act, due deliveries go out.
        Returns how much happened; writes nothing when nothing is due."""
        if not self.store.read(_something_due):
            await self._dispatcher.settle()
            return 0
        return await self._act() + await self._dispatcher.once()

    async def until_idle(self) -> int:
        """Pass after pass until nothing is due now; leaves the clock alone."""
        done = 0
        while count := await self.once():
            done += count
        return done

    async def until(self, moment: Moment) -> int:
        """With the simulated clock: jump from due moment to due moment up to ``moment``, where the clock then stands.
        With the real clock: work until that time has come. Raises ``BadInput`` for a moment in the past."""
        now, simulated = self.store.read(lambda r: (r.now(), r.simulated_now()))
        if moment < now:
            raise BadInput(N_("{until} is in the past: the clock shows {now}"), until=iso(moment), now=iso(now))
        if simulated is None:
            before = self.happened
            await self._serve_until(moment, now)
            return self.happened - before
        done = await self.until_idle()
        while (due := self._upcoming()) is not None and due <= moment:
            await self.store.write(_clock_to(due), Priority.RUNS)
            done += await self.until_idle()
        await self.store.write(_clock_to(moment), Priority.RUNS)
        return done

    async def _serve_until(self, moment: Moment, now: Moment) -> None:
        """Serve up to the moment, and do at last what is due at the moment itself."""
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later((moment - now) / SECOND, stop.set)
        await self.serve(stop)
        await self.until_idle()

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set: at once after each commit of this process, within 200 ms after another's, and
        when the waker says that something is due. Trouble with the store is told, once while it lasts, and tried
        again."""
        steady = asyncio.get_running_loop().time
        reaped = steady()
        told = ""
        while not stop.is_set():
            self._wakened.clear()
            try:
                if steady() - reaped > REAP:
                    await self.start()
                    reaped = steady()
                await self._work()
                self._arm()
                told = ""
                await self._sleep(stop)
            except Exception as error:
                if self.on_trouble is None:
                    raise
                if str(error) != told:
                    told = str(error)
                    self.on_trouble(error)
                await self._rest(stop, 1.0)
        await self._dispatcher.rest(PATIENCE)

    async def _work(self) -> None:
        """Let rules act and batches begin until all that is due has been taken up."""
        news = True
        while self.store.read(_something_due):
            ran = await self._act()
            if not await self._dispatcher.begin(self.wake, news=news or ran > 0) and not ran:
                return
            news = False
        await self._dispatcher.settle()

    async def _act(self) -> int:
        """Let happen by now what peers do, what events and timers come to, and what rules do."""
        return await self._befall() + await self._listen() + await self._time() + await self._run()

    async def _befall(self) -> int:
        """Let simulated peers do what they do by now."""
        if not self.store.read(_something_planned):
            return 0
        done = await self.store.write(happening.carry_out(), Priority.INBOX)
        self._befallen += done
        return done

    async def _listen(self) -> int:
        """Find which deals events reach and what moves them: some batches, each a transaction of its own, so that
        others write in between and the rest of a pass has its turn."""
        heard = 0
        for _ in range(IN_A_PASS):
            if not self.store.read(_something_heard):
                break
            taken = await self.store.write(listening.expand(self.lists), Priority.INBOX)
            taken += await self.store.write(listening.match(self.lists), Priority.INBOX)
            heard += taken
            if not taken:
                break
        self._heard += heard
        return heard

    async def _time(self) -> int:
        """Let timers that are due become events, and take those up. It comes after listening, since what clients have
        done by then ends a silence."""
        if not self.store.read(_timer_due):
            return 0
        done = await self.store.write(timers.fire(), Priority.INBOX)
        self._befallen += done
        return done + await self._listen()

    async def _run(self) -> int:
        ran = await self.store.write(running.run_due(self.rng, press=self._press), Priority.RUNS)
        while await self._press.work():
            ran += await self.store.write(running.run_due(self.rng, press=self._press), Priority.RUNS)
        self._ran += ran
        return ran

    def wake(self) -> None:
        """Look again now. Call it from the engine's own event loop."""
        self._wakened.set()

    async def _sleep(self, stop: asyncio.Event) -> None:
        while not stop.is_set() and not self._wakened.is_set():
            if self.store.changed_elsewhere():
                return
            await self._rest(stop, LOOK)

    async def _rest(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._wakened.wait())]
        _, pending = await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _arm(self) -> None:
        if self.waker is None:
            return
        simulated, due = self.store.read(lambda r: (r.simulated_now(), r.next_due()))
        # A simulated clock stands still: whoever moves it wakes the engine.
        self.waker.arm(None if simulated is not None else due)

    def _upcoming(self) -> Moment | None:
        """Return the next due moment that lies ahead; what is due now and was not taken up cannot be waited for."""
        return self.store.read(lambda r: r.next_due(after=r.now()))


def _something_due(reader: Reader) -> bool:
    due = reader.next_due()
    return due is not None and due <= reader.now()


def _something_heard(reader: Reader) -> bool:
    return reader.something_heard(reader.now())


def _timer_due(reader: Reader) -> bool:
    due = reader.next_timer()
    return due is not None and due <= reader.now()


def _something_planned(reader: Reader) -> bool:
    planned = reader.next_happening()
    return planned is not None and planned <= reader.now()


def _clock_to(moment: Moment) -> Job[None]:
    """Return a job that turns the simulated clock on; somebody else may have turned it further, or switched it off."""

    def job(tx: Tx) -> None:
        shown = tx.simulated_now()
        if shown is not None and shown < moment:
            tx.set_clock(moment)

    return job
