"""Reading what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, func, select

from core.model.attention import WaitingChat, WaitingEvent
from core.model.talk import Author, ChatStatus
from data import mapping_events, mapping_talk
from data.columns import table_of
from data.reader_base import Base, the
from data.reader_listing import deals
from data.reader_outbox import events
from data.reader_talk import chat_messages, chats
from data.sql import Statement
from data.tables_inbox import AttentionRow
from data.tables_talk import ReachRow

attention: Final = table_of(AttentionRow)
reaches: Final = table_of(ReachRow)

EVENT: Final = "event"
CHAT: Final = "chat"


def _deal() -> Any:
    """The deal that an event names, else one that it has reached."""
    reached = (
        select(reaches.c.deal)
        .join(deals, deals.c.id == reaches.c.deal)
        .where(reaches.c.event == events.c.id)
        .order_by(deals.c.closed, deals.c.active_at.desc(), deals.c.id)
        .limit(1)
        .correlate(events)
        .scalar_subquery()
    )
    return func.coalesce(events.c.deal, reached)


def _events() -> Select[Any]:
    return (
        select(events, _deal())
        .join(attention, and_(attention.c.thing == events.c.id, attention.c.what == EVENT))
        .where(attention.c.done_at.is_(None))
        .order_by(attention.c.at, attention.c.thing)
        .limit(the("limit"))
    )


def _spoken(author: Author) -> Any:
    """The newest visible message of a chat by one side."""
    said = chat_messages.alias()
    found = select(said.c.id).where(said.c.chat == chats.c.id, said.c.author == author.value, _visible(said))
    return found.order_by(said.c.id.desc()).limit(1).correlate(chats).scalar_subquery()


def _visible(said: Any) -> Any:
    return ~said.c.hidden


def _since() -> Any:
    """When the client said the first thing that nobody has answered."""
    said = chat_messages.alias()
    found = select(said.c.at).where(
        said.c.chat == chats.c.id,
        said.c.author == Author.CLIENT.value,
        said.c.id > func.coalesce(_spoken(Author.AGENT), 0),
        said.c.at > func.coalesce(_seen(), 0),
    )
    return found.order_by(said.c.id).limit(1).correlate(chats).scalar_subquery()


def _seen() -> Any:
    """Up to when somebody has said that a chat needs no answer."""
    found = select(attention.c.done_at).where(attention.c.what == CHAT, attention.c.thing == chats.c.id)
    return found.correlate(chats).scalar_subquery()


def _waiting_chats(*columns: Any) -> Select[Any]:
    found = select(*columns, _since().label("since")).where(chats.c.status != ChatStatus.CLOSED.value)
    return found.where(_since().is_not(None)).order_by(chats.c.session_at)


def _chats() -> Select[Any]:
    last = select(chat_messages.c.text).where(chat_messages.c.id == _spoken(Author.CLIENT)).correlate(chats)
    return _waiting_chats(chats, last.scalar_subquery()).limit(the("limit"))


def _count_events() -> Select[Any]:
    found = select(attention.c.thing).where(attention.c.done_at.is_(None)).order_by(attention.c.at)
    return select(func.count()).select_from(found.limit(the("limit")).subquery("few"))


def _count_chats() -> Select[Any]:
    return select(func.count()).select_from(_waiting_chats(chats.c.id).limit(the("limit")).subquery("few"))


WAITING_EVENTS = Statement(_events)
WAITING_CHATS = Statement(_chats)
COUNT_EVENTS = Statement(_count_events)
COUNT_CHATS = Statement(_count_chats)


class InboxReader(Base):
    """What waits for a person."""

    def waiting_events(self, limit: int) -> Sequence[WaitingEvent]:
        """Return events that nobody has seen to, the oldest first."""
        rows = self.db.rows(WAITING_EVENTS, limit=limit)
        return [WaitingEvent(mapping_events.event_of(tuple(row)[:-1]), row[-1]) for row in rows]

    def waiting_chats(self, limit: int) -> Sequence[WaitingChat]:
        """Return chats whose client has spoken last and been given no answer, the oldest session first."""
        found = []
        for row in self.db.rows(WAITING_CHATS, limit=limit):
            *chat, text, since = row
            found.append(WaitingChat(mapping_talk.chat_of(tuple(chat)), since, text))
        return found

    def waiting_count(self, most: int) -> int:
        """Return how many events and chats wait, counted no further than ``most`` of each."""
        counted = [self.db.one(each, limit=most) for each in (COUNT_EVENTS, COUNT_CHATS)]
        return sum(row[0] for row in counted if row)
