"""A small house in São Paulo and the facts about one deal in it, for the tests of core's arts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.model.deal import Deal
from core.model.house import CompanySettings, FieldDef, FieldType, House
from core.model.moment import Moment, parse_iso
from core.model.people import Address, Company, Contact, User
from core.model.pipeline import Pipeline, Stage, StageKind
from core.views import Facts

NOW = parse_iso("2026-12-01T12:00Z")  # a Tuesday, 09:00 in São Paulo
ANA = User(id="ana", name="Ana Souza", mailboxes=("ana@loja.example", "a2@loja.example"), phone="+551133330001")
BIA = User(id="bia", name="Bia Reis")
MARIA = Contact(
    id="maria",
    name="Maria Lima",
    emails=(Address("WORK", "maria@cliente.example"), Address("HOME", "m@casa.example")),
    phones=(Address("MOBILE", "+5511987650001"),),
)
ACME = Company(id="acme", name="Acme Ltda", emails=(Address("WORK", "oi@acme.example"),), contacts=("maria",))
SALES = Pipeline(
    id="sales",
    name="Sales",
    stages=(
        Stage(id="new", name="New", color="#39A8EF"),
        Stage(id="delivery", name="Order delivery", color="#2FC6F6", position=1),
        Stage(id="won", name="Deal won", color="#7BD500", kind=StageKind.SUCCESS, position=2),
        Stage(id="lost", name="Deal lost", color="#FF5752", kind=StageKind.FAILURE, position=3),
    ),
)
CUSTOM = (
    FieldDef(id="tracking", type=FieldType.TEXT, name="Tracking code"),
    FieldDef(id="qty", type=FieldType.NUMBER),
    FieldDef(id="budget", type=FieldType.MONEY),
    FieldDef(id="vip", type=FieldType.BOOL),
    FieldDef(id="due", type=FieldType.DATE),
    FieldDef(id="visit", type=FieldType.DATETIME),
    FieldDef(id="size", type=FieldType.LIST, options=("small", "medium", "large")),
    FieldDef(id="helper", type=FieldType.USER),
    FieldDef(id="paper", type=FieldType.FILE),
    FieldDef(id="tags", type=FieldType.LIST, multiple=True, options=("a", "b", "c")),
    FieldDef(id="words", type=FieldType.TEXT, multiple=True),
    FieldDef(id="prices", type=FieldType.MONEY, multiple=True),
    FieldDef(id="title", type=FieldType.NUMBER, name="A custom field with a built-in's name"),
)
CONSTANTS: Mapping[str, Any] = {
    "site": "https://loja.example",
    "limit": 5000,
    "open": True,
    "cities": ["Rio", "Recife"],
}
DEAL = Deal(
    id="D1",
    title="Order 1001",
    pipeline="sales",
    stage="new",
    responsible="ana",
    amount=Decimal("7500.00"),
    contacts=("maria",),
    company="acme",
    close_date="2026-12-10",
    entered_at=parse_iso("2026-11-30T10:00Z"),
    created_at=parse_iso("2026-11-20T15:00Z"),
)


def house(**company: Any) -> House:
    """Return the house; arguments change its company's settings."""
    settings = CompanySettings(timezone="America/Sao_Paulo")
    return House(
        id="h",
        version=1,
        company=replace(settings, **company),
        users={user.id: user for user in (ANA, BIA)},
        connections={},
        constants=CONSTANTS,
        fields={each.id: each for each in CUSTOM},
        pipelines={"sales": SALES},
        rules={},
        triggers={},
        rules_by_stage={},
    )


HOUSE = house()


def facts(
    *,
    at: Moment | str = NOW,
    where: House = HOUSE,
    event: Mapping[str, Any] | None = None,
    contacts: tuple[Contact, ...] = (MARIA,),
    company: Company | None = ACME,
    responsible: User | None = ANA,
    fields: Mapping[str, Any] | None = None,
    **deal: Any,
) -> Facts:
    """Return the facts; other arguments change the deal."""
    return Facts(
        house=where,
        deal=replace(DEAL, fields=fields or {}, **deal),
        contacts=contacts,
        company=company,
        responsible=responsible,
        entry=None,
        now=parse_iso(at) if isinstance(at, str) else at,
        event=event,
    )
