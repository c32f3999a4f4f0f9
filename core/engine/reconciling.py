"""Messages of which nobody knows whether they went out: where the peer can tell, it is asked, patiently.

It is asked after a minute, then after twice as long each time, for a day in all; right away where an engine died while
sending. What it says is final; if it never says, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.engine import bundling, happening, outcomes, receiving, talking
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus, Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.moment import DAY, MINUTE, Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Job, Tx
from core.words import NO_WORDS, Words

FIRST: Final = MINUTE
IN_ALL: Final = DAY
BATCH: Final = 20

_SENT: Final = Words(N_("the peer was asked later: it had taken the message"))
_REFUSED: Final = Words(N_("the peer was asked later: it had not taken the message"))

Answer = tuple[Delivery, Outcome]


def first_asked(delivery: Delivery, now: Moment) -> Delivery:
    """Return an unknown delivery with the moment at which its peer is asked for the first time."""
    return replace(delivery, due_at=Moment(now + FIRST))


def to_be_asked(plan: Plan, now: Moment) -> None:
    """Give what nobody knows of a moment at which the peer is asked."""
    for index, (before, after) in enumerate(plan.deliveries_changed):
        if after.status is DeliveryStatus.UNKNOWN:
            plan.deliveries_changed[index] = (before, first_asked(after, now))


def next_asked(delivery: Delivery, now: Moment) -> Delivery:
    """Return an unknown delivery that is being asked for, with the moment of the next question; none after a day."""
    since = delivery.tried_at if delivery.tried_at is not None else delivery.at
    end = since + IN_ALL
    due = Moment(min(now + max(0, now - since) + FIRST, end)) if now < end else None
    return replace(delivery, due_at=due)


def ask(connection: str, limit: int = BATCH) -> Job[Sequence[Delivery]]:
    """Return a job that takes the questions that are due for a connection and notes when to ask again: so an engine
    that dies while asking has lost nothing."""

    def job(tx: Tx) -> Sequence[Delivery]:
        now = tx.now()
        asked = tx.questions(connection, now, limit)
        again = [(d, next_asked(d, now)) for d in asked]
        tx.apply(Plan(deliveries_changed=again))
        return [after for _, after in again]

    return job


def answered(connection: str, answers: Sequence[Answer]) -> Job[int]:
    """Return a job that writes what the peer said; answers how many messages are unknown no more."""

    def job(tx: Tx) -> int:
        tx.hold_line(connection)
        tx.hold(d.deal for d, _ in answers)
        now, plan = tx.now(), Plan()
        told: list[Answer] = []
        for asked, outcome in answers:
            delivery = tx.delivery(asked.id)
            if delivery is None or delivery.status is not DeliveryStatus.UNKNOWN or delivery.round != asked.round:
                continue  # a person has decided meanwhile
            after = _told(delivery, outcome, now)
            told.append((delivery, outcome))
            run = tx.run(delivery.run) if delivery.run is not None else None
            plan.deliveries_changed.append((delivery, after))
            plan.timeline.append(outcomes.row(after, now))
            if run is not None and run.status is RunStatus.DONE:
                plan.runs_changed.append((run, _run_told(tx, run, after, plan)))
        tx.apply(plan)
        tx.plan_happenings(happening.foreseen(told))
        talking.block(tx, told)
        taken = [after.provider_id for _, after in plan.deliveries_changed]
        receiving.catch_up(tx, connection, [each for each in taken if each is not None])
        return len(plan.deliveries_changed)

    return job


def decides(outcome: Outcome | None) -> bool:
    """Return whether a peer's answer settles what became of a message."""
    return outcome is not None and outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.REJECTED)


def _told(delivery: Delivery, outcome: Outcome, now: Moment) -> Delivery:
    known = replace(
        delivery,
        due_at=None,
        provider_id=outcome.provider_id or delivery.provider_id,
        cost=outcome.cost,
        cost_currency=outcome.cost_currency,
    )
    if outcome.kind is OutcomeKind.ACCEPTED:
        sent = delivery.tried_at if delivery.tried_at is not None else now
        return replace(known, status=DeliveryStatus.SENT, reason=None, detail=outcome.detail or _SENT, sent_at=sent)
    reason = outcome.reason or "rejected"
    return replace(known, status=DeliveryStatus.FAILED, reason=reason, detail=outcome.detail or _REFUSED)


def _run_told(tx: Tx, run: Run, delivery: Delivery, plan: Plan) -> Run:
    """Return the run, which has let its chain go on already: failed after all, or done without a doubt."""
    beside = bundling.others(tx, run, delivery)
    if beside:
        told = {after.id: after for _, after in plan.deliveries_changed}
        return bundling.told(run, bundling.worst([delivery, *(told.get(each.id, each) for each in beside)]))
    if delivery.status is DeliveryStatus.FAILED:
        return replace(run, status=RunStatus.FAILED, reason=delivery.reason, detail=delivery.detail)
    return replace(run, reason=None, detail=NO_WORDS)
