"""What simulated peers will do, as rows on both databases: planned once, due in order, carried out once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.engine import happening
from core.engine.dispatching import finish
from core.engine.leasing import claim
from core.judging_hits import settles_at
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message, Outcome, OutcomeKind
from core.model.event import Event, Happening
from core.model.moment import HOUR, MINUTE, Moment
from core.plan import Plan
from core.ports import Random
from data.tx import SqlTx
from tests.data.rows_ground import NOON, Ground, a_deal, a_delivery, create

SOON = Moment(NOON + MINUTE)
LATER = Moment(NOON + HOUR)
OPENED = Happening(connection="mail", key="M1:opens", kind="email_opened", at=NOON, data={"ip": "192.0.2.1"})


def at(ground: Ground, moment: Moment) -> SqlTx:
    ground.tx().set_clock(moment)
    return ground.tx()


def report(status: str, key: str = "M1:report", **more: str) -> Happening:
    data = {"provider_id": "p1", "status": status, **more}
    return Happening(connection="mail", key=key, kind="receipt", at=NOON, data=data)


def sent(tx: SqlTx, *follows: Happening) -> Delivery:
    """Send one message from which this follows, and return it as it stands then."""
    create(tx, a_deal())
    tx.apply(Plan(deliveries=[a_delivery()]))
    claimed = claim("mail", "me", 10, Random(0))(tx).deliveries
    taken = Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p1", follows=follows)
    finish([(each, taken) for each in claimed], Random(0), "me")(tx)
    return newest(tx, claimed[0])


def newest(tx: SqlTx, delivery: Delivery) -> Delivery:
    found = tx.delivery(delivery.id)
    assert found is not None
    return found


def test_what_follows_is_written_with_the_outcome(ground: Ground) -> None:
    tx = ground.tx()
    delivery = sent(tx, replace(OPENED, at=SOON, connection="another"))
    assert delivery.status is DeliveryStatus.SENT
    assert tx.next_happening() == tx.next_due() == SOON
    (planned,) = tx.due_happenings(SOON, 10)
    assert (planned.connection, planned.deal, planned.delivery) == ("mail", "D1", delivery.id)
    assert tx.next_happening() is None


def test_nothing_follows_for_an_engine_that_no_longer_has_the_message(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(deliveries=[a_delivery()]))
    claimed = claim("mail", "me", 10, Random(0))(tx).deliveries
    taken = Outcome(kind=OutcomeKind.ACCEPTED, provider_id="p1", follows=(OPENED,))
    finish([(each, taken) for each in claimed], Random(0), "somebody else")(tx)
    assert tx.next_happening() is None


def test_what_is_planned_twice_happens_once(ground: Ground) -> None:
    tx = ground.tx()
    tx.plan_happenings([OPENED, replace(OPENED, at=LATER)])
    tx.plan_happenings([replace(OPENED, kind="link_clicked"), replace(OPENED, connection="sms1")])
    assert [(h.connection, h.kind, h.at) for h in tx.due_happenings(LATER, 10)] == [
        ("mail", "email_opened", NOON),
        ("sms1", "email_opened", NOON),
    ]


def test_it_happens_when_it_is_due_soonest_first(ground: Ground) -> None:
    moments = {"c": LATER, "b": SOON, "a": NOON}
    ground.tx().plan_happenings([replace(OPENED, key=key, at=moment) for key, moment in moments.items()])
    assert happening.carry_out(1)(at(ground, SOON)) == 1
    assert [event.outside_id for event in ground.tx().events_of()] == ["a"]
    assert happening.carry_out()(at(ground, SOON)) == 1
    assert happening.carry_out()(at(ground, SOON)) == 0
    assert happening.carry_out()(at(ground, LATER)) == 1
    assert [(event.outside_id, event.at) for event in ground.tx().events_of()] == [
        ("a", NOON),
        ("b", SOON),
        ("c", LATER),
    ]


def test_an_event_says_what_the_happening_knew(ground: Ground) -> None:
    tx = at(ground, NOON)
    delivery = sent(tx, OPENED)
    happening.carry_out()(tx)
    (event,) = tx.events_of("D1")
    assert event == Event(
        id=event.id,
        kind="email_opened",
        source="mail",
        outside_id="M1:opens",
        at=NOON,
        deal="D1",
        delivery=delivery.id,
        connection="mail",
        data={"ip": "192.0.2.1"},
        due_at=settles_at("email_opened", NOON),
    )


def test_the_same_event_again_is_not_recorded(ground: Ground) -> None:
    tx = at(ground, NOON)
    for _ in range(2):
        tx.plan_happenings([OPENED])
        assert happening.carry_out()(tx) == 1
    assert len(tx.events_of()) == 1


REPORTS = {
    "delivered": ([report("delivered")], (DeliveryStatus.DELIVERED, None)),
    "not delivered": ([report("undelivered", reason="bounced")], (DeliveryStatus.UNDELIVERED, "bounced")),
    "an older report late": ([report("delivered"), report("sent", "late")], (DeliveryStatus.DELIVERED, None)),
    "a wrong one first": ([report("undelivered", "first"), report("delivered")], (DeliveryStatus.DELIVERED, None)),
    "of another message": ([report("delivered", provider_id="p2")], (DeliveryStatus.SENT, None)),
    "nonsense": ([report("lost"), report("delivered", "b", provider_id="")], (DeliveryStatus.SENT, None)),
}


@pytest.mark.parametrize("case", REPORTS)
def test_a_report_on_a_message(ground: Ground, case: str) -> None:
    reports, expected = REPORTS[case]
    tx = at(ground, NOON)
    delivery = sent(tx, *reports)
    assert happening.carry_out()(tx) == len(reports)
    after = newest(tx, delivery)
    assert (after.status, after.reason) == expected
    assert tx.next_happening() is None


def test_a_report_that_comes_again_tells_nothing_new(ground: Ground) -> None:
    tx = at(ground, NOON)
    delivery = sent(tx, report("undelivered"), report("undelivered", "again", outside_id="M1:report"))
    happening.carry_out()(tx)
    assert newest(tx, delivery).status is DeliveryStatus.UNDELIVERED
    assert [line.data.get("status") for line in tx.timeline("D1")].count("undelivered") == 1


def test_what_a_dead_engine_has_not_committed_happens_after_all(ground: Ground) -> None:
    tx = at(ground, NOON)
    tx.plan_happenings([OPENED, replace(OPENED, key="M1:again")])
    ground.db.text("SAVEPOINT dying")
    assert happening.carry_out()(ground.tx()) == 2
    ground.db.text("ROLLBACK TO dying")
    assert ground.tx().events_of() == []
    assert happening.carry_out()(ground.tx()) == 2
    assert [event.outside_id for event in ground.tx().events_of()] == ["M1:opens", "M1:again"]


def test_a_message_without_anything_to_follow_costs_no_statement_more(ground: Ground) -> None:
    tx = ground.tx()
    create(tx, a_deal())
    tx.apply(Plan(deliveries=[a_delivery(message=Message(channel=Channel.EMAIL, to="a@b.example", text="x"))]))
    claimed = claim("mail", "me", 10, Random(0))(tx).deliveries
    planned: list[object] = []
    tx.plan_happenings = planned.append  # type: ignore[method-assign,assignment]
    finish([(each, Outcome(kind=OutcomeKind.ACCEPTED)) for each in claimed], Random(0), "me")(tx)
    assert newest(tx, claimed[0]).status is DeliveryStatus.SENT
    assert planned == []
