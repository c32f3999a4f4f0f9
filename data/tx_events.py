"""Recording events, and planning what simulated peers will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, select, update

from core.model.event import Event, Happening, Reach
from core.model.moment import Moment
from data import mapping_events
from data.reader_base import the
from data.reader_events import EventReader
from data.reader_outbox import events, happenings, reaches
from data.sql import Statement, among
from data.tx_feed import FeedWriter
from data.tx_statements import addition, alteration


def _due() -> Select[Any]:
    found = select(happenings).where(happenings.c.at <= the("now"))
    return found.order_by(happenings.c.at, happenings.c.id).limit(the("limit"))


def _due_events() -> Select[Any]:
    found = select(events).where(events.c.handled_at.is_(None), events.c.due_at <= the("now"))
    return found.order_by(events.c.due_at, events.c.id).limit(the("limit"))


def _open_reaches() -> Select[Any]:
    return select(reaches).where(reaches.c.judged_at.is_(None)).order_by(reaches.c.id).limit(the("limit"))


RECORD = addition(events)
DUE_EVENTS = Statement(_due_events, lambda: _due_events().with_for_update(skip_locked=True))
HEARD = Statement(lambda: update(events).values(handled_at=the("now")).where(among(events.c.id, "ids")))
ADD_REACH = addition(reaches, answers=None)
OPEN_REACHES = Statement(_open_reaches, lambda: _open_reaches().with_for_update(skip_locked=True))
PUT_REACH = alteration(reaches, ("applied", "entry", "candidates", "judged_at"))
PLAN_HAPPENING = addition(happenings, answers=None)
DUE_HAPPENINGS = Statement(_due, lambda: _due().with_for_update(skip_locked=True))
DROP_HAPPENINGS = Statement(lambda: delete(happenings).where(among(happenings.c.id, "ids")))


class EventWriter(EventReader, FeedWriter):
    """What comes in."""

    def record(self, event: Event) -> int | None:
        """Keep an event and return its id; None when its source has reported it before, and nothing is written."""
        row = self.db.one(RECORD, **mapping_events.event_params(event))
        return row[0] if row else None

    def plan_happenings(self, planned: Iterable[Happening]) -> None:
        """Keep what simulated peers will do; what is planned already stays as it is."""
        self.db.many(PLAN_HAPPENING, [mapping_events.happening_params(happening) for happening in planned])

    def due_happenings(self, now: Moment, limit: int) -> Sequence[Happening]:
        """Take what simulated peers do by now, soonest first; it is gone from the plan then."""
        found = [mapping_events.happening_of(row) for row in self.db.rows(DUE_HAPPENINGS, now=now, limit=limit)]
        if found:
            self.db.run(DROP_HAPPENINGS, ids=[happening.id for happening in found])
        return found

    def due_events(self, now: Moment, limit: int) -> Sequence[Event]:
        """Return events that are due and still to be taken up, the longest due first.

        On PostgreSQL they are locked, and those that another engine holds are skipped.
        """
        return [mapping_events.event_of(row) for row in self.db.rows(DUE_EVENTS, now=now, limit=limit)]

    def heard(self, events: Iterable[int], now: Moment) -> None:
        """Note that the deals which these events reach have been found."""
        self.db.run(HEARD, ids=list(events), now=now)

    def add_reaches(self, reaches: Iterable[Reach]) -> None:
        """Keep which deals events have reached, and what came of it; an event at a deal is kept once."""
        self.db.many(ADD_REACH, [mapping_events.reach_params(reach) for reach in reaches])

    def open_reaches(self, limit: int) -> Sequence[Reach]:
        """Return events at deals that are still to be matched, oldest first; locked like :meth:`due_events`."""
        return [mapping_events.reach_of(row) for row in self.db.rows(OPEN_REACHES, limit=limit)]

    def put_reach(self, reach: Reach) -> None:
        """Note what came of an event at a deal."""
        self.db.run(PUT_REACH, **mapping_events.reach_params(reach))
