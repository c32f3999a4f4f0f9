"""What a person does to a run or a message: stop it, have it now, have it again, say what became of it. Pure."""

from __future__ import annotations

from typing import Final

from core.engine import entering, outcomes
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.rule import Rule
from core.model.run import Run, RunStatus, Waiting
from core.model.timeline import TimelineKind, TimelineRow
from core.words import NO_WORDS, Words

NOT_HAPPENED: Final = frozenset({RunStatus.WAITING, RunStatus.NO_DATE})
STOPPED: Final = "stopped"


def stopped_by(by: str) -> Words:
    """Say who has stopped something."""
    return Words(N_("stopped by {user}"), {"user": by})


def stopped(run: Run, by: str, now: Moment) -> Run:
    """Return a run that a person does not want."""
    return entering.cancelled_run(run, STOPPED, stopped_by(by), now)


def last_attempt(run: Run) -> Run:
    """Return a *sending* run that a person does not want although its message cannot be called back: the attempt that
    it is about to make is its last."""
    return replace(run, reason=STOPPED)


def asked(run: Run, now: Moment) -> Run:
    """Return a run that a person wants now: time, gate, grace and hours are set aside, the condition is judged."""
    return replace(
        run,
        status=RunStatus.WAITING,
        was=None,
        was_reason=None,
        moment=now,
        due_at=now,
        reason=Waiting.ASKED,
        detail=NO_WORDS,
        condition=None,
        ended_at=None,
    )


def sending_again(run: Run) -> Run:
    """Return a run whose message goes out in another round."""
    return replace(
        run,
        status=RunStatus.SENDING,
        was=None,
        was_reason=None,
        cancelled_by=None,
        reason=None,
        detail=NO_WORDS,
        ended_at=None,
    )


def another_round(delivery: Delivery, now: Moment) -> Delivery:
    """Return a message that had ended, queued anew: nothing of it has been tried, so it is judged on current data."""
    return replace(
        delivery,
        status=DeliveryStatus.QUEUED,
        round=delivery.round + 1,
        attempts=0,
        tried_at=None,
        due_at=now,
        reason=None,
        detail=NO_WORDS,
        provider_id=None,
        sent_at=None,
        delivered_at=None,
    )


def resolved(delivery: Delivery, *, sent: bool, by: str, now: Moment) -> Delivery:
    """Return an *unknown* message as a person knows it: it went out (at its last attempt, as far as we know) or not."""
    told = Words(N_("{user} says that it went out") if sent else N_("{user} says that it did not go out"), {"user": by})
    if not sent:
        return replace(delivery, status=DeliveryStatus.FAILED, due_at=None, detail=told)
    return replace(
        delivery,
        status=DeliveryStatus.SENT,
        due_at=None,
        reason=None,
        detail=told,
        sent_at=delivery.tried_at or now,
    )


def run_resolved(run: Run, delivery: Delivery) -> Run:
    """Return the run of a message that a person has resolved; its end stays where it was, so no chain moves."""
    status = RunStatus.DONE if delivery.status is DeliveryStatus.SENT else RunStatus.FAILED
    return replace(run, status=status, reason=delivery.reason, detail=delivery.detail)


def resolved_row(delivery: Delivery, by: str, now: Moment) -> TimelineRow:
    """Return the timeline's line for a message whose fate a person has told."""
    message = delivery.message
    args = {"channel": message.channel.value, "to": message.to, "told": delivery.detail}
    return replace(outcomes.row(delivery, now), by=by, text=Words(N_("{channel} to {to}: {told}"), args))


def wish_row(rule: Rule, run: Run, by: str, now: Moment) -> TimelineRow:
    """Return the timeline's line for a run that a person wants now."""
    text = Words(N_("rule “{rule}”: {user} wants it now"), {"rule": rule.name, "user": by})
    data = {"run": run.public_id, "rule": run.rule, "kind": rule.kind, "status": run.status.value, "reason": run.reason}
    return TimelineRow(deal=run.deal, at=now, kind=TimelineKind.RUN, by=by, text=text, data=data)


def again_row(delivery: Delivery, by: str, now: Moment) -> TimelineRow:
    """Return the timeline's line for a message that a person wants sent now."""
    message = delivery.message
    data = {
        "delivery": delivery.public_id,
        "rule": delivery.rule,
        "channel": message.channel.value,
        "to": message.to,
        "status": delivery.status.value,
        "round": delivery.round,
    }
    text = Words(
        N_("{channel} to {to}: {user} wants it tried now"),
        {"channel": message.channel.value, "to": message.to, "user": by},
    )
    return TimelineRow(deal=delivery.deal, at=now, kind=TimelineKind.DELIVERY, by=by, text=text, data=data)
