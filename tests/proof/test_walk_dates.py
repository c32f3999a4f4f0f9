"""PRODUCT §2: what follows a changed date or responsible, what is late, and when a condition is judged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import planting
from tests.proof.ground import Funil, mail, mover, sms
from tests.proof.time_ground import ENTERED, at, house, sent
from tests.test_catalogue_effects import DOER

# "An empty date field: the run waits in the visible state no_date, and is scheduled when the field is filled; when the
# field changes, the run is rescheduled." ------------------------------------------------------------------------------

DATED = {"run": '{at: "12:00", of: visit}'}
Step = tuple[str, str, Any]


def follows(funil: Funil, rule: str, steps: Sequence[Step]) -> None:
    """Change the deal step by step; after each the run must stand as told."""
    for change, state, moment in steps:
        funil("deal", "set", "D1", change)
        assert (change, *at(funil, rule)) == (change, state, moment)


def test_a_run_follows_its_date(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", **DATED))
    assert at(funil) == ("no_date", None)
    steps: list[Step] = [
        ("close_date=2026-12-09", "no_date", None),  # another date is nothing to it
        ("visit=2026-12-10", "waiting time", "2026-12-10T15:00:00Z"),
        ("visit=2026-12-05", "waiting time", "2026-12-05T15:00:00Z"),
        ("visit=", "no_date", None),
        ("visit=2026-12-20", "waiting time", "2026-12-20T15:00:00Z"),
        ("visit=2026-11-01", "waiting", ENTERED),
    ]
    follows(funil, "a", steps)
    funil.idle()
    assert sent(funil) == {"a": ENTERED}


def test_a_run_behind_others_follows_its_date_and_waits_for_them_all_the_same(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", run="{after: 1d}"), sms("b", order="wait", **DATED))
    assert at(funil, "b") == ("no_date", None)
    steps: list[Step] = [
        ("visit=2026-12-10", "waiting rule", None),
        ("visit=", "no_date", None),
        ("visit=2026-12-08", "waiting rule", None),
    ]
    follows(funil, "b", steps)
    funil.until("2026-12-02T12:00Z")
    assert at(funil, "b") == ("waiting time", "2026-12-08T15:00:00Z")
    follows(funil, "b", [("visit=2026-12-03", "waiting time", "2026-12-03T15:00:00Z"), ("visit=", "no_date", None)])
    follows(funil, "b", [("visit=2026-12-01", "waiting", "2026-12-02T12:00:00Z")])


def test_a_date_from_an_import_moves_the_run_too(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", **DATED))
    funil.apply("funil: 1\ndeals:\n  - {id: D1, fields: {visit: 2026-12-10}}\n")
    assert at(funil) == ("waiting time", "2026-12-10T15:00:00Z")


def test_a_date_that_changed_while_the_deal_was_away_counts_when_undo_brings_it_back(tmp_path: Path) -> None:
    lines = (
        mail("a", **DATED),
        mail("b", run='{at: "12:00", of: close_date}'),
        sms("c", order="wait", **DATED),
        mail("d", run="{after: 1h}"),
    )
    funil = house(tmp_path, *lines, dates="close_date: 2026-12-09")
    before = {rule: at(funil, rule) for rule in funil.runs()}
    assert [state for state, _ in before.values()] == ["no_date", "waiting time", "no_date", "waiting time"]
    funil("deal", "move", "D1", "billing")
    funil("deal", "set", "D1", "visit=2026-12-05")
    funil("deal", "undo", "D1")
    assert {rule: at(funil, rule) for rule in funil.runs()} == before | {
        "a": ("waiting time", "2026-12-05T15:00:00Z"),
        "c": ("waiting rule", None),
    }


# "A changed responsible reschedules like a changed date." -------------------------------------------------------------

AFTERNOON, LATE = 'hours: {mon-fri: "14:00-18:00"}', 'hours: {mon-fri: "16:00-18:00"}'


def test_a_run_follows_the_responsible(tmp_path: Path) -> None:
    lines = (
        mail("waits", run="{after: 1h}", hours="responsible"),
        sms("gated", order="wait", hours="responsible"),
        sms("undated", hours="both", **DATED),
        sms("business", hours="business", run="{after: 1h}"),
    )
    funil = house(tmp_path, *lines, ana=AFTERNOON, rui=LATE)
    before = {"gated": ("waiting rule", None), "undated": ("no_date", None)}
    business = ("waiting time", "2026-12-01T13:00:00Z")
    assert {rule: at(funil, rule) for rule in funil.runs()} == before | {
        "waits": ("waiting hours", "2026-12-01T17:00:00Z"),
        "business": business,
    }
    funil("deal", "set", "D1", "responsible=rui")
    assert {rule: at(funil, rule) for rule in funil.runs()} == before | {
        "waits": ("waiting hours", "2026-12-01T19:00:00Z"),
        "business": business,
    }
    funil("deal", "set", "D1", "visit=2026-12-02")
    assert at(funil, "undated") == ("waiting hours", "2026-12-02T19:00:00Z")
    funil.until("2026-12-01T19:00Z")
    assert sent(funil) == {
        "business": "2026-12-01T13:00:00Z",
        "waits": "2026-12-01T19:00:00Z",
        "gated": "2026-12-01T19:00:00Z",
    }
    funil("deal", "set", "D1", "responsible=")
    assert at(funil, "undated") == ("waiting time", "2026-12-02T15:00:00Z")


def test_what_a_rule_changes_moves_runs_too(tmp_path: Path) -> None:
    lines = (
        mail("a", **DATED),
        mail("b", run="{after: 3h}", hours="responsible"),
        "{id: dates, stage: delivery, kind: doer, run: {after: 1h}, settings: {effect: SetField, "
        'fields: {field: visit, value: "2026-12-05"}}}',
        "{id: hands, stage: delivery, kind: doer, run: {after: 2h}, settings: {effect: Assign, fields: {user: rui}}}",
    )
    with planting.rule_kind(tmp_path / "kinds", "doer", DOER):
        funil = house(tmp_path, *lines, ana=AFTERNOON, rui=LATE)
        assert (at(funil), at(funil, "b")) == (("no_date", None), ("waiting hours", "2026-12-01T17:00:00Z"))
        funil.until("2026-12-01T13:00Z")
        assert at(funil) == ("waiting time", "2026-12-05T15:00:00Z")
        funil.until("2026-12-01T14:00Z")
        assert at(funil, "b") == ("waiting hours", "2026-12-01T19:00:00Z")


# "late (skip when later than N, reason too_late; off by default: found late, it runs)" -------------------------------

LATE_AFTER: dict[str, tuple[dict[str, str], dict[str, str], Sequence[tuple[str, ...]], str]] = {
    # the rule, the house, what happens then, the state of the run
    "found in time": ({"run": "{after: 1h}", "late": "30m"}, {}, [("clock", "advance", "90m")], "done"),
    "found late": ({"run": "{after: 1h}", "late": "30m"}, {}, [("clock", "advance", "91m")], "skipped too_late"),
    "found late and nothing said of it": ({"run": "{after: 1h}"}, {}, [("clock", "advance", "2000h")], "done"),
    "held by the grace": ({"late": "1s"}, {"grace": "5s"}, [("clock", "advance", "5s")], "done"),
    "held by the hours": (
        {"hours": "business", "late": "30m"},
        {"clock": "2026-12-04T22:00:00Z"},
        [("clock", "set", "2026-12-07T12:30:00Z")],
        "done",
    ),
    "late after the opening": (
        {"hours": "business", "late": "30m"},
        {"clock": "2026-12-04T22:00:00Z"},
        [("clock", "set", "2026-12-07T12:31:00Z")],
        "skipped too_late",
    ),
    "found in time, but after closing": (
        {"run": "{after: 1h}", "hours": "business", "late": "30m"},
        {"clock": "2026-12-04T19:45:00Z"},
        [("clock", "advance", "80m"), ("run", "--until", "2026-12-07T12:00Z")],
        "done",
    ),
    "a date that had passed before the entry": (
        {**DATED, "late": "30m"},
        {"clock": "2026-12-01T15:31:00Z", "dates": "fields: {visit: 2026-12-01}"},
        [],
        "skipped too_late",
    ),
    "a date that had just passed before the entry": (
        {**DATED, "late": "30m"},
        {"clock": "2026-12-01T15:30:00Z", "dates": "fields: {visit: 2026-12-01}"},
        [],
        "done",
    ),
    "a date just past, then held by the hours": (
        {**DATED, "late": "30m", "hours": "business"},
        {
            "clock": "2026-12-01T15:20:00Z",
            "dates": "fields: {visit: 2026-12-01}",
            "company": 'hours: {mon-fri: "09:00-12:00,14:00-18:00"}',
        },
        [("run", "--until", "2026-12-01T17:00Z")],
        "done",
    ),
    "a date set into the past while the run waited": (
        {**DATED, "late": "30m"},
        {"dates": "fields: {visit: 2026-12-10}"},
        [("clock", "advance", "5h"), ("deal", "set", "D1", "visit=2026-12-01")],
        "skipped too_late",
    ),
    "a missing date set into the past": (
        {**DATED, "late": "30m"},
        {},
        [("clock", "advance", "5h"), ("deal", "set", "D1", "visit=2026-12-01")],
        "skipped too_late",
    ),
    "a missing date set to what has just passed": (
        {**DATED, "late": "30m"},
        {},
        [("clock", "set", "2026-12-01T15:10:00Z"), ("deal", "set", "D1", "visit=2026-12-01")],
        "done",
    ),
    "another responsible is at work already": (
        {"run": "{after: 1h}", "hours": "responsible", "late": "30m"},
        {"ana": LATE},
        [("clock", "advance", "4h"), ("deal", "set", "D1", "responsible=rui")],
        "done",
    ),
    "looked at before the condition": (
        {"run": "{after: 1h}", "late": "30m", "when": '{field: amount, op: "<", value: 5}'},
        {},
        [("clock", "advance", "2h")],
        "skipped too_late",
    ),
}


@pytest.mark.parametrize("what", LATE_AFTER)
def test_late_counts_what_a_run_was_found_late_and_no_waiting(what: str, tmp_path: Path) -> None:
    rule, about, then, state = LATE_AFTER[what]
    funil = house(tmp_path, mail("a", **rule), **about)
    for words in then:
        funil(*words)
    funil.idle()
    assert funil.states() == {"a": state}


def test_waiting_for_the_rule_above_is_not_late(tmp_path: Path) -> None:
    funil = house(tmp_path, mail("a", run="{after: 5h}"), sms("b", order="wait", run="{after: 1h}", late="30m"))
    funil.until("2026-12-01T17:00Z")
    assert funil.states() == {"a": "done", "b": "done"}


# "Evaluated at the run moment on current data, after the time is reached" ---------------------------------------------

AT_THE_RUN = [
    ("{after: 1h}", "{field: company.open, op: '=', value: true}", "done"),
    ("{after: 12h}", "{field: company.open, op: '=', value: true}", "skipped condition_false"),
    ("{after: 1d}", "{field: weekday, op: '=', value: wed}", "done"),
    ("{after: 12h}", '{field: now, op: between, value: ["20:00", "06:00"]}', "done"),  # over midnight
    ("{after: 1h}", '{field: now, op: between, value: ["20:00", "06:00"]}', "skipped condition_false"),
    ("{after: 1h}", "{field: responsible.name, op: contains, value: Rui}", "done"),
    ("{after: 1h}", "{field: contact.name, op: '=', value: Maria Lima}", "done"),
    ("{after: 1h}", "{field: event.at, op: filled}", "skipped condition_false"),
    ("{after: 1h}", "{any: [{field: amount, op: '>', value: 9999}, {not: {field: visit, op: empty}}]}", "done"),
]


def test_conditions_are_judged_at_the_run_moment(tmp_path: Path) -> None:
    lines = [mail(f"m{n}", run=run, when=when) for n, (run, when, _) in enumerate(AT_THE_RUN)]
    funil = house(tmp_path, *lines)
    funil("deal", "set", "D1", "responsible=rui", "visit=2026-12-24")
    funil.until("2026-12-03T12:00Z")
    assert [funil.states()[f"m{n}"] for n in range(len(AT_THE_RUN))] == [state for _, _, state in AT_THE_RUN]


def test_a_condition_waits_for_the_time_too(tmp_path: Path) -> None:
    funil = house(tmp_path, mover("on", "delivery", "billing", when="{field: visit, op: filled}", run="{after: 1h}"))
    funil.until("2026-12-01T12:59Z")
    assert funil.states() == {"on": "waiting time"}
    funil("deal", "set", "D1", "visit=2026-12-24")
    funil.until("2026-12-01T13:00Z")
    assert funil.stage() == "billing"
