"""A board's filter finds what it says, on either database, as it would be judged by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.filtering import Asked, parse
from core.model.house import FieldDef, FieldType
from core.model.moment import DAY, Moment
from core.model.run import RunStatus, Waiting
from tests.data.rows_ground import NOON, Ground, a_deal, a_run, create

OWN = (
    FieldDef(id="size", type=FieldType.TEXT, name="Tamanho"),
    FieldDef(id="tags", type=FieldType.LIST, multiple=True, options=("Hot", "São Paulo")),
    FieldDef(id="vip", type=FieldType.BOOL),
    FieldDef(id="visit", type=FieldType.DATE),
    FieldDef(id="units", type=FieldType.NUMBER),
)


@pytest.fixture
def house(ground: Ground) -> Ground:
    """Seven deals of different kinds."""
    tx = ground.tx()
    for definition in OWN:
        tx.put_field(definition)
    tx = ground.tx()
    old, new = Moment(NOON - 9 * DAY), Moment(NOON - DAY)
    create(
        tx, a_deal("A", rank=70, title="Café 100%", amount=Decimal("1250.50"), close_date="2026-11-30", entered_at=old)
    )
    create(
        tx, a_deal("B", rank=60, contacts=("joao",), amount=Decimal("5000"), close_date="2026-12-24", entered_at=new)
    )
    create(tx, a_deal("C", rank=50, contacts=(), company="acme", amount=None, responsible=None))
    create(
        tx,
        a_deal(
            "D", rank=40, amount=Decimal("700"), currency="JPY", fields={"size": "Grande", "tags": ["Hot", "São Paulo"]}
        ),
    )
    create(
        tx,
        a_deal(
            "E", rank=30, contacts=(), amount=Decimal("-10"), fields={"vip": True, "visit": "2026-12-03", "units": 12.5}
        ),
    )
    create(tx, a_deal("W", stage="won", closed=True, amount=Decimal("90000"), close_date="2026-11-01"))
    runs = [
        a_run("F", rule="a", status=RunStatus.FAILED),
        a_run("F", rule="b", reason=Waiting.GRACE),
        a_run("F", rule="c"),
    ]
    create(tx, a_deal("F", rank=20, title="With runs", amount=Decimal("1")), runs)
    return ground


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("", "ABCDEFW"),
        ("cafe", "A"),
        ("100%", "A"),
        ("_", ""),
        ("order acme", "C"),
        ("-order", "AF"),
        ('"with runs"', "F"),
        ("client:joao", "B"),
        ("-client:maria", "BCE"),
        ("client:none", "E"),
        ("company:acme", "C"),
        ("stage:won", "W"),
        ("-stage:won", "ABCDEF"),
        ("stage:new,won cafe", "A"),
        ("responsible:none", "C"),
        ("responsible:me", "ABDEFW"),
        ("-responsible:me", "C"),
        ("amount:>1250.49", "ABW"),
        ("amount:>1250.50", "BW"),
        ("amount:>=1250.50 amount:<=5k", "AB"),
        ("amount:1250.5", "A"),
        ("amount:700", "D"),
        ("amount:<0", "E"),
        ("amount:none", "C"),
        ("-amount:none currency:jpy", "D"),
        ("amount:>99999999999999999999999", ""),
        ("close:2026-11", "AW"),
        ("close:>=2026-12-01", "B"),
        ("close:none", "CDEF"),
        ("overdue:", "A"),
        ("overdue:no", "BCDEFW"),
        ("-overdue:", "BCDEFW"),
        ("age:>8d", "A"),
        ("age:<2d stage:new", "BCDEF"),
        ("failed:", "F"),
        ("failed:no", "ABCDEW"),
        ("waiting:1 held:1", "F"),
        ("waiting:>1", ""),
        ("-failed: amount:<100", "E"),
        ("unread:", ""),
        ("tasks:no cafe", "A"),
        ("size:grand", "D"),
        ("tamanho:GRANDE", "D"),
        ("tags:sao_paulo", "D"),
        ("tags:hot,sao_paulo -tags:none", "D"),
        ("-tags:hot stage:new amount:<10", "EF"),
        ("tags:none cafe", "A"),
        ("vip:", "E"),
        ("visit:2026-12", "E"),
        ("visit:<today", ""),
        ("units:>12", "E"),
        ("units:>12.5", ""),
    ],
)
def test_a_filter_finds_what_it_says(house: Ground, filter: str, found: str) -> None:
    tx = house.tx()
    asked = Asked(tx.house(), "sales", "ana", NOON, "America/Sao_Paulo")
    parsed = parse(filter, asked)
    assert parsed.problems == ()
    assert "".join(sorted(deal.id for deal in tx.find("sales", parsed.terms, 100))) == found


def test_what_is_found_comes_in_board_order_up_to_a_limit(house: Ground) -> None:
    found = house.tx().find("sales", (), 3)
    assert [(deal.id, deal.stage, deal.amount, deal.currency) for deal in found] == [
        ("A", "new", 125_050, "BRL"),
        ("B", "new", 500_000, "BRL"),
        ("C", "new", None, "BRL"),
    ]
    assert house.tx().find("other", (), 3) == []
