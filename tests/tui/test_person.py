"""Who sits at the screen: said at the start or chosen there, remembered for the house, the author of what is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.model.people import User
from data.fresh import inline_store, memory_db
from tests.tui.app_world import StandingClock, World, app_of, driver, memory_world, screen_text, toasts, until
from tui.person import PERSON
from tui.settings import Settings


@pytest.fixture
def world() -> World:
    """A house with two users, and a deal of each."""
    world = memory_world(engine=False, user=None)
    world.write(lambda tx: tx.put_user(User(id="rui", name="Rui Carvalho", timezone="America/Manaus")))
    world.deal("Ana's")
    world.deal("Rui's", responsible="rui")
    return world


def authors(world: World) -> list[str | None]:
    """Return who has moved deals, newest first."""
    found: Any = world.store.read(lambda reader: reader.timeline(world.deals["Ana's"]))
    return [row.by for row in found if row.kind.value == "moved"]


async def test_whoever_is_chosen_acts_from_then_on_and_next_time(world: World, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    async with world.board(settings=Settings(file)) as pilot:
        await pilot.press("j", "L")
        await until(pilot, lambda: world.stage_of("Ana's") == "delivery")
        await pilot.press("at")
        await until(pilot, lambda: "Who are you?" in screen_text(pilot))
        await pilot.press(*"rui", "enter")
        await until(pilot, lambda: toasts(pilot)[-1:] == ["You are Rui Carvalho."])
        assert "Rui Carvalho" in screen_text(pilot).splitlines()[0]
        await pilot.press("L")
        await until(pilot, lambda: world.stage_of("Ana's") == "invoice")
    async with world.board(settings=Settings(file)) as pilot:
        assert app_of(pilot).desk.user == "rui"
        await pilot.press("at", *"nobody", "enter")
        await until(pilot, lambda: app_of(pilot).desk.user is None)
    assert authors(world) == ["rui", "ana"]
    assert Settings(file).value(PERSON) == {}


async def test_my_deals_are_shown_as_soon_as_i_am_known(world: World) -> None:
    async with world.board() as pilot:
        app_of(pilot).filter.set("responsible:me")
        await until(pilot, lambda: app_of(pilot).desk.doubtful)
        assert sorted(driver(pilot).column("New").titles()) == ["Ana's", "Rui's"]
        await pilot.press("at", *"rui", "enter")
        await until(pilot, lambda: driver(pilot).column("New").titles() == ["Rui's"])
        await pilot.press("at", *"ana", "enter")
        await until(pilot, lambda: driver(pilot).column("New").titles() == ["Ana's"])


async def test_moments_are_written_in_the_person_s_own_zone(world: World) -> None:
    async with world.board() as pilot:
        assert "09:00" in screen_text(pilot).splitlines()[0]
        await pilot.press("at", *"rui", "enter")
        await until(pilot, lambda: "08:00" in screen_text(pilot).splitlines()[0])


@pytest.mark.parametrize("kept", [3, [], {"H": 4}, {"H": "gone"}, {"another house": "rui"}])
async def test_a_choice_that_makes_no_sense_is_nobody(world: World, kept: Any) -> None:
    settings = Settings()
    house = world.store.read(lambda reader: reader.house()).id
    settings.keep(
        PERSON, {key.replace("H", house, 1): each for key, each in kept.items()} if "H" in str(kept) else kept
    )
    async with world.board(settings=settings) as pilot:
        assert app_of(pilot).desk.user is None


async def test_who_is_named_at_the_start_goes_before_who_was_chosen(world: World) -> None:
    settings = Settings()
    settings.keep(PERSON, {world.store.read(lambda reader: reader.house()).id: "rui"})
    world = replace(world, user="ana")
    async with world.board(settings=settings) as pilot:
        assert app_of(pilot).desk.user == "ana"


async def test_a_house_without_users_says_so() -> None:
    world = World(inline_store(memory_db(), StandingClock()), engine=False, user=None)
    async with world.board() as pilot:
        await pilot.press("at")
        assert toasts(pilot) == ["This house has no users yet: a board file names them."]
