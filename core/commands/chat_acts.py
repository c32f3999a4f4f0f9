"""The agent's side of a chat: taking it, answering through its channel, closing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.commands import chat_finding, chats, lookup
from core.engine import talking
from core.errors import BadInput, Refused
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message
from core.model.event import Event
from core.model.moment import Moment
from core.model.rule import Unknown
from core.model.talk import Chat, ChatStatus
from core.plan import Plan
from core.ports import Job, Tx
from core.safe_text import wire_text
from core.words import Words

SOURCE: Final = "house"
"""The source of events that happen here, whose ids are made of what they are about."""


@dataclass(frozen=True, slots=True)
class Talked:
    """A chat as an agent's act has left it, with the message that goes out by it."""

    chat: Chat
    delivery: Delivery | None = None


def accept_chat(chat: str, by: str | None = None, channel: str | None = None) -> Job[Talked]:
    """Return a job by which an agent takes a chat (default: the responsible of its deal).

    Raises ``UnknownThing``, and ``Refused`` for a chat that is taken or closed.
    """

    def job(tx: Tx) -> Talked:
        found, now = _held(tx, chat, channel), tx.now()
        agent = _agent(tx, found, by)
        if found.status is ChatStatus.CLOSED:
            raise chats.shut(found)
        if found.status is ChatStatus.ACCEPTED:
            msg = N_("chat {chat} has been taken by {user} before")
            raise Refused(msg, chat=found.address, user=found.accepted_by)
        words = Words(N_("{channel}: {user} takes the chat"), {"user": agent})
        change = chats.Change(talking.accepted(found, agent, now), agent, words)
        return Talked(_done(tx, found, change, now, "chat_accepted"))

    return job


def close_chat(chat: str, by: str | None = None, channel: str | None = None) -> Job[Talked]:
    """Return a job by which an agent ends a chat's session. Raises ``UnknownThing``, and ``Refused`` for a chat that
    is closed."""

    def job(tx: Tx) -> Talked:
        found, now = _held(tx, chat, channel), tx.now()
        agent = _agent(tx, found, by)
        if found.status is ChatStatus.CLOSED:
            raise Refused(N_("chat {chat} is closed already"), chat=found.address)
        change = chats.Change(talking.closed(found, now), agent, Words(N_("{channel}: the chat is closed")))
        return Talked(_done(tx, found, change, now, "chat_closed"))

    return job


def answer_chat(chat: str, text: str, by: str | None = None, channel: str | None = None) -> Job[Talked]:
    """Return a job by which an agent writes to a client: a message that leaves through the chat's channel, in the name
    of the chat's deal. It neither takes the chat nor reopens a closed one.

    Raises ``UnknownThing``, ``BadInput``, and ``Refused`` for a client who has blocked us, or whom no deal is about.
    """

    def job(tx: Tx) -> Talked:
        found, now = _held(tx, chat, channel), tx.now()
        words = wire_text(chat_finding.text(text))
        if not words.strip():
            raise BadInput(N_("a chat message needs a text"))
        if found.blocked:
            raise Refused(
                N_("{peer} has blocked us on {channel}: nothing goes out"), peer=found.peer, channel=found.channel
            )
        deal = chat_finding.deal(tx, found)
        agent = _agent(tx, found, by)
        if deal is None:
            msg = N_("chat {chat} belongs to no deal: link its client to one, then the answer can go out")
            raise Refused(msg, chat=found.address)
        applied = tx.apply(Plan(deliveries=[_message(found, deal, agent, words, now)]))
        told = Words(N_("{channel}: {user} answers: {text}"), {"user": agent, "text": words[:200]})
        change = chats.Change(talking.answered(found, now), agent, told)
        number = applied.deliveries[0]
        after = _done(tx, found, change, now, "chat_answered", number, words)
        return Talked(after, tx.delivery(number))

    return job


def _held(tx: Tx, chat: str, channel: str | None) -> Chat:
    named = chat_finding.chat(tx, chat, channel)
    return tx.hold_chat(named.channel, named.chat) or named


def _agent(tx: Tx, chat: Chat, by: str | None) -> str:
    """Return who acts: the user named, else who has taken the chat, else the responsible of its deal."""
    if by is not None:
        return lookup.user(tx.house(), by).id
    deal = chat_finding.deal(tx, chat)
    agent = chat.accepted_by or (deal.responsible if deal else None)
    if agent is None:
        raise BadInput(N_("chat {chat} has no responsible: say who acts with --by"), chat=chat.address)
    return agent


def _message(chat: Chat, deal: Deal, agent: str, text: str, now: Moment) -> Delivery:
    owner = chat.owner
    data = {"chat": chat.id, "by": agent, "recipient": owner.id if owner else None, "date": now}
    return Delivery(
        id=0,
        deal=deal.id,
        rule=None,
        run=None,
        entry=None,
        connection=chat.channel,
        message=Message(channel=Channel.OPEN_CHANNEL, to=chat.address, text=text, data=data),
        status=DeliveryStatus.QUEUED,
        unknown=Unknown.HOLD,
        at=now,
        moment=now,
        due_at=now,
        by=agent,
    )


def _done(
    tx: Tx,
    before: Chat,
    change: chats.Change,
    now: Moment,
    kind: str,
    delivery: int | None = None,
    text: str | None = None,
) -> Chat:
    """Write an agent's act: the event, the chat, the history. Its words, if any, stand in the outbox."""
    what = f"M{delivery}" if delivery is not None else f"{before.id}-{before.session}"
    data = {"channel": before.channel, "chat": before.chat, "from": before.peer, "session": before.session}
    data |= {"by": change.by} | ({"text": text, "delivery": f"M{delivery}"} if delivery is not None else {})
    event = Event(
        kind=kind,
        source=SOURCE,
        outside_id=f"{kind}-{what}",
        at=now,
        deal=before.deal,
        delivery=delivery,
        connection=before.channel,
        data=data,
    )
    tx.record(event)
    return chats.write(tx, before, change, now, {"what": kind.removeprefix("chat_"), **data})
