"""The dry run of rules and stages: what each would do and when; nothing is sent and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from core import commands, trials, trying
from core.errors import UnknownThing
from core.model.frozen import replace
from core.rules import catalogue
from tests.core.board_ground import PEOPLE, SALES, Home

LINES: Final = """
connections:
  - {id: line1, channel: telephony, adapter: simulated, settings: {number: "+551140000000"}}
  - {id: tg, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}
company: {timezone: UTC, hours: {mon-fri: "09:00-18:00"}, grace: 5s}
"""
SETTINGS: Final[Mapping[str, str]] = {
    "email": '{subject: S, body: "Hi {{ contact.first_name }}"}',
    "call": "{line: line1, say: Hello}",
    "chat": "{text: Hi}",
    "sms": '{text: "Hi {{ contact.first_name }}", provider: sms1}',
    "invite": '{text: "{{ invite_link }}", provider: sms1, channel: tg}',
    "move": "{stage: won}",
    "assign": "{to: [rui], how: round_robin}",
    "set_field": "{field: tracking, value: X1}",
    "notify": "{to: responsible, text: Look}",
    "comment": "{text: noted}",
    "task": "{title: Ring, assignee: ana}",
    "copy_deal": "{title: Again, stage: new}",
    "document": '{template: "<p>Hi</p>"}',
    "webhook": "{url: https://hooks.example/x}",
}
"""Settings that work, for each kind of rule."""
DEAL: Final = "deals: [{id: D1, title: T, stage: new, responsible: ana, contacts: [maria], fields: {visit: %s}}]"


def home(rules: str, visit: str = "2026-12-10") -> Home:
    """Return a house with rules on the stage *delivery*."""
    return Home(PEOPLE, LINES, f"{SALES}    rules:\n{rules}", DEAL % visit)


def line(rule: str, kind: str = "sms", more: str = "") -> str:
    """Return a rule's line of a board file."""
    extra = f", {more}" if more else ""
    return f"      - {{id: {rule}, stage: delivery, kind: {kind}, settings: {SETTINGS[kind]}{extra}}}\n"


def everything(made: Home) -> list[str]:
    """Return the whole database as text."""
    connection: Any = made.db.connection
    return list(connection.iterdump())


def tried(made: Home, deal: str = "D1", **more: Any) -> dict[str, Any]:
    """Return what each rule of *delivery* would do, by rule."""
    shown = made.read(lambda reader: trials.try_stage(reader, "sales", "delivery", deal, **more))
    return {each["rule"]: each for each in shown["rules"]}


@pytest.mark.parametrize("kind", sorted(catalogue.kinds()))
def test_trying_stores_nothing_whatever_the_kind(kind: str) -> None:
    made = home(line("r", kind) + line("below", "sms", "order: wait, run: {after: 1h}"))
    before = everything(made)
    alone = made.read(lambda reader: trying.try_rule(reader, "r", "D1"))
    shown = tried(made)
    edited = replace(made.house.rules["r"], id="")
    as_edited = made.read(lambda reader: trials.try_edited(reader, edited, "D1"))
    assert everything(made) == before
    assert (alone["would"], as_edited["would"]) == (shown["r"]["would"],) * 2
    assert shown["r"]["would"] == ("failed" if kind == "chat" else "done"), shown["r"]["detail"]
    assert shown["r"]["effects"] or kind == "chat"


def test_a_mover_says_where_it_would_move_the_deal_and_a_message_to_whom() -> None:
    made = home(line("go", "move") + line("text"))
    shown = tried(made)
    assert shown["go"]["to"] == "sales/won"
    assert (shown["text"]["to"], shown["text"]["text"]) == ("+5511987650001", "Hi Maria")
    assert shown["text"]["connection"] == "sms1"


MOMENTS: Final = [
    ("", "2026-12-01T12:00:05Z", "grace is over", None),
    ("run: {after: 2h}", "2026-12-01T14:00:00Z", "at 2026-12-01", None),
    ("run: {after: 8h}, hours: business", "2026-12-02T09:00:00Z", "company is at work", None),
    ('run: {at: "10:00", of: visit}', "2026-12-10T10:00:00Z", "at 2026-12-10", None),
    ("run: {before: 30d, of: visit}", "2026-12-01T12:00:05Z", "grace is over", None),
    ("order: wait", "2026-12-01T15:00:00Z", "after “first”", "first"),
    ("run: {after: 1h, of: previous}", "2026-12-01T16:00:00Z", "after “first”", "first"),
]


@pytest.mark.parametrize(("when", "at", "then", "waits_for"), MOMENTS)
def test_each_rule_says_when_it_would_act(when: str, at: str, then: str, waits_for: str | None) -> None:
    made = home(line("first", more="name: first, run: {after: 3h}") + line("r", more=when))
    shown = tried(made)["r"]
    assert (shown["at"], shown["waits_for"]) == (at, waits_for)
    assert then in shown["then"]


def test_a_rule_without_a_date_and_the_one_that_waits_for_it_have_no_moment() -> None:
    rules = line("dated", more="name: dated, run: {before: 1d, of: visit}") + line("after", more="order: wait")
    made = home(rules, visit="null")
    shown = tried(made)
    assert (shown["dated"]["would"], shown["dated"]["at"]) == ("no_date", None)
    assert (shown["after"]["at"], shown["after"]["waits_for"]) == (None, "dated")
    assert "which has no date" in shown["after"]["then"]


def test_a_condition_is_judged_as_if_the_deal_stood_there_when_the_rule_acts() -> None:
    there = 'when: {all: [{field: deal.stage, op: "=", value: delivery}, {field: now, op: ">", value: "2026-12-02"}]}'
    made = home(line("early", more=there) + line("late", more=f"run: {{after: 2d}}, {there}"))
    shown = tried(made)
    assert (shown["early"]["would"], shown["early"]["reason"]) == ("skipped", "condition_false")
    assert [each["holds"] for each in shown["early"]["condition"]] == [True, False]
    assert shown["late"]["would"] == "done"


def test_a_rule_that_is_off_is_listed_and_counts_for_nothing_but_as_edited_it_is_tried() -> None:
    made = home(line("off", more="enabled: false, run: {after: 9h}") + line("r", more="order: wait"))
    shown = tried(made)
    assert (shown["off"]["reason"], shown["off"]["at"]) == ("disabled", None)
    assert shown["r"]["at"] == "2026-12-01T12:00:05Z"
    as_edited = made.read(lambda reader: trials.try_edited(reader, made.house.rules["off"], "D1"))
    assert (as_edited["would"], as_edited["at"]) == ("done", "2026-12-01T21:00:00Z")


def test_a_rule_that_has_acted_once_says_so_and_one_past_its_lateness_too() -> None:
    made = home(line("r", more="once: true") + line("old", more="run: {before: 30d, of: visit}, late: 1h"))
    assert tried(made)["r"]["would"] == "done"
    assert (tried(made)["old"]["would"], tried(made)["old"]["reason"]) == ("skipped", "too_late")
    made.write(commands.move(["D1"], "delivery"))
    made.write(lambda tx: tx.apply(_done(tx)))
    assert tried(made)["r"]["reason"] == "once_only"


def _done(tx: Any) -> Any:
    from core.model.run import RunStatus
    from core.plan import Plan

    runs = tx.runs_of("D1", "r")
    return Plan(runs_changed=[(run, replace(run, status=RunStatus.DONE, ended_at=tx.now())) for run in runs])


def test_an_unknown_stage_or_deal_is_named() -> None:
    made = home(line("r"))
    for stage, deal in (("delivry", "D1"), ("delivery", "D9")):
        with pytest.raises(UnknownThing):
            made.read(lambda reader, stage=stage, deal=deal: trials.try_stage(reader, "sales", stage, deal))
