"""A call that a person places through one of the house's lines: made at once, in their name, and told to triggers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core import phones, recipients
from core.commands import lookup
from core.engine import attending, knowing
from core.errors import Refused
from core.i18n import N_
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.event import Event
from core.model.frozen import replace
from core.model.house import Connection, House
from core.model.people import User
from core.model.rule import Unknown
from core.naming import check_id
from core.plan import Plan
from core.ports import Facts, Job, Tx
from core.recipients import Client
from core.rules import ways
from core.rules.base import CannotAct
from core.words import Words

SOURCE: Final = "house"
MADE: Final = "call_made"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """Whom a person calls: ``phone`` None is the client's first number, ``line`` None the only one that there is.
    ``id`` is the caller's own name for it: the same one again is the same call."""

    phone: str | None = None
    line: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A call on its way; ``new`` False: it was placed before, and nothing was done."""

    delivery: Delivery
    new: bool = True


def place_call(deal_id: str, call: NewCall, by: str) -> Job[Placed]:
    """Return a job that hands a user's call to a telephone line and records ``call_made``, answered or not.

    It belongs to no stay of the deal, is tried once, and counts as activity. Raises ``UnknownThing``, ``BadInput``, and
    ``Refused`` with the very words with which a rule would fail, and for a line that is paused.
    """

    def job(tx: Tx) -> Placed:
        house, now = tx.house(), tx.now()
        tx.hold([deal_id])
        deal, caller = lookup.deal(tx, deal_id), lookup.user(house, by)
        before = _before(tx, call)
        if before is not None:
            return Placed(before, new=False)
        number = phones.parse(call.phone, phones.region_of(house.company)) if call.phone is not None else None
        facts = knowing.with_declined(tx, tx.facts(deal, now), [number] if number is not None else ())
        planned = _delivery(facts, call, number, caller)
        after = replace(deal, active_at=now, version=deal.version + 1)
        applied = tx.apply(Plan(deals_changed=[(deal, after)], deliveries=[planned]))
        made = tx.delivery(applied.deliveries[0])
        assert made is not None
        event = _event(made, call)
        tx.record(event)
        attending.settle(tx, event, [deal_id])
        return Placed(made)

    return job


def _before(tx: Tx, call: NewCall) -> Delivery | None:
    known = tx.event_of(SOURCE, _outside_id(call.id)) if call.id is not None else None
    return tx.delivery(known.delivery) if known is not None and known.delivery is not None else None


def _outside_id(given: str) -> str:
    return f"{MADE}-by-id-{check_id(given)}"


def _delivery(facts: Facts, call: NewCall, number: str | None, caller: User) -> Delivery:
    try:
        line = _line(facts.house, call.line)
        to, owner, why = _recipient(facts, number, caller)
    except CannotAct as ending:
        raise Refused(ending.detail.msg, **ending.detail.args) from None
    data = {"date": facts.now, "recipient": owner.id if owner else None, "to_name": owner.name if owner else ""}
    return Delivery(
        id=0,
        deal=facts.deal.id,
        rule=None,
        run=None,
        entry=None,
        connection=line.id,
        message=Message(channel=Channel.TELEPHONY, to=to, text="", data=data),
        status=DeliveryStatus.QUEUED,
        unknown=Unknown.HOLD,
        at=facts.now,
        moment=facts.now,
        due_at=facts.now,
        detail=why,
        by=caller.id,
        why=why,
    )


def _line(house: House, wanted: str | None) -> Connection:
    """Return the line. Raises ``CannotAct`` as rules do, and ``Refused`` for one that is paused: nobody calls later."""
    line = ways.TELEPHONY.pick(house, wanted)
    if line.paused is not None:
        raise Refused(N_("line {line} is paused ({reason}): let it go again first"), line=line.id, reason=line.paused)
    return line


def _recipient(facts: Facts, number: str | None, caller: User) -> tuple[str, Client | None, Words]:
    if number is None:
        chosen = recipients.phone(facts)
        return chosen.address, chosen.owner, chosen.why
    clients: list[Client] = [*facts.contacts, *([facts.company] if facts.company else [])]
    owner = next((c for c in clients if any(p.value == number for p in c.phones)), None)
    if recipients.opted_out(facts, number):
        raise recipients.declined(owner.name if owner else number, number)
    return number, owner, Words(N_("{user} has named the number {number}"), {"user": caller.name, "number": number})


def _event(made: Delivery, call: NewCall) -> Event:
    return Event(
        kind=MADE,
        source=SOURCE,
        outside_id=f"{MADE}-{made.public_id}" if call.id is None else _outside_id(call.id),
        at=made.at,
        deal=made.deal,
        delivery=made.id,
        connection=made.connection,
        data={"phone": made.message.to, "by": made.by, "line": made.connection, "delivery": made.public_id},
    )
