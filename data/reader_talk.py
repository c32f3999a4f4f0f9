"""Reading chats, what is said in them, and invitations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, or_, select, union

from core.model.talk import Chat, Invite, Owner, Said
from core.talk_ports import ChatFilter
from data import mapping_talk, mapping_work
from data.columns import table_of
from data.reader_addresses import AddressReader
from data.reader_base import the
from data.reader_outbox import DELIVERIES_BY_ID
from data.sql import Statement, among
from data.tables_talk import ChatMessageRow, ChatRow, InviteRow

chats: Final = table_of(ChatRow)
chat_messages: Final = table_of(ChatMessageRow)
invites: Final = table_of(InviteRow)

_newest: Final = (chats.c.created_at.desc(), chats.c.id.desc())

CHAT = Statement(lambda: select(chats).where(chats.c.id == the("id")))
CHATS_NAMED = Statement(lambda: select(chats).where(chats.c.chat == the("chat")).order_by(chats.c.channel))
KNOWN_PEER = Statement(
    lambda: (
        select(chats.c.contact, chats.c.company)
        .where(
            chats.c.peer == the("peer"),
            chats.c.channel == the("channel"),
            or_(chats.c.contact.is_not(None), chats.c.company.is_not(None)),
        )
        .order_by(*_newest)
        .limit(1)
    )
)
INVITE = Statement(lambda: select(invites).where(invites.c.token == the("token")))
INVITE_OF_RUN = Statement(
    lambda: (
        select(invites)
        .where(invites.c.run == the("run"), invites.c.run.is_not(None))
        .order_by(invites.c.at.desc(), invites.c.token)
        .limit(1)
    )
)
FOLLOWED = Statement(
    lambda: (
        select(invites)
        .where(
            invites.c.channel == the("channel"),
            invites.c.followed_by == the("peer"),
            invites.c.followed_by.is_not(None),
        )
        .order_by(invites.c.followed_at.desc(), invites.c.at.desc(), invites.c.token)
        .limit(1)
    )
)


def _of() -> Select[Any]:
    own = chats.alias()
    whose = (
        own.c.deal == the("deal"),
        among(own.c.contact, "contacts") & own.c.contact.is_not(None),
        among(own.c.company, "companies") & own.c.company.is_not(None),
    )
    each = union(*(select(own.c.id).where(one) for one in whose))
    return select(chats).where(chats.c.id.in_(each)).order_by(chats.c.id.desc())


CHATS_OF = Statement(_of)


def _last() -> Select[Any]:
    """The newest of the deal's, the contact's and the company's own newest: each comes from its index."""
    own = chats.alias()
    each = [
        select(own.c.id)
        .where(own.c[whose] == the(whose), own.c[whose].is_not(None), among(own.c.channel, "channels"))
        .order_by(own.c.created_at.desc(), own.c.id.desc())
        .limit(1)
        .scalar_subquery()
        for whose in ("deal", "contact", "company")
    ]
    return select(chats).where(chats.c.id.in_(each)).order_by(*_newest).limit(1)


LAST_CHAT = Statement(_last)


@cache
def chats_where(*, channel: bool, status: bool, deal: bool, limit: bool) -> Statement:
    """Return the statement that lists chats, newest first, by the filters that are set."""

    def build() -> Select[Any]:
        found = select(chats).order_by(chats.c.id.desc())
        if channel:
            found = found.where(chats.c.channel == the("channel"))
        if status:
            found = found.where(chats.c.status == the("status"))
        if deal:
            found = found.where(chats.c.deal == the("deal"), chats.c.deal.is_not(None))
        return found.limit(the("limit")) if limit else found

    return Statement(build)


@cache
def said_in(*, limit: bool) -> Statement:
    """Return the statement that reads a chat's history, newest first."""

    def build() -> Select[Any]:
        found = select(chat_messages).where(chat_messages.c.chat == the("chat")).order_by(chat_messages.c.id.desc())
        return found.limit(the("limit")) if limit else found

    return Statement(build)


class TalkReader(AddressReader):
    """What clients have said."""

    def chat(self, chat_id: int) -> Chat | None:
        """Return a chat by its row."""
        row = self.db.one(CHAT, id=chat_id)
        return mapping_talk.chat_of(row) if row else None

    def chats_named(self, chat: str) -> Sequence[Chat]:
        """Return the chats that their channels know by this id, of archived channels too."""
        return [mapping_talk.chat_of(row) for row in self.db.rows(CHATS_NAMED, chat=chat)]

    def chats(self, where: ChatFilter) -> Sequence[Chat]:
        """Return chats, newest first."""
        given = {
            "channel": where.channel,
            "status": where.status and where.status.value,
            "deal": where.deal,
            "limit": where.limit,
        }
        params = {name: value for name, value in given.items() if value is not None}
        rows = self.db.rows(chats_where(**{name: name in params for name in given}), **params)
        return [mapping_talk.chat_of(row) for row in rows]

    def last_chat(self, deal: str, owner: Owner | None, channels: Iterable[str]) -> Chat | None:
        """Return the chat created last of those on these channels that are the client's or bound to the deal, closed
        ones included."""
        whose = {"contact": None, "company": None} | ({owner.kind: owner.id} if owner else {})
        row = self.db.one(LAST_CHAT, deal=deal, channels=list(channels), **whose)
        return mapping_talk.chat_of(row) if row else None

    def chats_of(self, deal: str, owners: Iterable[Owner]) -> Sequence[Chat]:
        """Return the chats that are bound to a deal or with one of these clients, newest first."""
        known = list(owners)
        people = [owner.id for owner in known if owner.kind == "contact"]
        firms = [owner.id for owner in known if owner.kind == "company"]
        rows = self.db.rows(CHATS_OF, deal=deal, contacts=people, companies=firms)
        return [mapping_talk.chat_of(row) for row in rows]

    def known_peer(self, channel: str, peer: str) -> Owner | None:
        """Return the client behind a channel's user, as the user's newest chat with a known client has it."""
        row = self.db.one(KNOWN_PEER, channel=channel, peer=peer)
        if row is None:
            return None
        return Owner("contact", row[0]) if row[0] is not None else Owner("company", row[1])

    def said(self, chat_id: int, limit: int | None = None) -> Sequence[Said]:
        """Return what was said in a chat (the newest ``limit``), oldest first."""
        rows = self.db.rows(said_in(limit=limit is not None), chat=chat_id, limit=limit)
        messages = [mapping_talk.message_of(row) for row in reversed(rows)]
        carried = [message.delivery for message in messages if message.delivery is not None]
        found = self.db.rows(DELIVERIES_BY_ID, ids=carried) if carried else []
        deliveries = {delivery.id: delivery for delivery in map(mapping_work.delivery_of, found)}
        return [Said(message, deliveries.get(message.delivery or 0)) for message in messages]

    def invite(self, token: str) -> Invite | None:
        """Return an invitation."""
        return self._invite(self.db.one(INVITE, token=token))

    def invite_of_run(self, run_id: int) -> Invite | None:
        """Return the invitation that a run has written last, for its message keeps its link."""
        return self._invite(self.db.one(INVITE_OF_RUN, run=run_id))

    def invite_followed_by(self, channel: str, peer: str) -> Invite | None:
        """Return the invitation that a channel's user has followed last."""
        return self._invite(self.db.one(FOLLOWED, channel=channel, peer=peer))

    @staticmethod
    def _invite(row: Any) -> Invite | None:
        return mapping_talk.invite_of(row) if row else None
