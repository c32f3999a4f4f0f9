"""The guided tour: it begins in the demo, goes on with what the person does, and never comes back unasked."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from core.i18n import gettext
from tests.tui.app_world import World, app_of, memory_world, screen_text, until
from tui.engine_seat import Seat
from tui.settings import Settings
from tui.tour import STEPS, Tour


def tour_of(pilot: Pilot[None]) -> Tour:
    return app_of(pilot).tour


def world() -> World:
    made = memory_world()
    made.deal("Order 1001")
    return made


async def test_doing_what_it_says_goes_on_to_the_next_step() -> None:
    async with world().board(size=(80, 24), ticking=True) as pilot:
        await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.HERE)
        keys = ("f2", "L", "u", "greater_than_sign", "enter", "f3", "o", "f2")
        for number, key in enumerate(keys, start=1):
            assert tour_of(pilot).border_title == f"Tour, {number} of {len(STEPS)}"
            await pilot.press(key)
            await until(pilot, lambda gone=number - 1: tour_of(pilot).at != gone)  # type: ignore[misc]
            if key == "f3":
                await pilot.press("escape")
        assert tour_of(pilot).at is None
        assert not tour_of(pilot).display


async def test_what_it_does_not_speak_of_does_not_go_on() -> None:
    async with world().board(ticking=True) as pilot:
        await pilot.press("f2", "l", "space", "slash", "escape")
        assert tour_of(pilot).at == 1


async def test_a_drag_with_the_mouse_is_a_carry() -> None:
    from tests.tui.app_world import driver

    async with world().board(ticking=True) as pilot:
        await pilot.press("f2")
        await driver(pilot).card("Order 1001").drag_to("Order delivery")
        await until(pilot, lambda: tour_of(pilot).at == 2)


async def test_esc_skips_it_for_good_and_the_palette_brings_it_back() -> None:
    settings = Settings()
    house = world()
    async with house.board(ticking=True, settings=settings) as pilot:
        await until(pilot, lambda: tour_of(pilot).at == 0)
        await pilot.press("escape")
        assert "Tour," not in screen_text(pilot)
    async with house.board(ticking=True, settings=settings) as pilot:
        await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.HERE)
        assert tour_of(pilot).at is None
        app_of(pilot).perform("tour.begin")
        await pilot.pause()
        assert f"Tour, 1 of {len(STEPS)}" in screen_text(pilot)


async def test_a_click_goes_on() -> None:
    async with world().board(ticking=True) as pilot:
        await until(pilot, lambda: tour_of(pilot).at == 0)
        await pilot.pause()
        await pilot.click("#tour")
        assert tour_of(pilot).at == 1


async def test_outside_the_demo_there_is_none() -> None:
    async with world().board() as pilot:
        await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.HERE)
        await pilot.press("f2")
        assert tour_of(pilot).at is None


@pytest.mark.parametrize("language", ["en", "pt_BR"])
async def test_every_step_can_be_read_whole_on_a_small_screen(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    async with world().board(size=(80, 24), ticking=True) as pilot:
        await until(pilot, lambda: tour_of(pilot).at == 0)
        for at, step in enumerate(STEPS):
            await pilot.pause()
            text = " ".join(line[35:79].strip(" │") for line in screen_text(pilot).splitlines())
            last = gettext(step.text).rsplit("}", 1)[-1].split()[-3:]
            assert " ".join(last) in " ".join(text.split()), (at, text)
            assert "{" not in text
            await pilot.press("f2")
