"""The backtest: what a rule or trigger would have done on what has really happened, with deals as they stood then."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

import pytest

from core import commands
from core.backtesting import Backtest, Row, RuleBacktest, TriggerBacktest, base
from core.commands.recording import Report
from core.engine import listening, running
from core.model.frozen import replace
from core.model.moment import DAY, HOUR, Moment
from core.model.rule import Rule, RunTime, Trigger, When
from core.ports import Random
from tests.core.board_ground import HOUSE, START, Home

DEALS: Final = """
deals:
  - {id: D1, title: One, stage: new, amount: 100, responsible: ana, contacts: [maria], fields: {visit: 2026-12-20}}
  - {id: D2, title: Two, stage: new, amount: 100, responsible: ana, contacts: [joao]}
"""
SMS: Final = Rule(
    id="new",
    pipeline="sales",
    stage="delivery",
    kind="sms",
    name="New",
    settings={"text": "Hi {{ contact.first_name }}, {{ deal.fields.tracking }}\nmore", "provider": "sms1"},
)
OVER_50: Final = {"field": "deal.amount", "op": ">", "value": 500}
PAID: Final = Trigger(
    id="hook", pipeline="sales", stage="delivery", kind="webhook", name="Hook", settings={"code": "go"}
)


_numbers: Final = count(1)


class Played(Home):
    """A house in which things happen at their hours."""

    def __init__(self, *texts: str) -> None:
        super().__init__(HOUSE, *texts, DEALS)

    def at(self, hours: float, *jobs: Any) -> None:
        """Turn the clock to so many hours after the start, and act, the engine at work before and after."""
        self.clock.at = Moment(int(START + hours * HOUR))
        self.work()
        for job in jobs:
            self.write(job)
        self.work()

    def work(self) -> None:
        """Let the engine take up what is due."""
        while self.write(listening.expand()) or self.write(running.run_due(Random(1))):
            pass

    def move(self, deal: str, stage: str) -> Any:
        """Return the job of a person's move."""
        return commands.move([deal], stage)

    def test(self, backtest: Backtest[Any]) -> list[Row]:
        """Return what a backtest finds."""
        database: Any = self.db.connection
        before = list(database.iterdump())
        while not backtest.finished:
            self.read(backtest.step)
        assert list(database.iterdump()) == before, "it reads only"
        assert backtest.judged == backtest.total
        return backtest.rows


def said(rows: list[Row]) -> list[tuple[Any, ...]]:
    """Return rows as deal, what would be, and why."""
    return [(row.deal, row.would, row.reason) for row in rows]


def hook(deal: str, code: str = "go") -> Any:
    """Return the job that records a signed call."""
    return commands.webhook_called(Report(id=f"call {next(_numbers)}"), deal, code)


# Rules ----------------------------------------------------------------------------------------------------------------


def test_an_unsaved_rule_is_judged_on_the_deals_as_they_stood() -> None:
    house = Played()
    house.at(1, commands.set_fields("D1", {"amount": "1000", "tracking": "BR1"}))
    house.at(2, house.move("D1", "delivery"), house.move("D2", "delivery"))
    house.at(3, house.move("D1", "won"), commands.set_fields("D1", {"amount": "1", "tracking": "BR2"}))
    rows = house.test(RuleBacktest(replace(SMS, when={"all": [OVER_50]}), START))
    assert said(rows) == [("D1", "done", None), ("D2", "skipped", "condition_false")]
    assert (rows[0].to, rows[0].text, rows[0].today) == ("+5511987650001", "Hi Maria, BR1", ("contact",))
    assert "100" in (rows[1].detail or "")
    assert rows[0].as_json()["due"] == "2026-12-01T14:00:05Z", "a person's grace comes first"


def test_who_has_no_number_fails_and_says_so() -> None:
    house = Played()
    house.at(1, house.move("D2", "delivery"))
    house.at(2)
    assert said(house.test(RuleBacktest(SMS, START))) == [("D2", "failed", "no_address")]


def test_a_rule_that_waits_finds_the_deal_gone_or_acts_on_what_it_was_by_then() -> None:
    house = Played()
    later = replace(SMS, run=RunTime(When.AFTER, _hours(5)))
    house.at(1, house.move("D1", "delivery"), house.move("D2", "delivery"))
    house.at(3, house.move("D2", "new"), commands.set_fields("D1", {"tracking": "AT3"}))
    house.at(4, house.move("D2", "delivery"), commands.undo(deal="D2"))
    house.at(8, commands.set_fields("D1", {"tracking": "AT8"}))
    house.at(9, house.move("D2", "delivery"))
    rows = house.test(RuleBacktest(later, START))
    gone = [("D2", "cancelled", "left_stage"), ("D2", "cancelled", "undone")]
    assert said(rows) == [("D1", "done", None), *gone, ("D2", "waiting", "time")]
    assert rows[0].text == "Hi Maria, AT3"


def test_a_rule_follows_its_date_while_the_deal_stays() -> None:
    house = Played()
    before = replace(SMS, run=RunTime(When.BEFORE, _hours(2), of="visit"))
    house.at(1, house.move("D1", "delivery"), house.move("D2", "delivery"))
    house.at(30, commands.set_fields("D1", {"visit": "2026-12-04"}))
    house.at(80, commands.set_fields("D1", {"visit": "2026-12-30"}))
    rows = house.test(RuleBacktest(before, START))
    assert said(rows) == [("D1", "done", None), ("D2", "no_date", None)]
    assert rows[0].as_json()["due"] == "2026-12-03T22:00:00Z"


def test_a_rule_once_per_deal_acts_once_and_only_the_days_asked_for_are_looked_at() -> None:
    house = Played()
    for hours in (1, 30, 60):
        house.at(hours, house.move("D1", "delivery"))
        house.at(hours + 1, house.move("D1", "new"))
    once = replace(SMS, once=True)
    assert said(house.test(RuleBacktest(once, START))) == [
        ("D1", "done", None),
        ("D1", "skipped", "once_only"),
        ("D1", "skipped", "once_only"),
    ]
    assert len(house.test(RuleBacktest(once, Moment(START + DAY)))) == 2


RULES: Final = """
pipelines:
  - id: sales
    rules:
      - {id: first, stage: delivery, kind: set_field, settings: {field: tracking, value: X}, run: {after: 1h}}
      - {id: r, stage: delivery, kind: comment, order: wait, settings: {text: "{{ deal.fields.tracking }}"}, %s}
"""


@pytest.mark.parametrize(
    "more",
    ["once: true", "run: {after: 2h}", "run: {before: 1d, of: visit}", 'when: {field: tracking, op: "=", value: X}'],
)
def test_a_rule_that_was_there_would_have_done_what_it_did(more: str) -> None:
    house = Played(RULES % more)
    for hours, deal, stage in ((1, "D1", "delivery"), (2, "D2", "delivery"), (2.5, "D2", "lost"), (4, "D1", "won")):
        house.at(hours, house.move(deal, stage))
    house.at(5, commands.set_fields("D2", {"visit": "2026-12-01"}), house.move("D2", "delivery"))
    for hours in range(6, 12):
        house.at(hours)
    rows = house.test(RuleBacktest(house.house.rules["r"], START))
    runs = house.read(lambda reader: reader.runs_of(None, "r"))
    assert [(row.deal, row.would, row.reason) for row in rows] == [(r.deal, r.status, r.reason) for r in runs]
    assert len(rows) == 3


# Triggers -------------------------------------------------------------------------------------------------------------


def test_an_unsaved_trigger_moves_a_deal_once_and_forward_only() -> None:
    house = Played()
    house.at(1, hook("D1", "other"))
    house.at(2, hook("D1"))
    house.at(3, hook("D1"))
    house.at(4, house.move("D1", "won"))
    house.at(5, hook("D1"))
    house.at(6, hook("D2"))
    rows = house.test(TriggerBacktest(replace(PAID, id="", name="x"), START))
    assert said(rows) == [
        ("D1", "rejected", "not_listening"),
        ("D1", "applied", None),
        ("D1", "rejected", "same_stage"),
        ("D1", "rejected", "not_later"),
        ("D2", "applied", None),
    ]
    assert {row.to for row in rows} == {"sales/delivery"}
    assert house.test(TriggerBacktest(replace(PAID, pipeline="other"), START)) == []


TRIGGERS: Final = """
pipelines:
  - id: sales
    triggers:
      - {id: hook, stage: delivery, kind: webhook, settings: {code: go}}
      - {id: last, stage: won, kind: webhook, settings: {code: go}, when: {field: amount, op: ">", value: 500}}
"""


@pytest.mark.parametrize("trigger", ["hook", "last"])
def test_a_trigger_that_was_there_would_have_done_what_it_did(trigger: str) -> None:
    house = Played(TRIGGERS)
    house.at(1, hook("D1"), hook("D2"))
    house.at(2, hook("D1"))
    house.at(3, commands.set_fields("D1", {"amount": "900"}), hook("D1"))
    house.at(4, house.move("D2", "new"), hook("D2"), commands.set_fields("D2", {"amount": "999"}))
    rows = house.test(TriggerBacktest(house.house.triggers[trigger], START))
    really = [
        (reach.deal, mine.verdict, mine.reason)
        for reach in house.read(lambda reader: reader.reaches_of())
        for mine in reach.candidates
        if mine.trigger == trigger
    ]
    assert said(rows) == really
    assert len(rows) == 5


def test_a_mail_that_a_machine_opened_moves_nothing() -> None:
    opened = "      - {id: mail, stage: new, kind: email, settings: {subject: S, body: B}}\n"
    house = Played(f"pipelines:\n  - id: sales\n    rules:\n{opened}")
    house.at(1, house.move("D1", "delivery"), house.move("D1", "new"))
    house.at(2)
    for hours, machine in ((3, "true"), (4, "false")):
        house.at(hours, commands.mail_hit(Report(id=machine), "email_opened", "M1", {"machine": machine}))
        house.at(hours + 0.5)
    rows = house.test(TriggerBacktest(replace(PAID, kind="email_opened", settings={}), START))
    assert said(rows) == [("D1", "rejected", "machine_event"), ("D1", "applied", None)]


# The way through ------------------------------------------------------------------------------------------------------


def test_it_goes_in_steps_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "LOOK", 3)
    monkeypatch.setattr(base, "PART", 2)
    house = Played()
    for hours in range(1, 11):
        house.at(hours, house.move("D1", "delivery" if hours % 2 else "new"))
    backtest, seen = RuleBacktest(SMS, START), []
    while not backtest.finished:
        house.read(backtest.step)
        seen.append((backtest.total, backtest.judged, len(backtest.rows)))
    assert [each for each in seen if each[0] is not None] == [(5, 0, 0), (5, 2, 2), (5, 4, 4), (5, 5, 5)]
    assert seen[0] == (None, 0, 0)
    assert (backtest.counts, backtest.reasons) == ({"done": 5}, {})


def _hours(n: int) -> Any:
    from core.model.moment import Duration

    return Duration(n, "h")
