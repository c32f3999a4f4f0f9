"""Recording events, and planning what simulated peers will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, select

from core.model.event import Event, Happening
from core.model.moment import Moment
from data import mapping_events
from data.reader_base import the
from data.reader_events import EventReader, events
from data.reader_outbox import happenings
from data.sql import Statement, among
from data.tx_statements import addition


def _due() -> Select[Any]:
    found = select(happenings).where(happenings.c.at <= the("now"))
    return found.order_by(happenings.c.at, happenings.c.id).limit(the("limit"))


RECORD = addition(events)
PLAN_HAPPENING = addition(happenings, answers=None)
DUE_HAPPENINGS = Statement(_due, lambda: _due().with_for_update(skip_locked=True))
DROP_HAPPENINGS = Statement(lambda: delete(happenings).where(among(happenings.c.id, "ids")))


class EventWriter(EventReader):
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
