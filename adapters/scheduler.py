"""APScheduler as the engine's alarm clock: it wakes, and never holds an action.

The truth of what is due stands in our rows. A lost or late alarm loses nothing: the sweep looks every few seconds.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, Self

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core.model.moment import Moment, to_datetime

SWEEP: Final = 5.0
"""Seconds between two looks that need no alarm: what other processes wrote, what a changed clock made due."""

WAKE: Final = "wake"
SWEEP_JOB: Final = "sweep"
Ring = Callable[[], Awaitable[None]]
JUMP: Final = 1.0
"""Seconds between the wall clock and the steady one by which the former has been set."""


class _Minding(AsyncIOScheduler):  # type: ignore[misc]
    """A scheduler that notices when the wall clock is set.

    The library plans what is repeated by wall time: set back by an hour, it would sweep again in an hour; set forward
    by a year, it would count every missed round.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._apart = _apart()

    def wakeup(self) -> None:
        """Look what is due; what is repeated begins anew when the clock has jumped."""
        before, self._apart = self._apart, _apart()
        if abs(self._apart - before) > JUMP and self.running:
            for job in self.get_jobs():
                if isinstance(job.trigger, IntervalTrigger):
                    job.modify(next_run_time=datetime.now(UTC))
        super().wakeup()


def _apart() -> float:
    return time.time() - time.monotonic()


class Alarm:
    """Calls ``ring`` at the armed moment of the real clock, and every ``sweep`` seconds, on the running loop.

    ``ring`` only passes the word on: one that is still at work when the alarm shuts down is cancelled.
    """

    def __init__(self, ring: Ring, *, sweep: float = SWEEP) -> None:
        self._ring = ring
        self._sweep = sweep
        self._armed: Moment | None = None
        self._rung: Moment | None = None
        self._scheduler = _Minding(
            jobstores={"default": MemoryJobStore()},
            executors={"default": AsyncIOExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )

    def start(self) -> None:
        """Begin sweeping. Called inside the running loop that ``ring`` shall run on."""
        self._scheduler.start()
        self.add(self._swept, IntervalTrigger(seconds=self._sweep, timezone="UTC"), SWEEP_JOB)

    def arm(self, moment: Moment | None) -> None:
        """Ring at a moment (at once when it is past), replacing the former wish; None takes the wish back.

        A moment that has rung already is left to the sweep: work that is due and cannot be done would ring for ever.
        """
        if moment is not None and self._rung is not None and moment <= self._rung:
            moment = None
        if moment == self._armed:
            return
        self._armed = moment
        if moment is None:
            self._drop(WAKE)
        else:
            self.add(self._woken, DateTrigger(to_datetime(moment), timezone="UTC"), WAKE)

    def add(self, job: Callable[..., Any], trigger: Any, name: str) -> None:
        """Plan a coroutine function. A plain function is a ``TypeError``: it would run in a thread of its own."""
        if not inspect.iscoroutinefunction(job):
            raise TypeError(f"job {name!r} is no coroutine function")
        self._scheduler.add_job(job, trigger, id=name, replace_existing=True)

    def jobs(self) -> dict[str, Any]:
        """Return when each planned job rings next, by name."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs()}

    def shutdown(self) -> None:
        """Ring no more. Harmless when not started."""
        self._armed = None
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.shutdown()
        await asyncio.sleep(0)  # the scheduler takes itself down in the loop's next round

    async def _woken(self) -> None:
        self._armed, self._rung = None, self._armed
        await self._ring()

    async def _swept(self) -> None:
        await self._ring()

    def _drop(self, name: str) -> None:
        try:
            self._scheduler.remove_job(name)
        except JobLookupError:
            return
