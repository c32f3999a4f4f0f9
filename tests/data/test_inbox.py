"""What waits for a person: events, chats and tasks, by urgency; settled by what happens later, by hand, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from core import commands, inbox
from core.commands import NewMail, NewTask, Report
from core.engine import listening
from core.errors import Refused, UnknownThing
from core.model.attention import About, about
from core.model.event import Event
from core.model.house import Connection
from core.model.moment import DAY, HOUR, MINUTE, Moment
from core.model.people import Address, Contact
from tests.data.rows_ground import NOON, Ground, a_deal, create

PHONE = "+5511999990077"
MAIL = "rosa@cliente.example"


@pytest.fixture
def house(ground: Ground) -> Ground:
    """A client with a deal."""
    rosa = Contact(id="rosa", name="Rosa", emails=(Address("WORK", MAIL),), phones=(Address("MOBILE", PHONE),))
    ground.tx().put_contact(rosa)
    ground.tx().put_connection(Connection(id="tg", channel="open_channel", adapter="simulated"))
    create(ground.tx(), a_deal("D1", contacts=("rosa",)))
    return ground


def happens(ground: Ground, kind: str, id: str, at: Moment = NOON, **data: Any) -> str:
    """Record an event, have the engine take it up, and return its id."""
    number = ground.tx().record(Event(kind=kind, source="reported", outside_id=id, at=at, data=data))
    while listening.expand()(ground.tx()):
        pass
    return f"E{number}"


def listed(ground: Ground) -> Sequence[str]:
    return [each.id for each in inbox.read(ground.tx()).items]


@pytest.mark.parametrize(
    ("kind", "data", "wanted"),
    [
        ("call_missed", {}, About.CALL),
        ("call_received", {}, None),
        ("form", {"type": "callback"}, About.CALL),
        ("form", {"type": "crm"}, None),
        ("email_received", {}, About.REPLY),
        ("email_received", {"automatic": "bounce"}, None),
        ("email_received", {"machine": True}, None),
        ("sms_received", {}, About.REPLY),
        ("email_sent", {}, None),
    ],
)
def test_what_waits_for_a_person(kind: str, data: dict[str, Any], wanted: About | None) -> None:
    assert about(Event(kind=kind, source="x", outside_id="1", at=NOON, data=data)) is wanted


def test_by_urgency_and_then_the_longest_waiting_first(house: Ground) -> None:
    task = commands.add_task("D1", NewTask(title="Ring"))(house.tx())
    late = commands.add_task("D1", NewTask(title="Late", due="2020-01-01"))(house.tx())
    mail = happens(house, "email_received", "m1", NOON, **{"from": MAIL, "subject": "Question"})
    second = happens(house, "call_missed", "c2", Moment(NOON - MINUTE), phone=PHONE)
    first = happens(house, "call_missed", "c1", Moment(NOON - HOUR), phone=PHONE)
    commands.chat_message(Report(source="tg", id="1"), "tg:5", "Hello?", channel="tg", sender=PHONE)(house.tx())
    found = inbox.read(house.tx())
    assert [each.id for each in found.items] == ["tg:tg:5", first, second, late.public_id, mail, task.public_id]
    assert {(each.deal, each.who, each.person) for each in found.items} == {("D1", "Rosa", "ana")}
    assert (found.items[0].text, found.items[4].text, found.cut) == ("Hello?", "Question", False)
    assert (inbox.read(house.tx(), 1).cut, house.tx().waiting_count(9), house.tx().waiting_count(1)) == (True, 4, 2)


@pytest.mark.parametrize(
    ("waits", "later", "settled"),
    [
        ("call_missed", "call_made", True),
        ("call_missed", "call_received", True),
        ("call_missed", "email_sent", False),
        ("email_received", "call_made", True),
        ("email_received", "email_sent", True),
        ("email_received", "call_received", False),
    ],
)
def test_what_happens_later_settles_what_waited(house: Ground, waits: str, later: str, settled: bool) -> None:
    thing = happens(house, waits, "1", NOON, **{"phone": PHONE, "from": MAIL})
    if later == "email_sent":
        commands.write_mail("D1", NewMail(subject="Re", text="Yes"), "ana")(house.tx())
    else:
        happens(house, later, "2", phone=PHONE, by="ana")
    assert listed(house) == ([] if settled else [thing])


def test_a_call_before_it_or_with_somebody_else_settles_nothing(house: Ground) -> None:
    thing = happens(house, "call_missed", "1", phone=PHONE)
    happens(house, "call_made", "2", Moment(NOON - HOUR), phone=PHONE, by="ana")
    happens(house, "call_made", "3", phone="+5511333333333", by="ana")
    assert listed(house) == [thing]


def test_an_event_is_handled_by_hand_and_taken_back(house: Ground) -> None:
    thing = happens(house, "call_missed", "1", phone=PHONE)
    commands.attend(thing, "ana")(house.tx())
    assert listed(house) == []
    with pytest.raises(Refused, match="does not wait for anybody"):
        commands.attend(thing, "ana")(house.tx())
    commands.unattend(thing)(house.tx())
    assert listed(house) == [thing]
    with pytest.raises(Refused, match="nothing to take back"):
        commands.unattend(thing)(house.tx())
    with pytest.raises(UnknownThing, match="there is no event “E999999999”"):
        commands.attend("E999999999")(house.tx())


def test_a_task_is_completed_and_opened_again(house: Ground) -> None:
    task = commands.add_task("D1", NewTask(title="Ring"))(house.tx())
    commands.attend(task.public_id, "ana")(house.tx())
    assert listed(house) == [] and house.tx().tasks("D1")[0].done_at == NOON
    commands.unattend(task.public_id, "ana")(house.tx())
    assert listed(house) == [task.public_id]


def test_a_chat_waits_until_answered_closed_or_handled_and_again_when_the_client_writes(house: Ground) -> None:
    def writes(id: str, at: Moment) -> None:
        report = Report(source="tg", id=id, at=at)
        commands.chat_message(report, "tg:5", f"line {id}", channel="tg", sender=PHONE)(house.tx())

    writes("1", NOON)
    writes("2", Moment(NOON + MINUTE))
    (item,) = inbox.read(house.tx()).items
    assert (item.sort, item.since, item.text) == (inbox.Sort.CHAT, NOON, "line 2")
    commands.accept_chat("tg:5", "ana", "tg")(house.tx())
    assert [each.sort for each in inbox.read(house.tx()).items] == [inbox.Sort.ANSWER]
    commands.answer_chat("tg:5", "Yes?", "ana", "tg")(house.tx())
    assert listed(house) == []
    writes("3", Moment(NOON - MINUTE))
    assert [each.since for each in inbox.read(house.tx()).items] == [NOON - MINUTE]
    commands.attend("tg:tg:5", "ana")(house.tx())
    assert listed(house) == []
    writes("4", Moment(NOON + DAY))
    assert len(listed(house)) == 1
    commands.unattend("tg:tg:5")(house.tx())
    commands.close_chat("tg:5", "ana", "tg")(house.tx())
    assert listed(house) == []
