"""What an attempt leaves behind when its deal has gone on meanwhile: retries of a stage that was left do not happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.engine import entering, outcomes
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Tx
from core.words import Words

REMOVED: Final = Words(N_("the deal was removed"))


def stop_retries(tx: Tx, plan: Plan, runs: Mapping[int, Run], now: Moment) -> None:
    """Cancel, in a plan of ends, what would be tried again although its deal has left the stage during the attempt.

    The entry that ended the stay is noted, so that its undo revives the message like those that waited when it came.
    """
    for index, (before, after) in enumerate(plan.deliveries_changed):
        if after.status is DeliveryStatus.QUEUED:
            run = runs.get(before.run) if before.run is not None else None
            plan.deliveries_changed[index] = (before, stopped(tx, plan, after, run, now) or after)


def stopped(tx: Tx, plan: Plan, delivery: Delivery, run: Run | None, now: Moment) -> Delivery | None:
    """Return a message that would be tried again as it is cancelled because its deal has left the stage or was removed,
    its run's end and its line of history added to the plan; None while the deal is there."""
    gone = _gone(tx, delivery)
    if gone is None:
        return None
    plan.timeline.append(outcomes.row(gone, now))
    if run is not None and run.status is RunStatus.SENDING:
        plan.runs_changed.append((run, run_cancelled(run, gone, now)))
    return gone


def _gone(tx: Tx, delivery: Delivery) -> Delivery | None:
    deal = tx.deal(delivery.deal)
    if deal is not None and deal.removed:
        return entering.cancelled(delivery, "stopped", REMOVED)
    entry = tx.entry(delivery.entry) if delivery.entry is not None else None
    if entry is None or entry.ended_at is None:
        return None
    if entry.undone_at is not None:
        return entering.cancelled(delivery, "undone", entering.UNDONE)
    by = _follower(tx, delivery.deal, entry.id)
    return replace(entering.cancelled(delivery, "left_stage", entering.LEFT), cancelled_by=by)


def _follower(tx: Tx, deal: str, entry: int) -> int | None:
    """Return the entry that ended a stay."""
    return next((e.id for e in reversed(tx.entries(deal)) if e.previous == entry and e.undone_at is None), None)


def run_cancelled(run: Run, stopped: Delivery, now: Moment) -> Run:
    """Return a run as the cancelling of its message leaves it."""
    gone = entering.cancelled_run(run, stopped.reason or "", stopped.detail, now)
    return replace(gone, cancelled_by=stopped.cancelled_by)
