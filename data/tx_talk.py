"""Writing chats, what is said in them, and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Insert, Select, delete, insert, literal, null, select, update

from core.model.delivery import Channel, Delivery
from core.model.moment import Moment
from core.model.talk import Author, Chat, ChatMessage, Invite
from data import mapping_talk
from data.mapping import Params, kept
from data.reader_base import the
from data.reader_talk import TalkReader, chat_messages, chats, invites
from data.sql import Statement
from data.tx_addresses import AddressWriter
from data.tx_feed import FeedWriter
from data.tx_statements import addition, alteration, insertion

_STATE: Final = tuple(column.name for column in chats.c if column.name not in ("id", "channel", "chat", "created_at"))


def _held() -> Select[Any]:
    return select(chats).where(chats.c.channel == the("channel"), chats.c.chat == the("chat"))


def _carried() -> Insert:
    """What a message of the outbox says in a chat: the chat's session goes with it, its words stay in the outbox."""
    columns = ("chat", "session", "at", "author", "by", "text", "hidden", "delivery", "data")
    said = select(
        chats.c.id, chats.c.session, the("at"), the("author"), the("by"), literal(""), literal(False), the("delivery"),
        null(),
    ).where(chats.c.id == the("chat"))  # fmt: skip
    return insert(chat_messages).from_select(list(columns), said)


HOLD_CHAT = Statement(_held, lambda: _held().with_for_update())
ADD_CHAT = addition(chats)
CHANGE_CHAT = alteration(chats, _STATE)
SAY = insertion(chat_messages)
CARRIED = Statement(_carried)
UNSAID = Statement(
    lambda: delete(chat_messages).where(
        chat_messages.c.delivery == the("delivery"), chat_messages.c.delivery.is_not(None)
    )
)
ADD_INVITE = addition(invites, answers="token")
FOLLOW = Statement(
    lambda: (
        update(invites)
        .values(followed_at=the("at"), followed_by=the("by"))
        .where(invites.c.token == the("token"), invites.c.followed_at.is_(None))
    )
)


class TalkWriter(TalkReader, AddressWriter, FeedWriter):
    """What clients and agents say; the screens are told of the chat, whether it has deals or not."""

    def hold_chat(self, channel: str, chat: str) -> Chat | None:
        """Return a chat by its channel's id, kept from other transactions until the commit."""
        row = self.db.one(HOLD_CHAT, channel=channel, chat=chat)
        return mapping_talk.chat_of(row) if row else None

    def add_chat(self, chat: Chat) -> int | None:
        """Keep a new chat and return its row's number; None when its channel has it already."""
        row = self.db.one(ADD_CHAT, **mapping_talk.chat_params(chat))
        if row is None:
            return None
        self._tell([("chat", str(row[0]))])
        return int(row[0])

    def put_chat(self, chat: Chat) -> None:
        """Change a chat."""
        self.db.run(CHANGE_CHAT, **mapping_talk.chat_params(chat))
        self._tell([("chat", str(chat.id))])

    def say(self, message: ChatMessage) -> int:
        """Add to a chat's history and return the row's number."""
        said = self.db.new_id(SAY, **mapping_talk.message_params(message))
        self._tell([("chat", str(message.chat))])
        return said

    def add_invite(self, invite: Invite) -> None:
        """Keep an invitation; one with the same token stays as it is."""
        self.db.one(ADD_INVITE, **mapping_talk.invite_params(invite))

    def follow_invite(self, token: str, by: str, at: Moment) -> bool:
        """Note who has followed an invitation first; False when somebody has before."""
        return self.db.run(FOLLOW, token=token, by=by, at=at) > 0

    def _say_all(self, ids: Sequence[int], deliveries: Sequence[Delivery]) -> None:
        """Have new messages of the outbox stand in the chats that they go to."""
        rows = [
            _carried_row(id_, delivery) for id_, delivery in zip(ids, deliveries, strict=True) if _chat_of(delivery)
        ]
        if rows:
            self.db.many(CARRIED, rows)
            self._tell([("chat", str(chat)) for chat in dict.fromkeys(row["chat"] for row in rows)])

    def _say_elsewhere(self, before: Delivery, after: Delivery) -> None:
        """Have a message that was rewritten for another chat stand there."""
        if _chat_of(after) not in (None, _chat_of(before)):
            self.db.run(UNSAID, delivery=after.id)
            self.db.run(CARRIED, **_carried_row(after.id, after))
            told = dict.fromkeys(chat for chat in map(_chat_of, (before, after)) if chat is not None)
            self._tell([("chat", str(chat)) for chat in told])


def _chat_of(delivery: Delivery) -> int | None:
    message = delivery.message
    return message.data.get("chat") if message.channel is Channel.OPEN_CHANNEL else None


def _carried_row(id_: int, delivery: Delivery) -> Params:
    by = delivery.rule or delivery.message.data.get("by") or "system"
    author = Author.RULE if delivery.rule else Author.AGENT
    return {
        "chat": _chat_of(delivery),
        "at": delivery.message.data.get("date", delivery.at),
        "author": author.value,
        "by": kept(str(by)),
        "delivery": id_,
    }
