"""Reading the outbox, and when something is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, func, null, or_, select

from core.log_filter import digits_of
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
from data.tables_talk import EventRow, HappeningRow, ReachRow
from data.tables_work import ENDED, DeliveryRow, LineRow, TimerRow

deliveries: Final = table_of(DeliveryRow)
timers: Final = table_of(TimerRow)
lines: Final = table_of(LineRow)
happenings: Final = table_of(HappeningRow)
events: Final = table_of(EventRow)
reaches: Final = table_of(ReachRow)

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


COUNTS = Statement(
    lambda: (
        select(deliveries.c.status, func.count()).where(deliveries.c.at >= the("since")).group_by(deliveries.c.status)
    )
)
NEWEST = Statement(lambda: select(func.coalesce(func.max(deliveries.c.id), 0)))
MOST_WORDS: Final = 4
"""Words that the database looks for; whoever asks judges the others."""
_PLAIN: Final = frozenset("bfghjkmpqrtvwx0123456789@.-+:/")
"""Signs that a folded word and the text it was folded from share, but for their case. The other letters bear accents
in the languages of our users."""


@cache
def deliveries_where(
    *,
    deal: bool = False,
    status: str = "",
    channel: bool = False,
    words: int = 0,
    before: bool = False,
    since: bool = False,
    limit: bool = False,
) -> Statement:
    """Return the statement that lists the outbound log, newest first, by the filters that are set.

    ``status`` says which set a wanted status belongs to: ``bad`` (those of an index of their own) or ``other``.
    """

    def build() -> Select[Any]:
        found = select(deliveries).order_by(deliveries.c.id.desc())
        if deal:
            found = found.where(deliveries.c.deal == the("deal"))
        if status:
            found = found.where(deliveries.c.status == the("status"))
        if status == "bad":
            found = found.where(deliveries.c.status.in_(ENDED))
        if channel:
            found = found.where(deliveries.c.channel == the("channel"))
        for number in range(words):
            found = found.where(_mentions(number))
        if before:
            found = found.where(deliveries.c.id < the("before"))
        if since:
            found = found.where(deliveries.c.id >= the("since"))
        return found.limit(the("limit")) if limit else found

    return Statement(build)


def _mentions(number: int) -> Any:
    places = (deliveries.c.recipient, deliveries.c.subject, deliveries.c.text, deliveries.c.deal)
    spelled = (func.lower(place).like(the(f"word{number}"), escape="\\") for place in places)
    return or_(*spelled, deliveries.c.recipient.like(the(f"digits{number}"), escape="\\"))


queued: Final = and_(deliveries.c.status == "queued", deliveries.c.worker.is_(None))
usable: Final = and_(connections.c.paused.is_(None), connections.c.archived == false())
_with_lines: Final = connections.outerjoin(lines, lines.c.connection == connections.c.id)


def open_now(line: Any) -> ColumnElement[bool]:
    """Return the condition that a line, which may have no row, neither rests nor waits for its rate."""
    return and_(
        or_(line.c.open_until.is_(None), line.c.open_until <= the("now")),
        or_(line.c.free_at.is_(None), line.c.free_at <= the("now")),
    )


DUE_CONNECTIONS = Statement(
    lambda: (
        select(connections.c.id)
        .select_from(_with_lines)
        .where(
            usable,
            open_now(lines),
            select(deliveries.c.id)
            .where(deliveries.c.connection == connections.c.id, queued, deliveries.c.due_at <= the("now"))
            .correlate(connections)
            .exists(),
        )
        .order_by(connections.c.position, connections.c.id)
    )
)


def _ways(*, ahead: bool) -> Select[Any]:
    """Each usable connection: when its first message can go and its first question be asked, its line allowing.

    ``ahead``: the first later than ``after``. A line that may be used only later than that lets nothing go before.
    """
    gate = func.coalesce(lines.c.open_until, 0), func.coalesce(lines.c.free_at, 0)

    def first(*which: Any) -> Any:
        found = select(func.min(deliveries.c.due_at)).where(deliveries.c.connection == connections.c.id, *which)
        return found.correlate(connections).scalar_subquery()

    asked = (deliveries.c.status == "unknown", deliveries.c.due_at.is_not(None))
    shown = {"message": first(queued), "question": first(*asked), "rested": gate[0], "free": gate[1]}
    if ahead:
        later = deliveries.c.due_at > the("after")
        shown |= {"later_message": first(queued, later), "later_question": first(*asked, later)}
    named = [each.label(name) for name, each in shown.items()]
    return select(*named).select_from(_with_lines).where(usable)


def _next_due(*, ahead: bool) -> Select[Any]:
    run = select(func.min(runs.c.due_at)).where(runs.c.status == "waiting", runs.c.due_at.is_not(None))
    timer = select(func.min(timers.c.at))
    happening = select(func.min(happenings.c.at))
    event = select(func.min(events.c.due_at)).where(events.c.handled_at.is_(None))
    # What has reached a deal is matched at once.
    reach = select(func.min(reaches.c.id) * 0).where(reaches.c.judged_at.is_(None))
    if ahead:
        event, reach = event.where(events.c.due_at > the("after")), reach.where(false())
        run, timer = run.where(runs.c.due_at > the("after")), timer.where(timers.c.at > the("after"))
        happening = happening.where(happenings.c.at > the("after"))
    way = _ways(ahead=ahead).subquery()
    message = _later(way.c.message, _later(way.c.rested, way.c.free))
    question = _later(way.c.question, way.c.rested)
    if ahead:
        message = case((message > the("after"), message), else_=way.c.later_message)
        question = case((question > the("after"), question), else_=way.c.later_question)
    each = run, timer, happening, event, reach, select(func.min(message)), select(func.min(question))
    return select(*(one.scalar_subquery() for one in each))


def _later(due: Any, usable_at: Any) -> Any:
    """Return the later of two moments; nothing due stays nothing (PostgreSQL's ``greatest`` would leave it out)."""
    return case((due.is_(None), null()), (due < usable_at, usable_at), else_=due)


def _stuck() -> Select[Any]:
    """Of each connection: the messages that wait for another attempt; and all behind it, where it is paused."""

    def counted(*conditions: Any) -> Any:
        own = deliveries.c.connection == connections.c.id
        return select(func.count()).where(own, queued, *conditions).correlate(connections).scalar_subquery()

    again = counted(deliveries.c.due_at > the("now"), deliveries.c.attempts > 0)
    return (
        select(
            connections.c.id,
            case((usable, again), else_=0),
            case((connections.c.paused.is_(None), None), else_=counted()),
            case((and_(usable, lines.c.open_until > the("now")), counted()), else_=None),
        )
        .select_from(_with_lines)
        .where(connections.c.archived == false())
    )


NEXT_DUE = Statement(lambda: _next_due(ahead=False))
NEXT_DUE_AHEAD = Statement(lambda: _next_due(ahead=True))
NEXT_TIMER = Statement(lambda: select(func.min(timers.c.at)))
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
        """Return rows of the outbound log, newest first: one statement for each pair of status and channel."""
        channels: list[str | None] = [*sorted(channel.value for channel in where.channels)] or [None]
        statuses: list[str | None] = [*sorted(status.value for status in where.statuses)] or [None]
        found = [self._listed(where, *pair) for pair in product(statuses, channels)]
        if len(found) == 1:
            return found[0]
        merged = sorted((row for rows in found for row in rows), key=lambda row: row.id, reverse=True)
        return merged[: where.limit]

    def _listed(self, where: DeliveryFilter, status: str | None, channel: str | None) -> Sequence[Delivery]:
        words = where.words[:MOST_WORDS]
        statement = deliveries_where(
            deal=where.deal is not None,
            status="" if status is None else "bad" if status in ENDED else "other",
            channel=channel is not None,
            words=len(words),
            before=where.before is not None,
            since=where.since is not None,
            limit=where.limit is not None,
        )
        given = {"deal": where.deal, "before": where.before, "since": where.since, "limit": where.limit}
        likes = {f"word{n}": _like(word) for n, word in enumerate(words)}
        numbers = [digits_of(word) for word in words]
        digits = {f"digits{n}": f"%{d}%" if d else likes[f"word{n}"] for n, d in enumerate(numbers)}
        return self._deliveries(statement, status=status, channel=channel, **given, **likes, **digits)

    def newest_delivery(self) -> int:
        """Return the greatest id in the outbox, 0 when it is empty."""
        row = self.db.one(NEWEST)
        return row[0] if row else 0

    def outbound_counts(self, since: Moment) -> Mapping[str, int]:
        """Return how many messages written since a moment stand in each status."""
        return {row[0]: row[1] for row in self.db.rows(COUNTS, since=since)}

    def due_connections(self, now: Moment) -> Sequence[str]:
        """Return the ids of connections with a queued, unleased delivery that is due and may go now: those that are
        paused, rest after failures or wait for their rate are left out."""
        return [row[0] for row in self.db.rows(DUE_CONNECTIONS, now=now)]

    def stuck(self, now: Moment) -> Stuck:
        """Return how many messages wait for another attempt, and behind paused connections."""
        rows = self.db.rows(STUCK, now=now)
        behind = {row[0]: row[2] for row in rows if row[2] is not None}
        return Stuck(sum(row[1] for row in rows), behind, {row[0]: row[3] for row in rows if row[3] is not None})

    def next_due(self, after: Moment | None = None) -> Moment | None:
        """Return the earliest moment (later than ``after``) at which a run, a timer, or a delivery whose connection may
        then be used is due; None when nothing waits."""
        row = (self.db.one(NEXT_DUE) if after is None else self.db.one(NEXT_DUE_AHEAD, after=after)) or ()
        return min((moment for moment in row if moment is not None), default=None)

    def next_timer(self) -> Moment | None:
        """Return when the next timer is due; None when there is none."""
        row = self.db.one(NEXT_TIMER)
        return row[0] if row else None

    def timers(self) -> Sequence[Mapping[str, Any]]:
        """Return the durable timers that have not fired, soonest first."""
        return [mapping_work.timer_of(row) for row in self.db.rows(TIMERS)]

    def _deliveries(self, statement: Statement, **params: Any) -> list[Delivery]:
        return [mapping_work.delivery_of(row) for row in self.db.rows(statement, **params)]


def _like(word: str) -> str:
    """Return the pattern of texts that may hold a folded word: any sign stands where the text may have an accent or
    a sign of another script, which only folding it could tell."""
    return "%" + "".join(sign if sign in _PLAIN else "_" for sign in storable(word)) + "%"
