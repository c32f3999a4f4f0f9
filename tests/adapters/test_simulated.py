"""Simulated peers: the story depends on seed and message alone; magic recipients write their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from adapters.simulated import magic
from adapters.simulated.adapter import EMAIL, SMS, SimulatedAdapter
from adapters.simulated.settings import Persona, SimulatedSettings, SimulatedTelegramSettings
from core.model.delivery import Channel, Message, Outcome, OutcomeKind

MAIL = Message(channel=Channel.EMAIL, to="maria@cliente.example", subject="x", text="y")
TEXT = Message(channel=Channel.SMS, to="+5511987650001", text="y")


def peer(persona: Persona = "silent", seed: int = 0, house: str = "h") -> SimulatedAdapter:
    return SimulatedAdapter(EMAIL, SimulatedSettings(persona=persona, seed=seed), house)


async def story(adapter: SimulatedAdapter, numbers: range, house: str = "h") -> list[Outcome]:
    return [await adapter.send(MAIL, f"{house}-M{n}") for n in numbers]


@pytest.mark.parametrize("persona", ["silent", "eager"])
async def test_every_message_is_taken(persona: Persona) -> None:
    outcomes = await story(peer(persona), range(2_000))
    assert {o.kind for o in outcomes} == {OutcomeKind.ACCEPTED}
    assert len({o.provider_id for o in outcomes}) == 2_000


async def test_now_and_then_a_normal_customer_cannot_be_reached() -> None:
    outcomes = await story(peer("normal"), range(5_000))
    refused = sum(o.kind is OutcomeKind.REJECTED for o in outcomes)
    assert 50 < refused < 150


async def test_order_and_restarts_do_not_change_the_story() -> None:
    forwards = await story(peer("normal", seed=7), range(500))
    backwards = [(await story(peer("normal", seed=7), range(n, n + 1)))[0] for n in reversed(range(500))]
    assert forwards == backwards[::-1]


async def test_another_seed_tells_another_story() -> None:
    assert await story(peer("normal", seed=1), range(500)) != await story(peer("normal", seed=2), range(500))


async def test_two_houses_with_one_seed_tell_one_story() -> None:
    one = await story(peer("normal", house="a1"), range(500), house="a1")
    two = await story(peer("normal", house="b-2"), range(500), house="b-2")
    assert one == two


async def test_a_key_seen_before_counts_once() -> None:
    adapter = peer()
    first, second = [await adapter.send(MAIL, "h-M1") for _ in range(2)]
    assert first == second
    assert list(adapter.received) == ["h-M1"]


async def test_what_customers_hold_is_bounded() -> None:
    adapter = peer()
    await story(adapter, range(10_050))
    assert len(adapter.received) == 10_000
    assert "h-M10049" in adapter.received


MAGIC_MAILS = [
    ("bounce@cliente.example", OutcomeKind.REJECTED, "bounced"),
    ("BOUNCE+maria@cliente.example", OutcomeKind.REJECTED, "bounced"),
    ("block@cliente.example", OutcomeKind.REJECTED, "blocked"),
    ("full@cliente.example", OutcomeKind.DEFERRED, None),
    ("limit@cliente.example", OutcomeKind.DEFERRED, "limit_reached"),
    ("timeout@cliente.example", OutcomeKind.UNKNOWN, "timeout"),
    ("ooto@cliente.example", OutcomeKind.ACCEPTED, None),
    ("bouncer@cliente.example", OutcomeKind.ACCEPTED, None),
    ("no address", OutcomeKind.REJECTED, "bad_address"),
]
MAGIC_NUMBERS = [
    ("+15005550001", OutcomeKind.REJECTED, "bad_number"),
    ("+15005550002", OutcomeKind.DEFERRED, None),
    ("+15005550003", OutcomeKind.REJECTED, "not_allowed"),
    ("+15005550004", OutcomeKind.REJECTED, "blocked"),
    ("+15005550006", OutcomeKind.ACCEPTED, None),
    ("+15005550007", OutcomeKind.UNKNOWN, "timeout"),
    ("+15005550008", OutcomeKind.DEFERRED, "limit_reached"),
    ("+15005550009", OutcomeKind.REJECTED, "bad_number"),
    ("+5511987650001", OutcomeKind.ACCEPTED, None),
    ("11987650001", OutcomeKind.REJECTED, "bad_number"),
]


@pytest.mark.parametrize(("to", "kind", "reason"), MAGIC_MAILS)
async def test_a_magic_address(to: str, kind: OutcomeKind, reason: str | None) -> None:
    outcome = await peer().send(replace(MAIL, to=to), "h-M1")
    assert (outcome.kind, outcome.reason) == (kind, reason)


@pytest.mark.parametrize(("to", "kind", "reason"), MAGIC_NUMBERS)
async def test_a_magic_number(to: str, kind: OutcomeKind, reason: str | None) -> None:
    adapter = SimulatedAdapter(SMS, SimulatedSettings(), "h")
    outcome = await adapter.send(replace(TEXT, to=to), "h-M1")
    assert (outcome.kind, outcome.reason) == (kind, reason)


def test_what_a_magic_recipient_brings_about_is_said_in_words() -> None:
    outcomes = [*magic.MAILBOXES.values(), *magic.NUMBERS.values()]
    assert all(o.detail.english() for o in outcomes if o is not None)


SETTINGS = [
    {"number": "+551140000000", "price_per_minute": "0.30", "balance": "50.00"},
    {"persona": "eager", "seed": 4},
    {"addresses": ["ana@loja.example"]},
    {},
]
BAD_SETTINGS = [
    {"number": "4000"},
    {"price_per_minute": "-1"},
    {"balance": "much"},
    {"persona": "angry"},
    {"sed": 4},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_settings_of_every_channel(settings: dict[str, object]) -> None:
    SimulatedSettings.model_validate(settings)


@pytest.mark.parametrize("settings", BAD_SETTINGS, ids=str)
def test_settings_that_cannot_be_meant(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SimulatedSettings.model_validate(settings)


def test_a_bot_needs_a_name() -> None:
    assert SimulatedTelegramSettings.model_validate({"bot": "loja_bot"}).persona == "silent"
    for settings in ({}, {"bot": "@loja"}, {"bot": "x"}):
        with pytest.raises(ValidationError):
            SimulatedTelegramSettings.model_validate(settings)
