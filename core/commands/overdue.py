"""What became overdue while no engine ran, and a person does not want sent any more."""

from __future__ import annotations

from typing import Final

from core.engine import abandoning, bundling, chaining, entering, outcomes, running
from core.i18n import N_
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Job, Tx
from core.words import At, Words

_PAGE: Final = 200
_WHY: Final = N_("it was due at {due}, while nothing ran, and was skipped when the engine started")


def skip_overdue(before: Moment) -> Job[int]:
    """Return a job that lets nothing go out that was due before a moment (``Reader.overdue``), and answers how much.

    Runs are skipped and queued messages cancelled, both ``too_late``; the rules that waited for them go on.
    """

    def job(tx: Tx) -> int:
        done = 0
        while count := _skip_runs(tx, before):
            done += count
        while count := _cancel_messages(tx, before):
            done += count
        return done

    return job


def _skip_runs(tx: Tx, before: Moment) -> int:
    held = {run.deal for run in tx.overdue_runs(before, _PAGE)}
    tx.hold(held)
    # Read again behind the lock: another engine may have taken one up in between.
    runs = [run for run in tx.overdue_runs(before, _PAGE) if run.deal in held]
    now, plan = tx.now(), Plan()
    for run in runs:
        after = replace(
            run, status=RunStatus.SKIPPED, reason="too_late", detail=_why(run.due_at), condition=None, ended_at=now
        )
        plan.runs_changed.append((run, after))
        plan.timeline.append(running.run_row(tx.revision(run.revision), after, now))
    tx.apply(plan)
    chaining.after(tx, plan.runs_changed, now)
    return len(runs)


def _cancel_messages(tx: Tx, before: Moment) -> int:
    held = {message.deal for message in tx.overdue_messages(before, _PAGE)}
    tx.hold(held)
    messages = [message for message in tx.overdue_messages(before, _PAGE) if message.deal in held]
    runs = tx.runs_by_id([message.run for message in messages if message.run is not None])
    now, plan = tx.now(), Plan()
    for message in messages:
        stopped = entering.cancelled(message, "too_late", _why(message.due_at))
        plan.deliveries_changed.append((message, stopped))
        plan.timeline.append(outcomes.row(stopped, now))
        run = _sending(runs.get(message.run or 0))
        if run is not None:
            plan.runs_changed.append((run, abandoning.run_cancelled(run, stopped, now)))
    bundling.settle(tx, plan, now)
    tx.apply(plan)
    chaining.after(tx, plan.runs_changed, now)
    return len(messages)


def _sending(run: Run | None) -> Run | None:
    return run if run is not None and run.status is RunStatus.SENDING else None


def _why(due: Moment | None) -> Words:
    return Words(_WHY, {"due": due and At(due)})
