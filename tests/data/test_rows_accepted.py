"""What the Store makes of accepted messages: they are sent, their runs done, and the history refers to them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.engine import outcomes
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus, Outcome, OutcomeKind
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.words import Words
from data.tx import SqlTx
from tests.data.rows_ground import Ground, a_deal, a_delivery, a_run, create

WHY = Words(N_("rule “{rule}”: done"), {"rule": "r1"})


def on_their_way(tx: SqlTx, *deals: str, holds: bool = False) -> list[Delivery]:
    """Make deals with a run and its message each, and lease the messages."""
    made = []
    for deal in deals:
        create(tx, a_deal(deal), [a_run(deal, status=RunStatus.SENDING, holds=holds)])
        (run,) = tx.runs_of(deal=deal)
        made.append(a_delivery(deal, run=run.id, entry=run.entry, reason="busy", detail=WHY))
    tx.apply(Plan(deliveries=made))
    return sorted(tx.claim("mail", tx.now(), "me", 10), key=lambda delivery: delivery.id)


def the_run(tx: SqlTx, delivery: Delivery) -> Run:
    """Return the run of a message."""
    found = tx.run(delivery.run or 0)
    assert found is not None
    return found


def test_messages_are_sent_and_their_runs_done(ground: Ground) -> None:
    tx = ground.tx()
    first, second, other = on_their_way(tx, "D1", "D2", "D3")
    now = tx.now()
    plain = Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p1")
    rich = Outcome(
        kind=OutcomeKind.ACCEPTED, cost=Decimal("0.0030"), cost_currency="USD", detail=Words("{x}", {"x": 1})
    )
    runs = [the_run(tx, d) for d in (first, second)]
    applied = tx.apply(Plan(accepted=[(first, plain), (second, rich)]))
    assert applied.held == ()
    sent: dict[str, Any] = {
        "status": DeliveryStatus.SENT,
        "due_at": None,
        "worker": None,
        "reason": None,
        "attempts": 1,
    }
    sent |= {"sent_at": now, "tried_at": now}
    assert tx.delivery(first.id) == replace(first, **sent, provider_id="p1")
    charged: dict[str, Any] = {"cost": Decimal("0.0030"), "cost_currency": "USD", "detail": Words("{x}", {"x": 1})}
    assert tx.delivery(second.id) == replace(second, **sent, **charged)
    assert [the_run(tx, d) for d in (first, second)] == [
        replace(run, status=RunStatus.DONE, reason=None, ended_at=now) for run in runs
    ]
    assert tx.delivery(other.id) == other
    assert the_run(tx, other).status is RunStatus.SENDING


def test_the_history_tells_of_the_message_whatever_becomes_of_it_later(ground: Ground) -> None:
    tx = ground.tx()
    (message,) = on_their_way(tx, "D1")
    tx.apply(Plan(accepted=[(message, Outcome(kind=OutcomeKind.ACCEPTED))]))
    kept = tx.delivery(message.id)
    assert kept is not None
    expected = outcomes.row(kept, tx.now())
    bounced = replace(kept, status=DeliveryStatus.UNDELIVERED, reason="bounced", detail=Words("no such user"))
    tx.apply(Plan(deliveries_changed=[(kept, bounced)]))
    (line,) = tx.timeline("D1")
    assert (line.at, line.kind, line.by, line.data) == (expected.at, expected.kind, expected.by, expected.data)
    assert line.text.english() == expected.text.english() == "email to maria@cliente.example: sent"


@pytest.mark.parametrize("holds", [False, True])
def test_the_stays_are_named_whose_rules_waited(ground: Ground, holds: bool) -> None:
    tx = ground.tx()
    messages = on_their_way(tx, "D1", "D2", holds=holds)
    applied = tx.apply(Plan(accepted=[(d, Outcome(kind=OutcomeKind.ACCEPTED)) for d in messages]))
    assert sorted(applied.held) == ([d.entry for d in messages] if holds else [])


def test_screens_are_told_of_deals_messages_and_runs(ground: Ground) -> None:
    tx = ground.tx()
    messages = on_their_way(tx, "D1", "D2")
    ground.db.text("DELETE FROM changes")
    tx.apply(Plan(accepted=[(d, Outcome(kind=OutcomeKind.ACCEPTED)) for d in messages]))
    told = ground.db.text("SELECT what, thing FROM changes")
    about = [("deal", d.deal) for d in messages] + [("delivery", str(d.id)) for d in messages]
    assert sorted(told) == sorted([*about, ("run", "")])


@pytest.mark.parametrize(("by", "teller"), [("ana", "ana"), (None, "system")])
def test_the_history_names_who_wrote_a_message(ground: Ground, by: str | None, teller: str) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(deliveries=[a_delivery(rule=None, by=by)]))
    (mine,) = tx.claim("mail", tx.now(), "me", 10)
    assert mine.by == by
    tx.apply(Plan(accepted=[(mine, Outcome(kind=OutcomeKind.ACCEPTED))]))
    kept = tx.delivery(mine.id)
    assert kept is not None
    assert (kept.status, kept.by) == (DeliveryStatus.SENT, by)
    assert [line.by for line in tx.timeline("D1", 1)] == [teller]
