"""Tasks as things: given, completed, opened again; and payments. Each tells history and, where it should, triggers."""

from __future__ import annotations

from typing import Any

import pytest

from core import commands
from core.commands import NewTask, Payment, Report
from core.errors import BadInput, Refused, UnknownThing
from core.model.event import Event
from core.model.moment import DAY, HOUR, Moment
from tests.data.rows_ground import NOON, Ground, a_deal, create, kept


@pytest.fixture
def house(ground: Ground) -> Ground:
    """Two deals, the first with a task of Ana's for tomorrow."""
    create(ground.tx(), a_deal("D1", close_date="2026-12-10"))
    create(ground.tx(), a_deal("D2", responsible=None))
    commands.add_task("D1", NewTask(title=" Ring ", due="1d"), "rui")(ground.tx())
    return ground


def ring(ground: Ground) -> str:
    """Return the id of that task: on PostgreSQL numbers go on where other tests left them."""
    return ground.tx().tasks("D1")[0].public_id


def events(ground: Ground, deal: str = "D1") -> list[Event]:
    return list(ground.tx().events_of(deal))


def told(ground: Ground, deal: str = "D1") -> list[tuple[str, str, str]]:
    """Return the deal's history, oldest first."""
    return [(line.kind.value, line.by, line.text.english()) for line in reversed(ground.tx().timeline(deal))]


def badge(ground: Ground, deal: str = "D1") -> int:
    return ground.tx().cards_by_id([deal])[deal].tasks


def test_a_task_given_by_hand(house: Ground) -> None:
    (task,) = house.tx().tasks("D1")
    assert (task.public_id, task.title, task.assignee, task.by) == (f"T{task.id}", "Ring", "ana", "rui")
    assert (task.due_at, task.done_at) == (NOON + DAY, None)
    assert (told(house), badge(house), events(house)) == ([("task", "rui", "task: Ring")], 1, [])


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewTask(title=" "), BadInput),
        (NewTask(title="two\nlines"), BadInput),
        (NewTask(title="x" * 301), BadInput),
        (NewTask(title="x", text="\0"), BadInput),
        (NewTask(title="x", assignee="zoe"), UnknownThing),
        (NewTask(title="x", due="soon"), BadInput),
    ],
)
def test_what_is_no_task(house: Ground, new: NewTask, error: type[Exception]) -> None:
    with pytest.raises(error):
        commands.add_task("D1", new)(house.tx())


def test_a_task_of_nobody_in_particular(house: Ground) -> None:
    task = commands.add_task("D2", NewTask(title="x"))(house.tx())
    assert (task.assignee, task.by, task.due_at) == (None, "system", None)


@pytest.mark.parametrize("pattern", ["T{n}", "{n}", " T{n} "])
def test_completing_takes_it_off_the_badge_and_is_an_event(house: Ground, pattern: str) -> None:
    before = kept(house.tx(), "D1")
    name = pattern.format(n=ring(house)[1:])
    done = commands.complete_task(name, "rui")(house.tx())
    assert (done.done_at, badge(house), kept(house.tx(), "D1").version) == (NOON, 0, before.version + 1)
    assert told(house)[-1] == ("task", "rui", "task done: Ring")
    (event,) = events(house)
    assert (event.kind, event.source, event.deal, event.at, event.chain) == ("task_done", "house", "D1", NOON, ())
    assert dict(event.data) == {"task": ring(house), "title": "Ring", "assignee": "ana", "by": "rui"}


def test_done_twice_is_refused_and_opened_again_it_can_be_done_again(house: Ground) -> None:
    commands.complete_task(ring(house))(house.tx())
    with pytest.raises(Refused):
        commands.complete_task(ring(house))(house.tx())
    opened = commands.reopen_task(ring(house))(house.tx())
    assert (opened.done_at, badge(house), told(house)[-1][2]) == (None, 1, "task opened again: Ring")
    with pytest.raises(Refused):
        commands.reopen_task(ring(house))(house.tx())
    commands.complete_task(ring(house))(house.tx())
    assert [event.kind for event in events(house)] == ["task_done", "task_done"]


@pytest.mark.parametrize("name", ["T999999", "999999", "M1", "", "T", "T1x", "T99999999999999999999"])
def test_a_task_that_is_not_there(house: Ground, name: str) -> None:
    with pytest.raises(UnknownThing):
        commands.complete_task(name)(house.tx())


def test_a_task_reported_done_is_done_once(house: Ground) -> None:
    report = Report(id="e1", at=Moment(NOON - HOUR))
    first = commands.task_done(report, ring(house), "D1")(house.tx())
    assert (first.new, first.event.at, badge(house)) == (True, NOON - HOUR, 0)
    assert commands.task_done(report, ring(house), "D1")(house.tx()).new is False
    assert [event.id for event in events(house)] == [first.event.id]
    with pytest.raises(Refused):
        commands.task_done(Report(id="e2"), ring(house))(house.tx())


def test_a_task_of_another_deal_is_refused(house: Ground) -> None:
    with pytest.raises(UnknownThing):
        commands.task_done(Report(id="e1"), ring(house), "D2")(house.tx())
    assert (events(house), badge(house)) == ([], 1)


def test_what_is_to_be_done_soonest_first(house: Ground) -> None:
    for title, due, assignee in (("later", "2d", "rui"), ("whenever", None, None), ("now", "1h", "ana")):
        commands.add_task("D1", NewTask(title=title, due=due, assignee=assignee))(house.tx())
    commands.add_task("D2", NewTask(title="theirs", due="1s"))(house.tx())
    commands.remove_deals(["D2"])(house.tx())
    tx = house.tx()
    assert [task.title for task in tx.open_tasks()] == ["now", "Ring", "later", "whenever"]
    assert [task.title for task in tx.open_tasks("ana", 2)] == ["now", "Ring"]
    commands.complete_task(ring(house))(house.tx())
    assert [task.title for task in house.tx().open_tasks("ana")] == ["now", "whenever"]


# Payments -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payment", "amount", "said"),
    [
        (Payment(), "7500.00", "paid: 7500.00 BRL"),
        (Payment(amount="12.5", invoice=" 77 "), "12.50", "invoice 77 paid: 12.50 BRL"),
        (Payment(amount=100, invoice=""), "100.00", "paid: 100.00 BRL"),
    ],
)
def test_an_invoice_marked_paid(house: Ground, payment: Payment, amount: str, said: str) -> None:
    done = commands.mark_paid("D1", payment, "rui")(house.tx())
    assert told(house)[-1] == ("payment", "rui", said)
    (event,) = events(house)
    assert (event.id, event.kind, event.source, event.data["amount"]) == (done.event.id, "payment", "house", amount)


def test_two_payments_are_two_and_one_reported_twice_is_one(house: Ground) -> None:
    for _ in range(2):
        commands.mark_paid("D1", Payment(amount=1))(house.tx())
    for _ in range(2):
        commands.payment_made(Report(id="p1", source="bank"), "D1", Payment(amount=2))(house.tx())
    assert [event.data["amount"] for event in events(house)] == ["1.00", "1.00", "2.00"]
    assert sum(kind == "payment" for kind, _, _ in told(house)) == 3


@pytest.mark.parametrize("amount", ["0", "-1", "a lot", "1.234"])
def test_what_is_no_payment(house: Ground, amount: Any) -> None:
    with pytest.raises(BadInput):
        commands.mark_paid("D1", Payment(amount=amount))(house.tx())
    assert events(house) == []


def test_a_deal_without_an_amount_has_to_be_told(house: Ground) -> None:
    create(house.tx(), a_deal("D3", amount=None))
    with pytest.raises(BadInput, match="say how much"):
        commands.mark_paid("D3", Payment())(house.tx())
