"""Rows and core's values of the engine's work, both ways, by the manners of :mod:`data.mapping`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from core import words
from core.engine import outcomes
from core.model.delivery import Channel, Delivery, DeliveryStatus, Message, OutcomeKind
from core.model.line import Attempt, Charge, Line, Receipt
from core.model.rule import Unknown
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind, TimelineRow
from core.ports import TimelineEntry
from core.words import NO_WORDS
from data.building import builder, unread_builder
from data.mapping import Params, Row, dump, dump_words, kept, load_dict

_run: Final = builder(Run)
_delivery: Final = builder(Delivery)
_message: Final = builder(Message)
_unread_message: Final = unread_builder(Message)
_leased: Final = unread_builder(Delivery)
# Looking a member up by its value this way takes a tenth of what calling the class does.
_RUN: Final = {status.value: status for status in RunStatus}
_DELIVERY: Final = {status.value: status for status in DeliveryStatus}
_CHANNEL: Final = {channel.value: channel for channel in Channel}
_RESEND: Final = Unknown.RESEND.value
_UNKNOWN: Final = {policy.value: policy for policy in Unknown}


def run_params(run: Run) -> Params:
    """Return a run's row, with its id for updates."""
    return {
        "id": run.id,
        "entry": run.entry,
        "deal": run.deal,
        "rule": run.rule,
        "revision": run.revision,
        "position": run.position,
        "status": run.status.value,
        "moment": run.moment,
        "due_at": run.due_at,
        "waits": run.waits,
        "mover": run.mover,
        "holds": run.holds,
        "reason": run.reason,
        "detail": dump_words(run.detail),
        "condition": run.condition,
        "cancelled_by": run.cancelled_by,
        "was": run.was and run.was.value,
        "created_at": run.created_at,
        "ended_at": run.ended_at,
        "was_reason": run.was_reason,
    }


def new_run_row(run: Run, entry: int) -> Row:
    """Return the row of a run that an entry starts, in the order of the table without what is of no use before it was
    cancelled: a move makes one for each rule."""
    return (
        entry,
        run.deal,
        run.rule,
        run.revision,
        run.position,
        run.status.value,
        run.moment,
        run.due_at,
        run.waits,
        run.mover,
        run.holds,
        run.reason,
        dump_words(run.detail),
        run.condition,
        run.cancelled_by,
        run.was and run.was.value,
        run.created_at,
        run.ended_at,
    )


def run_of(row: Row) -> Run:
    """Read a run."""
    id_, entry, deal, rule, revision, position, status, moment, due_at, waits, mover, holds, reason, detail, *rest = row
    condition, cancelled_by, was, created_at, ended_at, was_reason = rest
    return _run(
        id_,
        entry,
        deal,
        rule,
        revision,
        position,
        _RUN[status],
        moment,
        due_at,
        bool(waits),
        bool(mover),
        bool(holds),
        reason,
        words.load(detail) if detail else NO_WORDS,
        condition,
        cancelled_by,
        _RUN[was] if was else None,
        created_at,
        ended_at,
        was_reason,
    )


def delivery_params(delivery: Delivery) -> Params:
    """Return a delivery's row, with its id for updates."""
    message = delivery.message
    return {
        "deal": delivery.deal,
        "rule": delivery.rule,
        "run": delivery.run,
        "entry": delivery.entry,
        "connection": delivery.connection,
        "channel": message.channel.value,
        "recipient": kept(message.to),
        "text": kept(message.text),
        "subject": None if message.subject is None else kept(message.subject),
        "data": dump(message.data),
        "unknown": delivery.unknown.value,
        "at": delivery.at,
        "moment": delivery.moment,
        "position": delivery.position,
        "by": delivery.by,
        "why": dump_words(delivery.why),
        **fate_params(delivery),
    }


def fate_params(delivery: Delivery) -> Params:
    """Return the columns of a delivery that its attempts change."""
    cost = delivery.cost
    return {
        "id": delivery.id,
        "status": delivery.status.value,
        "due_at": delivery.due_at,
        "attempts": delivery.attempts,
        "worker": delivery.worker,
        "reason": delivery.reason,
        "detail": dump_words(delivery.detail),
        "provider_id": delivery.provider_id,
        "sent_at": delivery.sent_at,
        "delivered_at": delivery.delivered_at,
        "cost": None if cost is None else str(cost),
        "cost_currency": delivery.cost_currency,
        "cancelled_by": delivery.cancelled_by,
        "was": delivery.was and delivery.was.value,
        "was_reason": delivery.was_reason,
        "was_detail": dump_words(delivery.was_detail),
        "round": delivery.round,
        "tried_at": delivery.tried_at,
    }


def delivery_of(row: Row, worker: str | None = None) -> Delivery:
    """Read a delivery with its message; ``worker`` is who has leased it since it was read."""
    id_, deal, rule, run, entry, connection, channel, to, text, subject, data, status, unknown, *rest = row
    at, moment, position, due_at, attempts, leased_by, reason, detail, provider_id, sent_at, *more = rest
    delivered_at, cost, cost_currency, cancelled_by, was, was_reason, was_detail, round_, tried_at, by, why = more
    told = (_CHANNEL[channel], to, text, subject)
    return _delivery(
        id_,
        deal,
        rule,
        run,
        entry,
        connection,
        _unread_message(*told, data) if data else _message(*told, {}),
        _DELIVERY[status],
        _UNKNOWN[unknown],
        at,
        moment,
        position,
        due_at,
        attempts,
        worker or leased_by,
        reason,
        words.load(detail) if detail else NO_WORDS,
        provider_id,
        sent_at,
        delivered_at,
        None if cost is None else Decimal(cost),
        cost_currency,
        cancelled_by,
        _DELIVERY[was] if was else None,
        was_reason,
        words.load(was_detail) if was_detail else NO_WORDS,
        round_,
        tried_at,
        by,
        words.load(why) if why else NO_WORDS,
    )


def leased_of(row: Row, worker: str) -> Delivery:
    """Read a delivery that a worker has just leased; what only its trouble asks for is read when it is asked for.

    A message that must not go out twice is asked for all of it before it is sent.
    """
    if row[12] != _RESEND:
        return delivery_of(row, worker)
    data = row[10]
    told = (_CHANNEL[row[6]], row[7], row[8], row[9])
    return _leased(
        row[0],  # id
        row[1],  # deal
        row[3],  # run
        row[5],  # connection
        _unread_message(*told, data) if data else _message(*told, {}),
        _UNKNOWN[row[12]],
        row[13],  # at
        row[17],  # attempts
        row[30],  # round
        row[31],  # tried_at
        partial(delivery_of, row, worker),
    )


_LINE: Final = ("deal", "at", "kind", "by", "text", "data")


def timeline_params(line: TimelineRow) -> Params:
    """Return a line of history."""
    return dict(zip(_LINE, timeline_rows([line])[0], strict=True))


def timeline_rows(lines: Sequence[TimelineRow]) -> list[Row]:
    """Return lines of history in the order of the table. Those of one act often share their words: each sentence is
    written once."""
    stored: dict[int, str | None] = {}
    rows: list[Row] = []
    for line in lines:
        text, data = line.text, line.data
        if id(text) not in stored:
            stored[id(text)] = dump_words(text)
        if id(data) not in stored:
            stored[id(data)] = dump(data)
        rows.append((line.deal, line.at, line.kind.value, line.by, stored[id(text)], stored[id(data)]))
    return rows


def timeline_of(row: Row, sent: Delivery | None = None) -> TimelineEntry:
    """Read a line of history; ``sent`` is the message of a line that refers to one."""
    id_, deal, at, kind, by, text, data, _ = row
    if sent is not None:
        said = outcomes.sent_row(sent, at)
        return TimelineEntry(id_, deal, at, said.kind, by, said.text, said.data)
    return TimelineEntry(id_, deal, at, TimelineKind(kind), by, words.load(text), load_dict(data))


def line_params(line: Line) -> Params:
    """Return a line's row."""
    return {
        "connection": line.connection,
        "failures": line.failures,
        "opens": line.opens,
        "open_until": line.open_until,
        "free_at": line.free_at,
    }


def line_of(row: Row) -> Line:
    """Read how a connection's line stands."""
    connection, failures, opens, open_until, free_at = row
    return Line(connection=connection, failures=failures, opens=opens, open_until=open_until, free_at=free_at)


def attempt_params(attempt: Attempt) -> Params:
    """Return an attempt's row."""
    return {
        "delivery": attempt.delivery,
        "round": attempt.round,
        "number": attempt.number,
        "at": attempt.at,
        "outcome": attempt.outcome.value,
        "reason": attempt.reason,
        "detail": dump_words(attempt.detail),
    }


def attempt_of(row: Row) -> Attempt:
    """Read an attempt."""
    _, delivery, round_, number, at, outcome, reason, detail = row
    return Attempt(
        delivery=delivery,
        round=round_,
        number=number,
        at=at,
        outcome=OutcomeKind(outcome),
        reason=reason,
        detail=words.load(detail),
    )


def receipt_params(receipt: Receipt) -> Params:
    """Return a receipt's row, without the id that the database counts."""
    return {
        "connection": receipt.connection,
        "outside_id": kept(receipt.outside_id),
        "provider_id": kept(receipt.provider_id),
        "status": receipt.status.value,
        "reason": receipt.reason,
        "at": receipt.at,
        "delivery": receipt.delivery,
    }


def receipt_of(row: Row) -> Receipt:
    """Read a receipt."""
    id_, connection, outside_id, provider_id, status, reason, at, delivery = row
    return Receipt(
        connection=connection,
        outside_id=outside_id,
        provider_id=provider_id,
        status=_DELIVERY[status],
        at=at,
        reason=reason,
        delivery=delivery,
        id=id_,
    )


def charge_params(charge: Charge) -> Params:
    """Return a charge's row, without the id that the database counts."""
    return {
        "connection": charge.connection,
        "key": charge.key,
        "cost": str(charge.cost),
        "spent": str(charge.spent),
        "currency": charge.currency,
        "at": charge.at,
    }


def charge_of(row: Row) -> Charge:
    """Read a charge."""
    _, connection, key, cost, spent, currency, at = row
    return Charge(connection=connection, key=key, cost=Decimal(cost), spent=Decimal(spent), currency=currency, at=at)


def timer_of(row: Row) -> Mapping[str, Any]:
    """Read a timer as plain values: ``key kind deal at data``."""
    key, kind, deal, at, data = row
    return {"key": key, "kind": kind, "deal": deal, "at": at, "data": load_dict(data)}
