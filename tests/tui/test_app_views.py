"""Views: a filter is saved under a name, chosen, renamed and deleted, and outlives the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app_world import World, app_of, memory_world, screen_text, toasts, until
from tui import views
from tui.settings import Settings


@pytest.fixture
def world() -> World:
    """A house with deals in two pipelines."""
    world = memory_world(engine=False)
    world.deal("Order 1001", amount="7500")
    world.deal("Loja Sol", amount="100")
    world.deal("Coffee machine", "asked", "service")
    return world


async def test_a_filter_is_saved_and_shown_again_at_the_next_start(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    async with world.board(settings=Settings(file)) as pilot:
        await pilot.press("slash", *"amount:>5k", "enter")
        await until(pilot, lambda: app_of(pilot).source.found is not None)
        await pilot.press("f", *"save", "enter")
        await until(pilot, lambda: "Save this filter as" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "A view needs a name." in screen_text(pilot))
        await pilot.press(*"Great", "enter")
        await until(pilot, lambda: "View “Great” is saved." in toasts(pilot))
    async with world.board(settings=Settings(file)) as pilot:
        app = app_of(pilot)
        await pilot.press("right_square_bracket", "f", *"great", "enter")
        await until(pilot, lambda: app.source.found is not None and app.source.found.count == 1)
        assert (app.desk.search, app.desk.pipeline_id) == ("amount:>5k", "sales")
        await pilot.press("f", *"all", "enter")
        await until(pilot, lambda: app.source.found is None)


async def test_a_view_is_renamed_and_deleted(world: World) -> None:
    settings = Settings()
    house = world.store.read(lambda reader: reader.house()).id
    kept = [{"name": name, "filter": "loja", "pipeline": "sales"} for name in ("One", "Two")]
    settings.keep(views.VIEWS, {house: kept})
    async with world.board(settings=settings) as pilot:
        app = app_of(pilot)
        await pilot.press("f", *"rename", "enter")
        await until(pilot, lambda: "Rename which view?" in screen_text(pilot))
        await pilot.press(*"one", "enter")
        await until(pilot, lambda: "Rename “One” to" in screen_text(pilot))
        await pilot.press("ctrl+u", *"two", "enter")
        await until(pilot, lambda: "Another view is called that." in screen_text(pilot))
        await pilot.press("ctrl+u", *"Three", "enter")
        await until(pilot, lambda: [view.name for view in views.saved(app)] == ["Three", "Two"])
        await pilot.press("f", *"delete", "enter")
        await until(pilot, lambda: "Delete which view?" in screen_text(pilot))
        await pilot.press(*"two", "enter")
        await until(pilot, lambda: [view.name for view in views.saved(app)] == ["Three"])


async def test_what_cannot_be_chosen_says_why() -> None:
    world = memory_world(engine=False, user=None)
    async with world.board() as pilot:
        await pilot.press("f", *"mine")
        await until(pilot, lambda: "Say first who you are: @" in screen_text(pilot))
        await pilot.press("ctrl+u", *"save")
        await until(pilot, lambda: "No filter is set: / sets one." in screen_text(pilot))
        await pilot.press("escape")
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("kept", [3, {}, {"H": 3}, {"H": [1, {"name": 2}, {"name": "x", "filter": None}]}])
async def test_saved_views_that_make_no_sense_are_left_out(world: World, kept: object) -> None:
    settings = Settings()
    house = world.store.read(lambda reader: reader.house()).id
    settings.keep(views.VIEWS, {house: kept["H"]} if isinstance(kept, dict) and kept else kept)
    async with world.board(settings=settings) as pilot:
        assert views.saved(app_of(pilot)) == []
