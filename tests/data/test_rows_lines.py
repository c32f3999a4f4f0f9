"""Lines that rest or are paced, questions, receipts and attempts, as rows on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from core.commands import receipts as incoming
from core.engine import charging
from core.errors import BadInput, UnknownThing
from core.model.delivery import Delivery, DeliveryStatus, OutcomeKind
from core.model.house import Connection
from core.model.line import Account, Attempt, Line, Receipt
from core.model.moment import HOUR, MINUTE, SECOND, Moment
from core.model.run import RunStatus
from core.plan import Plan
from core.words import Words
from data.tx import SqlTx
from tests.data.rows_ground import (
    NOON,
    Ground,
    a_deal,
    a_delivery,
    a_run,
    connect,
    create,
    furnish,
    make_tables,
)

LATER = Moment(NOON + HOUR)
SOON = Moment(NOON + MINUTE)


def sent(tx: SqlTx, *deliveries: Delivery) -> list[Delivery]:
    made = tx.apply(Plan(deliveries=list(deliveries))).deliveries
    return [found for found in map(tx.delivery, made) if found is not None]


def claimed(tx: SqlTx, connection: str = "mail", now: Moment = NOON) -> list[int]:
    return [delivery.id for delivery in tx.claim(connection, now, "me", 10)]


def test_a_line_that_nobody_wrote_is_clean(ground: Ground) -> None:
    tx = ground.tx()
    assert tx.line("mail") == Line(connection="mail")
    assert tx.lines() == {}
    resting = Line(connection="mail", failures=5, opens=1, open_until=SOON, free_at=NOON)
    tx.put_line(replace(resting, failures=1))
    tx.put_line(resting)
    assert tx.line("mail") == resting
    assert tx.lines() == {"mail": resting}
    assert ground.db.text("SELECT what, thing FROM changes ORDER BY id DESC LIMIT 1") == [("delivery", "")]


@pytest.mark.parametrize("why", ["open_until", "free_at"])
def test_a_line_that_cannot_be_used_yet_is_not_due_before(ground: Ground, why: str) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    sent(tx, a_delivery(), a_delivery(connection="sms1", due_at=LATER))
    tx.put_line(Line(connection="mail", **{why: SOON}))
    assert tx.next_due() == SOON
    assert tx.due_connections(Moment(SOON - 1)) == []
    assert tx.due_connections(SOON) == ["mail"]
    tx.put_line(Line(connection="sms1", **{why: NOON}))
    assert tx.due_connections(LATER) == ["mail", "sms1"]
    tx.pause_connection("mail", "by_hand")
    assert tx.next_due() == LATER


def test_a_resting_line_with_nothing_to_send_is_never_due(ground: Ground) -> None:
    tx = ground.tx()
    tx.put_line(Line(connection="mail", failures=5, opens=1, open_until=SOON, free_at=SOON))
    assert tx.next_due() is None
    assert tx.due_connections(LATER) == []


@pytest.mark.parametrize("why", ["open_until", "free_at"])
def test_what_stands_behind_a_line_that_cannot_be_used_holds_back_nothing(ground: Ground, why: str) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    sent(tx, a_delivery(connection="sms1"))
    (ours,) = sent(tx, a_delivery())
    tx.put_line(Line(connection="sms1", **{why: NOON}))
    assert claimed(tx) == []
    tx.put_line(Line(connection="sms1", **{why: SOON}))
    assert claimed(tx) == [ours.id]


@pytest.mark.parametrize("mended", [True, False], ids=["mended", "resumed"])
def test_a_connection_that_is_mended_or_resumed_is_tried_anew(ground: Ground, mended: bool) -> None:
    tx = ground.tx()
    tx.put_line(Line(connection="mail", failures=9, opens=3, open_until=LATER, free_at=SOON))
    if mended:
        tx.put_connection(Connection(id="mail", channel="email", adapter="simulated", settings={"seed": 1}))
    else:
        tx.pause_connection("mail", None)
    assert tx.line("mail") == Line(connection="mail", free_at=SOON)


def test_sending_is_noted_as_tried(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    (ours,) = sent(tx, a_delivery())
    claimed(tx)
    tx.mark_sending([ours.id], "me", SOON)
    found = tx.delivery(ours.id)
    assert found is not None
    assert (found.status, found.tried_at) == (DeliveryStatus.SENDING, SOON)


def test_a_rewritten_message_may_take_another_connection(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    (before,) = sent(tx, a_delivery())
    tx.put_connection(Connection(id="post", channel="email", adapter="simulated"))
    moved = replace(before, connection="post")
    tx.apply(Plan(deliveries_changed=[(before, moved)]))
    assert tx.delivery(before.id) == moved
    changed = replace(moved, message=replace(moved.message, to="b@c.example", text="x"))
    tx.apply(Plan(deliveries_changed=[(moved, changed)]))
    assert tx.delivery(before.id) == changed


def test_attempts_are_kept_in_their_order(ground: Ground) -> None:
    tx = ground.tx()
    words = Words("at {phase}", {"phase": "RCPT"})
    notes = [
        Attempt(delivery=7, round=1, number=1, at=NOON, outcome=OutcomeKind.DEFERRED),
        Attempt(delivery=7, round=2, number=1, at=SOON, outcome=OutcomeKind.REJECTED, reason="blocked", detail=words),
    ]
    tx.apply(Plan(attempts=[*notes, replace(notes[0], delivery=8)]))
    assert tx.attempts(7) == notes
    assert tx.attempts(9) == []


def test_a_run_does_not_count_itself_as_having_run_before(ground: Ground) -> None:
    tx = ground.tx()
    deal = create(tx, a_deal(), [a_run(status=RunStatus.SENDING)])
    (run,) = tx.runs(deal.entry or 0)
    assert tx.ran_once("D1", "r1")
    assert not tx.ran_once("D1", "r1", but=run.id)


# Questions ------------------------------------------------------------------------------------------------------------


def test_questions_are_due_where_a_line_can_be_used(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    unknown = a_delivery(status=DeliveryStatus.UNKNOWN, due_at=SOON)
    first, _, over, later = sent(
        tx, unknown, replace(unknown, connection="sms1"), replace(unknown, due_at=None), replace(unknown, due_at=LATER)
    )
    assert over.due_at is None
    assert tx.next_due() == SOON
    assert tx.due_connections(LATER) == []
    assert tx.due_questions(NOON) == []
    assert tx.due_questions(SOON) == ["mail", "sms1"]
    assert [d.id for d in tx.questions("mail", SOON, 10)] == [first.id]
    assert [d.id for d in tx.questions("mail", LATER, 10)] == [first.id, later.id]
    tx.put_line(Line(connection="mail", opens=1, open_until=Moment(SOON + SECOND)))
    tx.pause_connection("sms1", "by_hand")
    assert tx.due_questions(SOON) == []
    assert tx.next_due() == SOON + SECOND


# Receipts -------------------------------------------------------------------------------------------------------------


def a_receipt(number: int = 1, **more: object) -> Receipt:
    base = Receipt(
        connection="mail", outside_id=f"e{number}", provider_id="p", status=DeliveryStatus.DELIVERED, at=NOON
    )
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_receipt_counts_once_per_connection(ground: Ground) -> None:
    tx = ground.tx()
    assert tx.add_receipt(a_receipt())
    assert not tx.add_receipt(a_receipt(provider_id="q", status=DeliveryStatus.UNDELIVERED))
    assert tx.add_receipt(a_receipt(connection="sms1"))


def test_open_receipts_wait_oldest_first_until_they_are_settled(ground: Ground) -> None:
    tx = ground.tx()
    for receipt in (
        a_receipt(1, at=SOON),
        a_receipt(2, reason="x"),
        a_receipt(3, provider_id="q"),
        a_receipt(4, delivery=9),
    ):
        tx.add_receipt(receipt)
    found = tx.open_receipts("mail", ["p", "r"])
    assert [(r.outside_id, r.at, r.reason) for r in found] == [("e2", NOON, "x"), ("e1", SOON, None)]
    tx.settle_receipts([r.id for r in found], 5)
    assert tx.open_receipts("mail", ["p", "q"]) == [
        a_receipt(3, provider_id="q", id=tx.open_receipts("mail", ["q"])[0].id)
    ]


def test_a_receipt_finds_the_newest_message_of_that_id(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    taken = a_delivery(status=DeliveryStatus.SENT, due_at=None, provider_id="p")
    _, newest, _ = sent(tx, taken, taken, replace(taken, connection="sms1"))
    assert tx.delivery_of_provider("mail", "p") == newest
    assert tx.delivery_of_provider("mail", "q") is None
    assert incoming.receive("mail", "e1", "p", "delivered", SOON)(tx)
    assert not incoming.receive("mail", "e1", "p", "undelivered", SOON)(tx)
    found = tx.delivery(newest.id)
    assert found is not None
    assert (found.status, found.delivered_at) == (DeliveryStatus.DELIVERED, SOON)
    assert tx.open_receipts("mail", ["p"]) == []


@pytest.mark.parametrize(
    ("connection", "outside_id", "status", "error"),
    [
        ("gone", "e1", "delivered", UnknownThing),
        ("mail", "", "delivered", BadInput),
        ("mail", "e1", "queued", BadInput),
        ("mail", "e1", "eaten", BadInput),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(
    ground: Ground, connection: str, outside_id: str, status: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        incoming.receive(connection, outside_id, "p", status, NOON)(ground.tx())


@pytest.fixture
def two(fresh_postgres: str) -> Iterator[tuple[Ground, Ground]]:
    """Two processes' connections to one PostgreSQL, each inside a transaction."""
    first, second = Ground(connect("postgresql", fresh_postgres)), Ground(connect("postgresql", fresh_postgres))
    make_tables(first.db)
    furnish(first.tx())
    for ground in (first, second):
        ground.db.text("BEGIN")
    yield first, second
    for ground in (first, second):
        ground.db.close()


def test_two_engines_ask_different_questions(two: tuple[Ground, Ground]) -> None:
    first, second = two
    tx = first.tx()
    create(tx, a_deal())
    sent(tx, a_delivery(status=DeliveryStatus.UNKNOWN))
    first.db.text("COMMIT")
    first.db.text("BEGIN")
    assert len(first.tx().questions("mail", NOON, 10)) == 1
    assert second.tx().questions("mail", NOON, 10) == []


def test_a_held_line_is_held_from_the_others(two: tuple[Ground, Ground]) -> None:
    first, second = two
    first.tx().hold_line("mail")
    second.tx().hold_line("sms1")
    second.db.text("SET LOCAL lock_timeout = '50ms'")
    with pytest.raises(Exception, match="lock timeout"):
        second.tx().hold_line("mail")


def test_a_message_is_charged_once_and_never_more_than_there_is(ground: Ground) -> None:
    price, balance = Decimal("0.30"), Decimal("0.70")
    assert ground.tx().account("line1") == Account(Decimal(0), "BRL")
    first, second, third = (charging.charge("line1", f"h-M{n}", price, balance)(ground.tx()) for n in (1, 2, 3))
    assert first is not None
    assert second is not None
    assert [(each.cost, each.spent, each.currency) for each in (first, second)] == [
        (price, price, "BRL"),
        (price, Decimal("0.60"), "BRL"),
    ]
    assert third is None
    assert charging.charge("line1", "h-M1", price, balance)(ground.tx()) == first
    assert ground.tx().account("line1") == Account(Decimal("0.60"), "BRL")
    assert ground.tx().account("line2") == Account(Decimal(0), "BRL")


@pytest.mark.parametrize(
    ("cost", "balance", "charged"),
    [
        ("0.30", "0.30", "0.30"),
        ("0.30", "0.29", None),
        ("0", "0.01", "0.00"),
        ("0", "0", None),
        ("0.0001", "0.0001", "0.0001"),
        ("1e-4", None, "0.0001"),
        ("3", None, "3.00"),
    ],
)
def test_an_empty_account_pays_nothing_and_one_that_holds_enough_pays_to_the_last_digit(
    cost: str, balance: str | None, charged: str | None, ground: Ground
) -> None:
    limit = None if balance is None else Decimal(balance)
    made = charging.charge("line1", "h-M1", Decimal(cost), limit)(ground.tx())
    assert (None if made is None else str(made.cost)) == charged
    assert str(ground.tx().account("line1").spent) == (charged or "0")


def test_a_charge_keeps_its_currency(ground: Ground) -> None:
    made = charging.charge("line1", "h-M1", Decimal(7), None, "JPY")(ground.tx())
    assert made is not None
    assert (str(made.cost), made.currency, made.at) == ("7", "JPY", NOON)
    assert ground.tx().account("line1").currency == "JPY"
    later = charging.charge("line1", "h-M2", Decimal(7))(ground.tx())
    assert later is not None
    assert later.currency == "JPY", "an account does not change its currency with the house"
