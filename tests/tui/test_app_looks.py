"""How a person looks at the board: densities, folded columns, pipelines; remembered from one start to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app_world import World, app_of, driver, memory_world, screen_text, toasts, until
from tui import looks
from tui.board.geometry import DENSITIES
from tui.settings import Settings


@pytest.fixture
def world() -> World:
    """A house with deals in two pipelines."""
    world = memory_world(engine=False)
    world.deal("Order 1001", amount="7500")
    world.deal("Loja Sol", "invoice")
    world.deal("Coffee machine", "asked", "service")
    return world


async def test_cards_stand_closer_or_wider_and_stay_so(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    async with world.board(settings=Settings(file)) as pilot:
        assert app_of(pilot).board.board.grid.density == DENSITIES["normal"]
        await pilot.press("d", "d")
        assert app_of(pilot).board.board.grid.density == DENSITIES["compact"]
        assert toasts(pilot) == ["Cards: roomy.", "Cards: compact."]
    async with world.board(settings=Settings(file)) as pilot:
        assert app_of(pilot).board.board.grid.density == DENSITIES["compact"]
        assert driver(pilot).column("New").titles()[0].startswith("Order 1001")


async def test_a_folded_column_takes_deals_and_stays_folded_at_the_next_start(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    async with world.board(settings=Settings(file)) as pilot:
        await pilot.press("l", "z", "h", "L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "delivery")
        model = app_of(pilot).board.model
        assert (model.folded, model.cursor, model.deal) == (frozenset({"delivery"}), 1, world.deals["Order 1001"])
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Order 1001") == "invoice")
        assert driver(pilot).column("Final invoice").titles()[0].startswith("Order 1001")
    async with world.board(settings=Settings(file)) as pilot:
        assert app_of(pilot).board.model.folded == {"delivery"}
        await pilot.press("Z")
        assert not app_of(pilot).board.model.folded
    assert not looks._folds(Settings(file), world.store.read(lambda reader: reader.house()).id)


async def test_a_column_folds_and_unfolds_by_the_sign_at_its_head(world: World) -> None:
    from textual import events

    async with world.board() as pilot:
        board = driver(pilot)
        span = board.view.board.grid.spans[2]
        await board.mouse(events.MouseDown, span.x, 0)
        await board.mouse(events.MouseUp, span.x, 0)
        assert app_of(pilot).board.model.folded == {"invoice"}
        span = board.view.board.grid.spans[2]
        await board.mouse(events.MouseDown, span.x + 2, 9)
        await board.mouse(events.MouseUp, span.x + 2, 9)
        assert not app_of(pilot).board.model.folded


async def test_a_deal_in_no_sight_is_acted_on_by_nobody(world: World) -> None:
    async with world.board() as pilot:
        await pilot.press("z")
        assert app_of(pilot).board.chosen() == ()
        await pilot.press("enter")
        assert toasts(pilot) == ["There is no deal under the cursor."]


async def test_a_pipeline_is_turned_to_and_left_where_it_was(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    async with world.board(settings=Settings(file)) as pilot:
        await pilot.press("l", "l")
        assert app_of(pilot).board.model.deal == world.deals["Loja Sol"]
        await pilot.press("right_square_bracket")
        assert "Funil · Service" in screen_text(pilot)
        await pilot.press("left_square_bracket")
        assert app_of(pilot).board.model.deal == world.deals["Loja Sol"]
        await pilot.press("left_square_bracket")
        assert "Coffee machine" in screen_text(pilot)
    async with world.board(settings=Settings(file)) as pilot:
        assert "Funil · Service" in screen_text(pilot)


@pytest.mark.parametrize(
    "bad", ['{"density": "huge", "folded": {"x": 3}, "pipeline": []}', '{"folded": [], "density": 1}']
)
async def test_settings_that_make_no_sense_are_passed_over(world: World, tmp_path: Path, bad: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(bad.replace('"x"', f'"{world.store.read(lambda reader: reader.house()).id}"'))
    async with world.board(settings=Settings(file)) as pilot:
        assert "Order 1001" in screen_text(pilot)
        await pilot.press("d", "z")
    assert Settings(file).text("density") == "roomy"


async def test_a_settings_file_that_cannot_be_read_is_told(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{half")
    async with world.board(settings=Settings(file)) as pilot:
        await until(pilot, lambda: any("cannot be read" in told for told in toasts(pilot)))


@pytest.mark.parametrize(
    ("close_date", "shown"),
    [
        ("2026-12-01", "due today"),
        ("2026-12-02", "due tomorrow"),
        ("2026-12-24", "due 24 Dec"),
        ("2026-11-30", "1 day late"),
    ],
)
async def test_a_roomy_card_says_by_when(world: World, close_date: str, shown: str) -> None:
    deal = world.deal("Dated", values={"close_date": close_date})
    async with world.board() as pilot:
        await pilot.press("d")
        assert shown in screen_text(pilot)
        await pilot.press("d", "d")
        assert ("⚑1d" in screen_text(pilot)) == (close_date < "2026-12-01")
    assert deal


async def test_what_is_won_is_late_no_more(world: World) -> None:
    world.deal("Dated", "won", values={"close_date": "2026-11-01"})
    async with world.board() as pilot:
        assert "⚑" not in screen_text(pilot)
