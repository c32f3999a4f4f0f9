"""The alarm clock: one wake job, one sweep, coroutines only, clean to start and to stop."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from apscheduler.triggers.date import DateTrigger

from adapters.clock import RealClock
from adapters.scheduler import SWEEP_JOB, WAKE, Alarm
from core.model.moment import Moment, from_datetime
from core.ports import Waker

FAR = from_datetime(datetime(2099, 1, 1, tzinfo=UTC))
FARTHER = from_datetime(datetime(2099, 1, 2, tzinfo=UTC))


class Bell:
    """Counts its rings."""

    def __init__(self) -> None:
        self.rung = 0
        self.heard = asyncio.Event()

    async def ring(self) -> None:
        self.rung += 1
        self.heard.set()

    async def wait(self) -> None:
        await asyncio.wait_for(self.heard.wait(), 60)
        self.heard.clear()


async def test_it_rings_at_the_armed_moment_and_once() -> None:
    bell = Bell()
    async with Alarm(bell.ring) as alarm:
        waker: Waker = alarm
        waker.arm(Moment(RealClock().now() + 10))
        await bell.wait()
        assert bell.rung == 1
        assert set(alarm.jobs()) == {SWEEP_JOB}


@pytest.mark.parametrize("late", [0, 1_000, 365 * 86_400_000])
async def test_a_moment_long_past_rings_at_once(late: int) -> None:
    bell = Bell()
    async with Alarm(bell.ring) as alarm:
        alarm.arm(Moment(RealClock().now() - late))
        await bell.wait()


async def test_a_new_wish_replaces_the_former() -> None:
    async with Alarm(Bell().ring) as alarm:
        alarm.arm(FAR)
        alarm.arm(FARTHER)
        assert alarm.jobs()[WAKE] == datetime(2099, 1, 2, tzinfo=UTC)
        assert len(alarm.jobs()) == 2
        alarm.arm(None)
        assert set(alarm.jobs()) == {SWEEP_JOB}
        alarm.arm(None)


async def test_work_that_is_due_and_cannot_be_done_rings_once_and_is_left_to_the_sweep() -> None:
    bell = Bell()
    async with Alarm(bell.ring) as alarm:
        stuck = RealClock().now()
        alarm.arm(stuck)
        await bell.wait()
        alarm.arm(stuck)
        assert set(alarm.jobs()) == {SWEEP_JOB}
        alarm.arm(Moment(RealClock().now() + 1))
        await bell.wait()
    assert bell.rung == 2


async def test_it_sweeps_without_being_armed() -> None:
    bell = Bell()
    async with Alarm(bell.ring, sweep=0.01):
        await bell.wait()
        await bell.wait()


async def test_a_ring_that_breaks_does_not_stop_the_sweep(caplog: pytest.LogCaptureFixture) -> None:
    bell = Bell()

    async def ring() -> None:
        await bell.ring()
        raise RuntimeError("wrong note")

    async with Alarm(ring, sweep=0.01):
        await bell.wait()
        await bell.wait()
    assert "wrong note" in caplog.text


async def test_jobs_that_would_need_a_thread_are_refused() -> None:
    async with Alarm(Bell().ring) as alarm:
        with pytest.raises(TypeError, match="no coroutine function"):
            alarm.add(lambda: None, DateTrigger(), "sync")
        for job in alarm._scheduler.get_jobs():
            assert asyncio.iscoroutinefunction(job.func)
            assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


async def test_it_stops_and_starts_with_the_loop_running() -> None:
    bell = Bell()
    alarm = Alarm(bell.ring)
    alarm.shutdown()
    alarm.start()
    alarm.arm(FAR)
    alarm.shutdown()
    alarm.shutdown()
    await asyncio.sleep(0)
    assert not alarm._scheduler.running
    assert bell.rung == 0


def test_the_real_clock_counts_milliseconds() -> None:
    one, two = RealClock().now(), RealClock().now()
    assert 1_700_000_000_000 < one <= two
