"""Reading events, and what simulated peers will do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, func, select

from core.model.event import Event
from core.model.moment import Moment
from data import mapping_events
from data.columns import table_of
from data.reader_base import Base, the
from data.reader_outbox import happenings
from data.sql import Statement
from data.tables_talk import EventRow

events: Final = table_of(EventRow)

EVENT = Statement(lambda: select(events).where(events.c.id == the("id")))
EVENT_OF = Statement(
    lambda: select(events).where(events.c.source == the("source"), events.c.outside_id == the("outside_id"))
)
EVENTS_ABOUT = Statement(
    lambda: (
        select(events)
        .where(events.c.delivery == the("delivery"), events.c.delivery.is_not(None))
        .order_by(events.c.id)
        .limit(500)
    )
)
NEXT_HAPPENING = Statement(lambda: select(func.min(happenings.c.at)))


@cache
def events_where(*, deal: bool, limit: bool) -> Statement:
    """Return the statement that lists events, oldest first, by the filters that are set."""

    def build() -> Select[Any]:
        found = select(events).order_by(events.c.id)
        if deal:
            found = found.where(events.c.deal == the("deal"))
        return found.limit(the("limit")) if limit else found

    return Statement(build)


class EventReader(Base):
    """What has happened outside."""

    def event(self, event_id: int) -> Event | None:
        """Return one event."""
        row = self.db.one(EVENT, id=event_id)
        return mapping_events.event_of(row) if row else None

    def event_of(self, source: str, outside_id: str) -> Event | None:
        """Return the event that a source has reported under an id."""
        row = self.db.one(EVENT_OF, source=source, outside_id=outside_id)
        return mapping_events.event_of(row) if row else None

    def events_of(self, deal: str | None = None, limit: int | None = None) -> Sequence[Event]:
        """Return events (of one deal), oldest first."""
        given = {"deal": deal, "limit": limit}
        params = {name: value for name, value in given.items() if value is not None}
        rows = self.db.rows(events_where(deal=deal is not None, limit=limit is not None), **params)
        return [mapping_events.event_of(row) for row in rows]

    def events_about(self, delivery_id: int) -> Sequence[Event]:
        """Return the events that name a message (it was opened, its link clicked), oldest first; 500 at most."""
        return [mapping_events.event_of(row) for row in self.db.rows(EVENTS_ABOUT, delivery=delivery_id)]

    def next_happening(self) -> Moment | None:
        """Return when a simulated peer does something next; None when nothing is planned."""
        row = self.db.one(NEXT_HAPPENING)
        return row[0] if row else None
