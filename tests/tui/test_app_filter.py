"""The filter as a person types it: fields, completion, complaints, and changes that come in meanwhile."""

from __future__ import annotations

import pytest

from core import commands
from tests.tui.app_world import World, app_of, driver, memory_world, screen_text, until


@pytest.fixture
def world() -> World:
    """A house with deals of two responsibles."""
    world = memory_world(engine=False)
    world.deal("Order 1001", amount="7500")
    world.deal("Loja Sol", amount="100", contacts=())
    world.deal("Loja Lua", "won", amount="9000", contacts=())
    return world


def shown(pilot: object, column: str) -> list[str]:
    """Return the beginnings of a column's titles."""
    return [title.split("R$")[0].strip() for title in driver(pilot).column(column).titles()]  # type: ignore[arg-type]


async def test_fields_filter_and_totals_follow(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"amount:>5k", "enter")
        await until(pilot, lambda: shown(pilot, "New") == ["Order 1001"])
        assert shown(pilot, "Deal won") == ["Loja Lua"]
        assert driver(pilot).column("New").head() == "New 1 · R$7,500"
        assert "2 deals" in screen_text(pilot).splitlines()[0]


async def test_tab_and_the_right_arrow_complete_what_is_begun(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"sta", "tab", *"order", "tab", "enter")
        await until(pilot, lambda: app_of(pilot).desk.search == "stage:order_delivery")
        await until(pilot, lambda: shown(pilot, "New") == [])
        await pilot.press("slash", "end", *" resp")
        line = app_of(pilot).filter_line
        await until(pilot, lambda: line._suggestion.endswith("responsible:"))
        await pilot.press("right")
        assert line.value == "stage:order_delivery responsible:"


async def test_what_is_wrong_stands_beside_the_line_and_keeps_it_open(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"stge:new sol", "enter")
        assert "no field “stge”: did you mean stage:?" in screen_text(pilot).splitlines()[1]
        assert app_of(pilot).filter_line.has_focus
        await until(pilot, lambda: shown(pilot, "New") == ["Loja Sol"])
        await pilot.press("escape")
        await until(pilot, lambda: len(shown(pilot, "New")) == 2)


async def test_what_may_be_typed_is_said_while_it_is_typed(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"amount:")
        assert "100..500" in screen_text(pilot).splitlines()[1]
        await pilot.press("ctrl+u", *"responsible:")
        assert "Ana Souza" in screen_text(pilot).splitlines()[1]


async def test_a_change_under_a_filter_moves_nothing_and_ends_no_drag(world: World) -> None:
    for number in range(40):
        world.deal(f"Many {number}", "delivery")
    async with world.board(size=(120, 30)) as pilot:
        await pilot.press("slash", *"many", "enter")
        await until(pilot, lambda: app_of(pilot).board.model.columns[1].count == 40)
        model = app_of(pilot).board.model
        await pilot.press("l", "pagedown", "pagedown")
        top = model.columns[1].at(model.columns[1].top)
        await driver(pilot).drag((34, 3), (40, 7), release=False)
        assert app_of(pilot).board.board.held
        world.deal("Many more", "delivery")
        await until(pilot, lambda: model.columns[1].count == 41)
        assert model.columns[1].at(model.columns[1].top) == top
        assert app_of(pilot).board.board.held
        await pilot.press("escape")
        assert not app_of(pilot).board.board.held


async def test_a_deal_that_no_longer_fits_goes(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"amount:>5k", "enter")
        await until(pilot, lambda: shown(pilot, "New") == ["Order 1001"])
        world.write(commands.set_fields(world.deals["Order 1001"], {"amount": "5"}, "ana"))
        await until(pilot, lambda: shown(pilot, "New") == [])


async def test_another_pipeline_is_filtered_by_its_own_stages(world: World) -> None:
    world.deal("Coffee machine", "asked", "service")
    async with world.board() as pilot:
        await pilot.press("slash", *"stage:won", "enter")
        await until(pilot, lambda: shown(pilot, "New") == [])
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: app_of(pilot).desk.doubtful)
        await until(pilot, lambda: "Coffee machine" in screen_text(pilot))


async def test_a_filter_that_hides_every_deal_says_so_and_how_to_take_it_away(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"nothing like it", "enter")
        await until(pilot, lambda: "No deal fits the filter." in screen_text(pilot))
        assert "esc takes it away." in screen_text(pilot)
        assert "Press n" not in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "Order 1001" in screen_text(pilot))
