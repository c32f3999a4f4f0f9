"""Deals of a board file: an import that starts nothing, moves nothing that is there, and keeps the file's order."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from core import commands
from core.boardfile.types import plain
from core.engine import removing
from core.model.moment import HOUR, Moment
from core.model.people import Contact
from core.model.run import RunStatus
from core.model.timeline import TimelineKind
from tests.core.board_ground import HOUSE, STAGES, START, Home, done, notes

RULES = """
    rules:
      - {id: r, stage: new, kind: sms, settings: {text: Hi, provider: sms1}}
      - {id: v, stage: new, kind: sms, run: {after: 1d, of: visit}, settings: {text: Hi, provider: sms1}}
"""
LATER = Moment(START + HOUR)


def column(home: Home, stage: str = "new") -> list[str]:
    ids: list[str] = home.read(lambda r: r.column_ids("sales", stage))
    return ids


def test_what_comes_with_a_file_starts_nothing() -> None:
    home = Home(HOUSE + RULES, "deals: [{id: D1, title: T, amount: 5, responsible: ana, contacts: [maria]}]")
    deal = home.deal("D1")
    assert (deal.entered_at, deal.created_at, deal.active_at, deal.version) == (START, START, START, 1)
    assert home.read(lambda r: r.runs_of(deal="D1")) == []
    assert [line.kind for line in home.read(lambda r: r.timeline("D1"))] == [TimelineKind.CREATED]
    assert home.read(lambda r: r.totals("sales"))["new"].sums == {"BRL": 500}


def test_a_change_is_told_in_the_history_and_counts_as_activity() -> None:
    home = Home(HOUSE + RULES, "deals: [{id: D1, title: T, amount: 5, responsible: ana}]")
    home.clock.at = LATER
    home.apply("deals: [{id: D1, amount: 6, fields: {tracking: BR1}}]")
    deal = home.deal("D1")
    assert (deal.entered_at, deal.active_at, deal.version, deal.amount) == (START, LATER, 2, Decimal(6))
    lines = [line.data["field"] for line in home.read(lambda r: r.timeline("D1")) if line.kind is TimelineKind.FIELD]
    assert sorted(lines) == ["amount", "tracking"]
    assert home.read(lambda r: r.runs_of(deal="D1")) == []


def test_nothing_that_is_as_it_was_is_touched() -> None:
    text = "deals: [{id: D1, title: T, amount: 5, responsible: ana, contacts: [maria], fields: {price: 1.5}}]"
    home = Home(HOUSE, text)
    before = home.deal("D1")
    home.clock.at = LATER
    assert home.apply(text) == []
    assert home.deal("D1") == before


def test_an_existing_deal_is_never_moved_and_that_is_said() -> None:
    home = Home(HOUSE + f"  - id: other{STAGES}", "deals: [{id: D1, title: T, stage: new}]")
    home.write(commands.move(["D1"], "delivery"))
    changes = home.apply("deals: [{id: D1, title: U, stage: new}]")
    assert done(changes) == ["change deal D1"]
    assert notes(changes) == ["D1: stays in sales/delivery: a board file does not move deals"]
    assert notes(home.apply("deals: [{id: D1, pipeline: other}]"))
    assert notes(home.apply("deals: [{id: D1, pipeline: sales, stage: delivery}]")) == []
    assert (home.deal("D1").pipeline, home.deal("D1").stage) == ("sales", "delivery")


def test_a_changed_date_gives_waiting_runs_another_moment() -> None:
    home = Home(HOUSE + RULES)
    home.write(commands.add_deal(commands.NewDeal(title="T", id="D1", values={"visit": "2026-12-10"})))
    (before,) = (run for run in home.read(lambda r: r.runs_of(deal="D1")) if run.rule == "v")
    home.apply("deals: [{id: D1, fields: {visit: 2026-12-20}}]")
    (after,) = (run for run in home.read(lambda r: r.runs_of(deal="D1")) if run.rule == "v")
    assert (after.due_at - before.due_at, after.status) == (10 * 24 * HOUR, RunStatus.WAITING)


# Order ----------------------------------------------------------------------------------------------------------------


def test_new_deals_stand_in_the_order_of_the_file_above_those_that_are_there() -> None:
    home = Home(HOUSE, "deals: [{id: A}, {id: B}, {id: W, stage: won}, {id: C}]")
    assert column(home) == ["A", "B", "C"]
    home.apply("deals: [{id: X}, {id: B}, {id: Y}, {id: Z, stage: won}]")
    assert column(home) == ["X", "Y", "A", "B", "C"]
    assert column(home, "won") == ["Z", "W"]


def test_a_long_file_keeps_its_order() -> None:
    ids = [f"D{n}" for n in range(1203)]
    random.Random(7).shuffle(ids)
    home = Home(HOUSE, "deals: [" + ", ".join(f"{{id: {each}}}" for each in ids) + "]")
    assert column(home) == ids
    assert home.read(lambda r: r.totals("sales"))["new"].count == 1203


# People ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "contacts"),
    [
        ("company: acme", None, ("maria", "joao")),
        ("company: acme, contacts: [joao]", None, ("joao",)),
        ("company: acme, contacts: []", None, ()),
        ("company: acme, contacts: ", None, ()),
        ("contacts: [joao, maria, joao]", None, ("joao", "maria")),
        ("contacts: [joao]", "company: acme", ("joao", "maria")),
        ("contacts: [joao]", "title: x", ("joao",)),
        ("company: acme, contacts: [joao]", "company: acme", ("joao",)),
        ("company: acme", "company: ", ("maria", "joao")),
        ("company: acme", "contacts: [maria]", ("maria",)),
    ],
)
def test_contacts_are_as_listed_and_a_new_company_brings_its_own(
    first: str, second: str | None, contacts: tuple[str, ...]
) -> None:
    home = Home(HOUSE, f"deals: [{{id: D1, {first}}}]")
    for text in [second] if second else []:
        home.apply(f"deals: [{{id: D1, {text}}}]")
        assert home.apply(f"deals: [{{id: D1, {text}}}]") == []
    assert home.deal("D1").contacts == contacts


def test_a_removed_contact_does_not_come_back_with_the_company() -> None:
    home = Home(HOUSE)
    home.write(lambda tx: tx.archive("contacts", ["joao"]))
    home.apply("deals: [{id: D1, company: acme}]")
    assert home.deal("D1").contacts == ("maria",)


def test_a_removed_client_that_is_listed_is_back() -> None:
    home = Home(HOUSE)
    home.write(lambda tx: tx.archive("contacts", ["joao"]))
    home.write(lambda tx: tx.archive("companies", ["acme"]))
    assert done(home.apply("contacts: [{id: joao}]\ncompanies: [{id: acme}]")) == [
        "add contact joao",
        "add client acme",
    ]
    assert home.read(lambda r: [c.id for c in r.all_contacts()]) == ["joao", "maria"]
    assert home.read(lambda r: [c.name for c in r.all_companies()]) == ["Acme"]


# Values ---------------------------------------------------------------------------------------------------------------

VALUES: list[tuple[str, str, Any]] = [
    ("type: text", "007", "007"),
    ("type: text", "1e3", "1e3"),
    ("type: text", "no", "no"),
    ("type: text", "'  x '", "  x "),
    ("type: text", "''", None),
    ("type: text, multiple: true", "[1.10, 'a,b']", ["1.10", "a,b"]),
    ("type: number", "007", 7),
    ("type: number", "-1.5e2", -150),
    ("type: number", "0.1", 0.1),
    ("type: money", "12345678901234.56", "12345678901234.56"),
    ("type: money", "'1250.5'", "1250.50"),
    ("type: money, multiple: true", "[1, 2.50]", ["1.00", "2.50"]),
    ("type: bool", "yes", True),
    ("type: bool", "false", False),
    ("type: date", "2026-12-24", "2026-12-24"),
    ("type: datetime", "2026-12-24T10:00Z", "2026-12-24T10:00:00Z"),
    ("type: list, options: [1, 2]", "1", "1"),
    ("type: user", "ana", "ana"),
]


@pytest.mark.parametrize(("kind", "written", "value"), VALUES)
def test_values_of_custom_fields_are_read_by_their_type(kind: str, written: str, value: Any) -> None:
    deal = f"{{id: D1, fields: {{f: {written}}}}}"
    text = f"users: [{{id: ana}}]\nfields: [{{id: f, {kind}}}]\npipelines:\n  - id: p{STAGES}deals: [{deal}]"
    home = Home(text)
    found = home.deal("D1").fields.get("f")
    assert found == value
    assert found == plain(found)
    assert isinstance(found, type(value))
    assert home.apply(text) == []


AMOUNTS = [
    ("amount: 7500", Decimal("7500.00")),
    ("amount: 7500.5", Decimal("7500.50")),
    ("amount: '0.10'", Decimal("0.10")),
    ("amount: 1e3", Decimal("1000.00")),
    ("amount: -5", Decimal("-5.00")),
    ("amount: ", None),
    ("amount: ''", None),
    ("amount: 9999999999999999.99", Decimal("9999999999999999.99")),
    ("amount: 5, currency: jpy", Decimal(5)),
    ("amount: 1.234, currency: KWD", Decimal("1.234")),
]


@pytest.mark.parametrize(("given", "amount"), AMOUNTS)
def test_amounts_are_kept_to_the_last_digit(given: str, amount: Decimal | None) -> None:
    home = Home(HOUSE, f"deals: [{{id: D1, {given}}}]")
    assert home.deal("D1").amount == amount
    assert home.apply(f"deals: [{{id: D1, {given}}}]") == []


REFUSED = {
    "an unknown field": (
        "fields: {trakcing: x}",
        "trakcing",
        "there is no field “deal.fields.trakcing”. Did you mean deal.fields.tracking?",
    ),
    "a wrong value": ("fields: {visit: soon}", "soon", "field “visit”: “soon” is not a date like 2026-12-01"),
    "a bool as text": ("fields: {tracking: true}", "true", "is not a text; put it in quotes"),
    "a mapping as text": ("fields: {tracking: {a: 1}}", "tracking: {", "is not a text; put it in quotes"),
    "an unknown stage": ("stage: nwe", "nwe", "pipeline sales has no stage “nwe”: did you mean “new”?"),
    "an unknown pipeline": ("pipeline: x", "x}", "there is no pipeline “x” (there are: sales)"),
    "an unknown user": ("responsible: anna", "anna", "there is no user “anna”. It takes: ana"),
    "an unknown contact": ("contacts: [maria, nobody]", "nobody", "there is no contact “nobody”"),
    "an unknown company": ("company: acmee", "acmee", "there is no company “acmee”"),
    "too fine an amount": ("amount: 1.005", "1.005", "more than BRL keeps: 2 decimal places"),
    "too large an amount": ("amount: 1e30", "1e30", "more than BRL keeps"),
    "far too large an amount": ("amount: '1e999999999'", "'1e999999999'", "more than BRL keeps"),
    "no currency": ("currency: reais", "reais", "“reais” is not a currency"),
    "no date": ("close_date: tomorrow", "tomorrow", "field “close_date”: “tomorrow” is not a date"),
    "a blank title": ("title: ' '", "' '", "field “title” cannot be empty"),
    "a file from disk": ("fields: {paper: {file: a.pdf}}", "a.pdf", "there is no file “a.pdf” beside the board file"),
}


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(what: str, existing: bool) -> None:
    given, where, says = REFUSED[what]
    house = HOUSE.replace("  - {id: visit, type: date}", "  - {id: visit, type: date}\n  - {id: paper, type: file}")
    home = Home(house, "deals: [{id: D1}]") if existing else Home(house)
    line = f"deals: [{{id: D0}}, {{id: D1, {given}}}]"
    said = home.refuses(line)
    assert says in said
    assert said.startswith(f"a.yaml:1:{line.index(where) + 1}: ")


def test_a_currency_that_cannot_hold_the_amount_is_refused() -> None:
    home = Home(HOUSE, "deals: [{id: D1, amount: 5.50}]")
    assert "more than JPY keeps" in home.refuses("deals: [{id: D1, currency: JPY}]")
    home.apply("deals: [{id: D1, currency: JPY, amount: 6}]")
    assert home.read(lambda r: r.totals("sales"))["new"].sums == {"JPY": 6}


def test_a_house_without_pipeline_takes_no_deal() -> None:
    assert "there is no pipeline yet" in Home().refuses("deals: [{id: D1}]")


def test_a_removed_deal_that_is_listed_is_back_in_its_stage() -> None:
    home = Home(HOUSE + RULES, "deals: [{id: D1, stage: delivery, amount: 5}]")
    home.write(lambda tx: removing.remove(tx, ["D1"]))
    assert home.read(lambda r: r.totals("sales"))["delivery"].count == 0
    assert done(home.apply("deals: [{id: D1, amount: 6}]")) == ["add deal D1"]
    deal = home.deal("D1")
    assert (deal.removed, deal.stage, deal.amount) == (False, "delivery", Decimal(6))
    assert home.read(lambda r: r.totals("sales"))["delivery"].sums == {"BRL": 600}
    assert home.read(lambda r: r.runs_of(deal="D1")) == []


def test_a_removed_deal_whose_stage_is_gone_does_not_come_back() -> None:
    home = Home(HOUSE, "deals: [{id: D1, stage: delivery}]")
    home.write(lambda tx: removing.remove(tx, ["D1"]))
    home.apply("pipelines: [{id: sales, stages: [{id: new}, {id: won}, {id: lost}]}]")
    assert "1:9: deal “D1” was removed and its stage “delivery” is gone" in home.refuses("deals: [{id: D1}]")


def test_hostile_texts_of_clients_are_kept_as_they_came() -> None:
    name = "\x1b]52;c;ZXZpbA==\x07\u202eevil\n{{ 7*7 }}"
    home = Home(HOUSE)
    home.write(lambda tx: tx.put_contact(Contact(id="eve", name=name)))
    text = home.export()
    assert "\x1b" not in text
    assert home.apply(text) == []
    assert Home(text).read(lambda r: r.contacts(["eve"]))["eve"].name == name
