"""Engine and other boards: one engine per database, every board shows what any of them writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from core import commands
from core.errors import Refused, StoreTrouble
from core.words import Words
from tests.tui.app_world import (
    StandingClock,
    World,
    app_of,
    driver,
    file_world,
    memory_world,
    refuse_engine,
    screen_text,
    toasts,
    until,
)
from tui.bridge import BURST, Bridge, EngineHandle
from tui.engine_seat import EngineSeat, EngineState, Seat


async def test_two_boards_show_the_same_and_only_one_is_the_engine(tmp_path: Path) -> None:
    from data.opening import open_store

    first = file_world(tmp_path)
    first.deal("Order 1001")
    second = World(
        open_store(f"sqlite:///{tmp_path / 'funil.db'}", clock=StandingClock(), durable=False), deals=first.deals
    )
    try:
        async with first.board() as here, second.board() as there:
            await until(here, lambda: app_of(here).live.seat.state.seat is Seat.HERE)
            await until(there, lambda: app_of(there).live.seat.state.seat is Seat.ELSEWHERE)
            assert "engine: process" in screen_text(there)
            await there.press("L")
            await until(here, lambda: driver(here).column("Order delivery").titles() != [])
            await until(here, lambda: "held" in screen_text(here))
            first.write(commands.advance_clock(6_000))
            await until(there, lambda: "sent 09:00" in screen_text(there))
            await here.press("u")
            await until(there, lambda: driver(there).column("New").titles() != [])
    finally:
        first.store.close()
        second.store.close()


async def test_a_board_takes_over_when_the_engine_has_gone() -> None:
    world = memory_world()
    world.deal("Order 1001")
    gone = False

    def make() -> EngineHandle:
        return world.make_engine() if gone else refuse_engine("4711")()

    async with world.board(make_engine=make) as pilot:
        await until(pilot, lambda: "engine: process 4711" in screen_text(pilot))
        gone = True
        app_of(pilot).live.seat.look_now()
        await until(pilot, lambda: "● engine" in screen_text(pilot))


class Fragile:
    """An engine that breaks at once."""

    def __init__(self) -> None:
        self.released = 0

    async def serve(self, stop: asyncio.Event) -> None:
        """Break."""
        raise ValueError("out of luck")

    def wake(self) -> None:
        """Do nothing."""

    def release(self) -> None:
        """Count."""
        self.released += 1


async def test_a_broken_engine_gives_its_seat_back_and_is_told_once() -> None:
    world = memory_world()
    engine = Fragile()
    async with world.board(make_engine=lambda: engine) as pilot:
        await until(pilot, lambda: "engine stopped" in screen_text(pilot))
        assert engine.released == 1
        app_of(pilot).live.seat.look_now()
        await until(pilot, lambda: engine.released == 2)
        assert toasts(pilot) == ["The engine stopped: ValueError: out of luck"]


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lambda: None, EngineState(Seat.NOBODY)),
        (refuse_engine("12"), EngineState(Seat.ELSEWHERE, "12")),
    ],
)
async def test_a_seat_says_who_is_the_engine(make: Callable[[], EngineHandle | None], state: EngineState) -> None:
    told: list[EngineState] = []
    seat = EngineSeat(make, told.append)
    seat.start()
    while not told:
        await asyncio.sleep(0)
    await seat.leave()
    assert told == [state]


async def test_quitting_says_how_many_runs_wait() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: app_of(pilot).desk.waiting == 2)
        await pilot.press("q")
        await until(pilot, lambda: not app_of(pilot).is_running or bool(app_of(pilot)._exit))
        said = [str(line) for line in app_of(pilot)._exit_renderables]
    assert said == ["2 runs wait; they act while Funil or `funil worker` runs"]


async def test_quitting_with_nothing_waiting_says_nothing() -> None:
    async with memory_world().board() as pilot:
        await pilot.press("q")
        await until(pilot, lambda: bool(app_of(pilot)._exit))
        assert app_of(pilot)._exit_renderables == []


def test_a_burst_of_wake_ups_is_one_message_and_one_read() -> None:
    world = memory_world()
    posted: list[object] = []
    bridge = Bridge(world.store, posted.append)
    for number in range(50):
        world.deal(f"Order {number}")
        bridge.wake()
    assert len(posted) == 1
    assert bridge.drain().deals == set(world.deals.values())
    bridge.wake()
    assert len(posted) == 2
    assert not bridge.drain()


def test_a_flood_of_changes_is_shown_by_reading_everything_again() -> None:
    class Flooded:
        def cursor(self) -> int:
            return 9_999

        def changes_since(self, cursor: int, limit: int) -> tuple[int, list[object]]:
            return 5, [object()] * BURST

    class Store:
        def read(self, query: Callable[[object], object]) -> object:
            return query(Flooded())

    bridge = Bridge(Store(), lambda _: None)  # type: ignore[arg-type]
    bridge.cursor = 0
    assert bridge.drain().everything
    assert bridge.cursor == 9_999


def test_notices_come_through_from_any_thread() -> None:
    bridge = Bridge(memory_world().store, lambda _: None)
    bridge.notice(Words("the line is dead"))
    assert bridge.take_notices() == [Words("the line is dead")]
    assert bridge.take_notices() == []


async def test_trouble_with_the_store_is_told_once_and_the_board_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        live = app_of(pilot).live

        def lost() -> bool:
            raise StoreTrouble("The connection is lost")

        monkeypatch.setattr(live.bridge, "behind", lost)
        await until(pilot, lambda: toasts(pilot) == ["The connection is lost"])
        monkeypatch.undo()
        await pilot.press("L")
        await until(pilot, lambda: "held" in screen_text(pilot))


async def test_a_renamed_stage_shows_its_new_name() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board() as pilot:
        pipeline = app_of(pilot).desk.house.pipelines["sales"]
        from dataclasses import replace

        stages = (replace(pipeline.stages[0], name="Fresh"), *pipeline.stages[1:])
        world.write(lambda tx: tx.upsert_pipeline(replace(pipeline, stages=stages)))
        await until(pilot, lambda: "Fresh" in screen_text(pilot))
        assert "Order 1001" in screen_text(pilot)


async def test_the_heads_say_how_many_rules_act_and_follow_the_configuration() -> None:
    world = memory_world()
    world.deal("Order 1001")
    async with world.board(size=(160, 30)) as pilot:
        await until(pilot, lambda: "⚡2 ✉" in screen_text(pilot))
        world.write(lambda tx: tx.remove_rule("short-note"))
        await until(pilot, lambda: "⚡1 ✉" in screen_text(pilot))


def test_refused_is_an_error_a_person_can_understand() -> None:
    with pytest.raises(Refused, match="4711"):
        refuse_engine("4711")()
