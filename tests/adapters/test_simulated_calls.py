"""Simulated telephone lines: who answers, when, and what it costs whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.simulated import magic
from adapters.simulated.settings import SimulatedSettings
from adapters.simulated.telephony import HABITS, Parties, SimulatedPhone
from core.errors import StoreTrouble
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from core.model.line import Charge
from core.model.moment import HOUR, MINUTE, Moment
from core.ports import Ledger
from tests.memory_ledger import MemoryLedger

NOON = Moment(1_796_126_400_000)
CALL = Message(channel=Channel.TELEPHONY, to="+5511987650001", text="Olá, Maria", data={"speed": 100, "date": NOON})
MP3 = "https://loja.example/hello.mp3"
PAID = {"price_per_minute": "0.30", "balance": "50.00"}


@dataclass(slots=True)
class Stopped:
    """A clock that is set by hand."""

    moment: Moment = NOON

    def now(self) -> Moment:
        """Return where the hands stand."""
        return self.moment


def phone(
    settings: dict[str, Any] | None = None, ledger: Ledger | None = None, at: int = NOON, house: str = "h"
) -> SimulatedPhone:
    """Return a line; what is paid is kept in ``ledger``."""
    parties = Parties("line1", house, ledger or MemoryLedger(), Stopped(Moment(at)))
    return SimulatedPhone(SimulatedSettings.model_validate(settings or {}), parties)


def told(outcome: Outcome) -> tuple[str, str | None]:
    return outcome.kind.value, outcome.reason


NUMBERS = [
    ("+15005550001", "rejected", "bad_number"),
    ("+15005550002", "deferred", None),
    ("+15005550003", "rejected", "not_allowed"),
    ("+15005550004", "rejected", "blocked"),
    ("+15005550005", "deferred", "timeout"),
    ("+15005550006", "accepted", None),
    ("+15005550007", "unknown", "timeout"),
    ("+15005550008", "deferred", "limit_reached"),
    ("+15005550009", "rejected", "bad_number"),
    ("+15005550010", "deferred", "busy"),
    ("+15005550011", "deferred", "no_answer"),
    ("+15005550012", "misconfigured", "misconfigured"),
    ("+15005550013", "deferred", "busy"),
    ("+5511987650001", "accepted", None),
    ("11987650001", "rejected", "bad_number"),
    ("", "rejected", "bad_number"),
]


@pytest.mark.parametrize(("to", "kind", "reason"), NUMBERS)
async def test_a_magic_number(to: str, kind: str, reason: str | None) -> None:
    line = phone(PAID)
    outcome = await line.send(replace(CALL, to=to), "h-M1")
    assert told(outcome) == (kind, reason)
    assert (outcome.cost is not None) == (kind == "accepted") == bool(line.received)


async def test_the_number_that_is_busy_at_first() -> None:
    later = replace(CALL, to=magic.LATER)
    ends = [(await phone(at=NOON + waited).send(later, "h-M1")).kind for waited in (0, 5 * MINUTE - 1, 5 * MINUTE)]
    assert ends == [OutcomeKind.DEFERRED, OutcomeKind.DEFERRED, OutcomeKind.ACCEPTED]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (MP3, "accepted"),
        ("https://loja.example/Missing.mp3?v=1", "rejected"),
        ("https://loja.example/sub/broken.mp3", "rejected"),
        ("https://loja.example/huge.mp3", "rejected"),
        ("https://loja.example/slow.mp3", "rejected"),
        ("https://loja.example/private.mp3", "rejected"),
        ("https://loja.invalid/hello.mp3", "rejected"),
        ("https://LOJA.invalid./hello.mp3", "rejected"),
        ("https://[loja/hello.mp3", "rejected"),
        ("https://loja.example/missing/hello.mp3", "accepted"),
    ],
)
async def test_an_audio_file_is_taken_as_fetched_unless_its_name_says_otherwise(address: str, kind: str) -> None:
    outcome = await phone().send(replace(CALL, text="", data={"play": address}), "h-M1")
    assert told(outcome) == (kind, None if kind == "accepted" else "bad_audio")
    assert bool(outcome.detail.english()) == (kind == "rejected")


async def test_every_call_tells_what_it_costs() -> None:
    line = phone(PAID)
    long = replace(CALL, text="palavra " * 176)
    slow = replace(CALL, text="palavra " * 176, data={"speed": 50})
    played = replace(CALL, text="", data={"play": MP3})
    costs = [(await line.send(each, f"h-M{n}")).cost for n, each in enumerate((CALL, long, slow, played))]
    assert costs == [Decimal("0.30"), Decimal("0.60"), Decimal("0.90"), Decimal("0.30")]
    assert (await line.check()).detail.english() == "47.90 of 50.00 BRL left"


@pytest.mark.parametrize("settings", [{}, {"balance": "1.00"}])
async def test_a_line_without_a_price_costs_nothing(settings: dict[str, str]) -> None:
    outcome = await phone(settings).send(CALL, "h-M1")
    assert (outcome.kind, outcome.cost, outcome.cost_currency) == (OutcomeKind.ACCEPTED, None, None)


async def test_an_account_has_a_currency_of_its_own_if_it_says_so() -> None:
    line = phone({**PAID, "currency": "usd"})
    assert (await line.send(CALL, "h-M1")).cost_currency == "USD"
    assert (await line.check()).detail.english() == "49.70 of 50.00 USD left"
    with pytest.raises(ValidationError, match="did you mean"):
        SimulatedSettings.model_validate({"currency": "BLR"})


@pytest.mark.parametrize(
    ("balance", "calls", "why"),
    [
        ("0", 0, "The line's account is empty"),
        ("0.29", 0, "The call costs 0.30 BRL, the line's account holds 0.29"),
        ("0.30", 1, "The line's account is empty"),
        ("0.89", 2, "The call costs 0.30 BRL, the line's account holds 0.29"),
        ("0.90", 3, "The line's account is empty"),
    ],
)
async def test_an_account_is_used_up_to_the_last_call_and_never_overdrawn(balance: str, calls: int, why: str) -> None:
    ledger = MemoryLedger()
    line = phone({"price_per_minute": "0.30", "balance": balance}, ledger)
    ends = [await line.send(CALL, f"h-M{n}") for n in range(5)]
    assert [told(end) for end in ends] == [("accepted", None)] * calls + [("rejected", "limit_reached")] * (5 - calls)
    assert ends[-1].detail.english() == why
    assert (await ledger.account("line1")).spent == calls * Decimal("0.30")
    assert (await line.check()).ok == (Decimal(balance) > calls * Decimal("0.30"))


async def test_whoever_cannot_pay_does_not_even_hear_that_the_line_is_busy() -> None:
    busy = replace(CALL, to="+15005550010")
    assert told(await phone({"balance": "0"}).send(busy, "h-M1")) == ("rejected", "limit_reached")
    assert told(await phone({"balance": "0.01"}).send(busy, "h-M1")) == ("deferred", "busy")


async def test_a_call_that_is_asked_for_again_is_paid_once_and_answered_as_before() -> None:
    ledger, settings = MemoryLedger(), {"price_per_minute": "0.30", "balance": "0.30"}
    first = await phone(settings, ledger).send(CALL, "h-M1")
    after_restart = phone(settings, ledger)
    assert await after_restart.send(CALL, "h-M1") == first
    assert await after_restart.reconcile(CALL, "h-M1") == first
    assert told(await after_restart.send(CALL, "h-M2")) == ("rejected", "limit_reached")


async def test_a_book_that_cannot_be_written_is_a_line_that_failed() -> None:
    line = phone(PAID, FullDisk())
    outcome = await line.send(CALL, "h-M1")
    assert (told(outcome), outcome.line_failed, line.received) == (("deferred", "timeout"), True, {})


class FullDisk(MemoryLedger):
    """A book on a disk without room."""

    async def charge(self, *args: Any, **kwargs: Any) -> Charge | None:
        """Charge nothing."""
        raise StoreTrouble("there is no room")


async def test_who_never_answers_does_not_answer_when_asked() -> None:
    line = phone(PAID)
    for number in ("+15005550007", "+15005550010", "+15005550012"):
        assert await line.reconcile(replace(CALL, to=number), "h-M1") is None


async def story(persona: str, seed: int, at: int, numbers: Sequence[int], house: str = "h") -> list[Outcome]:
    line = phone({"persona": persona, "seed": seed}, at=at, house=house)
    return [await line.send(CALL, f"{house}-M{n}") for n in numbers]


@pytest.mark.parametrize("persona", ["silent", "eager"])
async def test_a_client_who_always_answers(persona: str) -> None:
    ends = await story(persona, 0, NOON, range(500))
    assert {end.kind for end in ends} == {OutcomeKind.ACCEPTED}


async def test_a_normal_client_is_busy_or_away_at_first_and_answers_later() -> None:
    numbers = range(2_000)
    now, later, much_later = [await story("normal", 3, NOON + waited, numbers) for waited in (0, 20 * MINUTE, HOUR)]
    met = [[told(end) for end in ends] for ends in (now, later, much_later)]
    habits = HABITS["normal"]
    for reason, likely in (("busy", habits.busy), ("no_answer", habits.away)):
        rang = met[0].count(("deferred", reason))
        assert 0.7 * likely < rang / len(numbers) < 1.3 * likely
        assert met[2].count(("deferred", reason)) == 0
    assert met[1].count(("deferred", "busy")) == 0
    assert 0 < met[1].count(("deferred", "no_answer")) < met[0].count(("deferred", "no_answer"))
    gone = [n for n, end in enumerate(met[0]) if end == ("rejected", "bad_number")]
    assert gone
    assert gone == [n for n, end in enumerate(met[2]) if end == ("rejected", "bad_number")]
    answered = {n for n, end in enumerate(met[0]) if end[0] == "accepted"}
    assert all(met[2][n][0] == "accepted" for n in answered)


async def test_order_restarts_and_other_houses_do_not_change_the_story() -> None:
    forwards = await story("normal", 7, NOON + MINUTE, range(300))
    backwards = [(await story("normal", 7, NOON + MINUTE, [n]))[0] for n in reversed(range(300))]
    assert forwards == backwards[::-1]
    assert forwards == await story("normal", 7, NOON + MINUTE, range(300), house="b-2")
    assert forwards != await story("normal", 8, NOON + MINUTE, range(300))


def test_what_a_magic_recipient_brings_about_is_said_in_words() -> None:
    assert all(outcome.detail.english() for outcome in (*magic.CALLS.values(), *magic.AUDIO.values()))


async def test_who_was_not_there_calls_back_now_and_then() -> None:
    told = [await phone({"persona": "normal"}).send(CALL, f"h-M{n}") for n in range(3_000)]
    away = [outcome for outcome in told if outcome.reason == "no_answer"]
    back = [h for outcome in away for h in outcome.follows]
    assert all(not outcome.follows for outcome in told if outcome.reason != "no_answer")
    assert 0.4 < len(back) / len(away) < 0.6
    assert {h.kind for h in back} == {"call_received", "call_missed"}
    assert all(h.data == {"phone": CALL.to, "line": "line1"} and h.at > NOON for h in back)
    assert (await phone({"persona": "normal"}).send(CALL, "h-M1")).follows == told[1].follows
    silent = [await phone().send(replace(CALL, to="+15005550011"), f"h-M{n}") for n in range(50)]
    assert not any(outcome.follows for outcome in silent)
