"""The context menu: at the pointer or the cursor, whole on the screen, with keys and reasons."""

from __future__ import annotations

import pytest
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.app_world import World, app_of, driver, memory_world, screen_text, until


@pytest.fixture
def world() -> World:
    """A house with some deals."""
    world = memory_world()
    for number in range(6):
        world.deal(f"Order {number}", ("new", "delivery")[number % 2])
    return world


def box(pilot: Pilot[None]) -> Region:
    return pilot.app.screen.query_one("#menu").region


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (30, 12)])
@pytest.mark.parametrize("card", ["Order 0", "Order 4", "Order 3"])
async def test_it_opens_beside_the_pointer_and_whole(world: World, size: tuple[int, int], card: str) -> None:
    async with world.board(size=size) as pilot:
        board = driver(pilot)
        assert app_of(pilot).board.go_to(world.deals[card])
        x, y = board.card(card).cell
        await board.mouse(events.MouseDown, x, y, button=3)
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.pause()
        menu = box(pilot)
        assert pilot.app.screen.region.contains_region(menu)
        assert card in screen_text(pilot)
        if size[0] >= 80:
            assert menu.x == x
            below = y + app_of(pilot).board.region.y
            assert menu.y == below + 1 or menu.bottom == below


async def test_the_dot_opens_it_at_the_cursor(world: World) -> None:
    async with world.board(size=(160, 50)) as pilot:
        await pilot.press("l", "full_stop")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.pause()
        span = app_of(pilot).board.board.grid.span(1)
        assert span is not None
        assert box(pilot).x == span.x + 1


async def test_an_action_s_own_key_chooses_it(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("full_stop")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press("space")
        await until(pilot, lambda: len(app_of(pilot).board.model.marks) == 1)
        assert len(pilot.app.screen_stack) == 1


async def test_what_cannot_be_done_says_why_and_stays(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("full_stop")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press("u")
        await until(pilot, lambda: "There is no move to undo." in screen_text(pilot))
        assert len(pilot.app.screen_stack) == 2


@pytest.mark.parametrize("way", ["escape", "press beside it"])
async def test_it_goes_without_doing_anything(world: World, way: str) -> None:
    async with world.board() as pilot:
        await pilot.press("full_stop")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        if way == "escape":
            await pilot.press("escape")
        else:
            await pilot.mouse_down(offset=(100, 2))
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert {world.stage_of(f"Order {number}") for number in range(6)} == {"new", "delivery"}


async def test_a_message_of_the_log_has_a_menu_of_its_own(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("L")
        await until(pilot, lambda: bool(app_of(pilot).log_view.rows.lines))
        await pilot.press("o", "full_stop")
        await until(pilot, lambda: "Read the message" in screen_text(pilot))
        assert "Move to stage…" not in screen_text(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "maria@cliente.example" in screen_text(pilot) and len(pilot.app.screen_stack) == 2)
