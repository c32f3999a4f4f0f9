"""What the engines take: due runs in order, and deliveries such that no deal ever has two on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.effects import StartTimer
from core.model.delivery import Delivery, DeliveryStatus
from core.model.moment import HOUR, MINUTE, Moment
from core.model.run import RunStatus, Waiting
from core.plan import Plan
from core.ports import DeliveryFilter, Stuck
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, a_delivery, a_run, connect, create, furnish, make_tables

LATER = Moment(NOON + HOUR)


def sent(tx: SqlTx, *deliveries: Delivery) -> list[Delivery]:
    """Put deliveries into the outbox and return them as they are kept."""
    made = tx.apply(Plan(deliveries=list(deliveries))).deliveries
    return [found for found in map(tx.delivery, made) if found is not None]


def claimed(tx: SqlTx, connection: str = "mail", now: Moment = NOON, limit: int = 10) -> list[int]:
    """Claim and return the ids."""
    return [delivery.id for delivery in tx.claim(connection, now, "me", limit)]


def ids(deliveries: list[Delivery]) -> list[int]:
    """Return the ids."""
    return [delivery.id for delivery in deliveries]


def test_runs_come_earliest_first_and_movers_last(ground: Ground) -> None:
    tx = ground.tx()
    wanted = [
        a_run(rule="early", position=3, due_at=Moment(NOON - 1)),
        a_run(rule="first", position=0),
        a_run(rule="second", position=2),
        a_run(rule="mover", position=1, mover=True),
    ]
    others = [
        a_run(rule="future", due_at=Moment(NOON + 1)),
        a_run(rule="gated", due_at=None, reason=Waiting.RULE),
        a_run(rule="done", status=RunStatus.DONE),
        a_run(rule="no date", status=RunStatus.NO_DATE, due_at=None),
    ]
    create(tx, a_deal(), [*reversed(wanted), *others])
    assert [run.rule for run in tx.due_runs(NOON, 10)] == ["early", "first", "second", "mover"]
    assert [run.rule for run in tx.due_runs(NOON, 2)] == ["early", "first"]


def test_runs_that_have_not_happened_are_counted_and_found_by_rule(ground: Ground) -> None:
    tx = ground.tx()
    assert not tx.has_runs()
    runs = [a_run(rule="w"), a_run(rule="n", status=RunStatus.NO_DATE), a_run(rule="d", status=RunStatus.DONE)]
    create(tx, a_deal(), runs)
    assert tx.has_runs()
    assert tx.waiting_runs_count() == 2
    assert [len(tx.waiting_runs(rule)) for rule in "wnd"] == [1, 1, 0]
    assert [len(tx.runs_of(**where)) for where in ({"deal": "D1"}, {"rule": "d"}, {"deal": "D2"}, {})] == [3, 1, 0, 3]


def test_held_runs_are_those_in_their_grace(ground: Ground) -> None:
    tx = ground.tx()
    runs = [
        a_run(rule="late", reason=Waiting.GRACE, due_at=LATER),
        a_run(rule="soon", reason=Waiting.GRACE),
        a_run(rule="time", reason=Waiting.TIME),
    ]
    create(tx, a_deal(), runs)
    assert [run.rule for run in tx.held(NOON)] == ["soon", "late"]


def test_the_next_moment_is_the_earliest_of_runs_deliveries_and_timers(ground: Ground) -> None:
    tx = ground.tx()
    assert tx.next_due() is None
    create(tx, a_deal(), [a_run(due_at=Moment(NOON + 9))])
    assert tx.next_due() == NOON + 9
    sent(tx, a_delivery(due_at=Moment(NOON + 8)), a_delivery(connection="sms1", due_at=Moment(NOON + 7)))
    assert tx.next_due() == NOON + 7
    tx.pause_connection("sms1", "misconfigured")
    assert tx.next_due() == NOON + 8


def test_the_next_moment_after_another_passes_over_what_is_due_already(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal(), [a_run(due_at=NOON), a_run(rule="later", due_at=Moment(NOON + 9))])
    sent(tx, a_delivery(due_at=Moment(NOON - 1)), a_delivery(due_at=Moment(NOON + 8)))
    timer = StartTimer(kind="stale", key="t", at=Moment(NOON + 7))
    tx.apply(Plan(effects=[(a_deal().id, "system", timer)]))
    assert [tx.next_due(after=Moment(NOON + n)) for n in (-2, -1, 0, 7, 8)] == [NOON + n for n in (-1, 0, 7, 8, 9)]
    assert tx.next_due(after=Moment(NOON + 9)) is None


def test_connections_with_work_are_named_unless_paused(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    sent(tx, a_delivery(), a_delivery(connection="sms1", due_at=LATER))
    assert tx.due_connections(NOON) == ["mail"]
    assert tx.due_connections(LATER) == ["mail", "sms1"]
    tx.pause_connection("mail", "misconfigured")
    assert tx.due_connections(LATER) == ["sms1"]
    assert claimed(tx) == []
    tx.pause_connection("mail", None)
    assert len(claimed(tx)) == 1
    assert tx.due_connections(NOON) == []


def test_what_is_stuck_is_counted(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    assert tx.stuck(NOON) == Stuck(0, {})
    again: dict[str, Any] = {"attempts": 2, "due_at": LATER}
    sent(
        tx,
        a_delivery(),
        a_delivery(due_at=LATER),
        a_delivery(**again),
        a_delivery(**again, connection="sms1"),
        a_delivery(**again, status=DeliveryStatus.FAILED),
        a_delivery(connection="sms1"),
    )
    assert tx.stuck(NOON) == Stuck(2, {})
    assert tx.stuck(LATER) == Stuck(0, {})
    tx.pause_connection("sms1", "paused")
    assert tx.stuck(NOON) == Stuck(1, {"sms1": 2})
    tx.archive("connections", ["sms1"])
    assert tx.stuck(NOON) == Stuck(1, {})


def test_the_first_of_each_deal_is_leased(ground: Ground) -> None:
    tx = ground.tx()
    for deal in "ABC":
        create(tx, a_deal(deal))
    rows = sent(
        tx,
        a_delivery("A", position=1),
        a_delivery("A", position=0),
        a_delivery("B", moment=LATER),
        a_delivery("B", moment=NOON),
        a_delivery("C"),
        a_delivery("C"),
    )
    found = tx.claim("mail", NOON, "me", 10)
    assert sorted(ids(list(found))) == [rows[1].id, rows[3].id, rows[4].id]
    assert {delivery.worker for delivery in found} == {"me"}
    assert claimed(tx) == []


@pytest.mark.parametrize(
    ("ahead", "goes"),
    [
        ({}, False),
        ({"due_at": LATER}, True),
        ({"status": DeliveryStatus.SENDING, "worker": "x"}, False),
        ({"worker": "x"}, False),
        ({"status": DeliveryStatus.UNKNOWN}, True),
        ({"status": DeliveryStatus.CANCELLED}, True),
        ({"moment": LATER}, True),
        ({"moment": LATER, "worker": "x"}, False),
        ({"deal": "D2"}, True),
    ],
    ids=lambda value: str(value),
)
def test_what_stands_ahead_on_another_connection_holds_back_or_not(
    ground: Ground, ahead: dict[str, Any], goes: bool
) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    create(tx, a_deal("D2"))
    sent(tx, replace(a_delivery(connection="sms1"), **ahead))
    (ours,) = sent(tx, a_delivery())
    assert claimed(tx) == ([ours.id] if goes else [])


def test_what_waits_behind_a_paused_connection_holds_back_nothing(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    sent(tx, a_delivery(connection="sms1"))
    (ours,) = sent(tx, a_delivery())
    tx.pause_connection("sms1", "misconfigured")
    assert claimed(tx) == [ours.id]


def test_sending_becomes_durable_only_for_what_is_ours(ground: Ground) -> None:
    tx = ground.tx()
    for deal in "AB":
        create(tx, a_deal(deal))
    ours, theirs = sent(tx, a_delivery("A"), a_delivery("B", worker="x"))
    assert claimed(tx) == [ours.id]
    assert tx.mark_sending([theirs.id, ours.id], "me", NOON) == [ours.id]
    states = {delivery.id: delivery.status for delivery in tx.deliveries(DeliveryFilter())}
    assert states == {ours.id: DeliveryStatus.SENDING, theirs.id: DeliveryStatus.QUEUED}


def test_released_rows_can_be_claimed_again(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    sent(tx, a_delivery())
    first = claimed(tx)
    tx.release(first, "somebody else")
    assert claimed(tx) == []
    tx.release(first, "me")
    assert claimed(tx) == first


def test_reaping_frees_the_leases_of_the_dead(ground: Ground) -> None:
    tx = ground.tx()
    for deal in "ABCD":
        create(tx, a_deal(deal))
    queued, sending, living, _ = sent(
        tx,
        a_delivery("A", worker="dead"),
        a_delivery("B", worker="dead", status=DeliveryStatus.SENDING),
        a_delivery("C", worker="alive", status=DeliveryStatus.SENDING),
        a_delivery("D"),
    )
    freed = replace(queued, worker=None)
    assert tx.reap(lambda worker: worker == "alive") == [freed, sending]
    assert tx.delivery(queued.id) == freed
    assert tx.delivery(living.id) == living
    assert tx.reap() == [sending, living]


ROWS = st.lists(
    st.builds(
        lambda deal, connection, moment, position, due, status: a_delivery(
            deal,
            connection=connection,
            moment=Moment(NOON + moment),
            position=position,
            due_at=Moment(NOON + due * MINUTE),
            status=status,
        ),
        st.sampled_from("ABC"),
        st.sampled_from(("mail", "sms1")),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(-1, 1),
        st.sampled_from(
            (
                DeliveryStatus.QUEUED,
                DeliveryStatus.QUEUED,
                DeliveryStatus.QUEUED,
                DeliveryStatus.SENDING,
                DeliveryStatus.SENT,
            )
        ),
    ),
    max_size=10,
)


@given(
    rows=ROWS,
    turns=st.lists(st.tuples(st.sampled_from(("mail", "sms1")), st.integers(1, 4), st.booleans()), max_size=8),
)
def test_no_deal_ever_has_two_on_the_wire_and_each_goes_in_order(
    grounds: Ground, rows: list[Delivery], turns: list[tuple[str, int, bool]]
) -> None:
    with grounds.undone() as tx:
        for deal in "ABC":
            create(tx, a_deal(deal))
        sent(tx, *rows)
        for connection, limit, finish in turns:
            before = tx.deliveries(DeliveryFilter())
            found = tx.claim(connection, NOON, "me", limit)
            assert {delivery.id for delivery in found} <= _may_go(list(before), connection)
            assert len(found) == min(limit, len(_may_go(list(before), connection)))
            if finish:
                done = [(one, replace(one, status=DeliveryStatus.SENT, worker=None, due_at=None)) for one in found]
                tx.apply(Plan(deliveries_changed=done))


def _may_go(rows: list[Delivery], connection: str) -> set[int]:
    """Return what the law lets go: of each deal without anything on its way, the first of what is due."""
    busy = {row.deal for row in rows if row.status is DeliveryStatus.SENDING or row.worker is not None}
    free = [row for row in rows if row.status is DeliveryStatus.QUEUED and row.deal not in busy]
    due = [row for row in free if row.due_at is not None and row.due_at <= NOON]
    due.sort(key=lambda row: (row.moment, row.position, row.id), reverse=True)
    first = {row.deal: row for row in due}
    return {row.id for row in first.values() if row.connection == connection}


# Two engines on one PostgreSQL ----------------------------------------------------------------------------------------


@pytest.fixture
def two(fresh_postgres: str) -> Iterator[tuple[Ground, Ground]]:
    """Two processes' connections to one PostgreSQL, each inside a transaction."""
    first, second = Ground(connect("postgresql", fresh_postgres)), Ground(connect("postgresql", fresh_postgres))
    make_tables(first.db)
    furnish(first.tx())
    for deal in "AB":
        create(first.tx(), a_deal(deal), [a_run(deal, rule="r1"), a_run(deal, rule="r2", position=1)])
        sent(first.tx(), a_delivery(deal), a_delivery(deal, connection="sms1", moment=LATER))
    for ground in (first, second):
        ground.db.text("BEGIN")
    yield first, second
    for ground in (first, second):
        ground.db.close()


def test_two_engines_share_the_deals(two: tuple[Ground, Ground]) -> None:
    first, second = (ground.tx() for ground in two)
    mine = first.due_runs(NOON, 1)
    others = second.due_runs(NOON, 10)
    assert {run.deal for run in mine} | {run.deal for run in others} == {"A", "B"}
    assert not {run.deal for run in mine} & {run.deal for run in others}


def test_two_engines_never_lease_two_messages_of_one_deal(two: tuple[Ground, Ground]) -> None:
    first, second = (ground.tx() for ground in two)
    mine = first.claim("mail", NOON, "one", 1)
    # A clock a little ahead sees the other message as the one to send: the deal's lock keeps it back all the same.
    others = [*second.claim("mail", LATER, "two", 10), *second.claim("sms1", LATER, "two", 10)]
    assert {one.deal for one in mine} | {one.deal for one in others} == {"A", "B"}
    assert not {one.deal for one in mine} & {one.deal for one in others}


def test_a_lease_committed_in_between_is_seen(two: tuple[Ground, Ground]) -> None:
    first, second = two
    assert len(first.tx().claim("mail", NOON, "one", 10)) == 2
    first.db.text("COMMIT")
    assert second.tx().claim("sms1", LATER, "two", 10) == []
