"""Pipelines, stages, rules and triggers of a board file: a list that is present is the whole list, in that order."""

from __future__ import annotations

from typing import Any

import pytest

from core import commands
from core.model.run import RunStatus
from tests.core.board_ground import HOUSE, PEOPLE, SALES, STAGES, Home, done, notes

SMS = "kind: sms, settings: {text: Hi, provider: sms1}"
TWO = f"""
    rules:
      - {{id: one, stage: delivery, {SMS}}}
      - {{id: two, stage: delivery, {SMS}}}
    triggers:
      - {{id: opened, stage: delivery, kind: email_opened}}
      - {{id: paid, stage: won, kind: payment}}
"""
D1 = "deals: [{id: D1, title: T, stage: delivery, contacts: [maria]}]"


def in_order(things: Any) -> list[str]:
    return [each.id for each in sorted(things.values(), key=lambda each: each.position)]


def stages(home: Home) -> list[str]:
    return [stage.id for stage in home.house.pipelines["sales"].stages]


# Stages ---------------------------------------------------------------------------------------------------------------


def test_the_list_of_stages_is_the_whole_list_in_that_order() -> None:
    home = Home(HOUSE)
    ids = ["delivery", "more", "new", "won", "apology", "lost"]
    kinds = {"won": ", kind: success", "apology": ", kind: failure"}
    listed = ", ".join(f"{{id: {each}{kinds.get(each, '')}}}" for each in ids)
    home.apply(f"pipelines: [{{id: sales, stages: [{listed}]}}]")
    assert stages(home) == ids
    assert [stage.position for stage in home.house.pipelines["sales"].stages] == list(range(6))


def test_a_removed_stage_that_holds_deals_is_refused() -> None:
    home = Home(HOUSE, D1)
    said = home.refuses(SALES.replace("      - {id: delivery, name: Delivery}\n", ""))
    assert "3:5: stage “delivery” of pipeline “sales” cannot go: it holds 1 deals" in said
    home.write(commands.move(["D1"], "new"))
    home.apply(SALES.replace("      - {id: delivery, name: Delivery}\n", ""))
    assert stages(home) == ["new", "won", "lost"]


@pytest.mark.parametrize(("key", "thing"), [("rules", "one"), ("triggers", "opened")])
def test_a_removed_stage_on_which_something_stands_that_is_not_listed_is_refused(key: str, thing: str) -> None:
    home = Home(HOUSE + TWO)
    listed = "".join(f"    {other}: []\n" for other in ("rules", "triggers") if other != key)
    said = home.refuses(SALES.replace("      - {id: delivery, name: Delivery}\n", "") + listed)
    assert f"stage “delivery” cannot go: “{thing}” stands on it; list the pipeline's {key} too" in said


def test_a_removed_stage_that_another_pipelines_rule_leads_to_is_refused() -> None:
    leading = "{id: on, stage: new, kind: move, settings: {pipeline: sales, stage: delivery}}"
    other = f"  - id: other{STAGES}    rules:\n      - {leading}"
    home = Home(PEOPLE + "pipelines:" + SALES.partition("pipelines:")[2] + other)
    said = home.refuses(SALES.replace("      - {id: delivery, name: Delivery}\n", ""))
    assert "rule “on” would no longer work: there is no stage “delivery”" in said


def test_a_stage_that_becomes_a_closing_one_closes_its_deals() -> None:
    home = Home(HOUSE, "deals: [{id: D1, stage: new}, {id: D2, stage: won}]")
    home.apply(
        "pipelines: [{id: sales, "
        "stages: [{id: delivery}, {id: won, kind: process}, {id: new, kind: success}, {id: lost}]}]"
    )
    assert (home.deal("D1").closed, home.deal("D2").closed) == (True, False)
    assert home.read(lambda r: r.totals("sales"))["new"].count == 1


def test_pipelines_stand_in_the_order_they_came() -> None:
    home = Home(f"pipelines:\n  - id: b{STAGES}  - id: a{STAGES}")
    home.apply(f"pipelines:\n  - id: c{STAGES}  - id: a")
    assert list(home.house.pipelines) == ["b", "a", "c"]


# The whole list -------------------------------------------------------------------------------------------------------


def test_rules_and_triggers_that_are_not_listed_are_removed() -> None:
    home = Home(HOUSE + TWO)
    changes = home.apply(f"pipelines: [{{id: sales, rules: [{{id: two, stage: new, {SMS}}}], triggers: []}}]")
    assert done(changes) == ["remove rule one", "change rule two", "remove trigger opened", "remove trigger paid"]
    assert list(home.house.rules) == ["two"]
    assert home.house.triggers == {}
    assert home.apply(home.export()) == []


def test_they_stand_in_the_order_of_the_list() -> None:
    home = Home(HOUSE + TWO)
    home.apply(
        f"pipelines: [{{id: sales, rules: [{{id: two, stage: delivery, {SMS}}}, {{id: new, stage: new, {SMS}}}, "
        f"{{id: one, stage: delivery, {SMS}}}], "
        "triggers: [{id: paid, stage: won, kind: payment}, {id: opened, stage: delivery, kind: email_opened}]}]"
    )
    assert in_order(home.house.rules) == ["two", "new", "one"]
    assert [r.id for r in home.house.rules_by_stage["sales", "delivery"]] == ["two", "one"]
    assert in_order(home.house.triggers) == ["paid", "opened"]


def test_another_pipelines_list_stays() -> None:
    home = Home(HOUSE + TWO)
    home.apply(f"pipelines:\n  - id: other{STAGES}    rules: []\n    triggers: []")
    assert in_order(home.house.rules) == ["one", "two"]


def test_a_removed_rule_may_come_back() -> None:
    home = Home(HOUSE + TWO)
    home.apply("pipelines: [{id: sales, rules: [], triggers: []}]")
    assert home.house.rules == {}
    assert done(home.apply(HOUSE + TWO)) == ["add rule one", "add rule two", "add trigger opened", "add trigger paid"]
    assert in_order(home.house.rules) == ["one", "two"]


def test_a_rule_may_move_to_another_pipeline_when_both_lists_are_given() -> None:
    home = Home(HOUSE + TWO, f"pipelines:\n  - id: other{STAGES}")
    alone = "pipelines: [{id: other, rules: [{id: one, stage: new, kind: sms}]}]"
    assert "1:33: “one” stands in pipeline “sales” already" in home.refuses(alone)
    both = f"{alone[:-1]}, {{id: sales, rules: [{{id: two, stage: new, {SMS}}}]}}]"
    assert done(home.apply(both)) == ["change rule one", "change rule two"]
    assert (home.house.rules["one"].pipeline, home.house.rules["one"].settings["text"]) == ("other", "Hi")
    assert home.apply(both) == []


# Switching off --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"pipelines: [{{id: sales, rules: [{{id: one, stage: delivery, enabled: false, {SMS}}}, "
        f"{{id: two, stage: delivery, {SMS}}}]}}]",
        f"pipelines: [{{id: sales, rules: [{{id: two, stage: delivery, {SMS}}}]}}]",
    ],
    ids=["off", "removed"],
)
def test_what_waits_of_a_rule_that_is_off_or_gone_is_cancelled_and_counted(text: str) -> None:
    home = Home(HOUSE + TWO, "deals: [{id: D1, stage: new}, {id: D2, stage: new}]")
    home.write(commands.move(["D1", "D2"], "delivery"))
    assert notes(home.apply(text)) == ["one: waiting runs cancelled: 2"]
    runs = {run.rule: (run.status, run.reason) for run in home.read(lambda r: r.runs_of(deal="D1"))}
    assert runs["one"] == (RunStatus.CANCELLED, "disabled")
    assert runs["two"][0] is RunStatus.WAITING
    assert home.apply(text) == []


def test_a_changed_rule_leaves_what_waits_as_it_began() -> None:
    home = Home(HOUSE + TWO, "deals: [{id: D1, stage: new}]")
    home.write(commands.move(["D1"], "delivery"))
    before = home.read(lambda r: r.runs_of(deal="D1"))
    home.apply((HOUSE + TWO).replace("text: Hi", "text: Bye"))
    assert home.read(lambda r: r.runs_of(deal="D1")) == before
    assert home.read(lambda r: r.revision(before[0].revision)).settings["text"] == "Hi"


# What is refused ------------------------------------------------------------------------------------------------------


def rule(rest: str) -> str:
    return HOUSE + f"    rules:\n      - {{id: r, {rest}}}"


def trigger(rest: str) -> str:
    return HOUSE + f"    triggers:\n      - {{id: t, {rest}}}"


NEWLINE = "\n"
LINE = HOUSE.count("\n") + 2
REFUSED = {
    "a stage that is not there": (
        rule(f"stage: delivry, {SMS}"),
        "delivry",
        "pipeline sales has no stage “delivry”: did you mean “delivery”?",
    ),
    "an unknown kind": (rule("stage: new, kind: emial"), "emial", "there is no kind “emial”: did you mean “email”?"),
    "a kind like nothing": (
        rule("stage: new, kind: zzz"),
        "zzz",
        "there is no kind “zzz” (there are: ",
    ),
    "a missing setting": (rule("stage: new, kind: sms, settings: {}"), "settings", "settings.text: it is missing"),
    "an unknown setting": (
        rule("stage: new, kind: sms, settings: {txt: x}"),
        "txt",
        "unknown key “txt”: did you mean “text”?",
    ),
    "a wrong setting": (
        rule("stage: new, kind: sms, settings: {text: x, phone: mobil}"),
        "mobil}",
        "settings.phone: “mobil” is none of the choices: did you mean “mobile”?",
    ),
    "a connection that is not there": (
        rule("stage: new, kind: sms, settings: {text: x, provider: sms2}"),
        "sms2",
        "there is no SMS provider “sms2”; there are sms1",
    ),
    "a connection of another channel": (
        rule("stage: new, kind: sms, settings: {text: x, provider: mail}"),
        "mail}",
        "there is no SMS provider “mail”; there are sms1",
    ),
    "an unknown field in a condition": (
        rule(f"stage: new, when: {{all: [{{field: deal.amuont, op: filled}}]}}, {SMS}"),
        "{field",
        "when.all[0]: there is no field “deal.amuont”. Did you mean deal.amount?",
    ),
    "an operator that does not fit": (
        rule(f"stage: new, when: {{field: deal.amount, op: contains, value: 5}}, {SMS}"),
        "when",
        "“contains”",
    ),
    "no condition": (
        rule(f"stage: new, when: {{both: []}}, {SMS}"),
        "when",
        "when: a condition has exactly one of all, any, not",
    ),
    "a run time from no date": (
        rule(f"stage: new, run: {{after: 1d, of: tracking}}, {SMS}"),
        "run",
        "a run time counts from a date of the deal, and “tracking” is none",
    ),
    "a run time from an unknown field": (
        rule(f"stage: new, run: {{at: '12:00', of: nothing}}, {SMS}"),
        "run",
        "there is no field “nothing”",
    ),
    "two run times": (
        rule(f"stage: new, run: {{after: 1d, before: 1d}}, {SMS}"),
        "run",
        "exactly one of after, before and at",
    ),
    "no run time": (rule(f"stage: new, run: {{of: visit}}, {SMS}"), "run", "exactly one of after, before and at"),
    "a run time before nothing": (rule(f"stage: new, run: {{before: 1d}}, {SMS}"), "run", "“before” needs “of”"),
    "a run time at a clock time of nothing": (
        rule(f"stage: new, run: {{at: '12:00', of: previous}}, {SMS}"),
        "run",
        "“at” needs “of”",
    ),
    "no clock time": (
        rule(f"stage: new, run: {{at: '25:00', of: visit}}, {SMS}"),
        "run",
        "“25:00” is not a clock time like 12:00",
    ),
    "a number as duration": (rule(f"stage: new, run: {{after: 10}}, {SMS}"), "run", "“10” is not a duration"),
    "a negative duration": (rule(f"stage: new, late: -1h, {SMS}"), "-1h", "“-1h” is not a duration"),
    "a stage to move to that is not there": (
        rule("stage: new, kind: move, settings: {stage: wonn}"),
        "wonn",
        "there is no stage “wonn”",
    ),
    "a stage of another pipeline to move to": (
        rule("stage: new, kind: move, settings: {stage: there}")
        + f"\n  - id: other{STAGES.replace('id: new', 'id: there')}",
        "there}}",
        "pipeline sales has no stage “there” (it has: new, delivery, won, lost)",
    ),
    "a trigger's stage": (trigger("stage: dlv, kind: payment"), "dlv", "pipeline sales has no stage “dlv”"),
    "a trigger's kind": (
        trigger("stage: new, kind: paymnt"),
        "paymnt",
        "there is no kind “paymnt”: did you mean “payment”?",
    ),
    "a trigger in nobody's name": (
        trigger("stage: won, kind: payment, as: eve"),
        "eve",
        "there is no user “eve” (there are: ana, rui)",
    ),
    "a trigger without its setting": (
        trigger("stage: won, kind: link_clicked"),
        "{id: t",
        "settings.link: it is missing",
    ),
    "a trigger's unknown setting": (
        trigger("stage: won, kind: payment, settings: {x: 1}"),
        "x: 1",
        "unknown key “x”: nothing can be set here",
    ),
    "a trigger's line": (
        trigger("stage: won, kind: call_received, settings: {line: l9}"),
        "l9",
        "there is no telephone line “l9”; there are: -",
    ),
    "a trigger's field": (
        trigger("stage: won, kind: field_changed, settings: {fields: [x]}"),
        "fields: [x",
        "there is no field “x”",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_rule_or_trigger_that_nobody_could_read_is_refused_with_its_place(what: str) -> None:
    text, where, says = REFUSED[what]
    said = Home().refuses(text)
    assert says in said
    assert said.startswith(f"a.yaml:{LINE}:{text.split(NEWLINE)[LINE - 1].index(where) + 1}: ")


def test_hostile_names_are_refused_without_a_trace_on_the_terminal() -> None:
    said = Home().refuses(HOUSE + '    rules:\n      - {id: r, stage: "\\e]52;c;x\\a", kind: sms}')
    assert said.isprintable()
