"""Being the client: what a deal's client could do is done from the board, reported like any other happening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from textual.pilot import Pilot

from core import commands, in_hand
from core.model.event import Event
from core.model.frozen import replace
from core.model.house import Connection
from core.model.moment import MINUTE, Moment
from core.ports import Tx
from tests.tui.app_world import START, World, app_of, memory_world, screen_text, toasts, until
from tui.engine_seat import Seat
from tui.panels.ask import Ask
from tui.panels.picker import Picker

TRACKED: Mapping[str, Any] = {
    "subject": "Your order",
    "body": '<p><a href="https://loja.example/now">now</a></p>',
    "track_opens": True,
    "track_clicks": True,
}


def with_mail() -> tuple[World, str]:
    """A house in which Maria has had a tracked mail, with a line and two open channels."""
    world = memory_world()
    deal = world.deal("Order 1001")
    world.write(_ways)
    world.write(commands.move([deal], stage="delivery", by="ana"))
    return world, deal


def _ways(tx: Tx) -> None:
    for name, channel, adapter in (
        ("line1", "telephony", "simulated"),
        ("web", "open_channel", "simulated"),
        ("real", "open_channel", "telegram"),
    ):
        tx.put_connection(Connection(id=name, channel=channel, adapter=adapter))
    rule = tx.house().rules["tracking-mail"]
    tx.put_rule(replace(rule, settings=TRACKED), "ana", START)


def events(world: World) -> list[Event]:
    found: list[Event] = list(world.store.read(lambda reader: reader.events_of()))
    return [event for event in found if event.source == "played"]


async def choose(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Picker))
    picker = pilot.app.screen
    await pilot.press(*["space" if letter == " " else letter for letter in words])
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is not picker)


async def say(pilot: Pilot[None], words: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
    await pilot.press(*["space" if letter == " " else letter for letter in words])
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, Ask))


async def sent(pilot: Pilot[None], world: World) -> None:
    """Wait until the engine has sent the mail."""
    await until(pilot, lambda: app_of(pilot).live.seat.state.seat is Seat.HERE)
    world.write(commands.advance_clock(MINUTE))
    await until(pilot, lambda: any(d.sent_at for d in world.store.read(lambda r: r.deliveries_of_entry(2))))


CASES = [
    ("read", ["open"], None, "email_opened", {"delivery": "M1", "method": "GET"}),
    ("read", ["follow"], None, "link_clicked", {"link": "https://loja.example/now"}),
    ("read", ["answer it"], "good", "email_received", {"from": "maria@cliente.example", "subject": "Re: Your order"}),
    ("read", ["by itself"], None, "email_received", {"auto_submitted": "auto-replied"}),
    ("read", ["scanner"], None, "email_opened", {"method": "HEAD"}),
    ("e-mail", [], "hello", "email_received", {"subject": "hello"}),
    ("begin a chat", [], "hi there", "chat_message", {"channel": "web", "text": "hi there", "first": True}),
    ("nobody", [], None, "call_missed", {"phone": "+5511987650001", "line": "line1"}),
    ("called back", [], None, "form", {"type": "callback"}),
    ("fill in", [], None, "form", {"type": "crm", "email": "maria@cliente.example"}),
]


@pytest.mark.parametrize(("first", "then", "words", "kind", "data"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
async def test_what_a_client_can_do(
    first: str, then: list[str], words: str | None, kind: str, data: Mapping[str, Any]
) -> None:
    world, _deal = with_mail()
    async with world.board(size=(100, 30)) as pilot:
        await sent(pilot, world)
        await pilot.press("l", "f3")
        for step in (first, *then):
            await choose(pilot, step)
        if words is not None:
            await say(pilot, words)
        await until(pilot, lambda: bool(events(world)))
        (event,) = events(world)
        assert event.kind == kind
        assert {name: event.data.get(name) for name in data} == data
        assert "Maria Lima" in " ".join(toasts(pilot))


async def test_esc_does_nothing_and_the_list_says_who_one_is() -> None:
    world, _deal = with_mail()
    async with world.board(size=(100, 30)) as pilot:
        await sent(pilot, world)
        await pilot.press("l", "f3")
        await until(pilot, lambda: isinstance(pilot.app.screen, Picker))
        assert "You are Maria Lima" in screen_text(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Picker))
        assert events(world) == []


def _all_real(tx: Tx) -> None:
    for connection in tx.house().connections.values():
        tx.put_connection(replace(connection, adapter="smtp"))


async def test_real_clients_act_for_themselves() -> None:
    world = memory_world()
    world.deal("Order 1001")
    world.write(_all_real)
    async with world.board() as pilot:
        assert app_of(pilot).registry["client.play"].why_not(app_of(pilot)) is not None
        await pilot.press("f3")
        await until(pilot, lambda: "real clients act for themselves" in " ".join(toasts(pilot)))


def test_a_hand_holds_only_what_simulated_ways_have_brought() -> None:
    world, deal = with_mail()
    hand = world.store.read(lambda reader: in_hand.of(reader, deal))
    assert hand is not None
    assert (hand.name, hand.email, hand.phone) == ("Maria Lima", "maria@cliente.example", "+5511987650001")
    assert (hand.channels, hand.lines, hand.mails) == (["web"], ["line1"], [])
    assert world.store.read(lambda reader: in_hand.of(reader, "nothing")) is None
    assert Moment(START) == world.store.read(lambda reader: reader.now())
