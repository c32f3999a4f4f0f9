"""The simulated clock at the board: it stands, goes, hurries, steps; and no happening is passed over."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from core import commands
from core.model.moment import HOUR, MINUTE, SECOND, Moment
from core.views import DeliveryFilter
from tests.tui.app_world import START, World, app_of, memory_world, refuse_engine, screen_text, toasts, until
from tui.clockwork import Clockwork
from tui.engine_seat import Seat


async def here(pilot: Pilot[None]) -> Clockwork:
    """Wait until this board has the engine; return its clock, which only moves when the test says so."""
    await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.HERE)
    live = app_of(pilot).live
    assert live._clock_task is not None
    live._clock_task.cancel()
    return live.clock


def now(world: World) -> Moment:
    moment: Moment = world.store.read(lambda reader: reader.now())
    return moment


def sent_at(world: World) -> list[int]:
    """Return when each message went out, as milliseconds after the start."""
    rows = world.store.read(lambda reader: reader.deliveries(DeliveryFilter()))
    return sorted(row.sent_at - START for row in rows if row.sent_at is not None)


STEPS = (
    ("", 3 * SECOND, "09:00 ▶ 1x »"),
    ("t", 0, "‖ »"),
    ("t", 3 * SECOND, "▶ 1x »"),
    ("T", 3 * MINUTE, "▶ 60x »"),
    ("T", 3 * SECOND, "▶ 1x »"),
    ("T", 3 * MINUTE, "▶ 60x »"),
    ("t", 0, "‖ »"),
    ("T", 3 * MINUTE, "▶ 60x »"),
)
"""A key, how much time then passes while the wall's clock moves on by three seconds, what the header shows."""


async def test_three_seconds_of_the_wall_are_so_long_in_the_house_and_the_header_shows_the_pace() -> None:
    world = memory_world()
    async with world.board(size=(80, 24), ticking=True) as pilot:
        clock = await here(pilot)
        for key, passed, shown in STEPS:
            began = now(world)
            if key:
                await pilot.press(key)
            await clock.beat(3.0)
            assert now(world) - began == passed, key
            assert shown in screen_text(pilot).splitlines()[0], key


async def test_outside_the_demo_a_simulated_clock_stands_until_somebody_lets_it_go() -> None:
    world = memory_world()
    async with world.board() as pilot:
        clock = await here(pilot)
        await clock.beat(3.0)
        assert now(world) == START
        await pilot.press("t")
        await clock.beat(3.0)
        assert now(world) == START + 3 * SECOND


async def test_each_happening_comes_at_its_own_moment_however_fast_time_runs() -> None:
    world = memory_world()
    deal = world.deal("Order 1001")
    async with world.board(ticking=True) as pilot:
        clock = await here(pilot)
        world.write(commands.move([deal], stage="delivery", by="ana"))
        await pilot.press("T")
        await clock.beat(3.0 * 60)
        # The e-mail goes out when it has been held for five seconds, the SMS two hours after the entry, to the second.
        assert sent_at(world) == [5 * SECOND, 2 * HOUR]
        assert now(world) == START + 3 * HOUR


async def test_a_step_goes_to_what_is_planned_next_and_lets_it_come() -> None:
    world = memory_world()
    deal = world.deal("Order 1001")
    steps: list[int] = []
    async with world.board() as pilot:
        clock = await here(pilot)
        world.write(commands.move([deal], stage="delivery", by="ana"))
        while len(sent_at(world)) < 2 and len(steps) < 10:
            await clock.step()
            steps.append(now(world) - START)
    assert steps[0] == 5 * SECOND
    assert steps[-1] == 2 * HOUR, steps
    assert sent_at(world) == [5 * SECOND, 2 * HOUR]


async def test_where_nothing_is_planned_a_step_says_so() -> None:
    world = memory_world()
    async with world.board() as pilot:
        await here(pilot)
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: list(toasts(pilot)) == ["Nothing is planned."])
        assert now(world) == START


async def test_a_real_clock_is_not_turned_and_says_why() -> None:
    world = memory_world()
    world.write(lambda tx: tx.set_clock(None))
    async with world.board() as pilot:
        await here(pilot)
        await pilot.press("t", "T", "greater_than_sign")
        assert list(toasts(pilot)) == 3 * ["The clock is the real one: only a simulated clock can be turned."]


async def test_a_board_that_watches_does_not_turn_the_clock_of_another() -> None:
    world = memory_world()
    async with world.board(make_engine=refuse_engine(), ticking=True) as pilot:
        await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.ELSEWHERE)
        await app_of(pilot).live.clock.beat(3.0)
        await pilot.press("greater_than_sign")
        assert list(toasts(pilot)) == ["Another process runs the rules of this database: the clock is turned there."]
        assert now(world) == START
        assert "»" not in screen_text(pilot).splitlines()[0]


async def test_the_mouse_turns_the_clock_as_well() -> None:
    async with memory_world().board(ticking=True) as pilot:
        clock = await here(pilot)
        for part, speed in (("09:00", 0), ("‖", 1), ("1x", 60), ("60x", 1), ("▶", 0)):
            await pilot.click("#header", offset=(screen_text(pilot).splitlines()[0].index(part), 0))
            await pilot.pause()
            assert clock.speed == speed, part


async def test_the_clock_goes_by_itself() -> None:
    world = memory_world()
    async with world.board(ticking=True) as pilot:
        await pilot.press("T")
        await until(pilot, lambda: now(world) >= START + MINUTE)


async def test_a_machine_that_slept_makes_no_leap(monkeypatch: pytest.MonkeyPatch) -> None:
    world = memory_world()
    async with world.board(ticking=True) as pilot:
        clock = await here(pilot)
        began = now(world)
        clock._seen -= 3_600
        await clock.look()
        assert now(world) - began == 2 * SECOND


async def test_at_the_end_of_time_the_clock_stops_and_says_why_once() -> None:
    from core.commands.clocks import LATEST

    world = memory_world()
    world.write(commands.set_clock(Moment(LATEST - SECOND)))
    async with world.board(ticking=True) as pilot:
        await until(pilot, lambda: bool(toasts(pilot)))
        assert list(toasts(pilot)) == ["the clock ends at 9000-01-01T00:00:00Z"]
        assert not app_of(pilot).live.clock.goes
