"""What an engine leaves behind when its deal has gone on meanwhile: retries of a stage that was left do not happen, and
of a move that was undone nothing does that has not begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.engine import acting, bundling, entering, outcomes
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Tx
from core.words import Words

REMOVED: Final = Words(N_("the deal was removed"))
_STOPPED: Final = Words(N_("a person stopped it while it was on its way"))
_MAYBE_OUT: Final = Words(N_("the move was undone; the engine that had this in hand has died: it may have gone out"))


def stop_retries(tx: Tx, plan: Plan, runs: Mapping[int, Run], now: Moment) -> None:
    """Cancel, in a plan of ends, what would be tried again although its deal has left the stage during the attempt.

    The entry that ended the stay is noted, so that its undo revives the message like those that waited when it came.
    """
    for index, (before, after) in enumerate(plan.deliveries_changed):
        if after.status is DeliveryStatus.QUEUED:
            run = runs.get(before.run) if before.run is not None else None
            plan.deliveries_changed[index] = (before, stopped(tx, plan, after, run, now) or after)


def stop_given_back(tx: Tx, given_back: Sequence[Delivery], now: Moment, *, broken: bool = False) -> None:
    """Cancel what an engine has given back untried, or died with, although its move was undone or its deal removed
    meanwhile, which took it for being on its way. Behind a connection that is ``broken`` that goes for a stage that was
    left, too; otherwise what was on its way to its first attempt then goes out: a death must not lose it."""
    plan = Plan()
    runs = tx.runs_by_id({d.run for d in given_back if d.run is not None})
    for delivery in given_back:
        run = runs.get(delivery.run or 0)
        if broken or not _goes_out(tx, delivery, run):
            after = stopped(tx, plan, delivery, run, now)
            plan.deliveries_changed += [(delivery, after)] if after is not None else []
    if plan.deliveries_changed:
        bundling.settle(tx, plan, now)
        tx.apply(plan)


def _goes_out(tx: Tx, delivery: Delivery, run: Run | None) -> bool:
    """Return whether what would end its retries does not keep a message from its first attempt."""
    gone = _gone(tx, delivery, run)
    return gone is None or gone.reason == "left_stage" or gone.detail == _STOPPED


def stopped(tx: Tx, plan: Plan, delivery: Delivery, run: Run | None, now: Moment) -> Delivery | None:
    """Return a message that would be tried as it is cancelled because its deal has left the stage or was removed, its
    run's end and its line of history added to the plan; None while the deal is there."""
    gone = _gone(tx, delivery, run)
    if gone is None:
        return None
    plan.timeline.append(outcomes.row(gone, now))
    if run is not None and run.status is RunStatus.SENDING:
        plan.runs_changed.append((run, run_cancelled(run, gone, now)))
    return gone


def _gone(tx: Tx, delivery: Delivery, run: Run | None) -> Delivery | None:
    deal = tx.deal(delivery.deal)
    if deal is not None and deal.removed:
        return entering.cancelled(delivery, "stopped", REMOVED)
    entry = tx.entry(delivery.entry) if delivery.entry is not None else None
    if entry is None or entry.ended_at is None:
        stopped = run is not None and run.status is RunStatus.SENDING and run.reason == acting.STOPPED
        return entering.cancelled(delivery, acting.STOPPED, _STOPPED) if stopped else None
    if entry.undone_at is not None:
        return entering.cancelled(delivery, "undone", _MAYBE_OUT if delivery.perhaps_tried else entering.UNDONE)
    by = _follower(tx, delivery.deal, entry.id)
    return replace(entering.cancelled(delivery, "left_stage", entering.LEFT), cancelled_by=by)


def _follower(tx: Tx, deal: str, entry: int) -> int | None:
    """Return the entry that ended a stay."""
    return next((e.id for e in reversed(tx.entries(deal)) if e.previous == entry and e.undone_at is None), None)


def run_cancelled(run: Run, stopped: Delivery, now: Moment) -> Run:
    """Return a run as the cancelling of its message leaves it."""
    gone = entering.cancelled_run(run, stopped.reason or "", stopped.detail, now)
    return replace(gone, cancelled_by=stopped.cancelled_by)
