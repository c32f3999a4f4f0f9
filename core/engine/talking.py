"""A chat's life: sessions that closing ends and the client's next message begins.

What is reported late counts when it is reported: a channel tells what happens in its order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from core.model.delivery import Channel, Delivery, Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.talk import Chat, ChatStatus
from core.ports import Tx

_START: Final = re.compile(r"\s*/start(?:@\w+)?\s+(\S+)\s*")


def token_of(text: str) -> str | None:
    """Return the token of a followed invitation; None for an ordinary message (a bare ``/start`` too)."""
    found = _START.fullmatch(text)
    return found[1] if found else None


def written(chat: Chat, at: Moment) -> Chat:
    """Return a chat in which the client has written: after closing it is a new session. Who writes takes messages."""
    open_to_us = replace(chat, blocked=False)
    if chat.status is not ChatStatus.CLOSED:
        return open_to_us
    return replace(
        open_to_us,
        status=ChatStatus.WAITING,
        session=chat.session + 1,
        session_at=at,
        accepted_by=None,
        accepted_at=None,
        answered_at=None,
        closed_at=None,
    )


def accepted(chat: Chat, by: str, at: Moment) -> Chat:
    """Return a chat that an agent has taken; the same for one that is taken or closed."""
    if chat.status is not ChatStatus.WAITING:
        return chat
    return replace(chat, status=ChatStatus.ACCEPTED, accepted_by=by, accepted_at=at)


def answered(chat: Chat, at: Moment) -> Chat:
    """Return a chat in which an agent has said something that the client sees: only the first time after the
    acceptance makes a difference."""
    if chat.status is not ChatStatus.ACCEPTED or chat.answered_at is not None:
        return chat
    return replace(chat, answered_at=at)


def closed(chat: Chat, at: Moment) -> Chat:
    """Return a chat whose session is over; the same for one that is closed."""
    return chat if chat.status is ChatStatus.CLOSED else replace(chat, status=ChatStatus.CLOSED, closed_at=at)


def block(tx: Tx, results: Iterable[tuple[Delivery, Outcome]]) -> None:
    """Note of the chats whose clients have blocked us that they take no more messages."""
    for delivery, outcome in results:
        if outcome.kind is OutcomeKind.REJECTED and outcome.reason == "blocked":
            number = delivery.message.data.get("chat") if delivery.message.channel is Channel.OPEN_CHANNEL else None
            chat = tx.chat(number) if number is not None else None
            if chat is not None and not chat.blocked:
                tx.put_chat(replace(chat, blocked=True))
