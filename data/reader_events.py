"""Reading events, and what simulated peers will do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select, union_all

from core.model.event import Event, Reach
from core.model.moment import Moment
from data import mapping_events
from data.reader_base import Base, the
from data.reader_outbox import events, happenings, reaches
from data.sql import Statement, among

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
EVENTS_BY_ID = Statement(lambda: select(events).where(among(events.c.id, "ids")))
EVENT_OF_ENTRY = Statement(
    lambda: (
        select(events)
        .join(reaches, reaches.c.event == events.c.id)
        .where(reaches.c.entry == the("entry"), reaches.c.entry.is_not(None))
        .limit(1)
    )
)
OPEN_AT_DEAL = Statement(
    lambda: union_all(
        select(events.c.id).where(
            events.c.deal == the("deal"), events.c.handled_at.is_(None), events.c.due_at <= the("now")
        ),
        select(reaches.c.id).where(reaches.c.deal == the("deal"), reaches.c.judged_at.is_(None)),
    )
)
OPEN_ANYWHERE = Statement(
    lambda: select(
        select(events.c.id).where(events.c.handled_at.is_(None), events.c.due_at <= the("now")).exists(),
        select(reaches.c.id).where(reaches.c.judged_at.is_(None)).exists(),
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


@cache
def reaches_where(*, deal: bool, event: bool, limit: bool) -> Statement:
    """Return the statement that lists events at deals by the filters that are set: oldest first, or with a limit
    newest first."""

    def build() -> Select[Any]:
        found = select(reaches).order_by(reaches.c.id.desc() if limit else reaches.c.id)
        if deal:
            found = found.where(reaches.c.deal == the("deal"), reaches.c.deal.is_not(None))
        if event:
            found = found.where(reaches.c.event == the("event"))
        return found.limit(the("limit")) if limit else found

    return Statement(build)


@cache
def unheard_where(*, deal: bool, event: bool) -> Statement:
    """Return the statement that lists the events which are still to be taken up, oldest first."""

    def build() -> Select[Any]:
        found = select(events).where(events.c.handled_at.is_(None)).order_by(events.c.id)
        if event:
            return found.where(events.c.id == the("event"))
        return found.where(events.c.deal == the("deal")) if deal else found

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

    def events_by_id(self, ids: Iterable[int]) -> Mapping[int, Event]:
        """Return events by their numbers in one statement."""
        wanted = list(ids)
        found = map(mapping_events.event_of, self.db.rows(EVENTS_BY_ID, ids=wanted)) if wanted else ()
        return {event.id: event for event in found}

    def reaches_of(
        self, deal: str | None = None, event: int | None = None, limit: int | None = None
    ) -> Sequence[Reach]:
        """Return what events have come to at the deals that they reached (at one deal, of one event), oldest first;
        with a ``limit`` the newest of them."""
        statement = reaches_where(deal=deal is not None, event=event is not None, limit=limit is not None)
        rows = self.db.rows(statement, deal=deal, event=event, limit=limit)
        return [mapping_events.reach_of(row) for row in (rows if limit is None else reversed(rows))]

    def unheard(self, deal: str | None = None, event: int | None = None) -> Sequence[Event]:
        """Return the events that the engine has yet to take up (those that name one deal), oldest first."""
        statement = unheard_where(deal=deal is not None, event=event is not None)
        return [mapping_events.event_of(row) for row in self.db.rows(statement, deal=deal, event=event)]

    def awaits_matching(self, deal: str, now: Moment) -> bool:
        """Return whether an event that names the deal, or has reached it, is due and still to be matched."""
        return self.db.one(OPEN_AT_DEAL, deal=deal, now=now) is not None

    def something_heard(self, now: Moment) -> bool:
        """Return whether any event is due and still to be matched."""
        row = self.db.one(OPEN_ANYWHERE, now=now)
        return row is not None and any(row)

    def event_of_entry(self, entry_id: int) -> Event | None:
        """Return the event that began a stay; None where none did."""
        row = self.db.one(EVENT_OF_ENTRY, entry=entry_id)
        return mapping_events.event_of(row) if row else None

    def next_happening(self) -> Moment | None:
        """Return when a simulated peer does something next; None when nothing is planned."""
        row = self.db.one(NEXT_HAPPENING)
        return row[0] if row else None
