"""Simulated peers: the story depends on seed and message alone; magic recipients write their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from adapters.simulated import magic, phrases
from adapters.simulated.adapter import EMAIL, SMS, SimulatedAdapter
from adapters.simulated.personas import Persona
from adapters.simulated.phrases import Language
from adapters.simulated.settings import SimulatedSettings, SimulatedTelegramSettings
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from core.model.event import Happening
from core.model.moment import MINUTE, SECOND, Moment

MAIL = Message(channel=Channel.EMAIL, to="maria@cliente.example", subject="x", text="y")
TEXT = Message(channel=Channel.SMS, to="+5511987650001", text="y")
NOON = Moment(1_796_126_400_000)
PERSONAS: tuple[Persona, ...] = ("silent", "normal", "eager")
LANGUAGES: tuple[Language, ...] = ("en", "pt_BR")
LINKS = ["https://loja.example/a", "https://loja.example/b"]
TRACKED = replace(
    MAIL,
    subject="Your order",
    data={"from": "ana@loja.example", "tracking": {"opens": True, "clicks": True, "links": LINKS}},
)


class Noon:
    def now(self) -> Moment:
        return NOON


def peer(persona: Persona = "silent", seed: int = 0, house: str = "h") -> SimulatedAdapter:
    return SimulatedAdapter(EMAIL, SimulatedSettings(persona=persona, seed=seed), house, Noon())


def phone(persona: Persona = "silent", seed: int = 0) -> SimulatedAdapter:
    return SimulatedAdapter(SMS, SimulatedSettings(persona=persona, seed=seed), "h", Noon())


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
    assert 25 < refused < 100


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
    ("bounce@cliente.example", OutcomeKind.ACCEPTED, None),
    ("block@cliente.example", OutcomeKind.REJECTED, "blocked"),
    ("BLOCK+maria@cliente.example", OutcomeKind.REJECTED, "blocked"),
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
    outcome = await phone().send(replace(TEXT, to=to), "h-M1")
    assert (outcome.kind, outcome.reason) == (kind, reason)


# What follows ---------------------------------------------------------------------------------------------------------


async def follows(adapter: SimulatedAdapter, message: Message, count: int) -> list[tuple[Happening, ...]]:
    return [(await adapter.send(message, f"h-M{n}")).follows for n in range(count)]


def kinds(happenings: tuple[Happening, ...]) -> list[str]:
    return [f"{h.kind} {h.data['status']}" if h.kind == "receipt" else h.kind for h in happenings]


@pytest.mark.parametrize(("adapter", "message"), [(peer(), TRACKED), (phone(), TEXT)])
async def test_silent_customers_only_have_their_messages_delivered(adapter: SimulatedAdapter, message: Message) -> None:
    for happenings in await follows(adapter, message, 300):
        (arrived,) = happenings
        assert kinds(happenings) == ["receipt delivered"]
        assert NOON + MINUTE < arrived.at <= NOON + 20 * MINUTE
        assert arrived.at % SECOND == 0


@pytest.mark.parametrize("persona", ["silent", "normal", "eager"])
async def test_what_follows_depends_on_the_message_alone(persona: Persona) -> None:
    forwards = await follows(peer(persona, seed=3), TRACKED, 200)
    again = [(await peer(persona, seed=3).send(TRACKED, f"h-M{n}")).follows for n in reversed(range(200))]
    assert forwards == again[::-1]
    assert forwards != await follows(peer(persona, seed=4), TRACKED, 200)


@pytest.mark.parametrize(("adapter", "message"), [(peer("normal"), TRACKED), (phone("eager"), TEXT)])
async def test_each_has_a_key_of_its_own_and_comes_after_the_sending(
    adapter: SimulatedAdapter, message: Message
) -> None:
    flat = [h for each in await follows(adapter, message, 500) for h in each]
    assert len({h.key for h in flat}) == len(flat)
    assert all(h.at > NOON for h in flat)


async def test_normal_customers_read_click_and_answer_now_and_then() -> None:
    told = await follows(peer("normal"), TRACKED, 4_000)
    human = [[h.kind for h in each if "scanner" not in h.key] for each in told]
    share = {kind: sum(kind in each for each in human) / 4_000 for kind in sorted({k for each in human for k in each})}
    assert 0.95 < share["receipt"] < 1.0
    assert 0.5 < share["email_opened"] < 0.7
    assert 0.12 < share["link_clicked"] < 0.3
    assert 0.08 < share["email_received"] < 0.16


async def test_eager_customers_do_so_mostly_and_sooner() -> None:
    async def opens(persona: Persona) -> list[int]:
        told = await follows(peer(persona), TRACKED, 1_000)
        return sorted(h.at - NOON for each in told for h in each if h.key.endswith(":opens"))

    eager, normal = await opens("eager"), await opens("normal")
    assert len(eager) > 900
    assert eager[len(eager) // 2] < normal[len(normal) // 2] / 4
    answers = [h for each in await follows(phone("eager"), TEXT, 500) for h in each if h.kind == "sms_received"]
    assert 200 < len(answers) < 350
    assert {h.data["from"] for h in answers} == {TEXT.to}


async def test_an_eager_one_among_silent_ones() -> None:
    settings = SimulatedSettings(persona="silent", eager=(TRACKED.to,))
    told = [h.kind for each in await follows(SimulatedAdapter(EMAIL, settings, "h", Noon()), TRACKED, 50) for h in each]
    assert told.count("email_opened") > 40
    other = replace(TRACKED, to="somebody@else.example")
    told = [h.kind for each in await follows(SimulatedAdapter(EMAIL, settings, "h", Noon()), other, 50) for h in each]
    assert set(told) == {"receipt"}


async def test_who_comes_into_the_chat_may_agree_there() -> None:
    invite = replace(TEXT, data={"invite": {"token": "t0", "channel": "tg"}})
    told = await follows(phone("eager"), invite, 300)
    said = [[str(h.data["text"]) for h in each if h.kind == "chat_message"] for each in told]
    agreed = [each for each in said if len(each) == 3]
    assert 180 < len(agreed) < 280
    assert {each[2] for each in agreed} == set(phrases.AGREEING["en"])
    assert all(each[0] == "/start t0" for each in agreed)


async def test_nobody_follows_a_link_through_a_providers_proxy() -> None:
    hits = [h for each in await follows(peer("eager"), TRACKED, 400) for h in each]
    assert any("GoogleImageProxy" in str(h.data["agent"]) for h in hits if h.kind == "email_opened")
    assert not any("GoogleImageProxy" in str(h.data["agent"]) for h in hits if h.kind == "link_clicked")


async def test_what_is_not_tracked_is_not_seen() -> None:
    for tracking in ({}, {"opens": False, "clicks": False, "links": LINKS}):
        mail = replace(TRACKED, data={"from": "ana@loja.example", "tracking": tracking})
        told = [h.kind for each in await follows(peer("eager"), mail, 300) for h in each]
        assert set(told) == {"receipt", "email_received"}


async def test_an_answer_names_the_mail_that_it_answers() -> None:
    told = await follows(peer("eager"), TRACKED, 50)
    answer = next(h for each in told for h in each if h.kind == "email_received")
    number = answer.key.partition(":")[0]
    assert answer.data["in_reply_to"] == f"<h-{number}@loja.example>"
    assert (answer.data["from"], answer.data["to"]) == (TRACKED.to, "ana@loja.example")
    assert answer.data["subject"] == "Re: Your order"
    assert answer.data["text"]


async def test_customers_write_the_language_of_the_settings() -> None:
    def adapter(language: Language) -> SimulatedAdapter:
        return SimulatedAdapter(EMAIL, SimulatedSettings(persona="eager", language=language), "h", Noon())

    for language in LANGUAGES:
        told = [h for each in await follows(adapter(language), TRACKED, 200) for h in each]
        assert {h.data["text"] for h in told if h.kind == "email_received"} == set(phrases.MAIL[language])


@pytest.mark.parametrize("persona", ["normal", "eager"])
async def test_one_mail_in_ten_is_looked_at_by_a_scanner(persona: Persona) -> None:
    told = await follows(peer(persona), TRACKED, 3_000)
    bursts = [[h for h in each if "scanner" in h.key] for each in told]
    bursts = [burst for burst in bursts if burst]
    assert 230 < len(bursts) < 370
    for burst in bursts:
        clicks = [h for h in burst if h.kind == "link_clicked"]
        assert {h.data["link"] for h in clicks} == set(LINKS)
        assert max(h.at for h in burst) - min(h.at for h in burst) <= 5 * SECOND
        assert len({h.data["ip"].rpartition(".")[0] for h in clicks}) == 3
        assert {h.data["method"] for h in clicks} == {"GET", "HEAD"}
        assert "" in {h.data["agent"] for h in clicks}
        assert all("machine" not in h.data for h in burst), "that is for the filter to say"


async def test_reports_come_twice_late_and_the_wrong_way_round() -> None:
    told = [[h for h in each if h.kind == "receipt"] for each in await follows(peer("normal"), TRACKED, 3_000)]
    stories = {" ".join(h.data["status"] for h in sorted(each, key=lambda h: h.at)) for each in told}
    assert {"delivered", "undelivered", "delivered sent", "undelivered delivered", "delivered delivered"} <= stories
    twice = [each for each in told if len(each) == 2 and each[1].data.get("outside_id") == each[0].key]
    assert twice


async def test_what_bounces_comes_back_later() -> None:
    for persona in PERSONAS:
        ((bounce,),) = await follows(peer(persona), replace(TRACKED, to="bounce+x@cliente.example"), 1)
        assert (bounce.kind, bounce.data["status"], bounce.data["reason"]) == ("receipt", "undelivered", "bounced")


async def test_who_is_away_has_it_answered_by_itself() -> None:
    for persona in PERSONAS:
        (told,) = await follows(peer(persona), replace(TRACKED, to="ooto@cliente.example"), 1)
        answer = told[-1]
        assert answer.kind == "email_received"
        assert answer.data["auto_submitted"] == "auto-replied"
        assert answer.at < NOON + 30 * MINUTE


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
