"""The kept totals of the columns are what counting would find, after any plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import false, func, select

from core.effects import SetField
from core.engine import removing
from core.model.deal import Deal
from core.plan import NewEntry, Plan
from data.reader_listing import deals
from data.sql import Statement
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, a_delivery, a_rule, a_run, an_entry, create, kept, move

COUNTED = Statement(
    lambda: (
        select(deals.c.stage, deals.c.currency, func.count(), func.coalesce(func.sum(deals.c.amount), 0))
        .where(deals.c.pipeline == "sales", deals.c.removed == false())
        .group_by(deals.c.stage, deals.c.currency)
    )
)
IDS = st.sampled_from("ABCD")
STAGES = st.sampled_from(("new", "delivery", "won"))
AMOUNTS = st.none() | st.integers(-500, 5000).map(Decimal)
ACTS = st.lists(
    st.tuples(st.just("make"), st.lists(st.tuples(IDS, STAGES, AMOUNTS), min_size=1, max_size=3))
    | st.tuples(st.just("move"), st.lists(st.tuples(IDS, STAGES), min_size=1, max_size=3))
    | st.tuples(st.just("price"), st.tuples(IDS, AMOUNTS, st.sampled_from(("BRL", "JPY"))))
    | st.tuples(st.just("set"), st.tuples(IDS, st.sampled_from(("10", "", "77"))))
    | st.tuples(st.just("remove"), IDS)
    | st.tuples(st.just("lose"), IDS),
    max_size=12,
)


@given(acts=ACTS)
def test_totals_are_what_counting_finds(grounds: Ground, acts: list[tuple[str, Any]]) -> None:
    with grounds.undone() as tx:
        for kind, what in acts:
            _ACTS[kind](tx, what)
        counts: defaultdict[str, int] = defaultdict(int)
        sums: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for stage, currency, n, amount in tx.db.rows(COUNTED):
            counts[stage] += n
            sums[stage][currency] = int(amount)
        kept_totals = tx.totals("sales")
        assert {stage: (total.count, dict(total.sums)) for stage, total in kept_totals.items()} == {
            stage: (counts[stage], sums[stage]) for stage in ("new", "delivery", "won", "lost")
        }


def _make(tx: SqlTx, new: list[tuple[str, str, Decimal | None]]) -> None:
    fresh = {id_: a_deal(id_, stage=stage, amount=amount) for id_, stage, amount in new if tx.deal(id_) is None}
    tx.apply(Plan(entered=[NewEntry(None, deal, an_entry(deal), []) for deal in fresh.values()]))


def _move(tx: SqlTx, moves: list[tuple[str, str]]) -> None:
    found = {id_: (tx.deal(id_), stage) for id_, stage in moves}
    entered = [
        move(deal, stage, tx.entry(deal.entry or 0)) for deal, stage in found.values() if deal and not deal.removed
    ]
    tx.apply(Plan(entered=entered))


def _price(tx: SqlTx, what: tuple[str, Decimal | None, str]) -> None:
    _change(tx, what[0], amount=what[1], currency=what[2])


def _remove(tx: SqlTx, deal_id: str) -> None:
    removing.remove(tx, [deal_id])


def _lose(tx: SqlTx, deal_id: str) -> None:
    _change(tx, deal_id, stage="lost", closed=True)


def _set(tx: SqlTx, what: tuple[str, str]) -> None:
    if tx.deal(what[0]):
        tx.apply(Plan(effects=[(what[0], "system", SetField(field="amount", value=what[1]))]))


def _change(tx: SqlTx, deal_id: str, **changes: Any) -> None:
    deal: Deal | None = tx.deal(deal_id)
    if deal:
        tx.apply(Plan(deals_changed=[(deal, replace(deal, version=deal.version + 1, **changes))]))


_ACTS: Mapping[str, Callable[[SqlTx, Any], None]] = {
    "make": _make,
    "move": _move,
    "price": _price,
    "set": _set,
    "remove": _remove,
    "lose": _lose,
}


def test_a_removed_deal_takes_what_waits_with_it(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_rule(a_rule("r1"), "ana", NOON)
    deal = create(tx, a_deal(), [a_run(revision=tx.house().rules["r1"].revision)])
    tx.apply(Plan(deliveries=[a_delivery()]))
    removing.remove(tx, ["D1", "ghost"])
    assert kept(tx, "D1").removed
    assert [run.reason for run in tx.runs(deal.entry or 0)] == ["stopped"]
    assert tx.due_runs(NOON, 10) == []
    assert tx.claim("mail", NOON, "me", 10) == []
    assert tx.totals("sales")["new"].count == 0
    assert tx.column_ids("sales", "new") == []
