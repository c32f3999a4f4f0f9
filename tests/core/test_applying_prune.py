"""``--prune``: what the files do not list goes out of use; a section that no file has stays."""

from __future__ import annotations

import pytest

from core import commands
from core.model.run import RunStatus
from tests.core.board_ground import FULL, HOUSE, PEOPLE, SALES, STAGES, Home, done

SECTIONS = ("users", "connections", "constants", "fields", "pipelines", "contacts", "companies", "deals")
DEALS = "deals: [{id: D1, responsible: ana, contacts: [maria], company: acme}, {id: D2}]"


def test_without_it_everything_stays() -> None:
    home = Home(HOUSE, DEALS)
    before = home.export()
    home.apply("users: [{id: ana}]\ncontacts: []\ndeals: []")
    assert home.export() == before


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_no_file_has_stays(section: str) -> None:
    home = Home(FULL)
    assert done(home.apply("funil: 1", prune=True)) == []
    assert home.apply(FULL, prune=True) == []
    assert section in home.export()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("users: [{id: ana}]", ["remove user rui"]),
        ("connections: [{id: sms1}]", ["remove connection mail"]),
        ("fields: [{id: price}]", ["remove field tracking", "remove field visit"]),
        ("constants: {b: 1}", ["add constant b", "remove constant a"]),
        ("constants:", ["remove constant a"]),
        ("companies: []", ["remove client acme"]),
        ("companies:\ncontacts: [{id: joao}]", ["remove client acme", "remove contact maria"]),
        ("deals: [{id: D2}]", ["remove deal D1"]),
        ("deals:", ["remove deal D1", "remove deal D2"]),
        ("pipelines: [{id: sales}]", ["remove rule r", "remove trigger t", "remove pipeline other"]),
    ],
)
def test_what_is_not_listed_goes(text: str, gone: list[str]) -> None:
    other = f"  - id: other{STAGES}    rules: [{{id: r, stage: new, kind: move, settings: {{stage: won}}}}]\n"
    other += "    triggers: [{id: t, stage: won, kind: payment}]"
    home = Home(HOUSE + other, "constants: {a: 1}\ndeals: [{id: D1}, {id: D2}]")
    assert done(home.apply(text, prune=True)) == gone
    assert home.apply(text, prune=True) == []
    assert Home(home.export()).export() == home.export()
    assert home.apply(home.export(), prune=True) == []


def test_what_has_gone_may_come_back() -> None:
    home = Home(HOUSE, "constants: {a: 1}", DEALS)
    before = home.export()
    home.apply(
        "constants: \ndeals: \ncompanies: \ncontacts: \nusers: \nconnections: \nfields: \npipelines: ", prune=True
    )
    assert "D1" not in home.export()
    home.apply(before, prune=True)
    assert home.export() == before


def test_what_a_removed_deal_waits_for_is_cancelled() -> None:
    rules = "    rules: [{id: r, stage: delivery, kind: sms, settings: {text: x}}]"
    home = Home(HOUSE + rules, "deals: [{id: D1}]")
    home.write(commands.move(["D1"], "delivery"))
    home.apply("deals:", prune=True)
    (run,) = home.read(lambda r: r.runs_of(deal="D1"))
    assert (run.status, run.reason) == (RunStatus.CANCELLED, "stopped")


SMS = "    rules: [{id: r, stage: new, kind: sms, %ssettings: {text: x, provider: sms1}}]\n"
NOTHING = "funil: 1"
NEEDED = {
    "the user of a deal": (HOUSE, DEALS, "users: [{id: rui}]", "user “ana” cannot go: deal “D1” has it"),
    "the contact of a deal": (HOUSE, DEALS, "contacts: [{id: joao}]", "contact “maria” cannot go: deal “D1” has it"),
    "the company of a deal": (HOUSE, DEALS, "companies: []", "company “acme” cannot go: deal “D1” has it"),
    "the contact of a company": (
        HOUSE,
        NOTHING,
        "contacts: [{id: joao}]",
        "contact “maria” cannot go: company “acme” has it",
    ),
    "the pipeline of a deal": (
        HOUSE,
        DEALS,
        "pipelines: []",
        "stage “new” of pipeline “sales” cannot go: it holds 2 deals",
    ),
    "the connection of a rule": (
        HOUSE + SMS % "",
        NOTHING,
        "connections: [{id: mail}]",
        "rule “r” would no longer work: there is no SMS provider “sms1”",
    ),
    "the field of a condition": (
        HOUSE + SMS % "when: {field: tracking, op: filled}, ",
        NOTHING,
        "fields: []",
        "rule “r” would no longer work: when: there is no field “tracking”",
    ),
    "the user of a trigger": (
        HOUSE + "    triggers: [{id: t, stage: won, kind: payment, as: rui}]",
        NOTHING,
        "users: [{id: ana}]",
        "trigger “t” would no longer work: there is no user “rui”",
    ),
}


@pytest.mark.parametrize("what", NEEDED)
def test_what_is_still_needed_is_refused(what: str) -> None:
    house, more, text, says = NEEDED[what]
    assert says in Home(house, more).refuses(text, prune=True)


def test_a_rule_that_did_not_work_before_keeps_nothing_from_going() -> None:
    house = PEOPLE + SALES + SMS % ""
    home = Home(house)
    home.write(lambda tx: tx.archive("connections", ["sms1"]))
    assert done(home.apply("fields: [{id: price}, {id: visit}]", prune=True)) == ["remove field tracking"]
