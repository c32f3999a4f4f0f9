"""Which deals an event reaches: the one that it names, else those of the client whose address, phone or chat it is;
for a client who has no open deal a new one, as the connection says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import clients, phones
from core.commands import chat_finding
from core.engine import entering, settling
from core.errors import BadInput
from core.judging_hits import Judged, Lists
from core.model.deal import Cause, CauseKind, Deal
from core.model.event import Event
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.people import Address, Contact
from core.model.talk import Chat, Owner
from core.naming import LONGEST_NAME
from core.ports import Tx
from core.safe_text import header_text
from core.triggers.email_received import is_automatic, is_bounce

NEW_CLIENTS: Final[Mapping[str, bool]] = {
    "form": True,
    "call_received": True,
    "call_missed": True,
    "chat_message": True,
    "email_received": False,
}
"""Kinds with which a client comes to the house by themselves, and whether that makes a deal unless the connection says
otherwise."""
_CHATS: Final = frozenset({"chat_message", "chat_accepted", "chat_answered", "chat_closed", "chat_slow"})
_BEGINS: Final = Cause(CauseKind.TRIGGER)
"""Why a deal that an event has made is in its first stage: nobody's act, so it has no grace."""


def settled(tx: Tx, event: Event, lists: Lists) -> Event:
    """Return an event as it is understood now that its time has come: of a hit on a mail, whether a ``machine`` made
    it and why one thinks so (``judged``, ``why``). The stored event stays as it came."""
    return understood(event, None if event.kind == "email_received" else settling.settled(tx, event, lists))


def understood(event: Event, judged: Judged | None) -> Event:
    """Return an event with what is thought of it: a mail by what it says of itself, a hit by how it was judged."""
    if event.kind == "email_received":
        return _read(event)
    if judged is None:
        return event
    said = {"machine": not judged.who.counts, "judged": judged.who.value, "why": list(judged.reasons)}
    return replace(event, data={**event.data, **said})


def _read(event: Event) -> Event:
    """Return a mail with what it is when nobody has written it: ``automatic``, a ``bounce`` or an ``auto_reply``."""
    if is_bounce(event):
        return replace(event, data={**event.data, "automatic": "bounce", "machine": True})
    if is_automatic(event):
        return replace(event, data={**event.data, "automatic": "auto_reply", "machine": True})
    return event


def reached(tx: Tx, event: Event) -> Sequence[str]:
    """Return the ids of the deals that an event reaches: closed ones of the client too, which are told why nothing
    moves them."""
    if event.deal is not None:
        return [event.deal]
    if event.kind in _CHATS:
        chat = chat_of(tx, event)
        if chat is None:
            return []
        return [chat.deal] if chat.deal is not None else tx.deals_of(chat_finding.owners(tx, chat))
    owners = owners_of(tx, event)
    return tx.deals_of(owners) if owners else []


def chat_of(tx: Tx, event: Event) -> Chat | None:
    """Return the chat that an event is about; one whose client nobody knows is kept from other transactions."""
    named = str(event.data.get("chat") or "")
    found = next((chat for chat in tx.chats_named(named) if chat.channel == event.connection), None)
    if found is None or found.owner is not None or found.deal is not None:
        return found
    return tx.hold_chat(found.channel, found.chat)


def owners_of(tx: Tx, event: Event) -> list[Owner]:
    """Return the clients whose address or number an event comes from."""
    pairs = [("phone", _phone(event)), ("email", _email(event))]
    return list(dict.fromkeys(owner for kind, value in pairs if value for owner in tx.owners_of(kind, value)))


def _phone(event: Event) -> str:
    """Return the number that an event comes from; a chat's or an SMS's sender may be one."""
    found = str(event.data.get("phone") or (event.data.get("from") if event.kind != "email_received" else "") or "")
    return found if found.startswith("+") else ""


def _email(event: Event) -> str:
    return str(event.data.get("from" if event.kind == "email_received" else "email") or "")


# New deals ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """The deals of a client who had none open: the ``fresh`` one, or those that have come to be meanwhile."""

    deals: Sequence[str]
    fresh: str | None = None


def wants_new_deal(tx: Tx, event: Event, deals: Sequence[Deal]) -> bool:
    """Return whether an event that reaches these deals makes a new one: the client has none open and came by
    themselves, the event names no deal, and the connection does not say otherwise."""
    if event.kind not in NEW_CLIENTS or event.deal is not None or event.data.get("machine"):
        return False
    if any(not deal.closed for deal in deals):
        return False
    if event.kind in _CHATS:
        chat = chat_of(tx, event)
        if chat is None or chat.deal is not None:
            return False
    return _pipeline(tx.house(), event) is not None


def _pipeline(house: House, event: Event) -> str | None:
    """Return the pipeline of a new deal; None when the connection makes none, or there is no pipeline."""
    wished = _wished(house, event)
    on = wished.get("on")
    if not (NEW_CLIENTS[event.kind] if on is None else on):
        return None
    wanted = wished.get("pipeline")
    chosen = house.pipelines.get(wanted) if wanted else next(iter(house.pipelines.values()), None)
    return chosen.id if chosen is not None and chosen.stages else None


def _wished(house: House, event: Event) -> Mapping[str, Any]:
    """Return what the connection that an event came over says of new deals."""
    connection = house.connections.get(event.connection or "")
    return (connection.new_deal if connection else None) or {}


def new_deal(tx: Tx, event: Event, now: Moment) -> Made:
    """Make a deal in the first stage for a client who has none open, and the contact for one whom nobody knows."""
    chat = chat_of(tx, event) if event.kind in _CHATS else None
    found = _open_ones(tx, event, chat)
    if found:
        return Made(found)
    number = tx.new_deal_id()  # from here on no other transaction makes deals: look once more
    found = _open_ones(tx, event, chat)
    if found:
        return Made(found)
    owners = _owners(tx, event, chat)
    if not owners and (contact := _contact(tx, event)) is not None:
        tx.put_contact(contact)
        owners = [Owner("contact", contact.id)]
    if chat is not None and chat.owner is None and owners:
        tx.put_chat(replace(chat, **{owners[0].kind: owners[0].id}))
    _enter(tx, event, number, owners, now)
    return Made([number], fresh=number)


def _owners(tx: Tx, event: Event, chat: Chat | None) -> list[Owner]:
    return list(chat_finding.owners(tx, chat)) if chat is not None else owners_of(tx, event)


def _open_ones(tx: Tx, event: Event, chat: Chat | None) -> Sequence[str]:
    owners = _owners(tx, event, chat)
    return tx.open_deals_of(owners) if owners else []


def _contact(tx: Tx, event: Event) -> Contact | None:
    """Return the contact as the event tells of them; None when it tells nothing."""
    number, email = _phone(event), _email(event)
    said = (event.data.get("name"), number, email, event.data.get("from"))
    name = next((header_text(str(each)).strip() for each in said if str(each or "").strip()), "")
    if not name:
        return None
    region = phones.region_of(tx.house().company)
    return Contact(
        id=tx.new_client_id("contacts"),
        name=name[:LONGEST_NAME],
        emails=_addresses(clients.emails, email),
        phones=_addresses(lambda texts: clients.numbers(texts, region), number),
    )


def _addresses(read: Callable[[Iterable[str]], tuple[Address, ...]], text: str) -> tuple[Address, ...]:
    try:
        return read([text]) if text else ()
    except BadInput:  # what a channel calls an address may be none
        return ()


def _enter(tx: Tx, event: Event, number: str, owners: Sequence[Owner], now: Moment) -> None:
    house = tx.house()
    pipeline = _pipeline(house, event)
    assert pipeline is not None, "callers check"
    stage = house.pipelines[pipeline].stages[0].id
    people = [owner.id for owner in owners if owner.kind == "contact"]
    firms = [owner.id for owner in owners if owner.kind == "company"]
    deal = Deal(
        id=number,
        title=_title(tx, event, people, firms),
        pipeline=pipeline,
        stage=stage,
        responsible=who if (who := _wished(house, event).get("responsible")) in house.users else None,
        currency=house.company.currency,
        contacts=tuple(people[:1]),
        company=firms[0] if firms and not people else None,
        rank=tx.top_rank(pipeline, stage) + entering.RANK_GAP,
    )
    into = entering.Into(pipeline=pipeline, stage=stage, rank=deal.rank, by="system", cause=_BEGINS, now=now)
    tx.apply(entering.plan_new(house, deal, into))


def _title(tx: Tx, event: Event, people: Sequence[str], firms: Sequence[str]) -> str:
    """Return the new deal's title: the client's name, which is text of no language."""
    contact = tx.contacts(people[:1]).get(people[0]) if people else None
    company = tx.company(firms[0]) if firms and contact is None else None
    known = contact or company
    return known.name if known is not None else str(event.data.get("form") or event.public_id)
