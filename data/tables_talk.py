"""Tables of what clients do: chats and what is said in them, invitations, events, what simulated peers will do."""

from __future__ import annotations

from sqlalchemy import Index, column
from sqlalchemy import text as sql

from data.columns import Table, ident, partial, prose, serial, whole, yes_no


class ChatRow(Table, table=True):
    """A conversation with a client on an open channel."""

    __tablename__ = "chats"
    __table_args__ = (
        Index("uq_chats_channel_chat", "channel", "chat", unique=True),
        Index(None, "chat"),
        partial("ix_chats_contact", "contact", "created_at", where=column("contact").is_not(None)),
        partial("ix_chats_company", "company", "created_at", where=column("company").is_not(None)),
        partial("ix_chats_deal", "deal", "created_at", where=column("deal").is_not(None)),
        Index(None, "peer"),
        partial("ix_chats_open", "session_at", where=column("status") != "closed"),
    )

    id: int | None = serial()
    channel: str = ident()
    chat: str = ident()
    peer: str = ident()
    created_at: int = whole()
    contact: str | None = ident(default=None)
    company: str | None = ident(default=None)
    deal: str | None = ident(default=None)
    status: str = prose()
    session: int = whole(default=1, sa_column_kwargs={"server_default": sql("1")})
    session_at: int | None = whole(default=None)
    accepted_by: str | None = ident(default=None)
    accepted_at: int | None = whole(default=None)
    answered_at: int | None = whole(default=None)
    closed_at: int | None = whole(default=None)
    blocked: bool = yes_no()


class ChatMessageRow(Table, table=True):
    """What was said in a chat."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        Index(None, "chat", "id"),
        partial("ix_chat_messages_delivery", "delivery", where=column("delivery").is_not(None)),
    )

    id: int | None = serial()
    chat: int = whole()
    session: int = whole()
    at: int = whole()
    author: str = prose()
    by: str = prose()
    text: str = prose()
    hidden: bool = yes_no()
    delivery: int | None = whole(default=None)
    data: str | None = prose(default=None)


class InviteRow(Table, table=True):
    """A link into a messenger, known by its token."""

    __tablename__ = "invites"
    __table_args__ = (
        Index(None, "deal"),
        partial("ix_invites_followed_by", "channel", "followed_by", where=column("followed_by").is_not(None)),
        partial("ix_invites_run", "run", where=column("run").is_not(None)),
    )

    token: str = ident(primary_key=True)
    deal: str = ident()
    channel: str = ident()
    at: int = whole()
    contact: str | None = ident(default=None)
    company: str | None = ident(default=None)
    run: int | None = whole(default=None)
    followed_at: int | None = whole(default=None)
    followed_by: str | None = ident(default=None)


class EventRow(Table, table=True):
    """One happening; the same outside id of the same source is kept once."""

    __tablename__ = "events"
    __table_args__ = (
        Index("uq_events_source_outside_id", "source", "outside_id", unique=True),
        partial("ix_events_due", "due_at", "id", where=column("handled_at").is_(None)),
        partial("ix_events_open_deal", "deal", "due_at", where=column("handled_at").is_(None)),
        partial("ix_events_deal", "deal", "id", where=column("deal").is_not(None)),
        partial("ix_events_delivery", "delivery", "id", where=column("delivery").is_not(None)),
    )

    id: int | None = serial()
    kind: str = prose()
    source: str = ident()
    outside_id: str = ident()
    at: int = whole()
    deal: str | None = ident(default=None)
    delivery: int | None = whole(default=None)
    connection: str | None = ident(default=None)
    data: str | None = prose(default=None)
    handled_at: int | None = whole(default=None)
    due_at: int = whole(default=0, sa_column_kwargs={"server_default": sql("0")})
    chain: str | None = prose(default=None)


class ReachRow(Table, table=True):
    """An event at one deal, or (``deal`` empty) at none. The pair is unique, so that it is judged once."""

    __tablename__ = "reaches"
    __table_args__ = (
        Index("uq_reaches_event_deal", "event", "deal", unique=True),
        partial("ix_reaches_open", "id", where=column("judged_at").is_(None)),
        partial("ix_reaches_open_deal", "deal", "id", where=column("judged_at").is_(None)),
        partial("ix_reaches_deal", "deal", "id", where=column("deal").is_not(None)),
        partial("ix_reaches_entry", "entry", where=column("entry").is_not(None)),
    )

    id: int | None = serial()
    event: int = whole()
    deal: str | None = ident(default=None)
    applied: str | None = ident(default=None)
    entry: int | None = whole(default=None)
    candidates: str | None = prose(default=None)
    judged_at: int | None = whole(default=None)


class HappeningRow(Table, table=True):
    """What a simulated peer will do; gone once it has done it."""

    __tablename__ = "happenings"
    __table_args__ = (
        Index("uq_happenings_connection_key", "connection", "key", unique=True),
        Index(None, "at"),
    )

    id: int | None = serial()
    connection: str = ident()
    key: str = ident()
    kind: str = prose()
    at: int = whole()
    deal: str | None = ident(default=None)
    delivery: int | None = whole(default=None)
    data: str | None = prose(default=None)
