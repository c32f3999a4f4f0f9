"""Filter, deal panel, pipelines, first run, empty places."""

from __future__ import annotations

import pytest

from tests.tui.app_world import World, app_of, driver, memory_world, screen_text, toasts, until
from tui.screens.welcome import Start, Welcome


@pytest.fixture
def world() -> World:
    """A house with three deals."""
    world = memory_world()
    world.deal("Order 1001", amount="7500")
    world.deal("Loja Sol", contacts=())
    world.deal("Loja Lua", "won", contacts=())
    return world


def titles(world_board: object, column: str) -> list[str]:
    """Return a column's titles without amounts."""
    return [title.split("R$")[0].strip() for title in world_board.column(column).titles()]  # type: ignore[attr-defined]


async def test_typing_filters_all_columns_and_esc_shows_all_again(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"loja")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Loja Sol"])
        await pilot.press("enter")
        assert titles(driver(pilot), "Deal won") == ["Loja Lua"]
        assert "/ loja" in screen_text(pilot).splitlines()[0]
        assert "2 deals" in screen_text(pilot).splitlines()[0]
        await pilot.press("escape")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Loja Sol", "Order 1001"])
        assert "/ filter" in screen_text(pilot).splitlines()[0]


async def test_the_filter_looks_into_clients_too(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"maria", "enter")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Order 1001"])


async def test_a_filtered_deal_can_be_moved_and_stays_in_view(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("slash", *"sol", "enter")
        await until(pilot, lambda: titles(driver(pilot), "New") == ["Loja Sol"])
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Loja Sol") == "delivery")
        await until(pilot, lambda: titles(driver(pilot), "Order delivery") == ["Loja Sol"])
        assert titles(driver(pilot), "New") == []


async def test_enter_opens_the_deal_with_fields_client_rules_and_history(world: World) -> None:
    async with world.board(size=(140, 40)) as pilot:
        await pilot.press("j", "L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        await pilot.press("enter")
        await until(pilot, lambda: "held until 09:00:05" in screen_text(pilot))
        shown = screen_text(pilot)
        for words in (
            "R$7,500",
            "Order delivery · Sales",
            "Ana Souza",
            "maria@cliente.example",
            "(11) 98765-0001",
            "Tracking number",
            "waiting until 11:00",
            "New → Order delivery",
            "created in New",
        ):
            assert words in shown
        await pilot.press("escape")
        assert not app_of(pilot).panel.display
        assert app_of(pilot).board.has_focus


async def test_the_open_panel_follows_the_cursor_and_the_changes(world: World) -> None:
    async with world.board(size=(140, 40)) as pilot:
        await pilot.press("enter")
        app_of(pilot).board.focus()
        await pilot.press("j")
        await until(pilot, lambda: app_of(pilot).panel.deal == world.deals["Order 1001"])
        await pilot.press("L")
        await until(pilot, lambda: "Order delivery · Sales" in screen_text(pilot))


async def test_another_pipeline_can_be_shown(world: World) -> None:
    world.deal("Coffee machine", "asked", "service")
    async with world.board() as pilot:
        await pilot.press("p", *"serv", "enter")
        await until(pilot, lambda: "Coffee machine" in screen_text(pilot))
        assert "Funil · Service" in screen_text(pilot)
        assert "Order 1001" not in screen_text(pilot)


async def test_a_stage_can_be_found_by_some_letters(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("m", *"lost", "enter")
        await until(pilot, lambda: world.stage_of("Loja Sol") == "lost")


async def test_the_stage_picker_shows_which_rules_act(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("m")
        await until(pilot, lambda: "Tracking number now" in screen_text(pilot))
        await pilot.press(*"zzz")
        await until(pilot, lambda: "Nothing is called that." in screen_text(pilot))
        await pilot.press("enter", "escape")
        assert world.stage_of("Loja Sol") == "new"


async def test_an_empty_board_says_how_to_begin() -> None:
    async with memory_world().board() as pilot:
        assert "Press n to make the first one." in screen_text(pilot)
        assert "Nothing has gone out yet." in screen_text(pilot)


async def test_a_house_without_pipelines_stands() -> None:
    world = memory_world()
    world.write(lambda tx: tx.archive("pipelines", ["sales", "service"]))
    async with world.board() as pilot:
        assert "no pipeline" in screen_text(pilot)
        await pilot.press("n")
        assert toasts(pilot) == ["There is no pipeline yet."]


@pytest.mark.parametrize(("keys", "choice"), [(("enter",), Start.DEMO), (("j", "enter"), Start.EMPTY), (("q",), None)])
async def test_the_first_run_asks_what_to_begin_with(keys: tuple[str, ...], choice: Start | None) -> None:
    app = Welcome("/somewhere/ana/funil.db")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
    assert app.return_value is choice


async def test_a_closed_filter_takes_no_keys() -> None:
    world = memory_world(engine=False)
    world.deal("Order 1001")
    async with world.board() as pilot:
        app = app_of(pilot)
        app.filter_line.focus()
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        assert app.desk.search == ""
