"""The outbound log: every message on its way out or gone, and a *held* line for each that waits in its grace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import conditions
from core.commands.homes import why_paused
from core.effects import Deliver
from core.engine.dispatching import key_of
from core.engine.judging import act, sends
from core.engine.knowing import facts_for
from core.i18n import N_
from core.log_filter import HELD
from core.model.delivery import Delivery, DeliveryStatus, Message
from core.model.house import House
from core.model.line import Line
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.ports import Random, Reader
from core.rules import catalogue
from core.words import NO_WORDS, At, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the log. ``status`` is a delivery's, or ``held``; a held line's ``id`` is its run's."""

    id: str
    deal: str
    rule: str | None
    connection: str
    message: Message
    status: str
    at: Moment
    due_at: Moment | None
    reason: str | None = None
    detail: Words = NO_WORDS
    attempts: int = 0
    delivery: Delivery | None = None
    key: str | None = None


def row_of(house: House, delivery: Delivery, lines: Mapping[str, Line], now: Moment) -> Row:
    """Return the line of a stored delivery; one behind a paused or resting connection, or one out of use, says so."""
    why = _behind(house, delivery) or _behind_rest(delivery, lines.get(delivery.connection), now)
    reason, detail = why or (delivery.reason, delivery.detail)
    return Row(
        id=delivery.public_id,
        deal=delivery.deal,
        rule=delivery.rule,
        connection=delivery.connection,
        message=delivery.message,
        status=delivery.status.value,
        at=delivery.at,
        due_at=_due(delivery, lines.get(delivery.connection), now),
        reason=reason,
        detail=detail,
        attempts=delivery.attempts,
        delivery=delivery,
        key=key_of(house.id, delivery),
    )


def _behind(house: House, delivery: Delivery) -> tuple[str, Words] | None:
    """Return why a queued message does not go out, where that is its connection's doing."""
    if delivery.status is not DeliveryStatus.QUEUED:
        return None
    connection = house.connections.get(delivery.connection)
    if connection is None:
        words = N_("connection “{connection}” is out of use: a board file that lists it brings it back")
        return "disabled", Words(words, {"connection": delivery.connection})
    if connection.paused is not None and delivery.reason is None:
        words = N_("connection “{connection}” is paused; “funil connection resume {connection}” lets it send")
        return "connection_paused", why_paused(connection) or Words(words, {"connection": connection.id})
    return None


def _behind_rest(delivery: Delivery, line: Line | None, now: Moment) -> tuple[str, Words] | None:
    """Return why a queued message does not go out, where its connection's line rests, with its own trouble if any."""
    if delivery.status is not DeliveryStatus.QUEUED or delivery.reason == "misconfigured":
        return None
    if line is None or not line.rests(now):
        return None
    places = {"until": line.open_until and At(line.open_until), "failures": line.failures, "why": delivery.detail or ""}
    words = (
        N_("the connection failed {failures} times in a row and rests until {until}; {why}")
        if delivery.detail
        else N_("the connection failed {failures} times in a row and rests until {until}")
    )
    return "connection_paused", Words(words, places)


def _due(delivery: Delivery, line: Line | None, now: Moment) -> Moment | None:
    """Return when a message is tried next. When an unknown one's peer is asked again is no attempt, and a cancelled one
    keeps its moment only for an undo."""
    if delivery.status in (DeliveryStatus.UNKNOWN, DeliveryStatus.CANCELLED):
        return None
    if delivery.due_at is None or line is None or line.open_until is None or not line.rests(now):
        return delivery.due_at
    return max(delivery.due_at, line.open_until) if delivery.status is DeliveryStatus.QUEUED else delivery.due_at


def held_rows(reader: Reader, house: House, run: Run) -> Sequence[Row]:
    """Return what a run in its grace would send, with recipient and text as they are now."""
    if run.status is not RunStatus.WAITING or run.due_at is None:
        return ()
    rule, entry, deal = reader.revision(run.revision), reader.entry(run.entry), reader.deal(run.deal)
    kind = catalogue.kinds().get(rule.kind)
    if kind is None or not sends(rule) or entry is None or deal is None:
        return ()
    facts = facts_for(reader, rule, deal, reader.now(), entry, run.id)
    if not conditions.judge(rule.when, facts).holds or (rule.once and reader.ran_once(deal.id, run.rule)):
        return ()
    judgement = act(rule, facts, Random(0))
    messages = [e for e in judgement.effects if isinstance(e, Deliver)]
    if not messages:
        messages = [Deliver(connection="", message=Message(channel=next(iter(sorted(kind.uses))), to="", text=""))]
    return [
        Row(
            id=run.public_id,
            deal=run.deal,
            rule=run.rule,
            connection=e.connection,
            message=e.message,
            status=HELD,
            at=run.created_at,
            due_at=run.due_at,
            reason=judgement.reason,
            detail=judgement.detail or e.why,
        )
        for e in messages
    ]
