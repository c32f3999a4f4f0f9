"""Fields: which exist, what they hold, and how values are read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import fields
from core.errors import BadInput, UnknownThing
from core.fields import Kind
from core.model.house import FieldDef, FieldType
from tests.core.sample_house import CUSTOM, DEAL, HOUSE, facts, house


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("amount", "deal.amount"),
        ("deal.amount", "deal.amount"),
        (" stage ", "deal.stage"),
        ("tracking", "deal.fields.tracking"),
        ("deal.fields.tracking", "deal.fields.tracking"),
        ("title", "deal.title"),
        ("deal.fields.title", "deal.fields.title"),
        ("contact.email", "contact.email"),
        ("now", "now"),
        ("event.subject", "event.subject"),
        ("constants.site", "constants.site"),
        ("company.open", "company.open"),
    ],
)
def test_a_bare_id_and_a_path_mean_the_same(name: str, path: str) -> None:
    assert fields.resolve(name) == path


@pytest.mark.parametrize(
    ("name", "kind", "multiple"),
    [
        ("amount", Kind.MONEY, False),
        ("stage", Kind.STAGE, False),
        ("responsible", Kind.USER, False),
        ("age", Kind.NUMBER, False),
        ("flags", Kind.TEXT, True),
        ("tags", Kind.LIST, True),
        ("paper", Kind.FILE, False),
        ("event.whatever", Kind.ANY, False),
        ("event.at", Kind.DATETIME, False),
        ("event.in_business_hours", Kind.BOOL, False),
        ("constants.site", Kind.TEXT, False),
        ("constants.limit", Kind.NUMBER, False),
        ("constants.open", Kind.BOOL, False),
        ("constants.cities", Kind.TEXT, True),
        ("weekday", Kind.LIST, False),
        ("today", Kind.DATE, False),
    ],
)
def test_every_field_has_a_type(name: str, kind: Kind, multiple: bool) -> None:
    spec = fields.type_of(name, HOUSE)
    assert spec is not None
    assert (spec.kind, spec.multiple) == (kind, multiple)


@pytest.mark.parametrize("name", ["", "nope", "deal.nope", "deal.fields.nope", "constants.nope", "event.", "contact"])
def test_what_nobody_defined_is_no_field(name: str) -> None:
    assert fields.find(name, HOUSE) is None
    assert fields.value_of(name, facts()) is None
    with pytest.raises(UnknownThing, match="there is no field"):
        fields.require(name, HOUSE)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ammount", "amount"),
        ("deal.ammount", "deal.amount"),
        ("traking", "tracking"),
        ("deal.fields.traking", "deal.fields.tracking"),
        ("deal.tracking", "deal.fields.tracking"),
        ("contact.mail", "contact.email"),
        ("constants.sites", "constants.site"),
        ("xyzzy", None),
    ],
)
def test_an_unknown_field_suggests_the_nearest(name: str, near: str | None) -> None:
    assert fields.suggest(name, HOUSE) == near


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("deal.id", "D1"),
        ("title", "Order 1001"),
        ("amount", "7500.00"),
        ("currency", "BRL"),
        ("pipeline", "sales"),
        ("responsible", "ana"),
        ("contacts", ["maria"]),
        ("deal.company", "acme"),
        ("begin_date", None),
        ("close_date", "2026-12-10"),
        ("age", 10),
        ("created_at", "2026-11-20T15:00:00Z"),
        ("entered_stage_at", "2026-11-30T10:00:00Z"),
        ("closed", False),
        ("flags", None),
        ("contact.id", "maria"),
        ("contact.first_name", "Maria"),
        ("contact.email", "maria@cliente.example"),
        ("contact.emails", ["maria@cliente.example", "m@casa.example"]),
        ("contact.phone", "+5511987650001"),
        ("company.name", "Acme Ltda"),
        ("company.email", "oi@acme.example"),
        ("company.phone", None),
        ("responsible.name", "Ana Souza"),
        ("responsible.first_name", "Ana"),
        ("responsible.email", "ana@loja.example"),
        ("responsible.phone", "+551133330001"),
        ("constants.cities", ["Rio", "Recife"]),
        ("constants.limit", 5000),
        ("now", "2026-12-01T12:00:00Z"),
        ("today", "2026-12-01"),
        ("weekday", "tue"),
        ("company.open", True),
        ("event.at", None),
        ("event.in_business_hours", None),
        ("event.subject", None),
        ("vip", False),
        ("tracking", None),
    ],
)
def test_a_field_s_value_in_json_form(name: str, value: Any) -> None:
    assert fields.value_of(name, facts()) == value


def test_a_deal_without_people_has_empty_fields() -> None:
    alone = facts(contacts=(), company=None, responsible=None)
    for name in fields.BUILTIN:
        if name.split(".")[0] in ("contact", "company", "responsible") and name != "company.open":
            assert fields.value_of(name, alone) is None


def test_today_and_weekday_are_the_company_s() -> None:
    late = "2026-12-02T02:30Z"
    assert fields.value_of("today", facts(at=late)) == "2026-12-01"
    tokyo = facts(at=late, where=house(timezone="Asia/Tokyo"))
    assert (fields.value_of("today", tokyo), fields.value_of("weekday", tokyo)) == ("2026-12-02", "wed")


def test_an_event_s_own_data_can_be_read() -> None:
    told = facts(
        event={"subject": "Hi", "at": "2026-12-01T01:00Z", "blank": "  "}, where=house(hours={"mon-fri": "09:00-18:00"})
    )
    assert fields.value_of("event.subject", told) == "Hi"
    assert fields.value_of("event.blank", told) is None
    assert fields.value_of("event.at", told) == "2026-12-01T01:00:00Z"
    assert fields.value_of("event.in_business_hours", told) is False


@pytest.mark.parametrize("name", [each.id for each in CUSTOM])
@pytest.mark.parametrize("left", ["x", 1.5, True, [1, "a"], {"a": 1}, "1e9", "NaN", ""])
def test_a_value_left_from_another_type_never_breaks_reading(name: str, left: Any) -> None:
    fields.value_of(f"deal.fields.{name}", facts(fields={name: left}))


PAPER = {"name": "a.pdf", "digest": "ab" * 32, "size": 3, "media_type": "application/pdf"}
READ: list[tuple[str, Any, Any]] = [
    ("title", "  Order 7 ", "Order 7"),
    ("amount", "7500", "7500.00"),
    ("amount", 7500, "7500.00"),
    ("deal.amount", 0.1, "0.10"),
    ("amount", "", None),
    ("currency", "usd", "USD"),
    ("responsible", "bia", "bia"),
    ("responsible", None, None),
    ("close_date", "2026-12-24", "2026-12-24"),
    ("close_date", dt.date(2026, 12, 24), "2026-12-24"),
    ("tracking", "BR123", "BR123"),
    ("tracking", 123, "123"),
    ("tracking", "cafe\u0301", "café"),
    ("tracking", "   ", None),
    ("qty", "3", 3),
    ("qty", "3.0", 3),
    ("qty", 2.5, 2.5),
    ("budget", "12.5", "12.50"),
    ("vip", "yes", True),
    ("vip", "não", False),
    ("vip", True, True),
    ("vip", 0, False),
    ("vip", "", None),
    ("due", "2026-02-28", "2026-02-28"),
    ("visit", "2026-12-01T09:00", "2026-12-01T12:00:00Z"),
    ("visit", "2026-12-01T09:00+02:00", "2026-12-01T07:00:00Z"),
    ("visit", "2026-12-01", "2026-12-01T03:00:00Z"),
    ("visit", dt.datetime(2026, 12, 1, 9, 0), "2026-12-01T12:00:00Z"),  # noqa: DTZ001
    ("size", " large ", "large"),
    ("helper", "ana", "ana"),
    ("tags", "a, c", ["a", "c"]),
    ("tags", ["b"], ["b"]),
    ("tags", "b", ["b"]),
    ("tags", "", None),
    ("tags", [], None),
    ("prices", "1,2.5", ["1.00", "2.50"]),
    ("paper", {"name": "a.pdf", "digest": "ab" * 32, "size": 3, "media_type": "application/pdf"}, PAPER),
    ("paper", PAPER, PAPER),
    ("paper", None, None),
]


@pytest.mark.parametrize(("name", "raw", "value"), READ)
def test_values_are_read_by_type(name: str, raw: Any, value: Any) -> None:
    assert fields.parse(name, raw, HOUSE) == value


@pytest.mark.parametrize(("name", "raw", "value"), READ)
def test_a_read_value_reads_as_itself(name: str, raw: Any, value: Any) -> None:
    if value is not None:
        assert fields.parse(name, value, HOUSE) == value


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("title", "", "“title” cannot be empty"),
        ("currency", None, "“currency” cannot be empty"),
        ("currency", "R$", "three letters"),
        ("amount", "7,50", "“amount”: “7,50” is not a number; write it like 1250.50"),
        ("amount", "1.005", "2 decimal places"),
        ("amount", "9" * 20, "18 digits"),
        ("amount", True, "not a number"),
        ("responsible", "aan", "no user “aan”. It takes: ana"),
        ("close_date", "24/12/2026", "“close_date”: “24/12/2026” is not a date like 2026-12-01"),
        ("close_date", dt.datetime(2026, 1, 1), "not a date"),  # noqa: DTZ001
        ("visit", "tomorrow", "“visit”: “tomorrow” is not a date and time"),
        ("size", "larg", "“size”: “larg” is none of its options. It takes: large"),
        ("tags", "a,z", "“z” is none of its options"),
        ("vip", "maybe", "neither true nor false"),
        ("tracking", 1.10, "put it in quotes"),
        ("tracking", True, "put it in quotes"),
        ("tracking", "a\0b", "NUL"),
        ("tracking", "\ud800", "not valid text"),
        ("qty", "0.12345678901234567890", "more digits"),
        ("qty", float("inf"), "not a number"),
        ("paper", "@a.pdf", "takes a file: paper=@PATH"),
        ("paper", {"name": "a.pdf", "digest": "ab"}, "takes a file: paper=@PATH"),
        ("stage", "won", "by moving the deal"),
        ("pipeline", "sales", "by moving the deal"),
        ("age", "3", "cannot be set"),
        ("contact.name", "X", "cannot be set"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field_and_what_would_be_right(name: str, raw: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        fields.parse(name, raw, HOUSE)


def test_an_unknown_field_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownThing, match="Did you mean tracking"):
        fields.parse("traking", "x", HOUSE)


def test_a_wrong_value_reaches_the_terminal_without_steering_it() -> None:
    with pytest.raises(BadInput) as caught:
        fields.parse("qty", "\x1b]52;c;x\x07" + "9" * 500, HOUSE)
    text = str(caught.value)
    assert "\x1b" not in text and "\x07" not in text and len(text) < 200


@pytest.mark.parametrize(("currency", "raw", "value"), [("JPY", "7500", "7500"), ("KWD", "1.234", "1.234")])
def test_money_keeps_its_currency_s_decimal_places(currency: str, raw: str, value: str) -> None:
    assert fields.parse("amount", raw, HOUSE, currency=currency) == value


def test_a_definition_serves_as_well_as_a_name() -> None:
    assert fields.parse(FieldDef(id="n", type=FieldType.NUMBER), "4", HOUSE) == 4


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.lists(st.text())), st.sampled_from(CUSTOM))
def test_any_value_is_taken_or_refused_and_nothing_else(raw: Any, definition: FieldDef) -> None:
    try:
        value = fields.parse(definition, raw, HOUSE)
    except BadInput:
        return
    assert value is None or fields.parse(definition, value, HOUSE) == value


def test_putting_a_value_changes_that_field_only() -> None:
    assert fields.put(DEAL, "amount", "12.50", HOUSE).amount == Decimal("12.50")
    assert fields.put(DEAL, "responsible", None, HOUSE).responsible is None
    filled = fields.put(DEAL, "tracking", "BR1", HOUSE)
    assert filled.fields == {"tracking": "BR1"}
    assert fields.put(filled, "qty", 2, HOUSE).fields == {"tracking": "BR1", "qty": 2}
    assert fields.put(filled, "deal.fields.tracking", None, HOUSE) == DEAL


@pytest.mark.parametrize("name", ["stage", "closed", "contact.name", "constants.site", "event.x"])
def test_what_nobody_sets_is_not_put(name: str) -> None:
    with pytest.raises(BadInput):
        fields.put(DEAL, name, "x", HOUSE)


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_fields_of_ours_are_called_in_the_users_language_and_others_as_they_are_written(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    found = {name: fields.find(name, HOUSE) for name in ("event.in_business_hours", "event.code")}
    ours = {"en": "Event within the house's business hours", "pt_BR": "Evento dentro do horário comercial"}[language]
    assert {name: spec and spec.label() for name, spec in found.items()} == {
        "event.in_business_hours": ours,
        "event.code": "event.code",
    }
