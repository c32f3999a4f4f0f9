"""What the engines take out of the queues: due runs and deliveries that can go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Select, and_, or_, select, tuple_, update

from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.run import Run
from data import mapping_work as mapping
from data.lease import living
from data.reader_base import the
from data.reader_config import connections
from data.reader_entries import runs
from data.reader_listing import deals
from data.reader_outbox import OutboxReader, deliveries, events, lines, open_now, reaches
from data.sql import Statement, among
from data.tx_deals import DealWriter
from data.tx_feed import FeedWriter

_order: Final = (runs.c.due_at, runs.c.mover, runs.c.position, runs.c.id)


def _due() -> Select[Any]:
    """Due runs of deals at which no event is still to be matched: it comes before the deal's next run."""
    open_event = select(events.c.id).where(
        events.c.deal == runs.c.deal, events.c.handled_at.is_(None), events.c.due_at <= the("now")
    )
    open_reach = select(reaches.c.id).where(reaches.c.deal == runs.c.deal, reaches.c.judged_at.is_(None))
    return (
        select(runs)
        .where(
            runs.c.status == "waiting",
            runs.c.due_at.is_not(None),
            runs.c.due_at <= the("now"),
            ~open_event.correlate(runs).exists(),
            ~open_reach.correlate(runs).exists(),
        )
        .order_by(*_order)
        .limit(the("limit"))
    )


def _due_and_locked() -> Select[Any]:
    return _due().join(deals, deals.c.id == runs.c.deal).with_for_update(of=[deals, runs], skip_locked=True)


DUE_RUNS = Statement(_due, _due_and_locked)


def _claimable() -> Select[Any]:
    """Queued, due and unleased rows of one connection, each the first that can go of a deal with nothing on its way."""
    other, way, line = deliveries.alias("other"), connections.alias("way"), lines.alias("line")
    usable = (
        select(way.c.id)
        .select_from(way.outerjoin(line, line.c.connection == way.c.id))
        .where(way.c.id == other.c.connection, way.c.paused.is_(None), ~way.c.archived, open_now(line))
        .exists()
    )
    earlier = and_(
        other.c.due_at <= the("now"),
        tuple_(other.c.moment, other.c.position, other.c.id)
        < tuple_(deliveries.c.moment, deliveries.c.position, deliveries.c.id),
        usable,
    )
    before = (
        select(other.c.id)
        .where(
            other.c.deal == deliveries.c.deal,
            other.c.status.in_(("queued", "sending")),
            other.c.id != deliveries.c.id,
            or_(other.c.status == "sending", other.c.worker.is_not(None), earlier),
        )
        .correlate(deliveries)
    )
    own = select(connections.c.paused).where(connections.c.id == the("connection")).scalar_subquery()
    return (
        select(deliveries)
        .where(
            deliveries.c.connection == the("connection"),
            deliveries.c.status == "queued",
            deliveries.c.worker.is_(None),
            deliveries.c.due_at <= the("now"),
            own.is_(None),
            ~before.exists(),
        )
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )


def _lock_deals() -> Select[Any]:
    rows = _claimable().with_only_columns(deliveries.c.id).limit(the("limit"))
    return rows.join(deals, deals.c.id == deliveries.c.deal).with_for_update(of=deals, skip_locked=True)


CLAIMABLE = Statement(lambda: _claimable().limit(the("limit")))
# PostgreSQL: first the deals are locked, then a fresh snapshot tells what may go of them; a message that another
# worker took in between is seen there, and none can be taken after.
LOCK_DEALS = Statement(_lock_deals)
STILL_CLAIMABLE = Statement(lambda: _claimable().where(among(deliveries.c.id, "ids")))
LEASE = Statement(lambda: update(deliveries).values(worker=the("worker")).where(among(deliveries.c.id, "ids")))
OURS = Statement(
    lambda: select(deliveries.c.id).where(
        among(deliveries.c.id, "ids"), deliveries.c.worker == the("worker"), deliveries.c.status == "queued"
    ),
    lambda: (
        select(deliveries.c.id)
        .where(among(deliveries.c.id, "ids"), deliveries.c.worker == the("worker"), deliveries.c.status == "queued")
        .with_for_update()
    ),
)
SENDING = Statement(
    lambda: update(deliveries).values(status="sending", tried_at=the("now")).where(among(deliveries.c.id, "ids"))
)
RELEASE = Statement(
    lambda: (
        update(deliveries)
        .values(worker=None)
        .where(among(deliveries.c.id, "ids"), deliveries.c.worker == the("worker"), deliveries.c.status == "queued")
    )
)
LEASED = Statement(lambda: select(deliveries).where(deliveries.c.worker.is_not(None)))
LOCK_LEASED = Statement(
    lambda: select(deliveries).where(deliveries.c.worker.is_not(None)),
    lambda: select(deliveries).where(deliveries.c.worker.is_not(None)).with_for_update(skip_locked=True),
)


def _of_worker() -> Select[Any]:
    return select(deliveries.c.id).where(among(deliveries.c.id, "ids"), deliveries.c.worker == the("worker"))


OF_WORKER = Statement(_of_worker, lambda: _of_worker().order_by(deliveries.c.id).with_for_update())


class QueueTaker(OutboxReader, DealWriter, FeedWriter):
    """Takes due work, and gives it back."""

    def due_runs(self, now: Moment, limit: int) -> Sequence[Run]:
        """Return runs that are due: earliest first, movers last, then rule order.

        On PostgreSQL their deals are locked, and runs of deals that another engine holds are skipped.
        """
        return self._runs(DUE_RUNS, now=now, limit=limit)

    def claim(self, connection: str, now: Moment, worker: str, limit: int) -> Sequence[Delivery]:
        """Lease queued deliveries of one connection: at most one per deal, none for a deal that has one leased or
        ``sending``, and of each deal the first in (moment, position, id) among those that can go now."""
        if self.db.dialect == "sqlite":
            rows = self.db.rows(CLAIMABLE, connection=connection, now=now, limit=limit)
        else:
            ids = [row[0] for row in self.db.rows(LOCK_DEALS, connection=connection, now=now, limit=limit)]
            rows = self.db.rows(STILL_CLAIMABLE, connection=connection, now=now, ids=ids) if ids else []
        if rows:
            self.db.run(LEASE, worker=worker, ids=[row[0] for row in rows])
        return [mapping.leased_of(row, worker) for row in rows]

    def mark_sending(self, ids: Iterable[int], worker: str, now: Moment) -> Sequence[int]:
        """Turn leased rows into the durable state ``sending``; returns the ids still ours, in the order given."""
        wanted = list(ids)
        ours = {row[0] for row in self.db.rows(OURS, ids=wanted, worker=worker)}
        if ours:
            self.db.run(SENDING, ids=list(ours), now=now)
            self._tell([("delivery", str(delivery)) for delivery in ours])
        return [delivery for delivery in wanted if delivery in ours]

    def leased(self, ids: Iterable[int], worker: str) -> Collection[int]:
        """Return which of these rows the worker still has: another engine may have taken them over meanwhile."""
        return {row[0] for row in self.db.rows(OF_WORKER, ids=list(ids), worker=worker)}

    def release(self, ids: Iterable[int], worker: str) -> None:
        """Give leased rows back untouched."""
        self.db.run(RELEASE, ids=list(ids), worker=worker)

    def reap(self, worker_alive: Callable[[str], bool] | None = None) -> Sequence[Delivery]:
        """Take over what dead engines left: queued rows are given back; all of them are returned to be judged, as they
        stand now.

        Without ``worker_alive`` those are dead who hold no engine's lease.
        """
        left = self._deliveries(LEASED)
        workers = {delivery.worker or "" for delivery in left}
        dead = workers - ({w for w in workers if worker_alive(w)} if worker_alive else living(self.db, workers))
        if not dead:
            return []
        # An undo or a move that goes on meanwhile still takes these messages for being on their way.
        self.hold(delivery.deal for delivery in left if delivery.worker in dead)
        lost = [d for d in sorted(self._deliveries(LOCK_LEASED), key=attrgetter("id")) if d.worker in dead]
        for worker in sorted(dead):
            queued = [d.id for d in lost if d.worker == worker and d.status is DeliveryStatus.QUEUED]
            self.release(queued, worker)
        return [d if d.status is DeliveryStatus.SENDING else replace(d, worker=None) for d in lost]
