"""What a person does to a line of the outbound log: cancel it, have it tried again, say what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.commands import lookup, runs
from core.engine import acting, bundling, calling, chaining, entering, outcomes
from core.errors import Refused
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Job, Tx

QUEUED: Final = DeliveryStatus.QUEUED
_AGAIN: Final = frozenset({DeliveryStatus.FAILED, DeliveryStatus.UNDELIVERED})
_NO_CANCEL: Final[Mapping[DeliveryStatus, str]] = {
    DeliveryStatus.SENDING: N_("{id} is being sent at this moment: nobody can call it back"),
    DeliveryStatus.CANCELLED: N_("{id} is cancelled already"),
    DeliveryStatus.UNKNOWN: N_(
        "{id} may have gone out: “funil outbound resolve {id} sent|failed” says what became of it"
    ),
}
_NO_RETRY: Final[Mapping[DeliveryStatus, str]] = {
    DeliveryStatus.SENDING: N_("{id} is being sent at this moment"),
    DeliveryStatus.CANCELLED: N_("{id} was cancelled: a cancelled message does not go out"),
    DeliveryStatus.UNKNOWN: N_(
        "{id} may have gone out: say first what became of it with “funil outbound resolve {id} sent|failed”"
    ),
}


@dataclass(frozen=True, slots=True)
class Acted:
    """What a person's act has made of a line of the log. ``delivery`` is None where a run has no message yet."""

    delivery: Delivery | None
    run: Run | None


def cancel(thing_id: str, by: str | None = None) -> Job[Acted]:
    """Return a job that stops a queued message and its run (``M12``), or a run that is held or waits (``R12``).

    The rules below that wait for it go on. Raises ``UnknownThing``, and ``Refused`` for what is on the wire or ended.
    """
    if lookup.is_run(thing_id):
        return _of_run(runs.stop_run(thing_id, by))

    def job(tx: Tx) -> Acted:
        house, deal, message = _held(tx, thing_id)
        author, now = lookup.author(house, by, deal.responsible), tx.now()
        if message.status is not QUEUED:
            raise _refusal(_NO_CANCEL, message)
        if message.worker is not None:
            raise _refusal(_NO_CANCEL, replace(message, status=DeliveryStatus.SENDING))
        after = entering.cancelled(message, acting.STOPPED, acting.stopped_by(author))
        plan = Plan(deliveries_changed=[(message, after)], timeline=[replace(outcomes.row(after, now), by=author)])
        run = _run_of(tx, message)
        if run is not None and run.status is RunStatus.SENDING:
            plan.runs_changed = [(run, acting.stopped(run, author, now))]
            bundling.settle(tx, plan, now)
        return _written(tx, plan, after, run, now)

    return job


def retry(thing_id: str, by: str | None = None) -> Job[Acted]:
    """Return a job that has a message tried now: one that waits for its next attempt, or one that has failed or was
    not delivered, in a new round judged on current data (``M12``). A run that waits, or failed before it had a message,
    is due at once (``R12``).

    Raises ``UnknownThing``, and ``Refused`` for one that has gone out, was cancelled, is *unknown*, or whose deal has
    left the stage.
    """
    if lookup.is_run(thing_id):
        return _of_run(runs.run_now(thing_id, by))

    def job(tx: Tx) -> Acted:
        house, deal, message = _held(tx, thing_id)
        author, now = lookup.author(house, by, deal.responsible), tx.now()
        if calling.placed(message):
            raise Refused(N_("{id} was a person's call: call again"), id=message.public_id)
        if message.status is not QUEUED and message.status not in _AGAIN:
            raise _refusal(_NO_RETRY, message)
        if message.worker is not None:
            raise _refusal(_NO_RETRY, replace(message, status=DeliveryStatus.SENDING))
        if message.entry is not None and deal.entry != message.entry:
            raise Refused(N_("{id}: deal {deal} has left that stage"), id=thing_id, deal=deal.id)
        run = _run_of(tx, message)
        queued = message.status is QUEUED
        if queued and message.due_at is not None and message.due_at <= now:
            return Acted(message, run)  # it is tried now already
        after = replace(message, due_at=now) if queued else acting.another_round(message, now)
        plan = Plan(deliveries_changed=[(message, after)], timeline=[acting.again_row(after, author, now)])
        if run is not None and (run.status is not RunStatus.SENDING or run.reason == acting.STOPPED):
            plan.runs_changed = [(run, acting.sending_again(run))]
        return _written(tx, plan, after, run, now)

    return job


def resolve(delivery_id: str, became: Literal["sent", "failed"], by: str | None = None) -> Job[Acted]:
    """Return a job that says what became of an *unknown* message: it went out, or it did not and its run has failed.

    No chain moves for it: what waited below has gone on when the outcome was unknown. Raises ``UnknownThing``, and
    ``Refused`` for a message whose fate is known.
    """

    def job(tx: Tx) -> Acted:
        house, deal, message = _held(tx, delivery_id)
        author, now = lookup.author(house, by, deal.responsible), tx.now()
        if message.status is not DeliveryStatus.UNKNOWN:
            words = N_("{id} is {status}: only of an “unknown” message somebody must say what became of it")
            raise Refused(words, id=delivery_id, status=message.status.value)
        after = acting.resolved(message, sent=became == "sent", by=author, now=now)
        plan = Plan(deliveries_changed=[(message, after)], timeline=[acting.resolved_row(after, author, now)])
        run = _run_of(tx, message)
        if run is not None and run.status is RunStatus.DONE:
            beside = bundling.others(tx, run, message)
            bad = bundling.worst([after, *beside]) if beside else None
            plan.runs_changed = [(run, bundling.told(run, bad) if beside else acting.run_resolved(run, after))]
        tx.apply(plan)
        return Acted(after, plan.runs_changed[0][1] if plan.runs_changed else run)

    return job


def _of_run(job: Job[Run]) -> Job[Acted]:
    return lambda tx: Acted(None, job(tx))


def _held(tx: Tx, delivery_id: str) -> tuple[House, Deal, Delivery]:
    """Read a message for a person's act, its deal held so that no engine takes it meanwhile."""
    tx.hold([lookup.delivery(tx, delivery_id).deal])
    message = lookup.delivery(tx, delivery_id)
    return tx.house(), lookup.deal(tx, message.deal), message


def _run_of(tx: Tx, message: Delivery) -> Run | None:
    return tx.run(message.run) if message.run is not None else None


def _written(tx: Tx, plan: Plan, after: Delivery, run: Run | None, now: Moment) -> Acted:
    tx.apply(plan)
    chaining.after(tx, plan.runs_changed, now)
    return Acted(after, plan.runs_changed[0][1] if plan.runs_changed else run)


def _refusal(known: Mapping[DeliveryStatus, str], message: Delivery) -> Refused:
    words = known.get(message.status, N_("{id} has ended already: {status}"))
    return Refused(words, id=message.public_id, status=message.status.value)
