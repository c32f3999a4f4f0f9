"""Values of the deal panel: as they are shown, typed and refused, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.errors import FunilError
from core.fields import Kind, Spec
from core.model.house import FieldDef, FieldType
from tests.core.sample_house import HOUSE
from tui.panels import values
from tui.panels.values import Manner

MANNER = Manner(
    replace(HOUSE, fields={**HOUSE.fields, "size": FieldDef(id="size", type=FieldType.LIST, options=("S", "M"))}),
    "BRL",
    ZoneInfo("America/Sao_Paulo"),
    date(2026, 12, 1),
)


def spec(kind: Kind, **more: Any) -> Spec:
    """Return a field of a kind."""
    return Spec("deal.fields.it", kind, "It", settable=True, **more)


@pytest.mark.parametrize(
    ("language", "kind", "text", "stored"),
    [
        ("en", Kind.MONEY, "1,234.5", "1234.50"),
        ("pt_BR", Kind.MONEY, "1.234,5", "1234.50"),
        ("en", Kind.NUMBER, "12.25", 12.25),
        ("pt_BR", Kind.NUMBER, "12,25", 12.25),
        ("en", Kind.DATE, "2026-12-08", "2026-12-08"),
        ("en", Kind.DATE, "today", "2026-12-01"),
        ("en", Kind.DATE, "+7", "2026-12-08"),
        ("pt_BR", Kind.DATE, "08/12/2026", "2026-12-08"),
        ("pt_BR", Kind.DATE, "amanhã", "2026-12-02"),
        ("en", Kind.DATETIME, "2026-12-08 14:30", "2026-12-08T17:30:00Z"),
        ("en", Kind.DATETIME, "tomorrow 9:05", "2026-12-02T12:05:00Z"),
        ("pt_BR", Kind.DATETIME, "08/12/2026 14:30", "2026-12-08T17:30:00Z"),
        ("en", Kind.TEXT, "  as it is ", "as it is"),
        ("en", Kind.TEXT, "   ", None),
    ],
)
def test_what_is_typed_is_kept_in_one_form(
    language: str, kind: Kind, text: str, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert values.read(MANNER, spec(kind), text) == stored
    again = values.text_of(MANNER, kind, stored)
    assert values.read(MANNER, spec(kind), again) == stored, "what an edit begins with means the same"


@pytest.mark.parametrize(
    ("language", "kind", "text", "wrong"),
    [
        ("en", Kind.MONEY, "12 apples", "Not an amount like 1,250.50."),
        (
            "en",
            Kind.MONEY,
            "1.005",
            "field “it”: “1.005” is more than BRL keeps: 2 decimal places and 18 digits in all",
        ),
        ("pt_BR", Kind.NUMBER, "doze", "Não é um número como 1.250,50."),
        ("en", Kind.DATE, "08/12/2026", "Not a day like 2026-12-08, “today”, or “+7”."),
        ("en", Kind.DATE, "2026-02-30", "Not a day like 2026-12-08, “today”, or “+7”."),
        ("pt_BR", Kind.DATE, "31/02/2026", "Não é um dia como 08/12/2026, “hoje” ou “+7”."),
        ("en", Kind.DATETIME, "2026-12-08", "Not a day and a time like 2026-12-08 14:30."),
        ("en", Kind.DATETIME, "2026-12-08 25:00", "Not a day and a time like 2026-12-08 14:30."),
    ],
)
def test_what_is_wrong_is_said_in_words(
    language: str, kind: Kind, text: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    with pytest.raises(FunilError) as refused:
        values.read(MANNER, spec(kind), text)
    assert str(refused.value) == wrong


@pytest.mark.parametrize(
    ("language", "kind", "value", "shown"),
    [
        ("en", Kind.MONEY, "4200.00", "R$4,200"),
        ("pt_BR", Kind.MONEY, "4200.50", "R$ 4.200,50"),
        ("en", Kind.NUMBER, 12.5, "12.5"),
        ("en", Kind.DATE, "2026-12-08", "8 Dec"),
        ("en", Kind.DATE, "2027-12-08", "8 Dec 2027"),
        ("en", Kind.DATETIME, "2026-12-08T17:30:00Z", "8 Dec 2026 14:30"),
        ("en", Kind.BOOL, True, "yes"),
        ("pt_BR", Kind.BOOL, False, "não"),
        ("en", Kind.USER, "ana", "Ana Souza"),
        ("en", Kind.DATE, "soon", "soon"),
        ("en", Kind.MONEY, "much", "much"),
        ("en", Kind.LIST, ["S", "M"], "S, M"),
    ],
)
def test_a_stored_value_reads_as_people_write_it(
    language: str, kind: Kind, value: Any, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNIL_LANG", language)
    assert values.shown(MANNER, kind, value) == shown


def test_a_day_that_was_typed_is_told_with_its_weekday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNIL_LANG", "en")
    assert values.hint(MANNER, spec(Kind.DATE), "2026-12-08") == "= Tuesday, 8 Dec 2026"
    assert values.hint(MANNER, spec(Kind.TEXT), "anything") == ""
