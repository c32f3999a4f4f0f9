"""Order, delay, dates, hours, conditions: when each rule acts, what it waits for, and why it does not act."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.proof.ground import Funil, board, mail, mover, rules, sms

ENTERED = "2026-12-01T12:00:00Z"


def entered(tmp_path: Path, *lines: str, client: str = "maria", more: str = "") -> Funil:
    """Return a house whose deal has just entered the stage of these rules."""
    funil = Funil(tmp_path, board(rules(*lines), more=more).replace("maria@cliente", f"{client}@cliente"))
    funil("deal", "move", "D1", "delivery")
    return funil


def sent(funil: Funil) -> Sequence[tuple[str, str]]:
    """Return what has gone out: rule and moment."""
    return [(row["rule"], row["sent_at"]) for row in funil.log() if row["sent_at"]]


# Waiting for the rules above ------------------------------------------------------------------------------------------


def test_a_delay_on_a_waiting_rule_holds_back_those_after(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a"), mail("b", run="{after: 1h}", order="wait"), mail("c", order="wait"))
    funil.idle()
    assert funil.states() == {"a": "done", "b": "waiting time", "c": "waiting rule"}
    assert funil.runs()["c"]["waits_for"] == "b"
    funil.until("2026-12-01T15:00Z")
    assert sent(funil) == [("a", ENTERED), ("b", "2026-12-01T13:00:00Z"), ("c", "2026-12-01T13:00:00Z")]


def test_a_parallel_rule_waits_for_nobody(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{after: 1h}"), sms("b"), mail("c", order="wait"))
    funil.idle()
    assert funil.states() == {"a": "waiting time", "b": "done", "c": "waiting rule"}


def test_a_waiting_rule_acts_at_the_later_of_its_moment_and_the_end_above(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{after: 2h}"), mail("b", run="{after: 1h}", order="wait"))
    funil.until("2026-12-01T15:00Z")
    assert sent(funil) == [("a", "2026-12-01T14:00:00Z"), ("b", "2026-12-01T14:00:00Z")]


def test_a_span_after_the_previous_rule_counts_from_its_end(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{after: 1h}"), mail("b", run="{after: 10m, of: previous}"))
    funil.until("2026-12-01T15:00Z")
    assert sent(funil) == [("a", "2026-12-01T13:00:00Z"), ("b", "2026-12-01T13:10:00Z")]


def test_the_first_rules_previous_is_the_entry(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{after: 10m, of: previous}"))
    funil.until("2026-12-01T15:00Z")
    assert sent(funil) == [("a", "2026-12-01T12:10:00Z")]


@pytest.mark.parametrize(
    ("above", "client", "state"),
    [
        (mail("a", when='{field: amount, op: "<", value: 5}'), "maria", "skipped condition_false"),
        (mail("a"), "block", "failed blocked"),
        (mail("a", unknown="hold"), "timeout", "done timeout"),
    ],
)
def test_a_rule_that_came_to_nothing_lets_the_chain_go_on(above: str, client: str, state: str, tmp_path: Path) -> None:
    funil = entered(tmp_path, above, sms("b", order="wait"), client=client)
    funil.idle()
    assert funil.states() == {"a": state, "b": "done"}


def test_stop_on_error_stops_the_chain_and_nobody_else(tmp_path: Path) -> None:
    lines = (
        mail("a", stop_on_error="true"),
        sms("b", order="wait"),
        sms("c", order="wait"),
        sms("d"),
        mail("e", "new"),
    )
    funil = entered(tmp_path, *lines, client="block")
    funil.idle()
    assert funil.states() == {"a": "failed blocked", "b": "cancelled stopped", "c": "cancelled stopped", "d": "done"}


def test_stop_on_error_lets_a_skipped_rule_pass(tmp_path: Path) -> None:
    never = '{field: amount, op: "<", value: 5}'
    funil = entered(tmp_path, mail("a", stop_on_error="true", when=never), sms("b", order="wait"))
    funil.idle()
    assert funil.states() == {"a": "skipped condition_false", "b": "done"}


def test_a_retry_holds_back_the_rule_that_waits_and_no_other(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a"), sms("b", order="wait"), sms("c"), client="full")
    funil.idle()
    assert funil.states()["b"] == "waiting rule"
    assert funil.states()["c"] == "done"
    funil.until("2026-12-03T12:00Z")
    assert funil.states() == {"a": "failed dead", "b": "done", "c": "done"}


def test_a_dead_mail_server_does_not_hold_back_the_sms(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail("a"), sms("b"))))
    funil("connection", "pause", "mail")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert [(row["rule"], row["status"], row["reason"]) for row in funil.log()] == [
        ("a", "queued", "connection_paused"),
        ("b", "sent", None),
    ]
    funil("connection", "resume", "mail")
    funil.idle()
    assert funil.states() == {"a": "done", "b": "done"}


def test_messages_of_a_deal_go_out_in_the_order_of_moment_and_rule(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("late", run="{after: 1m}"), sms("b"), mail("c"), sms("d"))
    funil("clock", "advance", "5m")
    funil.idle()
    sequence = [line["data"]["rule"] for line in funil.json("timeline", "D1") if line["kind"] == "delivery"][::-1]
    assert sequence == ["b", "c", "d", "late"]


# Dates ----------------------------------------------------------------------------------------------------------------


def test_an_empty_date_waits_visibly_and_follows_the_date(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{before: 1d, of: close_date}"))
    funil.until("2026-12-01T13:00Z")
    assert funil.states() == {"a": "no_date"}
    moments = []
    for value in ("2026-12-10", "2026-12-20", ""):
        funil("deal", "set", "D1", f"close_date={value}")
        moments.append((funil.states()["a"], funil.runs()["a"]["due_at"]))
    assert moments == [
        ("waiting time", "2026-12-09T03:00:00Z"),
        ("waiting time", "2026-12-19T03:00:00Z"),
        ("no_date", None),
    ]
    funil("deal", "set", "D1", "close_date=2026-11-01")
    funil.idle()
    assert sent(funil) == [("a", "2026-12-01T13:00:00Z")]


def test_a_run_without_date_holds_back_what_waits_for_it(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{before: 1d, of: visit}"), sms("b", order="wait"))
    funil.idle()
    assert funil.states() == {"a": "no_date", "b": "waiting rule"}
    funil("deal", "set", "D1", "visit=2026-12-01")
    funil.idle()
    assert funil.states() == {"a": "done", "b": "done"}


def test_at_is_a_clock_time_of_the_companys_zone_on_the_dates_day(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run='{at: "12:00", of: close_date}'))
    funil("deal", "set", "D1", "close_date=2026-12-05")
    assert funil.runs()["a"]["due_at"] == "2026-12-05T15:00:00Z"


# Hours ----------------------------------------------------------------------------------------------------------------


def test_outside_the_hours_a_rule_waits_for_the_next_open_moment(tmp_path: Path) -> None:
    funil = Funil(tmp_path, board(rules(mail("a", hours="business"), sms("b"))), clock="2026-12-04T21:00:00Z")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.states() == {"a": "waiting hours", "b": "done"}
    assert funil.runs()["a"]["due_at"] == "2026-12-07T12:00:00Z"
    funil.until("2026-12-07T12:00Z")
    assert sent(funil) == [("b", "2026-12-04T21:00:00Z"), ("a", "2026-12-07T12:00:00Z")]


def test_a_retry_keeps_to_the_hours_too(tmp_path: Path) -> None:
    text = board(rules(mail("a", hours="business"))).replace("maria@cliente", "limit@cliente")
    funil = Funil(tmp_path, text, clock="2026-12-04T20:59:30Z")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert [(row["attempts"], row["due_at"]) for row in funil.log()] == [(1, "2026-12-07T12:00:00Z")]


def test_a_changed_responsible_reschedules_what_keeps_to_their_hours(tmp_path: Path) -> None:
    text = board(rules(mail("a", run="{after: 1h}", hours="responsible")))
    text = text.replace(
        "mailboxes: [ana@loja.example]",
        'mailboxes: [ana@loja.example], timezone: America/Sao_Paulo, hours: {mon-fri: "14:00-18:00"}',
    )
    text = text.replace(
        "mailboxes: [rui@loja.example]",
        'mailboxes: [rui@loja.example], timezone: America/Sao_Paulo, hours: {mon-fri: "16:00-18:00"}',
    )
    funil = Funil(tmp_path, text)
    funil("deal", "move", "D1", "delivery")
    assert funil.runs()["a"]["due_at"] == "2026-12-01T17:00:00Z"
    funil("deal", "set", "D1", "responsible=rui")
    assert funil.runs()["a"]["due_at"] == "2026-12-01T19:00:00Z"


# Conditions, once, late -----------------------------------------------------------------------------------------------


def test_a_condition_is_judged_at_the_run_on_current_data(tmp_path: Path) -> None:
    dear = '{field: deal.amount, op: ">", value: 8000}'
    funil = entered(tmp_path, mail("a", when=dear), mail("b", when=dear, run="{after: 1h}"))
    funil.idle()
    funil("deal", "set", "D1", "amount=9000")
    funil.until("2026-12-01T14:00Z")
    assert funil.states() == {"a": "skipped condition_false", "b": "done"}
    assert funil.runs()["a"]["condition"] == [
        {"field": "deal.amount", "op": ">", "value": 8000, "actual": "7500.00", "holds": False}
    ]
    assert "7500" in funil.runs()["a"]["detail"]


ONCE = [
    ("maria", [], ["mail done", "mail skipped once_only"]),
    ("block", [], ["mail failed blocked", "mail failed blocked"]),
    ("maria", [("deal", "undo", "D1")], ["mail done", "mail skipped once_only"]),
]


@pytest.mark.parametrize(
    ("client", "then", "expected"), ONCE, ids=["done counts", "failed does not", "done in an undone entry counts"]
)
def test_once_per_deal(client: str, then: Sequence[Sequence[str]], expected: Sequence[str], tmp_path: Path) -> None:
    funil = entered(tmp_path, mail(once="true"), client=client)
    funil.idle()
    for words in then or [("deal", "move", "D1", "new")]:
        funil(*words)
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.history() == expected


def test_without_once_a_second_entry_runs_everything_again(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail())
    funil.idle()
    funil("deal", "move", "D1", "new")
    funil("deal", "move", "D1", "delivery")
    funil.idle()
    assert funil.history() == ["mail done", "mail done"]


@pytest.mark.parametrize(("late", "state"), [("4h", "skipped too_late"), ("6h", "done"), ("null", "done")])
def test_a_run_found_late(late: str, state: str, tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", run="{after: 1h}", late=late))
    funil("clock", "advance", "6h")
    funil.idle()
    assert funil.states() == {"a": state}


def test_an_attempt_made_long_after_its_run_still_sends_the_same_bytes(tmp_path: Path) -> None:
    funil = entered(tmp_path, mail("a", subject="{{ deal.title }}"), client="full")
    funil.idle()
    (first,) = funil.log()
    funil("deal", "set", "D1", "title=Other")
    funil.until("2026-12-01T13:00Z")
    (last,) = funil.log()
    assert last["attempts"] > 1
    assert (last["subject"], last["key"]) == (first["subject"], first["key"]) == ("Order 1001", "house-M1")


def test_the_rules_of_every_kind_of_stage_act_the_same(tmp_path: Path) -> None:
    funil = entered(
        tmp_path, mover("win", "delivery", "won"), mail("m-won", "won"), mover("lose", "won", "lost", run="{after: 1h}")
    )
    funil.until("2026-12-01T14:00Z")
    assert funil.states() == {"win": "done", "m-won": "done", "lose": "done"}
    assert funil.json("deal", "show", "D1")["closed"] is True
