"""Jumping: every place in view has letters, and typing them goes there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.app_world import World, app_of, memory_world, toasts, until
from tui.places import targets
from tui.screens.jump import LETTERS, Jump, codes


@pytest.fixture
def world() -> World:
    """A house with deals in two stages."""
    world = memory_world()
    for number in range(12):
        world.deal(f"Order {number}", ("new", "delivery")[number % 2])
    return world


@given(st.integers(0, 700))
def test_no_code_is_the_beginning_of_another(count: int) -> None:
    found = codes(count)
    assert len(found) == min(count, len(LETTERS) ** 2)
    assert len(set(found)) == len(found)
    doubled = {code[0] for code in found if len(code) == 2}
    assert doubled.isdisjoint(code for code in found if len(code) == 1)
    assert count > len(LETTERS) or not doubled


async def jumping(pilot: Pilot[None]) -> Jump:
    await pilot.press("ctrl+o")
    await until(pilot, lambda: isinstance(pilot.app.screen, Jump))
    screen = pilot.app.screen
    assert isinstance(screen, Jump)
    return screen


def code_at(screen: Jump, cell: tuple[int, int]) -> str:
    return next(code for code, at in screen._labels if at == cell)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_letters_of_a_card_bring_the_cursor_to_it(world: World, size: tuple[int, int]) -> None:
    async with world.board(size=size) as pilot:
        app = app_of(pilot)
        grid = app.board.board.grid
        rect, deal = grid.card(1, 2), app.board.model.columns[1].at(2)
        assert rect is not None
        await pilot.press("o")
        screen = await jumping(pilot)
        assert len({cell for _, cell in screen._labels}) == len(screen._labels) == len(targets(app))
        await pilot.press(*code_at(screen, app.board.region.offset + Offset(rect.x, rect.y)))
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.board.has_focus
        assert app.board.model.deal == deal
        assert app.board.model.cursor == 1


async def test_an_empty_column_and_the_log_can_be_gone_to(world: World) -> None:
    async with world.board(size=(160, 50)) as pilot:
        app = app_of(pilot)
        await pilot.press("l", "L")
        await until(pilot, lambda: len(app.log_view.rows.lines) == 0 and app.board.model.cursor == 2)
        head = app.board.board.grid.head(4)
        assert head is not None
        await pilot.press(*code_at(await jumping(pilot), app.board.region.offset + Offset(head.x, 0)))
        await until(pilot, lambda: app.board.model.cursor == 4)
        await pilot.press("h", "h", "h", "h", "L")
        await until(pilot, lambda: bool(app.log_view.rows.lines))
        await pilot.press(*code_at(await jumping(pilot), app.log_view.region.offset + Offset(0, 1)))
        await until(pilot, lambda: app.log_view.has_focus)
        assert app.log_view.rows.cursor == 0


async def test_the_open_deal_can_be_gone_to(world: World) -> None:
    async with world.board(size=(160, 50)) as pilot:
        app = app_of(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.panel.display)
        app.board.focus()
        await pilot.pause()
        await pilot.press(*code_at(await jumping(pilot), app.panel.region.offset))
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.panel in (app.focused or app).ancestors_with_self)


async def test_one_letter_of_two_leaves_only_its_labels(world: World) -> None:
    async with world.board(size=(160, 50)) as pilot:
        screen = await jumping(pilot)
        cells = [cell for _, cell in screen._labels]
        screen._labels = list(zip(["zz", "zx", "a", *"sdfghjklqwert"], cells, strict=False))
        await pilot.press("z")
        await pilot.pause()
        assert [label.display for label in screen.query(Static)][:3] == [True, True, False]
        await pilot.press("q")
        assert isinstance(pilot.app.screen, Jump)
        await pilot.press("backspace")
        await pilot.pause()
        assert [label.display for label in screen.query(Static)][:3] == [True, True, True]


@pytest.mark.parametrize("away", ["escape", "enter", "1", "resize", "press"])
async def test_anything_else_goes_back_without_going_anywhere(world: World, away: str) -> None:
    async with world.board(size=(160, 50)) as pilot:
        before = app_of(pilot).board.model.deal
        await jumping(pilot)
        if away == "resize":
            await pilot.resize_terminal(100, 30)
        elif away == "press":
            await pilot.mouse_down(offset=(10, 10))
        else:
            await pilot.press(away)
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert app_of(pilot).board.model.deal == before
        assert toasts(pilot) == []
