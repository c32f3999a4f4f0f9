"""Two engines that call through one account at the same time, on either database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import wait
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clock import RealClock
from core.engine import charging
from core.model.line import Charge
from core.ports import Priority
from data import fresh, opening
from data.store import SqlStore
from tests.memory_ledger import MemoryLedger

PRICE, BALANCE = Decimal("0.30"), Decimal("10.00")


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[SqlStore, SqlStore]]:
    """Two stores over one database, each with a writer of its own."""
    if request.param == "sqlite":
        url = fresh.fresh_sqlite(tmp_path / "funil.db")
    else:
        url = request.getfixturevalue("fresh_postgres")
        opening.init_database(url)
    opened = opening.open_store(url, clock=RealClock()), opening.open_store(url, clock=RealClock())
    yield opened
    for store in opened:
        store.close()


def test_an_account_is_not_overdrawn_and_no_call_paid_twice(stores: tuple[SqlStore, SqlStore]) -> None:
    keys = [f"h-M{n}" for n in range(50)]
    asked = [
        store.submit(charging.charge("line1", key, PRICE, BALANCE), Priority.DELIVERIES)
        for key in keys
        for store in stores
    ]
    wait(asked)
    charges = {made.key: made for each in asked if (made := each.result()) is not None}
    assert len(charges) == 33
    assert sorted(each.spent for each in charges.values()) == [PRICE * n for n in range(1, 34)]
    for store in stores:
        assert store.read(lambda reader: reader.account("line1")).spent == Decimal("9.90")
    again: list[Charge | None] = [stores[0].write_now(charging.charge("line1", key, PRICE, BALANCE)) for key in keys]
    assert {made.key: made for made in again if made is not None} == charges


@given(
    asked=st.lists(st.tuples(st.integers(0, 6), st.decimals(0, 2, places=4)), max_size=20),
    balance=st.none() | st.decimals(0, 4, places=4),
)
def test_what_calls_cost_is_what_the_account_has_paid_and_no_more_than_it_held(
    asked: list[tuple[int, Decimal]], balance: Decimal | None
) -> None:
    store, model = fresh.inline_store(fresh.memory_db(), RealClock()), MemoryLedger()
    paid: dict[str, Decimal] = {}
    for number, cost in asked:
        key = f"h-M{number}"
        made = store.write_now(charging.charge("line1", key, cost, balance))
        told = asyncio.run(model.charge("line1", key, cost, balance))
        assert (made and made.cost) == (told and told.cost)
        if made is not None:
            assert paid.setdefault(key, made.cost) == made.cost
    account = store.read(lambda reader: reader.account("line1"))
    assert account.spent == sum(paid.values(), Decimal(0))
    assert balance is None or account.spent <= balance
