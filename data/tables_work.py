"""Tables of the engine's work: stays in stages, runs, the outbox, timers, the change feed.

What the engine asks for all day long is found by partial indexes that hold only the rows still to be done, so its cost
does not grow with the history.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Index, and_, column
from sqlalchemy import text as sql

from core.model.delivery import ENDED_BADLY
from data.columns import Table, ident, partial, prose, serial, whole, yes_no

ENDED: Final = sorted(status.value for status in ENDED_BADLY)


def _open() -> ColumnElement[bool]:
    return and_(column("ended_at").is_(None), column("undone_at").is_(None))


class EntryRow(Table, table=True):
    """One stay of a deal in a stage. A deal has one open stay at most."""

    __tablename__ = "entries"
    __table_args__ = (
        partial("ix_entries_open", "deal", unique=True, where=_open()),
        Index("ix_entries_deal", "deal", "at"),
        partial("ix_entries_batch", "batch", where=column("batch").is_not(None)),
        partial(
            "ix_entries_undoable",
            "id",
            where=and_(column("undone_at").is_(None), column("batch").is_not(None), column("previous").is_not(None)),
        ),
        partial("ix_entries_undone", "undone_no", where=column("undone_no").is_not(None)),
    )

    id: int | None = serial()
    deal: str = ident()
    pipeline: str = ident()
    stage: str = ident()
    at: int = whole()
    by: str = prose()
    cause: str = prose()
    cause_id: str | None = prose(default=None)
    chain: str | None = prose(default=None)
    ended_at: int | None = whole(default=None)
    undone_at: int | None = whole(default=None)
    previous: int | None = whole(default=None)
    left_rank: int = whole(default=0)
    batch: str | None = ident(default=None)
    unflagged: bool = yes_no()
    grace_until: int | None = whole(default=None)
    undone_no: int | None = whole(default=None)


class RunRow(Table, table=True):
    """One rule's life for one stay. The pair is unique, so that a repeated act harms nothing."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("uq_runs_entry_rule", "entry", "rule", unique=True),
        partial(
            "ix_runs_due",
            "due_at",
            "mover",
            "position",
            "id",
            where=and_(column("status") == "waiting", column("due_at").is_not(None)),
        ),
        partial("ix_runs_held", "due_at", where=and_(column("status") == "waiting", column("reason") == "grace")),
        Index("ix_runs_deal", "deal", "rule"),
        Index("ix_runs_rule", "rule"),
        partial("ix_runs_waiting", "rule", where=column("status").in_(("waiting", "no_date"))),
        partial("ix_runs_cancelled_by", "cancelled_by", where=column("cancelled_by").is_not(None)),
    )

    id: int | None = serial()
    entry: int = whole()
    deal: str = ident()
    rule: str = ident()
    revision: int = whole()
    position: int = whole()
    status: str = prose()
    moment: int | None = whole(default=None)
    due_at: int | None = whole(default=None)
    waits: bool = yes_no()
    mover: bool = yes_no()
    holds: bool = yes_no()
    reason: str | None = prose(default=None)
    detail: str | None = prose(default=None)
    condition: str | None = prose(default=None)
    cancelled_by: int | None = whole(default=None)
    was: str | None = prose(default=None)
    created_at: int = whole()
    ended_at: int | None = whole(default=None)
    was_reason: str | None = prose(default=None)


class DeliveryRow(Table, table=True):
    """A row of the outbound log. ``cost`` is an exact decimal: a message may cost a fraction of a cent."""

    __tablename__ = "deliveries"
    __table_args__ = (
        partial(
            "ix_deliveries_queue",
            "connection",
            "due_at",
            "id",
            where=and_(column("status") == "queued", column("worker").is_(None)),
        ),
        partial("ix_deliveries_pending", "deal", where=column("status").in_(("queued", "sending"))),
        partial("ix_deliveries_worker", "worker", where=column("worker").is_not(None)),
        Index("ix_deliveries_deal", "deal", "id"),
        partial("ix_deliveries_entry", "entry", where=column("entry").is_not(None)),
        partial("ix_deliveries_cancelled_by", "cancelled_by", where=column("cancelled_by").is_not(None)),
        partial("ix_deliveries_provider_id", "connection", "provider_id", where=column("provider_id").is_not(None)),
        partial(
            "ix_deliveries_unknown",
            "connection",
            "due_at",
            where=and_(column("status") == "unknown", column("due_at").is_not(None)),
        ),
        partial("ix_deliveries_ended_badly", "status", "id", where=column("status").in_(ENDED)),
        Index("ix_deliveries_channel", "channel", "id"),
        Index(None, "at"),
    )

    id: int | None = serial()
    deal: str = ident()
    rule: str | None = ident(default=None)
    run: int | None = whole(default=None)
    entry: int | None = whole(default=None)
    connection: str = ident()
    channel: str = prose()
    recipient: str = prose()
    text: str = prose()
    subject: str | None = prose(default=None)
    data: str | None = prose(default=None)
    status: str = prose()
    unknown: str = prose()
    at: int = whole()
    moment: int = whole()
    position: int = whole(default=0)
    due_at: int | None = whole(default=None)
    attempts: int = whole(default=0)
    worker: str | None = prose(default=None)
    reason: str | None = prose(default=None)
    detail: str | None = prose(default=None)
    provider_id: str | None = ident(default=None)
    sent_at: int | None = whole(default=None)
    delivered_at: int | None = whole(default=None)
    cost: str | None = prose(default=None)
    cost_currency: str | None = prose(default=None)
    cancelled_by: int | None = whole(default=None)
    was: str | None = prose(default=None)
    was_reason: str | None = prose(default=None)
    was_detail: str | None = prose(default=None)
    round: int = whole(default=1, sa_column_kwargs={"server_default": sql("1")})
    tried_at: int | None = whole(default=None)
    by: str | None = ident(default=None)
    why: str | None = prose(default=None)


class AttemptRow(Table, table=True):
    """An attempt that did not go well, or whose end nobody knows; the accepted one is told by its delivery itself."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "delivery"),)

    id: int | None = serial()
    delivery: int = whole()
    round: int = whole()
    number: int = whole()
    at: int = whole()
    outcome: str = prose()
    reason: str | None = prose(default=None)
    detail: str | None = prose(default=None)


class LineRow(Table, table=True):
    """How a connection's line stands: how often it failed in a row, until when it rests, when its rate lets the next
    message go. Apart from the configuration, since every message may change it."""

    __tablename__ = "lines"

    connection: str = ident(primary_key=True)
    failures: int = whole(default=0)
    opens: int = whole(default=0)
    open_until: int | None = whole(default=None)
    free_at: int | None = whole(default=None)


class ChargeRow(Table, table=True):
    """What a message has cost the account behind its connection, and what that comes to in all; rows are only added.
    Both are exact decimals as text."""

    __tablename__ = "charges"
    __table_args__ = (
        Index("uq_charges_connection_key", "connection", "key", unique=True),
        Index(None, "connection", "id"),
    )

    id: int | None = serial()
    connection: str = ident()
    key: str = ident()
    cost: str = prose()
    spent: str = prose()
    currency: str = prose()
    at: int = whole()


class ReceiptRow(Table, table=True):
    """What a peer reported later of a message. ``delivery`` is empty while its sending is not recorded yet."""

    __tablename__ = "receipts"
    __table_args__ = (
        Index("uq_receipts_connection_outside_id", "connection", "outside_id", unique=True),
        partial("ix_receipts_open", "connection", "provider_id", where=column("delivery").is_(None)),
    )

    id: int | None = serial()
    connection: str = ident()
    outside_id: str = ident()
    provider_id: str = ident()
    status: str = prose()
    reason: str | None = prose(default=None)
    at: int = whole()
    delivery: int | None = whole(default=None)


class TimerRow(Table, table=True):
    """A durable timer; its key is its name, so that starting it again replaces it."""

    __tablename__ = "timers"
    __table_args__ = (Index(None, "at"),)

    key: str = ident(primary_key=True)
    kind: str = prose()
    deal: str = ident()
    at: int = whole()
    data: str | None = prose(default=None)


class ChangeRow(Table, table=True):
    """A line of the change feed. ``act`` is PostgreSQL's number of the transaction that wrote it (0 on SQLite)."""

    __tablename__ = "changes"

    id: int | None = serial()
    act: int = whole(default=0)
    what: str = prose()
    thing: str = ident()
