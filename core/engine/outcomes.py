"""What an outcome makes of a delivery, of its run and of the deal's history. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from core.engine import calling
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus, Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.line import Attempt
from core.model.moment import HOUR, SECOND, Moment
from core.model.rule import Unknown
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind, TimelineRow
from core.ports import Random
from core.words import Arg, Words

RETRY_BASE: Final = 30 * SECOND
RETRY_CAP: Final = HOUR
ATTEMPTS: Final = 12
"""Attempts before a message is given up (reason ``dead``): with full jitter, four hours on average."""

_RUN_ENDS: Final = {
    DeliveryStatus.SENT: RunStatus.DONE,
    DeliveryStatus.UNKNOWN: RunStatus.DONE,
    DeliveryStatus.FAILED: RunStatus.FAILED,
}

_SAID: Final = {
    DeliveryStatus.SENT: N_("{channel} to {to}: sent"),
    DeliveryStatus.DELIVERED: N_("{channel} to {to}: delivered"),
    DeliveryStatus.UNDELIVERED: N_("{channel} to {to}: not delivered ({reason}) {detail}"),
    DeliveryStatus.FAILED: N_("{channel} to {to}: failed ({reason}) {detail}"),
    DeliveryStatus.UNKNOWN: N_("{channel} to {to}: nobody knows whether it went out ({reason}) {detail}"),
    DeliveryStatus.CANCELLED: N_("{channel} to {to}: cancelled ({reason}) {detail}"),
}


_CALLED: Final = {
    DeliveryStatus.SENT: N_("{by} has called {to}: answered"),
    DeliveryStatus.FAILED: N_("{by} has called {to}, not reached ({reason}): {detail}"),
    DeliveryStatus.UNKNOWN: N_("{by} has called {to}; nobody knows what became of it ({reason}) {detail}"),
}
"""How a call is told of that a person has placed."""


def troubled(results: Iterable[tuple[Delivery, Outcome]]) -> list[tuple[Delivery, Outcome]]:
    """Return the results of messages that were not simply accepted: only these need to be looked at."""
    return [pair for pair in results if pair[1].kind is not OutcomeKind.ACCEPTED]


def after(delivery: Delivery, outcome: Outcome, now: Moment, rng: Random, rung: int = 0) -> Delivery:
    """Return the delivery as an attempt leaves it that its peer did not accept; the lease is given back.

    ``rung`` is how often a call had reached nobody before.

    What was accepted is ended by the Store, many at once (``Plan.accepted``). What was never offered to the peer (its
    line failed, the connection is misconfigured) counts as no attempt: it does not come nearer to being given up, and
    its text may still change.
    """
    if calling.placed(delivery):
        return _once(delivery, outcome, now)
    freed = replace(delivery, worker=None, status=DeliveryStatus.QUEUED)
    if outcome.line_failed and outcome.kind is OutcomeKind.DEFERRED:
        wait = max(outcome.retry_after or 0, backoff(1, rng))
        return replace(freed, due_at=Moment(now + wait), reason=outcome.reason, detail=outcome.detail)
    tried = replace(freed, attempts=delivery.attempts + 1, tried_at=now, reason=outcome.reason, detail=outcome.detail)
    match outcome.kind:
        case OutcomeKind.REJECTED:
            return replace(tried, status=DeliveryStatus.FAILED, due_at=None, reason=outcome.reason or "rejected")
        case OutcomeKind.MISCONFIGURED:
            return replace(freed, due_at=now, reason="misconfigured", detail=outcome.detail)
        case OutcomeKind.UNKNOWN if delivery.unknown is Unknown.HOLD:
            return replace(tried, status=DeliveryStatus.UNKNOWN, due_at=None, reason=outcome.reason or "timeout")
        case _ if calling.unreached(delivery, outcome):
            return _call_again(tried, outcome, now, rung + 1)
        case _:
            return _retry(tried, outcome, now, rng)


def _once(delivery: Delivery, outcome: Outcome, now: Moment) -> Delivery:
    """Return a call that a person has placed: whatever kept it from being answered, it is not made again."""
    unknown = outcome.kind is OutcomeKind.UNKNOWN
    return replace(
        delivery,
        worker=None,
        due_at=None,
        status=DeliveryStatus.UNKNOWN if unknown else DeliveryStatus.FAILED,
        attempts=delivery.attempts + 1,
        tried_at=now,
        reason=outcome.reason or ("timeout" if unknown or outcome.line_failed else "rejected"),
        detail=outcome.detail,
    )


def _call_again(tried: Delivery, outcome: Outcome, now: Moment, rung: int) -> Delivery:
    """Return a call that has reached nobody: the rule says how often it is tried, and how far apart."""
    patience = calling.patience(tried)
    if rung >= patience.tries:
        return _given_up(tried, outcome, outcome.reason or "no_answer")
    return replace(tried, due_at=Moment(now + max(patience.every, outcome.retry_after or 0)))


def _retry(tried: Delivery, outcome: Outcome, now: Moment, rng: Random) -> Delivery:
    if tried.attempts >= ATTEMPTS:
        return _given_up(tried, outcome, outcome.reason if outcome.reason in calling.UNREACHED else "dead")
    return replace(tried, due_at=Moment(now + (outcome.retry_after or backoff(tried.attempts, rng))))


def _given_up(tried: Delivery, outcome: Outcome, reason: str) -> Delivery:
    why: dict[str, Arg] = {"attempts": tried.attempts, "why": outcome.detail or outcome.reason or ""}
    told = Words(N_("given up after {attempts} attempts, the last of which ended so: {why}"), why)
    told = told if tried.attempts > 1 else outcome.detail
    return replace(tried, status=DeliveryStatus.FAILED, due_at=None, reason=reason, detail=told)


def attempt(delivery: Delivery, outcome: Outcome, now: Moment) -> Attempt:
    """Return the note of an attempt that was not accepted."""
    return Attempt(
        delivery=delivery.id,
        round=delivery.round,
        number=delivery.attempts + 1,
        at=now,
        outcome=outcome.kind,
        reason=outcome.reason,
        detail=outcome.detail,
    )


def backoff(attempts: int, rng: Random) -> int:
    """Return the wait before the next attempt in milliseconds: full jitter over a doubling span, at least a second."""
    span = min(RETRY_CAP, RETRY_BASE * 2 ** max(0, attempts - 1))
    return rng.randint(SECOND, span)


def run_after(run: Run, delivery: Delivery, now: Moment) -> Run | None:
    """Return the run as its message's end leaves it; None while the message is not final for the chain."""
    status = _RUN_ENDS.get(delivery.status)
    if status is None or run.status is not RunStatus.SENDING:
        return None
    # A message that has gone out says itself why it went to whom; the run keeps only what went wrong.
    detail = run.detail if status is RunStatus.DONE and delivery.reason is None else delivery.detail
    return replace(run, status=status, reason=delivery.reason, detail=detail, ended_at=now)


def sent_row(delivery: Delivery, at: Moment) -> TimelineRow:
    """Return the timeline's line that says of a delivery, whatever became of it later, that it was sent."""
    return row(replace(delivery, status=DeliveryStatus.SENT, reason=None), at)


def row(delivery: Delivery, now: Moment) -> TimelineRow:
    """Return the timeline's line for a delivery that has come to an end."""
    pattern = _SAID[delivery.status]
    if calling.placed(delivery):
        pattern = _CALLED.get(delivery.status, pattern)
    message = delivery.message
    words = Words(
        pattern,
        {
            "channel": message.channel.value,
            "to": message.to,
            "reason": delivery.reason,
            "detail": delivery.detail or "",
            **({"by": delivery.by} if calling.placed(delivery) else {}),
        },
    )
    data: dict[str, Any] = {
        "delivery": delivery.public_id,
        "rule": delivery.rule,
        "channel": message.channel.value,
        "to": message.to,
        "subject": message.subject,
        "text": message.text,
        "status": delivery.status.value,
        "reason": delivery.reason,
    }
    if attached := message.data.get("attachments"):
        data["attachments"] = attached
    by = delivery.by or "system"
    return TimelineRow(deal=delivery.deal, at=now, kind=TimelineKind.DELIVERY, by=by, text=words, data=data)
