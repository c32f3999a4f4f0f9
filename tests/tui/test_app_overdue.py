"""Much became due while nothing ran: the board asks before it sends (PRODUCT: send, skip, or look)."""

from __future__ import annotations

import pytest

from core import commands
from core.model.delivery import DeliveryStatus
from core.model.moment import HOUR
from core.model.run import RunStatus
from core.views import DeliveryFilter
from tests.tui.app_world import World, app_of, memory_world, screen_text, toasts, until
from tui.engine_seat import Seat


def late(count: int) -> World:
    """Return a house in which so many e-mails became due an hour ago, while no engine ran."""
    world = memory_world()
    deals = [world.deal(f"Order {n}") for n in range(count)]
    world.write(commands.move(deals, "delivery"))
    world.write(commands.advance_clock(HOUR))
    return world


def sent(world: World) -> int:
    """Count what has gone out."""
    where = DeliveryFilter(statuses=frozenset({DeliveryStatus.SENT}))
    return len(world.store.read(lambda reader: reader.deliveries(where)))


def skipped(world: World) -> int:
    """Count the runs that did not happen because they came too late."""
    runs = world.store.read(lambda reader: reader.runs_of())
    return sum(run.status is RunStatus.SKIPPED and run.reason == "too_late" for run in runs)


async def test_twenty_go_out_without_a_question() -> None:
    world = late(20)
    async with world.board() as pilot:
        await until(pilot, lambda: sent(world) == 20)
        assert "became due" not in screen_text(pilot)


async def test_more_than_twenty_wait_for_an_answer_and_send_sends_them() -> None:
    world = late(21)
    async with world.board() as pilot:
        await until(pilot, lambda: "21 messages became due while nothing ran" in screen_text(pilot))
        assert sent(world) == 0 and app_of(pilot).live.seat.state.seat is Seat.ASKING
        await pilot.press("k", "k", "enter")
        await until(pilot, lambda: sent(world) == 21)
        assert "● engine" in screen_text(pilot)


async def test_skip_sends_none_and_the_engine_goes_on() -> None:
    world = late(21)
    async with world.board() as pilot:
        await until(pilot, lambda: "became due" in screen_text(pilot))
        await pilot.press("k", "enter")
        await until(pilot, lambda: skipped(world) == 21)
        assert sent(world) == 0
        assert any("21 messages skipped." in note for note in toasts(pilot))
        fresh = world.deal("Order 99")
        world.write(commands.move([fresh], "delivery"))
        world.write(commands.advance_clock(6_000))
        app_of(pilot).live.written()
        await until(pilot, lambda: sent(world) == 1)


async def test_look_shows_what_it_is_and_esc_decides_later() -> None:
    world = late(21)
    async with world.board() as pilot:
        await until(pilot, lambda: "became due" in screen_text(pilot))
        assert "Tracking number" not in screen_text(pilot)
        await pilot.press("l")
        await until(pilot, lambda: "Tracking number" in screen_text(pilot) and "Order 0" in screen_text(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "21 overdue: answer" in screen_text(pilot))
        assert sent(world) == 0
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "became due" in screen_text(pilot))
        await pilot.press("k", "k", "enter")
        await until(pilot, lambda: sent(world) == 21)


async def test_no_key_that_somebody_was_just_typing_answers() -> None:
    world = late(21)
    async with world.board() as pilot:
        await until(pilot, lambda: "became due" in screen_text(pilot))
        await pilot.press("s", "enter", "l", "pagedown", "j")
        assert sent(world) == skipped(world) == 0 and "became due" in screen_text(pilot)


async def test_the_list_is_leafed_through() -> None:
    world = late(60)
    async with world.board(size=(80, 24)) as pilot:
        await until(pilot, lambda: "became due" in screen_text(pilot))
        await pilot.press("l")
        await until(pilot, lambda: "Order 0 " in screen_text(pilot))
        await pilot.press(*["pagedown"] * 12)
        await until(pilot, lambda: "Order 59 " in screen_text(pilot))


@pytest.mark.parametrize("asked", [True, False])
async def test_what_is_undone_meanwhile_needs_no_answer(asked: bool) -> None:
    world = memory_world()
    deals = [world.deal(f"Order {n}") for n in range(22)]
    world.write(commands.move(deals[:1], "delivery"))
    world.write(commands.move(deals[1:], "delivery"))
    world.write(commands.advance_clock(HOUR))
    async with world.board() as pilot:
        await until(pilot, lambda: "22 messages became due" in screen_text(pilot))
        world.write(commands.undo())
        await until(pilot, lambda: "1 message became due" in screen_text(pilot))
        if not asked:
            await pilot.press("escape")
            await until(pilot, lambda: "1 overdue: answer" in screen_text(pilot))
        assert sent(world) == 0
        world.write(commands.undo())
        await until(pilot, lambda: "● engine" in screen_text(pilot))
        assert "became due" not in screen_text(pilot) and sent(world) == 0


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_question_fits_the_screen(size: tuple[int, int]) -> None:
    world = late(30)
    async with world.board(size=size) as pilot:
        await until(pilot, lambda: "became due" in screen_text(pilot))
        await pilot.press("l")
        await until(pilot, lambda: "Tracking number" in screen_text(pilot))
        shown = screen_text(pilot)
        assert all(word in shown for word in ("Send", "Skip", "Look", "esc decides later"))


async def test_leaving_without_an_answer_leaves_all_as_it_was() -> None:
    world = late(21)
    async with world.board() as pilot:
        await until(pilot, lambda: "became due" in screen_text(pilot))
    assert sent(world) == skipped(world) == 0
    world.store.take_engine_lease("after").release()
