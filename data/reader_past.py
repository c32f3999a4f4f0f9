"""Reading the way back through what has been, for backtests: along the primary keys, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, Table, select

from core.model.deal import Entry
from core.model.event import Event
from core.model.moment import Moment
from core.model.timeline import TimelineKind
from core.past_ports import FieldChange
from data import mapping, mapping_events
from data.columns import table_of
from data.reader_base import Base, the
from data.reader_entries import entries
from data.reader_outbox import events
from data.sql import Statement
from data.tables_deals import TimelineRecord

_timeline: Final = table_of(TimelineRecord)
_FIRST: Final = (1 << 63) - 1
"""A number that no row has: what lies before it are all of them."""


def _back(table: Table) -> Statement:
    def build() -> Select[Any]:
        return select(table).where(table.c.id < the("before")).order_by(table.c.id.desc()).limit(the("limit"))

    return Statement(build)


LATEST_ENTRIES = _back(entries)
LATEST_EVENTS = _back(events)
FIELD_CHANGES = Statement(
    lambda: (
        select(_timeline.c.at, _timeline.c.data)
        .where(
            _timeline.c.deal == the("deal"), _timeline.c.kind == TimelineKind.FIELD.value, _timeline.c.at > the("since")
        )
        .order_by(_timeline.c.id.desc())
    )
)


class PastReader(Base):
    """What has been."""

    def latest_entries(self, before: int | None, limit: int) -> Sequence[Entry]:
        """Return stays, newest first, from the one before a number on (None: from the newest on)."""
        rows = self.db.rows(LATEST_ENTRIES, before=_FIRST if before is None else before, limit=limit)
        return [mapping.entry_of(row) for row in rows]

    def latest_events(self, before: int | None, limit: int) -> Sequence[Event]:
        """Return events, likewise."""
        rows = self.db.rows(LATEST_EVENTS, before=_FIRST if before is None else before, limit=limit)
        return [mapping_events.event_of(row) for row in rows]

    def field_changes(self, deal: str, since: Moment) -> Sequence[FieldChange]:
        """Return what has changed of a deal's fields after a moment, newest first."""
        found = []
        for at, stored in self.db.rows(FIELD_CHANGES, deal=deal, since=since):
            data = mapping.load_dict(stored)
            if "field" in data:
                found.append(FieldChange(Moment(at), str(data["field"]), data.get("old")))
        return found
