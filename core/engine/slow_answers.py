"""The timers of accepted chats: how long the agent lets the client wait.

One for each acceptance and each length that a trigger of the house asks for. The first answer that the client sees and
closing stop them; what a rule says, or a note, does not. A trigger that is added or changed later counts for the chats
that are accepted from then on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from core.model.event import Timer
from core.model.house import House
from core.model.moment import SECOND, Moment
from core.model.talk import Chat, ChatStatus
from core.ports import Tx
from core.triggers import catalogue

SLOW: Final = "chat_slow"


def follow(tx: Tx, before: Chat, after: Chat) -> None:
    """Start the timers of a chat that was accepted, and stop those of one that was answered or closed."""
    if after.status is ChatStatus.ACCEPTED and before.status is not ChatStatus.ACCEPTED:
        tx.put_timers(_timers(after, tx.house()))
    elif before.status is ChatStatus.ACCEPTED and (after.answered_at or after.status is not ChatStatus.ACCEPTED):
        tx.drop_timers(_key(after))


def _key(chat: Chat) -> str:
    return f"{SLOW}:{chat.id}"


def _timers(chat: Chat, house: House) -> Iterator[Timer]:
    """Yield a timer for each wait that is too long for a trigger: due at the first moment later than that wait."""
    assert chat.accepted_at is not None, "the chat was just accepted"
    for seconds, count_from in sorted(_waits(chat, house)):
        begun = chat.session_at if count_from == "message" and chat.session_at is not None else chat.accepted_at
        at = Moment(max(chat.accepted_at, begun + seconds * SECOND + 1))
        data = {
            "channel": chat.channel,
            "chat": chat.chat,
            "from": chat.peer,
            "session": chat.session,
            "by": chat.accepted_by,
            "seconds": seconds,
            "count_from": count_from,
        }
        key = f"{_key(chat)}:{chat.session}:{count_from}:{seconds}"
        yield Timer(key=key, kind=SLOW, deal=chat.deal, at=at, data=data)


def _waits(chat: Chat, house: House) -> set[tuple[int, str]]:
    found = set()
    for trigger in house.triggers.values():
        if trigger.kind == SLOW and trigger.enabled:
            try:
                settings = catalogue.kinds()[SLOW].Settings.model_validate(dict(trigger.settings))
            except ValidationError:
                continue
            if settings.channel in (None, chat.channel):
                found.add((settings.seconds, settings.count_from))
    return found
