"""What an event costs does not grow with the triggers that it is not for: counted, not timed."""

from __future__ import annotations

from typing import Any

import pytest

from core.engine import listening
from core.model.event import Event
from core.model.frozen import replace
from core.model.rule import Trigger
from core.triggers.base import TriggerKind
from core.triggers.catalogue import kinds
from data.reader_base import Memory
from tests.data.rows_ground import NOON, Ground, a_deal, connect, create, furnish, make_tables

HOOK = Trigger(id="t", pipeline="sales", stage="delivery", kind="webhook", name="T", settings={"code": "a"})
OTHERS = ("email_opened", "call_made", "payment", "task_done", "crm_form", "email_received")


class Counting:
    """A cursor that counts statements."""

    def __init__(self, cursor: Any) -> None:
        self.cursor, self.count = cursor, 0

    def __getattr__(self, name: str) -> Any:
        if name in ("execute", "executemany"):
            self.count += 1
        return getattr(self.cursor, name)


def ground(others: int) -> Ground:
    db = connect("sqlite")
    make_tables(db)
    made = Ground(db, Memory())
    tx = made.tx()
    furnish(tx)
    tx.put_trigger(HOOK)
    for number in range(others):
        kind = OTHERS[number % len(OTHERS)]
        tx.put_trigger(replace(HOOK, id=f"t{number}", kind=kind, settings={}))
    create(made.tx(), a_deal())
    return made


def cost(others: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Return how many statements and evaluations an event costs that moves a deal."""
    made = ground(others)
    asked = 0

    def counted(kind: TriggerKind[Any]) -> Any:
        matches = kind.matches

        def of(heard: Any, settings: Any) -> Any:
            nonlocal asked
            asked += 1
            return matches(heard, settings)

        return of

    for kind in kinds().values():
        monkeypatch.setattr(kind, "matches", counted(kind), raising=False)
    made.tx().record(Event(kind="webhook", source="s", outside_id="1", at=NOON, deal="D1", data={"code": "a"}))
    tx = made.tx()
    tx.house()
    counting = made.db._cursor = Counting(made.db._cursor)
    assert listening.expand()(tx) == 1
    deal = tx.deal("D1")
    assert deal is not None and deal.stage == "delivery"
    return counting.count, asked


def test_an_event_costs_what_its_own_candidates_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = cost(10, monkeypatch), cost(1_000, monkeypatch)
    assert few == many
    statements, asked = many
    assert asked == 1
    assert statements <= 30
