"""Laying a board file over a house: what is absent stays, what is null is emptied, what is new takes the defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.model.house import CompanySettings, Connection, FieldDef, FieldType
from core.model.people import Address, Company, Contact, User
from core.model.rule import NOW, Hours, Order
from tests.core.board_ground import CONTRACT, FULL, HOUSE, STAGES, Home, documents, done, notes

BARE = {
    "company": "company: {}",
    "user": "users: [{id: ana}]",
    "connection": "connections: [{id: sms1}]",
    "field": "fields: [{id: size}]",
    "pipeline": "pipelines: [{id: sales}]",
    "stages": "pipelines: [{id: sales, stages: [{id: new}, {id: won}, {id: lost}]}]",
    "rule": "pipelines: [{id: sales, rules: [{id: r, stage: new, kind: sms}]}]",
    "trigger": "pipelines: [{id: sales, triggers: [{id: t, stage: won, kind: link_clicked}]}]",
    "contact": "contacts: [{id: maria}]",
    "client": "companies: [{id: acme}]",
    "deal": "deals: [{id: D1}]",
}


@pytest.mark.parametrize("what", BARE)
def test_what_is_absent_stays(what: str) -> None:
    home = Home(FULL)
    before = home.export()
    assert done(home.apply(BARE[what])) == []
    assert home.export() == before


Get = Callable[[Home], Any]
NULLS: dict[str, tuple[str, Get, Any]] = {
    "company's keys": (
        "company: {timezone: , hours: , holidays: , grace: , currency: , language: , gateway: }",
        lambda h: h.house.company,
        CompanySettings(),
    ),
    "the company": ("company:", lambda h: h.house.company, CompanySettings()),
    "a user's keys": (
        "users: [{id: ana, name: , role: , mailboxes: , phone: , timezone: , hours: }]",
        lambda h: h.house.users["ana"],
        User(id="ana", name="ana"),
    ),
    "a connection's keys": (
        "connections: [{id: sms1, settings: , new_deal: }]",
        lambda h: h.house.connections["sms1"],
        Connection(id="sms1", channel="sms", adapter="simulated"),
    ),
    "one setting": (
        "connections: [{id: sms1, settings: {persona: }}]",
        lambda h: h.house.connections["sms1"].settings,
        {"seed": 7},
    ),
    "a field's keys": (
        "fields: [{id: size, name: , multiple: , options: }]",
        lambda h: h.house.fields["size"],
        FieldDef(id="size", type=FieldType.LIST),
    ),
    "a pipeline's name": ("pipelines: [{id: sales, name: }]", lambda h: h.house.pipelines["sales"].name, "sales"),
    "a stage's keys": (
        "pipelines: [{id: sales, "
        "stages: [{id: new, name: , color: , kind: }, {id: won, name: , color: }, {id: lost}]}]",
        lambda h: [(s.name, s.color, s.kind.value) for s in h.house.pipelines["sales"].stages],
        [("new", "#39A8EF", "process"), ("won", "#7BD500", "success"), ("Lost", "#333333", "failure")],
    ),
    "a rule's keys": (
        "pipelines: [{id: sales, rules: [{id: r, stage: new, kind: sms, name: , run: , order: , hours: , when: , "
        "once: , enabled: , stop_on_error: , late: , unknown: , settings: {phone: }}]}]",
        lambda h: _said(h.house.rules["r"]),
        ("r", NOW, Order.PARALLEL, Hours.ANY, None, False, True, False, None, None, {"text": "Hello"}),
    ),
    "all rules": ("pipelines: [{id: sales, rules: }]", lambda h: h.house.rules, {}),
    "a trigger's keys": (
        "pipelines: [{id: sales, triggers: [{id: t, stage: won, kind: link_clicked, name: , as: , back: , when: , "
        "enabled: , settings: {machine: }}]}]",
        lambda h: _told(h.house.triggers["t"]),
        ("Track link clicks", "responsible", False, None, True, {"link": "https://x.example"}),
    ),
    "all triggers": ("pipelines: [{id: sales, triggers: }]", lambda h: h.house.triggers, {}),
    "a contact's keys": (
        "contacts: [{id: maria, name: , emails: , phones: }]",
        lambda h: h.read(lambda r: r.contacts(["maria"]))["maria"],
        Contact(id="maria", name="maria"),
    ),
    "an address's keys": (
        "contacts: [{id: maria, emails: [{type: , value: m@casa.example, opted_out: }]}]",
        lambda h: h.read(lambda r: r.contacts(["maria"]))["maria"].emails,
        (Address("WORK", "m@casa.example"),),
    ),
    "a client's keys": (
        "companies: [{id: acme, name: , emails: , phones: , contacts: }]",
        lambda h: h.read(lambda r: r.company("acme")),
        Company(id="acme", name="acme"),
    ),
    "a deal's keys": (
        "deals: [{id: D1, title: , amount: , currency: , responsible: , contacts: , company: , fields: , begin_date: , "
        "close_date: }]",
        lambda h: _shown(h.deal("D1")),
        ("D1", None, "USD", None, (), None, {}, None, None),
    ),
    "a custom value": ("deals: [{id: D1, fields: {size: }}]", lambda h: h.deal("D1").fields, {}),
    "a constant": ("constants: {site: }", lambda h: h.house.constants, {"site": None}),
}


def _said(r: Any) -> tuple[Any, ...]:
    return (r.name, r.run, r.order, r.hours, r.when, r.once, r.enabled, r.stop_on_error, r.late, r.unknown, r.settings)


def _told(t: Any) -> tuple[Any, ...]:
    return (t.name, t.as_user, t.back, t.when, t.enabled, t.settings)


def _shown(d: Any) -> tuple[Any, ...]:
    return (d.title, d.amount, d.currency, d.responsible, d.contacts, d.company, d.fields, d.begin_date, d.close_date)


@pytest.mark.parametrize("what", NULLS)
def test_null_empties_or_brings_the_default_back(what: str) -> None:
    text, found, expected = NULLS[what]
    home = Home(FULL)
    assert done(home.apply(text))
    assert found(home) == expected
    assert done(home.apply(text)) == []


@pytest.mark.parametrize(
    "section", ["users", "connections", "constants", "fields", "pipelines", "contacts", "companies", "deals"]
)
def test_a_null_section_lists_nothing_and_takes_nothing(section: str) -> None:
    home = Home(FULL)
    assert done(home.apply(f"{section}:")) == []


def test_what_is_new_takes_the_defaults_of_the_example() -> None:
    home = Home(
        """
        users: [{id: ana}]
        connections: [{id: sms1, channel: sms}]
        fields: [{id: f}]
        pipelines:
          - id: p
            stages: [{id: a}, {id: b}, {id: w, kind: success}, {id: l, kind: failure}]
            rules: [{id: r, stage: a, kind: sms, settings: {text: x}}]
            triggers: [{id: t, stage: b, kind: email_opened}]
        contacts: [{id: c, emails: [{value: c@x.example}], phones: [{value: "11 98765-0001"}]}]
        companies: [{id: co}]
        deals: [{id: d}]
        """
    )
    house = home.house
    assert house.users["ana"] == User(id="ana", name="ana", role="manager")
    assert house.connections["sms1"] == Connection(id="sms1", channel="sms", adapter="simulated")
    assert house.fields["f"] == FieldDef(id="f", type=FieldType.TEXT)
    assert [(s.name, s.color) for s in house.pipelines["p"].stages] == [
        ("a", "#39A8EF"),
        ("b", "#2FC6F6"),
        ("w", "#7BD500"),
        ("l", "#FF5752"),
    ]
    assert _said(house.rules["r"])[:10] == ("r", NOW, Order.PARALLEL, Hours.ANY, None, False, True, False, None, None)
    assert _told(house.triggers["t"]) == ("Track e-mail view", "responsible", False, None, True, {})
    assert home.read(lambda r: r.contacts(["c"]))["c"] == Contact(
        id="c", name="c", emails=(Address("WORK", "c@x.example"),), phones=(Address("WORK", "+5511987650001"),)
    )
    assert home.read(lambda r: r.company("co")) == Company(id="co", name="co")
    assert _shown(home.deal("d")) == ("d", None, "BRL", None, (), None, {}, None, None)
    assert (home.deal("d").pipeline, home.deal("d").stage) == ("p", "a")


def test_settings_of_the_file_are_laid_over_the_present_ones() -> None:
    home = Home(FULL)
    home.apply("pipelines: [{id: sales, rules: [{id: r, stage: new, kind: sms, settings: {text: Bye}}]}]")
    assert home.house.rules["r"].settings == {"text": "Bye", "phone": "mobile"}
    home.apply("connections: [{id: sms1, settings: {seed: 8}}]")
    assert home.house.connections["sms1"].settings == {"seed": 8, "persona": "normal"}


def test_another_kind_or_adapter_begins_with_settings_of_its_own() -> None:
    home = Home(FULL)
    home.apply("pipelines: [{id: sales, rules: [{id: r, stage: new, kind: move, settings: {stage: won}}]}]")
    assert home.house.rules["r"].settings == {"stage": "won"}
    home.apply("connections: [{id: tg, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}]")
    home.apply("connections: [{id: tg, adapter: simulated}]")
    assert home.house.connections["tg"] == Connection(id="tg", channel="open_channel", adapter="simulated")


@pytest.mark.parametrize("given", [HOUSE, FULL, CONTRACT], ids=["house", "full", "contract"])
def test_a_second_time_changes_nothing(given: str) -> None:
    home = Home(given)
    before = home.export()
    assert home.apply(given) == []
    assert home.export() == before


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("constants: {a: 1}", "constants: {a: true}", ["change constant a"]),
        ("constants: {a: 1}", "constants: {a: 1.0}", ["change constant a"]),
        ("constants: {a: [1, x]}", "constants: {a: [1, x]}", []),
        ("constants: {a: [1, x]}", "constants: {a: [x, 1]}", ["change constant a"]),
        ("constants: {a: }", "constants: {a: null}", []),
        ("company: {hours: {mon: '09:00-10:00', tue: ''}}", "company: {hours: {tue: , mon: '09:00-10:00'}}", []),
        ("company: {grace: 60s}", "company: {grace: 1m}", []),
        ("company: {holidays: BR}", "company: {holidays: [BR]}", []),
        ("users: [{id: a, phone: '11 3333-0001'}]", "users: [{id: a, phone: '+551133330001'}]", []),
        ("contacts: [{id: a, name: '  x  '}]", "contacts: [{id: a, name: '  x  '}]", []),
    ],
)  # fmt: skip
def test_only_what_differs_is_a_change(before: str, after: str, changes: list[str]) -> None:
    assert done(Home(before).apply(after)) == changes


def test_everything_that_changes_is_told() -> None:
    home = Home()
    assert done(home.apply(CONTRACT)) == [
        "change company company",
        "add user ana",
        "add connection mail",
        "add connection sms1",
        "add connection line1",
        "add connection tg",
        "add constant site",
        "add field tracking",
        "add contact maria",
        "add client acme",
        "add pipeline sales",
        "add rule tracking-mail",
        "add trigger opened",
        "add deal D1",
    ]
    changes = home.apply("users: [{id: ana, name: Anna}]\ncontacts: [{id: joao}]\ndeals: [{id: D1, amount: 1}]")
    assert done(changes) == ["change user ana", "add contact joao", "change deal D1"]


def test_a_rule_that_would_not_work_is_stored_and_told() -> None:
    text = HOUSE + "    rules: [{id: r, stage: new, kind: sms, settings: {text: '%s', provider: sms1}}]"
    home = Home()
    assert notes(home.apply(text % ("x" * 201))) == ["r: the text has 201 characters; an SMS rule sends 200 at most"]
    assert notes(home.apply(text % ("x" * 201))) == []
    assert notes(home.apply(text % "{{ deal.titel }}")) == [
        "r: line 1: “deal.titel” is unknown; did you mean “deal.title”?"
    ]
    assert notes(home.apply(text % ("x" * 200))) == []


CONNECTIONS = [
    "{id: c, channel: email, adapter: simulated}",
    "{id: c, channel: email, adapter: smtp, settings: {host: smtp.example.com, user: u, addresses: [a@x.example]}}",
    "{id: c, channel: sms, adapter: simulated}",
    "{id: c, channel: telephony, adapter: simulated, settings: {number: '+551140000000', balance: '50.00'}}",
    "{id: c, channel: open_channel, adapter: simulated}",
    "{id: c, channel: open_channel, adapter: simulated_telegram, settings: {bot: loja_bot}}",
    "{id: c, channel: form, adapter: simulated, new_deal: {on: true}}",
    "{id: c, channel: sms, adapter: simulated, settings: {persona: eager, seed: 3}}",
]


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_connections_of_every_channel_are_stored(connection: str) -> None:
    home = Home(f"connections: [{connection}]")
    assert "c" in home.house.connections
    assert home.apply(home.export()) == []


def test_new_settings_let_a_paused_connection_go_again() -> None:
    home = Home("connections: [{id: c, channel: sms, settings: {seed: 1}}]")
    home.write(lambda tx: tx.pause_connection("c", "misconfigured"))
    home.apply("connections: [{id: c, settings: {seed: 1}, new_deal: {on: false}}]")
    assert home.house.connections["c"].paused == "misconfigured"
    home.apply("connections: [{id: c, settings: {seed: 2}}]")
    assert home.house.connections["c"].paused is None


REFUSED = {
    "an unknown zone": (
        "company: {timezone: America/SaoPaulo}",
        "1:21: “America/SaoPaulo” is not a time zone. Did you mean",
    ),
    "wrong hours": ("company: {hours: {mon: '9-18'}}", "1:11: working hours of mon"),
    "an unknown day": ("company: {hours: {monday: '09:00-18:00'}}", "1:11: “monday” is not a day"),
    "an unknown holiday": ("company: {holidays: [BX]}", "1:11: no holidays are known of “BX”"),
    "a negative grace": ("company: {grace: -5s}", "1:18: “-5s” is not a duration"),
    "a grace without unit": ("company: {grace: 5}", "1:18: “5” is not a duration"),
    "an endless grace": ("company: {grace: 99w}", "1:18: a grace period of 99w is too long: 30 days at most"),
    "a wrong mailbox": ("users: [{id: a, mailboxes: [x]}]", "1:17: “x” is not an e-mail address"),
    "a wrong phone": ("users: [{id: a, phone: 12}]", "1:24: “12” is not a telephone number"),
    "a user called client": ("users: [{id: client}]", "1:9: “client” cannot be a user's id"),
    "no channel": ("connections: [{id: a}]", "1:15: a new connection needs a “channel”"),
    "an unknown adapter": ("connections: [{id: a, channel: sms, adapter: simulatd}]", "did you mean “simulated”?"),
    "an adapter of another channel": (
        "connections: [{id: a, channel: sms, adapter: smtp}]",
        "1:15: connection “a”: adapter “smtp” serves email",
    ),
    "wrong settings": (
        "connections: [{id: a, channel: sms, settings: {seed: x}}]",
        "1:54: connection “a”: settings.seed: ",
    ),
    "unknown settings": (
        "connections: [{id: a, channel: sms, settings: {sed: 1}}]",
        "1:53: connection “a”: settings.sed: ",
    ),
    "a secret": (
        "connections: [{id: a, channel: email, adapter: smtp, settings: {host: x, password: y}}]",
        "a secret never stands in a board file",
    ),
    "an unknown pipeline for new deals": (
        "connections: [{id: a, channel: form, new_deal: {pipeline: x}}]",
        "1:59: there is no pipeline “x”",
    ),
    "an unknown responsible of new deals": (
        "connections: [{id: a, channel: form, new_deal: {responsible: x}}]",
        "1:62: there is no user “x”",
    ),
    "a pipeline without stages": ("pipelines: [{id: p}]", "1:13: a new pipeline needs its “stages”"),
    "no stages": ("pipelines: [{id: p, stages: []}]", "1:21: a pipeline has its process stages first"),
    "no success": (
        "pipelines: [{id: p, stages: [{id: a}, {id: l, kind: failure}]}]",
        "1:21: a pipeline has its process stages first",
    ),
    "two successes": (
        "pipelines: [{id: p, "
        "stages: [{id: a}, {id: w, kind: success}, {id: v, kind: success}, {id: l, kind: failure}]}]",
        "1:21: a pipeline has its process stages first",
    ),
    "no failure": (
        "pipelines: [{id: p, stages: [{id: a}, {id: w, kind: success}]}]",
        "1:21: a pipeline has its process stages",
    ),
    "no process": (
        "pipelines: [{id: p, stages: [{id: w, kind: success}, {id: l, kind: failure}]}]",
        "1:21: a pipeline has its",
    ),
    "another order": (
        "pipelines: [{id: p, stages: [{id: w, kind: success}, {id: a}, {id: l, kind: failure}]}]",
        "1:21: a pipeline has its process stages first",
    ),
    "a wrong e-mail": ("contacts: [{id: a, emails: [{value: x}]}]", "1:20: “x” is not an e-mail address"),
    "a contact that is not there": ("companies: [{id: a, contacts: [maria]}]", "1:32: there is no contact “maria”"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(what: str) -> None:
    text, says = REFUSED[what]
    said = Home().refuses(text)
    assert said.startswith("a.yaml:1:")
    assert says in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "connections: [{id: sms1, channel: email}]",
            "1:35: connection “sms1” serves sms and cannot become one for email",
        ),
        (
            "fields: [{id: tracking, type: number}]",
            "1:31: field “tracking” holds values of type text and cannot become number",
        ),
    ],
)
def test_what_a_thing_is_cannot_change(text: str, says: str) -> None:
    assert says in Home(HOUSE).refuses(text)


def test_nothing_is_written_when_the_last_thing_is_wrong() -> None:
    assert "there is no contact “nobody”" in Home().refuses(HOUSE + "\ndeals: [{id: D1}, {id: D2, contacts: [nobody]}]")


def test_files_are_taken_together_whatever_their_order() -> None:
    home = Home()
    deals, people = "deals: [{id: D1, contacts: [maria]}]", "contacts: [{id: maria}]"
    assert len(done(home.apply(deals, f"pipelines:\n  - id: p{STAGES}", people))) == 3
    assert home.apply(people, deals) == []
    said = home.refuses("contacts: [{id: maria, emails: [{value: x}]}]", people)
    assert said.startswith("a.yaml:1:24: ")


def test_a_rehearsal_writes_nothing_and_answers_the_same() -> None:
    from core.applying import apply

    home = Home()
    before = home.export()
    changes = home.rehearse(apply(documents(CONTRACT)))
    assert home.export() == before
    assert changes == home.write(apply(documents(CONTRACT)))
