"""Calling the client from the open deal: who is asked for first, what became of it shown, a missing line explained."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from core.model.delivery import Delivery
from core.model.house import Connection
from core.ports import Tx
from core.views import DeliveryFilter
from tests.tui.app_world import World, app_of, driver, screen_text, toasts, until
from tests.tui.golden import assert_golden
from tests.tui.panel_world import TITLE, DealDriver, rich_world
from tests.tui.test_panel_mail import settled
from tui.panels.message import MessagePanel
from tui.panels.picker import Picker


def lined(*lines: str) -> World:
    """Return a house with telephone lines."""
    world = rich_world()

    def connect(tx: Tx) -> None:
        for line in lines:
            number = {"number": f"+55114000000{len(line)}"}
            tx.put_connection(Connection(id=line, channel="telephony", adapter="simulated", settings=number))

    world.write(connect)
    return world


async def opened(pilot: Pilot[None]) -> None:
    """Open the deal."""
    await driver(pilot).card(TITLE).click()
    await pilot.press("enter")
    await until(pilot, lambda: app_of(pilot).panel.view is not None)


async def at(pilot: Pilot[None], screen: type) -> None:
    """Wait until a screen is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))
    await pilot.pause()


def calls(world: World) -> list[Delivery]:
    """Return the calls that people have placed, newest first."""
    every = world.store.read(lambda reader: reader.deliveries(DeliveryFilter()))
    return [each for each in every if each.message.channel == "telephony"]


async def test_the_number_under_the_cursor_is_called_over_the_line_that_is_chosen() -> None:
    world = lined("line1", "line22")
    async with world.board(size=(80, 24)) as pilot:
        await opened(pilot)
        await DealDriver(pilot).go("(11) 98765-0001")
        await pilot.press("D")
        await at(pilot, Picker)
        assert "Whom do you call?" in screen_text(pilot)
        await pilot.press("escape")
        assert calls(world) == [], "the key alone calls nobody"
        await pilot.press("D")
        await at(pilot, Picker)
        await pilot.press("enter")
        await until(pilot, lambda: "From which line?" in screen_text(pilot))
        await pilot.press("down", "enter")
        await at(pilot, MessagePanel)
        (call,) = calls(world)
        assert (call.by, call.message.to, call.connection) == ("ana", "+5511987650001", "line22")
        made = [e for e in world.store.read(lambda reader: reader.events_of()) if e.kind == "call_made"]
        assert [each.delivery for each in made] == [call.id]


@pytest.mark.parametrize("lang", ["en", "pt_BR"])
async def test_a_call_on_its_way_looks_right(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", lang)
    world = lined("line1")
    async with world.board(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("D")
        await at(pilot, Picker)
        await pilot.press("enter")
        await at(pilot, MessagePanel)
        assert_golden(f"call_80_{lang}", await settled(pilot, "#message-box", "M2", "line1"))


async def test_without_a_line_it_says_what_to_do() -> None:
    world = rich_world()
    async with world.board(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("D")
        await until(pilot, lambda: any("C notes a call made elsewhere" in told for told in toasts(pilot)))
