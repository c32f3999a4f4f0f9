"""Calls of rules, from outside: tries and hours, what they cost, and all the reasons why nobody heard one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clock import RealClock
from core.engine import calling
from core.model.delivery import Channel, Message, Outcome, OutcomeKind
from data import opening
from tests.data.rows_ground import a_delivery
from tests.proof.ground import Funil, board, rules
from tests.proof.scripted import Script, ScriptedFunil

LINE = "{id: line1, channel: telephony, adapter: simulated, settings: {number: '+551140000000'"
PRICED = f"{LINE}, price_per_minute: '0.30', balance: '%s'}}}}"
FREE = f"{LINE}}}}}"
SCRIPTED = "{id: line1, channel: telephony, adapter: scripted, settings: {}}"
SMS = "{id: sms1, channel: sms, adapter: simulated}"
BUSY, AWAY, LATER = "+15005550010", "+15005550011", "+15005550013"
MP3 = "https://loja.example/hello.mp3"


def call(rule: str = "call", say: str = "Ola", settings: str = "", **more: str) -> str:
    """Return a call rule; ``settings`` are further ones, ``more`` further keys, as they stand in YAML."""
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    spoken = f'say: "{say}"' if say else f"play: '{MP3}'"
    own = f"{spoken}, {settings}" if settings else spoken
    return f"{{id: {rule}, stage: delivery, kind: call, name: {rule}{keys}, settings: {{{own}}}}}"


def with_line(*of_rules: str, line: str = FREE, number: str = "+5511987650001", deals: int = 1, more: str = "") -> str:
    """Return a board with a telephone line; the client's number decides what happens."""
    rows = "\n".join(
        f"  - {{id: D{n}, title: Order {n}, stage: new, responsible: ana, contacts: [maria]}}"
        for n in range(1, deals + 1)
    )
    text = board(rules(*of_rules), deals=rows, more=more)
    return text.replace(f"  - {SMS}", f"  - {SMS}\n  - {line}" if line else f"  - {SMS}").replace(
        '"+5511987650001"', f'"{number}"'
    )


def called(tmp_path: Path, *of_rules: str, **how: str) -> Funil:
    """Move the deal to where it is called about, and let happen what is due."""
    funil = Funil(tmp_path, with_line(*of_rules, **how))  # type: ignore[arg-type]
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    return funil


def fate(funil: Funil, deal: str = "D1") -> tuple[str, str | None, int, str | None]:
    """Return how it stands with the deal's one call: status, reason, attempts, the next one."""
    (row,) = funil.log(deal)
    return row["status"], row["reason"], row["attempts"], row["due_at"]


# Tries ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "reason"), [(BUSY, "busy"), (AWAY, "no_answer")])
def test_a_client_who_is_not_reached_is_called_three_times_ten_minutes_apart(
    number: str, reason: str, tmp_path: Path
) -> None:
    funil = called(tmp_path, call(), call("after", order="wait"), number=number)
    for tries, due in ((1, "12:10"), (2, "12:20")):
        assert fate(funil) == ("queued", reason, tries, f"2026-12-01T{due}:00Z")
        run = funil.runs()["call"]
        assert (run["status"], run["reason"], run["due_at"]) == ("sending", reason, f"2026-12-01T{due}:00Z")
        assert funil.states()["after"] == "waiting rule"
        funil.until(f"2026-12-01T{due}Z")
    first = funil.log()[0]
    assert (first["status"], first["reason"], first["attempts"], first["due_at"]) == ("failed", reason, 3, None)
    assert "given up after 3 attempts" in first["detail"]
    assert funil.states()["call"] == f"failed {reason}"
    told = [line["data"]["rule"] for line in funil.json("timeline", "D1") if line["kind"] == "delivery"]
    assert told == ["call"]
    assert len(funil.log()) == 2, "the rule below goes on, and calls itself"


@pytest.mark.parametrize(
    ("settings", "attempts"),
    [
        ("tries: 1", ["12:00:00"]),
        ("tries: 2, every: 90s", ["12:00:00", "12:01:30"]),
        ("every: 1h", ["12:00:00", "13:00:00", "14:00:00"]),
    ],
)
def test_how_often_and_how_far_apart_is_the_rules_choice(settings: str, attempts: list[str], tmp_path: Path) -> None:
    script = Script(send=lambda key, message, now: Outcome(kind=OutcomeKind.DEFERRED, reason="busy"))
    funil = ScriptedFunil(tmp_path, script, with_line(call(settings=settings), line=SCRIPTED))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T18:00Z")
    assert script.at() == [f"2026-12-01T{each}Z" for each in attempts]
    assert len(set(script.keys)) == 1
    assert fate(funil) == ("failed", "busy", len(attempts), None)


def test_who_is_busy_at_first_is_reached_at_the_next_try(tmp_path: Path) -> None:
    funil = called(tmp_path, call(), number=LATER)
    assert fate(funil) == ("queued", "busy", 1, "2026-12-01T12:10:00Z")
    funil.until("2026-12-01T12:10Z")
    assert fate(funil) == ("sent", None, 2, None)
    assert funil.states() == {"call": "done"}


def test_what_never_rang_is_no_try(tmp_path: Path) -> None:
    limit = Outcome(kind=OutcomeKind.DEFERRED, reason="limit_reached", retry_after=60_000)
    busy = Outcome(kind=OutcomeKind.DEFERRED, reason="busy")
    answers = iter((limit, busy, limit, busy, busy))
    script = Script(send=lambda key, message, now: next(answers))
    funil = ScriptedFunil(tmp_path, script, with_line(call(), line=SCRIPTED))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T18:00Z")
    assert [at[11:16] for at in script.at()] == ["12:00", "12:01", "12:11", "12:12", "12:22"]
    assert fate(funil) == ("failed", "busy", 5, None)


@pytest.mark.parametrize("data", [{}, {"tries": None, "every": "10m"}, {"tries": 0, "every": -5}])
def test_a_call_of_another_kind_that_says_nothing_of_use_is_tried_as_usual(data: dict[str, object]) -> None:
    message = Message(channel=Channel.TELEPHONY, to="+5511987650001", text="Ola", data=data)
    made = replace(a_delivery(), message=message)
    assert calling.patience(made) == calling.Patience(3, 600_000)


def test_what_a_person_wants_again_is_tried_as_often_again(tmp_path: Path) -> None:
    funil = called(tmp_path, call(), number=BUSY)
    funil.until("2026-12-01T13:00Z")
    funil("outbound", "retry", funil.log()[0]["id"])
    funil.until("2026-12-01T14:00Z")
    assert fate(funil) == ("failed", "busy", 3, None)


def test_hours_hold_for_every_try(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_line(call(hours="business"), number=AWAY), clock="2026-12-01T20:45:00Z")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert fate(funil) == ("queued", "no_answer", 1, "2026-12-01T20:55:00Z")
    funil.until("2026-12-01T20:55Z")
    assert fate(funil) == ("queued", "no_answer", 2, "2026-12-02T12:00:00Z"), "closed at 18:00 in São Paulo"
    funil.until("2026-12-02T12:00Z")
    assert fate(funil) == ("failed", "no_answer", 3, None)


def test_who_leaves_the_stage_is_not_called_again_and_undo_brings_it_back(tmp_path: Path) -> None:
    funil = called(tmp_path, call(), number=BUSY)
    funil("deal", "move", "D1", "billing")
    assert fate(funil) == ("cancelled", "left_stage", 1, None)
    assert funil.states()["call"] == "cancelled left_stage"
    funil("deal", "undo")
    assert fate(funil)[:3] == ("queued", "busy", 1)
    funil.until("2026-12-01T13:00Z")
    assert fate(funil) == ("failed", "busy", 3, None)


def test_every_try_says_the_same_although_the_deal_has_changed(tmp_path: Path) -> None:
    script = Script(send=lambda key, message, now: Outcome(kind=OutcomeKind.DEFERRED, reason="no_answer"))
    funil = ScriptedFunil(tmp_path, script, with_line(call(say="{{ deal.title }}"), line=SCRIPTED))
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil("deal", "set", "D1", "title=Another")
    funil.until("2026-12-01T13:00Z")
    assert script.texts == ["Order 1"] * 3


# What it costs --------------------------------------------------------------------------------------------------------


def test_an_account_pays_for_as_many_calls_as_it_can_and_remembers(tmp_path: Path) -> None:
    text = with_line(call(), line=PRICED % "1.00", deals=5)
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "D2", "D3", "D4", "delivery")
    funil.idle()
    rows = [funil.log(f"D{n}")[0] for n in (1, 2, 3, 4)]
    assert (
        sorted((row["status"], row["reason"], row["cost"], row["cost_currency"]) for row in rows[:3])
        == [("sent", None, "0.30", "BRL")] * 3
    )
    assert (rows[3]["status"], rows[3]["reason"], rows[3]["cost"]) == ("failed", "limit_reached", None)
    assert rows[3]["detail"] == "The call costs 0.30 BRL, the line's account holds 0.10"
    assert funil.states("D4") == {"call": "failed limit_reached"}
    funil.apply(text)  # the same file does not fill the account again
    funil("deal", "move", "D5", "delivery")
    funil.idle()
    assert fate(funil, "D5") == ("failed", "limit_reached", 1, None)
    funil.apply(text.replace("'1.00'", "'1.20'"))
    funil("outbound", "retry", funil.log("D5")[0]["id"])
    funil.idle()
    assert fate(funil, "D5")[:2] == ("sent", None)
    assert "sent · 0.30 BRL" in funil("outbound", "--deal", "D5")


@pytest.mark.parametrize("balance", ["0", "0.00"])
def test_an_empty_account_calls_nobody(balance: str, tmp_path: Path) -> None:
    funil = called(tmp_path, call(), line=PRICED % balance)
    assert fate(funil) == ("failed", "limit_reached", 1, None)
    assert funil.log()[0]["detail"] == "The line's account is empty"


@pytest.mark.parametrize(
    ("rule", "cost"),
    [
        (call(say="palavra " * 175), "0.30"),
        (call(say="palavra " * 176), "0.60"),
        (call(say="palavra " * 176, settings="speed: 200"), "0.30"),
        (call(say="palavra " * 176, settings="speed: 50"), "0.90"),
        (call(say=""), "0.30"),
    ],
)
def test_each_minute_begun_is_paid(rule: str, cost: str, tmp_path: Path) -> None:
    (row,) = called(tmp_path, rule, line=PRICED % "50.00").log()
    assert (row["status"], row["cost"]) == ("sent", cost)


def test_a_call_is_not_paid_twice_when_its_engine_dies_before_it_is_noted(tmp_path: Path) -> None:
    funil = called(tmp_path, call(), line=PRICED % "50.00")
    store = opening.open_store(funil.url, clock=RealClock())
    key = f"{store.read(lambda reader: reader.house()).id}-M1"
    assert store.read(lambda reader: reader.charge_of("line1", key)) is not None
    store.write_now(_forget)
    store.close()
    funil.until("2026-12-01T13:00Z")
    assert (fate(funil)[:2], funil.log()[0]["cost"]) == (("sent", None), "0.30")
    store = opening.open_store(funil.url, clock=RealClock())
    assert str(store.read(lambda reader: reader.account("line1")).spent) == "0.30"
    store.close()


def _forget(tx: object) -> None:
    """Leave the call as an engine does that dies just after calling."""
    db = tx.db  # type: ignore[attr-defined]
    db.text("UPDATE deliveries SET status = 'sending', worker = 'gone', provider_id = NULL, cost = NULL WHERE id = 1")
    db.text("UPDATE runs SET status = 'sending', ended_at = NULL WHERE id = 1")


# Reasons --------------------------------------------------------------------------------------------------------------

NUMBERS: Mapping[str, tuple[str, str | None, str]] = {
    "+15005550001": ("failed", "bad_number", "failed bad_number"),
    "+15005550002": ("queued", None, "sending"),
    "+15005550003": ("failed", "not_allowed", "failed not_allowed"),
    "+15005550004": ("failed", "blocked", "failed blocked"),
    "+15005550006": ("sent", None, "done"),
    "+15005550007": ("unknown", "timeout", "done timeout"),
    "+15005550008": ("queued", "limit_reached", "sending limit_reached"),
    "+15005550009": ("failed", "bad_number", "failed bad_number"),
    "+15005550010": ("queued", "busy", "sending busy"),
    "+15005550011": ("queued", "no_answer", "sending no_answer"),
    "+15005550012": ("queued", "misconfigured", "sending misconfigured"),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_call_to(number: str, tmp_path: Path) -> None:
    funil = called(tmp_path, call(), number=number)
    (row,) = funil.log()
    assert (row["status"], row["reason"], funil.states()["call"]) == NUMBERS[number]
    assert (row["channel"], row["connection"], row["to"], row["text"]) == ("telephony", "line1", number, "Ola")


def test_a_line_that_may_not_call_is_paused_until_somebody_mends_it(tmp_path: Path) -> None:
    text = with_line(call(), number="+15005550012", deals=2)
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    funil("deal", "move", "D2", "delivery")
    funil.idle()
    assert [fate(funil, deal)[:3] for deal in ("D1", "D2")] == [
        ("queued", "misconfigured", 0),
        ("queued", "connection_paused", 0),
    ]


REASONS = {
    "no_line": (call(), {"line": ""}, None, "failed no_line"),
    "no_address": (call(), {}, ('    phones: [{type: MOBILE, value: "+5511987650001"}]\n', ""), "failed no_address"),
    "no_recipient": (call(), {}, ("contacts: [maria]}", "contacts: []}"), "failed no_recipient"),
    "bad_number": (call(), {"number": "+15005550001"}, None, "failed bad_number"),
    "opted_out": (
        call(),
        {},
        ('value: "+5511987650001"}', 'value: "+5511987650001", opted_out: true}'),
        "failed opted_out",
    ),
    "template_error": (call(say="{{ deal.gone }}"), {}, None, "failed template_error"),
    "text_too_long": (call(say="{{ deal.title }}" * 600), {}, None, "failed text_too_long"),
    "bad_audio": (call(say="").replace("hello", "missing"), {}, None, "failed bad_audio"),
    "bad_audio, no such server": (
        call(say="").replace("loja.example", "loja.invalid"),
        {},
        None,
        "failed bad_audio",
    ),
    "limit_reached": (call(), {"line": PRICED % "0"}, None, "failed limit_reached"),
    "busy": (call(settings="tries: 1"), {"number": BUSY}, None, "failed busy"),
    "no_answer": (call(settings="tries: 1"), {"number": AWAY}, None, "failed no_answer"),
}


@pytest.mark.parametrize("reason", REASONS)
def test_why_a_client_hears_nothing(reason: str, tmp_path: Path) -> None:
    rule, how, change, expected = REASONS[reason]
    text = with_line(rule, **how)  # type: ignore[arg-type]
    funil = Funil(tmp_path, text.replace(*change) if change else text)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    run = funil.runs()["call"]
    assert f"{run['status']} {run['reason']}" == expected
    assert run["detail"]


def test_several_lines_and_none_named_is_in_doubt(tmp_path: Path) -> None:
    funil = called(tmp_path, call(), line=f"{FREE}\n  - {FREE.replace('line1', 'line2')}")
    assert funil.states() == {"call": "failed no_line"}
    assert "name one of line1, line2" in str(funil.runs()["call"]["detail"])


# A rule's call is informational ---------------------------------------------------------------------------------------


def test_no_event_is_recorded_of_a_rules_call(tmp_path: Path) -> None:
    trigger = "    triggers:\n      - {id: rang, stage: billing, kind: call_made, name: rang}\n"
    funil = Funil(tmp_path, with_line(call(), more=trigger))
    funil("deal", "move", "D1", "delivery")
    funil.until("2026-12-01T13:00Z")
    assert (funil.stage(), funil.states()) == ("delivery", {"call": "done"})
    assert funil.json("explain", "--deal", "D1")["events"] == []
    store = opening.open_store(funil.url, clock=RealClock())
    assert store.read(lambda reader: list(reader.events_of())) == []
    store.close()


# Before it runs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (call(settings=f"play: '{MP3}'"), "either “say” or “play” is set, not both"),
        (call().replace('say: "Ola"', ""), "a call needs a text in “say” or the address of an mp3 in “play”"),
        (call(say="").replace("loja.example", "localhost"), "“localhost” is no public server's name"),
        (call(say="").replace("loja.example", "[::ffff:10.0.0.1]"), "is no public address"),
        (call(say="").replace("https", "http"), "the address begins with https://"),
        (call(settings="voice: pt_BR"), "did you mean “pt-br”?"),
        (call(settings="speed: 10"), "a number from 50 on stands here"),
        (call(settings="volumen: 10"), "unknown key “volumen”: did you mean “volume”?"),
        (call(settings="line: line2"), "there is no telephone line “line2”; there are line1"),
        (call(settings="every: '5'"), "is not a duration"),
    ],
)
def test_what_apply_refuses(rule: str, says: str, tmp_path: Path) -> None:
    funil = Funil(tmp_path)
    assert funil.apply(with_line(rule), status=1) == ""
    assert says in funil.notices
    assert "pipelines.0.rules" in funil.notices or "board.yaml" in funil.notices


def test_another_kind_of_call_takes_null_for_the_other_key(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_line(call()))
    funil.apply(with_line(call(settings=f"play: '{MP3}'").replace('say: "Ola"', "say: null")))
    shown = funil.json("try", "call", "--deal", "D1")
    assert (shown["would"], shown["text"], shown["to"]) == ("done", "", "+5511987650001")
    assert (shown["play"], shown["voice"]) == (MP3, None)
    assert MP3 in funil("try", "call", "--deal", "D1")


def test_trying_it_calls_nobody(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_line(call(say="Ola {{ contact.first_name }}"), line=PRICED % "0.30"))
    shown = funil.json("try", "call", "--deal", "D1")
    assert (shown["would"], shown["text"], shown["connection"], shown["recipient"]) == (
        "done",
        "Ola Maria",
        "line1",
        "maria",
    )
    assert funil.log() == []


def test_what_is_exported_is_taken_back_unchanged(tmp_path: Path) -> None:
    rule = call(settings="line: line1, voice: PT-BR, volume: 80, speed: 120, tries: 2, every: 5m")
    funil = Funil(tmp_path, with_line(rule, call("music", say="")))
    exported = funil("export")
    assert f"play: {MP3}" in exported
    assert "nothing" in funil.apply(exported).lower()


def test_lint_warns_of_what_only_the_call_will_show_and_needs_no_network(tmp_path: Path) -> None:
    funil = Funil(tmp_path, with_line(call(say="").replace("loja.example/hello.mp3", "loja.invalid/hello")))
    found = funil("lint")
    assert "no server has a name that ends in .invalid" in found
    assert "does not end in .mp3" in found


def test_a_call_speaks_the_readers_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    funil = called(tmp_path, call(settings="tries: 1"), number=BUSY)
    monkeypatch.setenv("FUNIL_LANG", "pt_BR")
    assert "A linha está ocupada" in funil("explain", "--deal", "D1")
