"""Reading the outbox, and when something is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, case, false, func, or_, select

from core.model.delivery import Delivery
from core.model.moment import Moment
from core.model.run import Run
from core.ports import DeliveryFilter
from core.safe_text import storable
from core.views import Stuck
from data import mapping_work
from data.columns import table_of
from data.reader_base import the
from data.reader_config import connections
from data.reader_entries import RUNS_CANCELLED_BY, EntryReader, runs
from data.sql import Statement, among
from data.tables_work import DeliveryRow, TimerRow

deliveries: Final = table_of(DeliveryRow)
timers: Final = table_of(TimerRow)

DELIVERY = Statement(lambda: select(deliveries).where(deliveries.c.id == the("id")))
DELIVERIES_BY_ID = Statement(lambda: select(deliveries).where(among(deliveries.c.id, "ids")))
DELIVERIES_OF_ENTRY = Statement(
    lambda: (
        select(deliveries)
        .where(deliveries.c.entry == the("entry"), deliveries.c.entry.is_not(None))
        .order_by(deliveries.c.id)
    )
)
DELIVERIES_CANCELLED_BY = Statement(
    lambda: (
        select(deliveries)
        .where(deliveries.c.cancelled_by == the("entry"), deliveries.c.cancelled_by.is_not(None))
        .order_by(deliveries.c.id)
    )
)


@cache
def deliveries_where(*, deal: bool, statuses: bool, channel: bool, text: bool, before: bool, limit: bool) -> Statement:
    """Return the statement that lists the outbound log, newest first, by the filters that are set."""

    def build() -> Select[Any]:
        found = select(deliveries).order_by(deliveries.c.id.desc())
        if deal:
            found = found.where(deliveries.c.deal == the("deal"))
        if statuses:
            found = found.where(among(deliveries.c.status, "statuses"))
        if channel:
            found = found.where(deliveries.c.channel == the("channel"))
        if text:
            found = found.where(_mentions())
        if before:
            found = found.where(deliveries.c.id < the("before"))
        return found.limit(the("limit")) if limit else found

    return Statement(build)


def _mentions() -> Any:
    places = (deliveries.c.recipient, deliveries.c.subject, deliveries.c.text, deliveries.c.deal)
    return or_(*(func.lower(place).like(the("text"), escape="\\") for place in places))


queued: Final = and_(deliveries.c.status == "queued", deliveries.c.worker.is_(None))
usable: Final = and_(connections.c.paused.is_(None), connections.c.archived == false())
DUE_CONNECTIONS = Statement(
    lambda: (
        select(connections.c.id)
        .where(
            usable,
            select(deliveries.c.id)
            .where(deliveries.c.connection == connections.c.id, queued, deliveries.c.due_at <= the("now"))
            .correlate(connections)
            .exists(),
        )
        .order_by(connections.c.position, connections.c.id)
    )
)


def _next_due(*, ahead: bool) -> Select[Any]:
    run = select(func.min(runs.c.due_at)).where(runs.c.status == "waiting", runs.c.due_at.is_not(None))
    first = select(func.min(deliveries.c.due_at)).where(deliveries.c.connection == connections.c.id, queued)
    timer = select(func.min(timers.c.at))
    if ahead:
        run = run.where(runs.c.due_at > the("after"))
        first = first.where(deliveries.c.due_at > the("after"))
        timer = timer.where(timers.c.at > the("after"))
    earliest = first.correlate(connections).scalar_subquery()
    delivery = select(func.min(earliest)).select_from(connections).where(usable)
    return select(run.scalar_subquery(), delivery.scalar_subquery(), timer.scalar_subquery())


def _stuck() -> Select[Any]:
    """Of each connection: the messages that wait for another attempt; and all behind it, where it is paused."""

    def counted(*conditions: Any) -> Any:
        own = deliveries.c.connection == connections.c.id
        return select(func.count()).where(own, queued, *conditions).correlate(connections).scalar_subquery()

    again = counted(deliveries.c.due_at > the("now"), deliveries.c.attempts > 0)
    return select(
        connections.c.id,
        case((usable, again), else_=0),
        case((connections.c.paused.is_(None), None), else_=counted()),
    ).where(connections.c.archived == false())


NEXT_DUE = Statement(lambda: _next_due(ahead=False))
NEXT_DUE_AHEAD = Statement(lambda: _next_due(ahead=True))
STUCK = Statement(_stuck)
TIMERS = Statement(lambda: select(timers).order_by(timers.c.at, timers.c.key))


class OutboxReader(EntryReader):
    """The outbound log, what a move has cancelled, and the next moment at which to act."""

    def cancelled_by(self, entry_id: int) -> tuple[Sequence[Run], Sequence[Delivery]]:
        """Return what the coming of that entry cancelled."""
        return self._runs(RUNS_CANCELLED_BY, entry=entry_id), self._deliveries(DELIVERIES_CANCELLED_BY, entry=entry_id)

    def delivery(self, delivery_id: int) -> Delivery | None:
        """Return one row of the outbox."""
        row = self.db.one(DELIVERY, id=delivery_id)
        return mapping_work.delivery_of(row) if row else None

    def deliveries_of_entry(self, entry_id: int) -> Sequence[Delivery]:
        """Return the deliveries that runs of one stay made, oldest first."""
        return self._deliveries(DELIVERIES_OF_ENTRY, entry=entry_id)

    def deliveries(self, where: DeliveryFilter) -> Sequence[Delivery]:
        """Return rows of the outbound log, newest first."""
        statement = deliveries_where(
            deal=where.deal is not None,
            statuses=bool(where.statuses),
            channel=where.channel is not None,
            text=bool(where.text),
            before=where.before is not None,
            limit=where.limit is not None,
        )
        return self._deliveries(
            statement,
            deal=where.deal,
            statuses=[status.value for status in where.statuses],
            channel=where.channel and where.channel.value,
            text=_like(where.text or ""),
            before=where.before,
            limit=where.limit,
        )

    def due_connections(self, now: Moment) -> Sequence[str]:
        """Return the ids of connections with a queued, unleased delivery that is due, paused ones left out."""
        return [row[0] for row in self.db.rows(DUE_CONNECTIONS, now=now)]

    def stuck(self, now: Moment) -> Stuck:
        """Return how many messages wait for another attempt, and behind paused connections."""
        rows = self.db.rows(STUCK, now=now)
        return Stuck(sum(row[1] for row in rows), {row[0]: row[2] for row in rows if row[2] is not None})

    def next_due(self, after: Moment | None = None) -> Moment | None:
        """Return the earliest moment (later than ``after``) at which a run, a delivery or a timer is due; None when
        nothing waits."""
        row = (self.db.one(NEXT_DUE) if after is None else self.db.one(NEXT_DUE_AHEAD, after=after)) or ()
        return min((moment for moment in row if moment is not None), default=None)

    def timers(self) -> Sequence[Mapping[str, Any]]:
        """Return the durable timers that have not fired, soonest first."""
        return [mapping_work.timer_of(row) for row in self.db.rows(TIMERS)]

    def _deliveries(self, statement: Statement, **params: Any) -> list[Delivery]:
        return [mapping_work.delivery_of(row) for row in self.db.rows(statement, **params)]


def _like(part: str) -> str:
    lowered = storable(part.strip()).lower()
    return "%" + lowered.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
